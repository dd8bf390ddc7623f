"""WeChat's signatures and its encrypted envelope.

A signature is SHA-1 over the sorted join of token, timestamp, nonce and, in safe mode, the
ciphertext. The ciphertext is AES-256-CBC under the account's key, whose first half is the IV too,
over 16 random bytes, the length of the message (4 bytes, big-endian), the message, and the id of
whom it is for, padded as in PKCS#7 to blocks of 32. Both are the platform's rules; the random bytes
in front are what keeps equal messages from looking alike.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import struct

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

BLOCK = 32  # what is padded to; AES's own block is 16
RANDOM = 16  # random bytes before the length


class Undecipherable(Exception):
    """The ciphertext is none of ours: ``code`` is bad_ciphertext or wrong_receiver."""

    def __init__(self, code: str = "bad_ciphertext") -> None:
        super().__init__(code)
        self.code = code


def signature(token: str, *signed: str) -> str:
    """What WeChat signs a request with: hexadecimal SHA-1."""
    joined = "".join(sorted((token, *signed))).encode("utf-8", "replace")
    return hashlib.sha1(joined, usedforsecurity=False).hexdigest()


def is_signed(given: str, token: str, *signed: str) -> bool:
    """Whether ``given`` is the signature, in a time that does not tell how much of it is."""
    right = signature(token, *signed).encode()
    return hmac.compare_digest(right, given.encode("utf-8", "replace"))


class Envelope:
    """Opens and seals the messages of one account."""

    def __init__(self, encoding_aes_key: str, receiver: str) -> None:
        """``encoding_aes_key``: 43 characters; ``receiver``: AppID or CorpID."""
        self._key = base64.b64decode(encoding_aes_key + "=")
        self._receiver = receiver.encode()

    def open(self, ciphertext: str) -> bytes:
        """The message inside. Raises :class:`Undecipherable`."""
        try:
            sealed = base64.b64decode(ciphertext, validate=True)
        except (binascii.Error, ValueError):
            raise Undecipherable from None
        if not sealed or len(sealed) % 16:
            raise Undecipherable
        decryptor = self._cipher().decryptor()
        padded = decryptor.update(sealed) + decryptor.finalize()
        padding = padded[-1]
        if not 1 <= padding <= BLOCK or padded[-padding:] != bytes([padding]) * padding:
            raise Undecipherable
        plain = padded[RANDOM:-padding]
        if len(plain) < 4:
            raise Undecipherable
        (length,) = struct.unpack(">I", plain[:4])
        if length > len(plain) - 4:
            raise Undecipherable
        message, receiver = plain[4 : 4 + length], plain[4 + length :]
        if not hmac.compare_digest(receiver, self._receiver):
            raise Undecipherable("wrong_receiver")
        return message

    def seal(self, message: bytes) -> str:
        """The message as the platform wants it: Base64."""
        plain = os.urandom(RANDOM) + struct.pack(">I", len(message)) + message + self._receiver
        padding = BLOCK - len(plain) % BLOCK
        encryptor = self._cipher().encryptor()
        sealed = encryptor.update(plain + bytes([padding]) * padding) + encryptor.finalize()
        return base64.b64encode(sealed).decode()

    def _cipher(self) -> Cipher[CBC]:
        return Cipher(AES(self._key), CBC(self._key[:16]))
