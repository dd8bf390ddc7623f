"""Small values of ours that go through the coordinator, enciphered under the house's key."""

from __future__ import annotations

import hashlib
import secrets
from base64 import b64decode, b64encode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12  # bytes


class Sealing:
    """Seals for one purpose: what was sealed for another does not open."""

    def __init__(self, key: bytes, purpose: str) -> None:
        self._cipher = AESGCM(hashlib.sha256(purpose.encode() + b"\0" + key).digest())

    def seal(self, text: str, name: str) -> str:
        """``name`` is where it is kept; it opens nowhere else."""
        nonce = secrets.token_bytes(_NONCE)
        return b64encode(nonce + self._cipher.encrypt(nonce, text.encode(), name.encode())).decode()

    def open(self, sealed: str, name: str) -> str | None:
        """What was sealed; None for anything that was not, or not so."""
        try:
            raw = b64decode(sealed, validate=True)
            return self._cipher.decrypt(raw[:_NONCE], raw[_NONCE:], name.encode()).decode()
        except (ValueError, InvalidTag):
            return None
