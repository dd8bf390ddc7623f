"""Six digits for one use. They are never written down: the store holds a random *nonce*, and the
code is made from it with the house's key each time it is needed, to be sent and to be compared."""

from __future__ import annotations

import hashlib
import hmac
import secrets

DIGITS = 6


def new_nonce() -> str:
    """128 random bits, as 32 hexadecimal characters."""
    return secrets.token_hex(16)


def code_of(key: bytes, nonce: str) -> str:
    """The code of a nonce: evenly spread over all of its digits, leading noughts and all."""
    digest = hmac.digest(key, b"one-time-code\x1f" + nonce.encode(), hashlib.sha256)
    return f"{int.from_bytes(digest) % 10**DIGITS:0{DIGITS}d}"


def matches(key: bytes, nonce: str, given: str) -> bool:
    """Whether the digits given are the nonce's code; takes as long for any."""
    return hmac.compare_digest(code_of(key, nonce).encode(), given.encode())
