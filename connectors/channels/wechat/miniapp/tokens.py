"""The session of somebody who logged in: sealed, so that the telephone never learns the openid.

``v1.`` and, in base64url, twelve random bytes and AES-256-GCM over account, openid and moment. It
is a bearer secret for an hour or two; then the app logs in anew, which WeChat does without asking
anybody. Nothing is stored for it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

TOKEN_MOST = 200  # characters, as a hello may carry
OPENID_MOST = 64
_VERSION = "v1."
_NONCE = 12  # bytes
_AHEAD = 60  # seconds another gateway's clock may be ahead


class InvalidToken(Exception):
    """Not a token of ours, or too old."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is there: the openid of a person on one of our mini-programs."""

    account: str
    openid: str


class SealedTokens:
    def __init__(self, key: bytes, life: timedelta) -> None:
        self._box = AESGCM(hmac.new(key, b"wechat miniapp session", hashlib.sha256).digest())
        self.life = life

    def issue(self, who: SignedIn, now: datetime) -> str:
        """Raises ``ValueError`` for an openid that is none."""
        if not 0 < len(who.openid) <= OPENID_MOST or not who.openid.isascii():
            raise ValueError("not an openid")
        content = json.dumps([who.account, who.openid, int(now.timestamp())]).encode()
        nonce = secrets.token_bytes(_NONCE)
        sealed = nonce + self._box.encrypt(nonce, content, _VERSION.encode())
        return _VERSION + _encoded(sealed)

    def open(self, token: str, now: datetime) -> SignedIn:
        """Who a token names. Raises :class:`InvalidToken`."""
        if not token.startswith(_VERSION) or len(token) > TOKEN_MOST or not token.isascii():
            raise InvalidToken("malformed")
        body = token.removeprefix(_VERSION)
        try:
            sealed = base64.b64decode(body + "=" * (-len(body) % 4), b"-_", validate=True)
            if _encoded(sealed) != body:
                raise InvalidToken("not as we write it")
            content = self._box.decrypt(sealed[:_NONCE], sealed[_NONCE:], _VERSION.encode())
        except (binascii.Error, InvalidTag, ValueError):
            raise InvalidToken("not sealed by us") from None
        account, openid, issued = json.loads(content)
        age = now.timestamp() - issued
        if not -_AHEAD <= age <= self.life.total_seconds():
            raise InvalidToken("too old")
        return SignedIn(account, openid)


def _encoded(sealed: bytes) -> str:
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")
