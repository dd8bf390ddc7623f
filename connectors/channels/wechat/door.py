"""Whether what knocks is WeChat: signature, time, nonce, envelope; and what it brings.

Signed requests are good for five minutes around their timestamp. A nonce belongs to one message: a
platform that tries again may bring the same message under the same nonce or a new one, both are
taken, but nobody brings another message under a nonce that was used. In plain mode that is all
there is against a request that was overheard, since the body is not part of what is signed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from connectors.channels.wechat.crypto import Envelope, Undecipherable, is_signed, signature
from connectors.channels.wechat.xml import Fields, NotOurXml, parse, write
from connectors.json_codec import dump_bytes
from connectors.settings.wechat import KfAccount, WechatAccount
from connectors.webhooks import Refused

LEEWAY = 300  # seconds a clock may be off, or a request under way
HELP = "see docs/wechat.md"

_DIGITS = re.compile(r"[0-9]{1,12}")
_NONCE = re.compile(r"[A-Za-z0-9_-]{1,64}")
_ECHO_MOST = 1024
# No XML, but people paste them.
_CONTROLS = bytes(set(range(32)) - {9, 10, 13})

Form = Literal["xml", "json"]


@dataclass(frozen=True, slots=True)
class Pushed:
    """What a genuine request brought. ``sealed``: it was encrypted, so the answer must be."""

    fields: Fields
    form: Form
    sealed: bool
    timestamp: int
    nonce: str


class Door:
    """The door of one account."""

    def __init__(self, account: WechatAccount | KfAccount) -> None:
        self._token = account.token.get_secret_value()
        self._safe = isinstance(account, KfAccount) or account.mode == "safe"
        self._always_sealed = isinstance(account, KfAccount)
        self._envelopes = [Envelope(key, account.receiver) for key in account.aes_keys]

    def greet(self, query: Mapping[str, str], now: datetime) -> str:
        """What the console wants to hear when the address is entered there.

        Raises :class:`Refused`.
        """
        echo = query.get("echostr", "")
        if not echo or len(echo) > _ECHO_MOST:
            raise Refused(400, "no_echostr", "this address is for WeChat's console")
        timestamp, nonce = _stamped(query, now)
        if self._always_sealed:
            self._check(query.get("msg_signature", ""), timestamp, nonce, echo)
            return self._open(echo).decode("utf-8", "replace")
        self._check(query.get("signature", ""), timestamp, nonce)
        return echo

    def open(self, query: Mapping[str, str], body: bytes, now: datetime) -> Pushed:
        """The fields of a genuine request. Raises :class:`Refused`."""
        timestamp, nonce = _stamped(query, now)
        sealed = self._always_sealed or "msg_signature" in query
        if not sealed:
            # Before anything of the body is looked at.
            self._check(query.get("signature", ""), timestamp, nonce)
            if self._safe:
                raise Refused(
                    403, "not_encrypted", f"this account takes encrypted messages only; {HELP}"
                )
        fields, form = _read(body)
        ciphertext = fields.get("Encrypt")
        if sealed:
            if not isinstance(ciphertext, str):
                raise Refused(400, "malformed", "an encrypted message without Encrypt")
            self._check(query.get("msg_signature", ""), timestamp, nonce, ciphertext)
            fields, form = _read(self._open(ciphertext))
        elif ciphertext is not None and "MsgType" not in fields:
            raise Refused(
                403, "encrypted", f"the account is set to plain here, to safe there; {HELP}"
            )
        return Pushed(fields, form, sealed, int(timestamp), nonce)

    def answer(self, fields: Mapping[str, str | int], pushed: Pushed, now: datetime) -> bytes:
        """The answer in the request's own form: XML or JSON, sealed or plain."""
        message = _write(fields, pushed.form)
        if not pushed.sealed:
            return message
        ciphertext = self._envelopes[0].seal(message)
        timestamp, nonce = str(int(now.timestamp())), pushed.nonce
        outer: dict[str, str | int] = {
            "Encrypt": ciphertext,
            "MsgSignature": signature(self._token, timestamp, nonce, ciphertext),
            "TimeStamp": int(timestamp),
            "Nonce": nonce,
        }
        return _write(outer, pushed.form)

    def _check(self, given: str, *signed: str) -> None:
        if not is_signed(given, self._token, *signed):
            raise Refused(403, "bad_signature", f"not signed with this account's Token; {HELP}")

    def _open(self, ciphertext: str) -> bytes:
        """Raises :class:`Refused`; why is that of the newest key."""
        first: Undecipherable | None = None
        for envelope in self._envelopes:
            try:
                return envelope.open(ciphertext)
            except Undecipherable as error:
                first = first or error
        code = first.code if first is not None else "no_key"
        status = 403 if code == "wrong_receiver" else 400
        raise Refused(status, code, f"cannot be decrypted for this account; {HELP}")


def _stamped(query: Mapping[str, str], now: datetime) -> tuple[str, str]:
    """Timestamp and nonce. Raises :class:`Refused`: none, or not of now."""
    timestamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
    if not (_DIGITS.fullmatch(timestamp) and _NONCE.fullmatch(nonce)):
        raise Refused(403, "unsigned", f"timestamp and nonce are missing; {HELP}")
    if abs(int(timestamp) - now.timestamp()) > LEEWAY:
        raise Refused(403, "stale", f"signed more than {LEEWAY} s ago, or a clock is wrong; {HELP}")
    return timestamp, nonce


def _read(body: bytes) -> tuple[Fields, Form]:
    """The fields of a body, in whichever of the two forms it is. Raises :class:`Refused`."""
    bare = body.removeprefix(b"\xef\xbb\xbf").translate(None, _CONTROLS).strip()
    if bare.startswith(b"<"):
        try:
            return parse(bare), "xml"
        except NotOurXml as error:
            raise Refused(400, "malformed", str(error)) from None
    try:
        found = json.loads(bare.decode())
    except (ValueError, RecursionError):
        raise Refused(400, "malformed", "neither XML nor JSON in UTF-8") from None
    if not isinstance(found, dict):
        raise Refused(400, "malformed", "no object of JSON")
    return found, "json"


def _write(fields: Mapping[str, str | int], form: Form) -> bytes:
    return write(fields) if form == "xml" else dump_bytes(fields)
