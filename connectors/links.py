"""Short links to the full text of a message: ours alone, signed, and good for some days.

A code is 14 bytes in 20 letters and digits: six that name the message, two with the day it
ends, six of signature over both. So a made-up or altered code is refused without a look at the
store, and a message always has the same code. Letters that look alike are left out, because some
people copy the address from a plain telephone by hand.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from connectors.messages import Stored

_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_FIRST_DAY = datetime(2025, 1, 1, tzinfo=UTC)
_NAME, _DAY, _SIGNATURE = 6, 2, 6
LENGTH = 20


class LinkState(StrEnum):
    GOOD = "good"
    EXPIRED = "expired"
    FORGED = "forged"


@dataclass(frozen=True, slots=True)
class Links:
    """``base``: the address before the code, with its slash."""

    key: bytes
    base: str
    life: timedelta

    def code(self, message: Stored) -> str:
        """The code of a message, always the same."""
        ends = self.ends(message)
        day = min(max((ends - _FIRST_DAY).days, 0), 0xFFFF)
        name = self._mac(b"name", message.id.encode())[:_NAME]
        body = name + day.to_bytes(_DAY, "big")
        return _encode(body + self._mac(b"sign", body)[:_SIGNATURE])

    def url(self, message: Stored) -> str:
        return self.base + self.code(message)

    def ends(self, message: Stored) -> datetime:
        """When the link stops to lead anywhere: at the end of a day, as the code says."""
        last = message.created_at + self.life
        return datetime(last.year, last.month, last.day, tzinfo=UTC) + timedelta(days=1)

    def look(self, code: str, now: datetime) -> LinkState:
        """Whether a code is one of ours, and still good."""
        decoded = _decode(code)
        if decoded is None:
            return LinkState.FORGED
        body, signature = decoded[: _NAME + _DAY], decoded[_NAME + _DAY :]
        if not hmac.compare_digest(signature, self._mac(b"sign", body)[:_SIGNATURE]):
            return LinkState.FORGED
        ends = _FIRST_DAY + timedelta(days=int.from_bytes(body[_NAME:], "big"))
        return LinkState.EXPIRED if now >= ends else LinkState.GOOD

    def _mac(self, purpose: bytes, content: bytes) -> bytes:
        return hmac.new(self.key, b"sms-link:" + purpose + b":" + content, hashlib.sha256).digest()


def _encode(content: bytes) -> str:
    number = int.from_bytes(content, "big")
    letters = []
    for _ in range(LENGTH):
        number, at = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[at])
    return "".join(reversed(letters))


def _decode(code: str) -> bytes | None:
    if len(code) != LENGTH or any(letter not in _LETTERS for letter in code):
        return None
    number = 0
    for letter in code:
        number = number * len(_LETTERS) + _LETTERS.index(letter)
    length = _NAME + _DAY + _SIGNATURE
    return number.to_bytes(length, "big") if number < 256**length else None
