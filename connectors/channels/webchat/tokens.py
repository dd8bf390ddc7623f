"""A visitor's session token: who they are, signed, so that a lost connection can be taken up again.

``v1.<visitor>.<issued>.<signature>``: the visitor is 128 random bits, issued is in Unix seconds,
the signature is HMAC-SHA256. It is a bearer secret and travels only in bodies and frames, never in
an address that proxies log (OWASP ASVS 5.0, 4.4.3).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta


class InvalidToken(Exception):
    """Not a token of ours, or too old."""


class VisitorTokens:
    def __init__(self, key: bytes, life: timedelta) -> None:
        self._key = key
        self._life = life

    def issue(self, now: datetime) -> str:
        body = f"v1.{secrets.token_hex(16)}.{int(now.timestamp())}"
        return f"{body}.{self._sign(body)}"

    def visitor(self, token: str, now: datetime) -> str:
        """The visitor a token names. Raises :class:`InvalidToken`."""
        if len(token) > 200 or not token.isascii():
            raise InvalidToken("malformed")
        body, _, signature = token.rpartition(".")
        if not hmac.compare_digest(self._sign(body), signature):
            raise InvalidToken("not signed by us")
        _, visitor, issued = body.split(".")
        if now.timestamp() - int(issued) > self._life.total_seconds():
            raise InvalidToken("too old")
        return visitor

    def _sign(self, body: str) -> str:
        return hmac.new(self._key, b"webchat|" + body.encode(), hashlib.sha256).hexdigest()
