"""What carriers say became of a message, in the closed set of send errors.

Carriers answer in the words of SMPP's receipts (``stat:UNDELIV err:001``) or in codes of their own
(``MK:0005``), with or without a colon. Lists of codes are the carriers' own affair and change; the
ones here are common knowledge, the rest falls into the class its beginning stands for.
"""

from __future__ import annotations

import re
from datetime import timedelta

from connectors.channel import (
    ConnectionFailed,
    ContentRefused,
    MisconfiguredAccount,
    RecipientRefused,
    SendError,
    Throttled,
)

LATER = timedelta(minutes=10)  # a telephone that is off is seldom on again at once

_STAT = re.compile(r"stat:\s*([A-Z]{5,7})", re.IGNORECASE)
_ERR = re.compile(r"err:\s*([A-Za-z0-9:_-]{1,16})", re.IGNORECASE)
_CODE = re.compile(r"[A-Za-z0-9:_.-]{2,24}")
_SMPP = re.compile(r"0x([0-9a-f]{1,8})", re.IGNORECASE)

# Beginnings of codes, the longest first.
_CLASSES: tuple[tuple[str, type[SendError]], ...] = (
    # the number is none, is out of service, or its owner wants nothing
    ("MK:0000", RecipientRefused), ("MK:0001", RecipientRefused), ("MK:0005", RecipientRefused),
    ("MK:0012", RecipientRefused), ("MK:0013", RecipientRefused), ("MI:0000", ConnectionFailed),
    ("MK:1", RecipientRefused), ("ID:0012", ContentRefused), ("ID:0076", ContentRefused),
    ("MB:1026", ContentRefused), ("MB:1042", Throttled), ("MB:1077", ContentRefused),
    ("MOBILE_NOT_ON_SERVICE", ConnectionFailed), ("MOBILE_TERMINAL_ERROR", ConnectionFailed),
    ("MOBILE_SEND_LIMIT", Throttled), ("MOBILE_IN_BLACK", RecipientRefused),
    ("MOBILE_ACCOUNT_ABNORMAL", RecipientRefused), ("MOBILE_COUNT_OVER_LIMIT", Throttled),
    ("IS_CLOSED", ConnectionFailed), ("NO_ROUTE", MisconfiguredAccount),
    ("REJECTD", ContentRefused), ("REJECTED", ContentRefused), ("DELETED", ConnectionFailed),
    ("UNDELIV", RecipientRefused), ("EXPIRED", ConnectionFailed), ("UNKNOWN", ConnectionFailed),
    ("BLACK", RecipientRefused), ("MBBLACK", RecipientRefused), ("MHKMD", RecipientRefused),
    ("KEYWORD", ContentRefused), ("CONTENT_KEYWORD", ContentRefused),
    ("CONTENT_ERROR", ContentRefused), ("SP_UNKNOWN_ERROR", ConnectionFailed),
    ("REQUEST_SUCCESS", ConnectionFailed), ("USER_REJECT", RecipientRefused),
    ("SP_NOT_BY_SMS", MisconfiguredAccount), ("SIGN_ERROR", MisconfiguredAccount),
    ("MX:", ConnectionFailed), ("MI:", ConnectionFailed), ("MA:", ConnectionFailed),
    ("CA:", ConnectionFailed), ("CB:", ContentRefused), ("DB:", ContentRefused),
    ("XA:", ContentRefused), ("MK:", ConnectionFailed), ("MN:", ConnectionFailed),
    ("ID:", ConnectionFailed), ("MB:", ConnectionFailed), ("MC:", ConnectionFailed),
)  # fmt: skip

# Errors of submit_sm (SMPP 3.4, 5.1.3) that say whose fault it is.
_SUBMIT: dict[int, type[SendError]] = {
    0x0A: MisconfiguredAccount,  # source address
    0x0B: RecipientRefused,  # destination address
    0x01: ContentRefused,  # length
    0x14: Throttled,  # queue full
    0x58: Throttled,
    0x08: ConnectionFailed,  # system error
    0x0D: MisconfiguredAccount,  # bind failed
    0x0E: MisconfiguredAccount,  # password
}


def undelivered(said: str) -> SendError:
    """The carrier took it and could not deliver it; ``said`` is whatever it gave as a reason.

    Without a reason it is worth another try.
    """
    stat, err = _STAT.search(said), _ERR.search(said)
    words = [found[1] for found in (err, stat) if found]
    if not words and (bare := _CODE.fullmatch(said.strip())):
        words = [bare[0]]
    for word in words:
        for beginning, error in _CLASSES:
            if _plain(word).startswith(_plain(beginning)):
                return error(_detail(words), retry_after=LATER)
    return ConnectionFailed(_detail(words), retry_after=LATER)


def rejected(said: str) -> SendError:
    """The carrier, or Kannel before it, did not take it."""
    if found := _SMPP.search(said):
        number = int(found[1], 16)
        return _SUBMIT.get(number, ConnectionFailed)(f"submit_sm 0x{number:08x}")
    if _STAT.search(said) or _CODE.fullmatch(said.strip()):
        return undelivered(said)
    return ConnectionFailed("the carrier did not take it")


def _plain(code: str) -> str:
    return code.upper().replace(":", "").replace("-", "_")


def _detail(words: list[str]) -> str:
    return "carrier: " + (" ".join(words) or "no reason given")
