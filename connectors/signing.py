"""How two programs know each other: HMAC-SHA256 over a timestamp, a nonce and the body.

A request carries three headers: the time in Unix seconds, a nonce that is used once, and
``v1=<hex>``, the HMAC of ``v1\\n<timestamp>\\n<nonce>\\n<body>`` under the shared secret. The body
is signed byte for byte as it is sent, so nothing has to be put in a canonical form.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime

TIMESTAMP = "X-Huiying-Timestamp"
NONCE = "X-Huiying-Nonce"
SIGNATURE = "X-Huiying-Signature"

LEEWAY = 300  # seconds a clock may be off, or a request under way
NONCE_LIFE = 2 * LEEWAY + 60  # seconds for which a nonce must be remembered

_DIGITS = re.compile(r"[0-9]{1,12}")
_NONCE = re.compile(r"[A-Za-z0-9_-]{16,64}")


class NotGenuine(Exception):
    """``code`` says why: unsigned, stale, bad_signature."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def sign(secret: str, timestamp: str, nonce: str, body: bytes) -> str:
    """The signature of one request."""
    signed = f"v1\n{timestamp}\n{nonce}\n".encode() + body
    return "v1=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def signed_headers(secret: str, body: bytes, now: datetime) -> dict[str, str]:
    """The headers that make a request of ours genuine, with a nonce of their own."""
    timestamp, nonce = str(int(now.timestamp())), secrets.token_urlsafe(18)
    return {
        TIMESTAMP: timestamp,
        NONCE: nonce,
        SIGNATURE: sign(secret, timestamp, nonce, body),
    }


def verify(accepted: Iterable[str], given: Mapping[str, str], body: bytes, now: datetime) -> str:
    """The nonce of a genuine request; the caller refuses one it has seen before.

    ``accepted`` are the secrets that are good now. Raises :class:`NotGenuine`.
    """
    timestamp, nonce = given.get(TIMESTAMP, ""), given.get(NONCE, "")
    signature = given.get(SIGNATURE, "").encode("utf-8", "replace")
    if not (_DIGITS.fullmatch(timestamp) and _NONCE.fullmatch(nonce) and signature):
        raise NotGenuine("unsigned")
    if abs(int(timestamp) - now.timestamp()) > LEEWAY:
        raise NotGenuine("stale")
    good = [
        hmac.compare_digest(sign(secret, timestamp, nonce, body).encode(), signature)
        for secret in accepted
    ]
    if not any(good):
        raise NotGenuine("bad_signature")
    return nonce
