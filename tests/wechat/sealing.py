"""WeChat's encryption by two other hands than the product's: wechatpy's, and one from the document.

The second pads, joins and signs step by step as the platform describes it and shares no line with
``connectors/channels/wechat/crypto.py``.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Callable

from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from wechatpy.crypto import PrpCrypto

Seal = Callable[[bytes, str, str], str]
Unseal = Callable[[str, str, str], bytes]


def signed(*fields: str) -> str:
    """SHA-1 of the fields, sorted and joined."""
    return hashlib.sha1("".join(sorted(fields)).encode()).hexdigest()


def _cipher(encoding_aes_key: str) -> Cipher[modes.CBC]:
    key = base64.b64decode(encoding_aes_key + "=")
    assert len(key) == 32
    return Cipher(algorithms.AES256(key), modes.CBC(key[0:16]))


def seal(message: bytes, encoding_aes_key: str, receiver: str) -> str:
    full = b"".join(
        [secrets.token_bytes(16), len(message).to_bytes(4, "big"), message, receiver.encode()]
    )
    pad = padding.PKCS7(32 * 8).padder()
    return seal_raw(pad.update(full) + pad.finalize(), encoding_aes_key)


def seal_raw(padded: bytes, encoding_aes_key: str) -> str:
    """Encrypts what is given as it is: for envelopes that are wrong inside."""
    encrypt = _cipher(encoding_aes_key).encryptor()
    return base64.b64encode(encrypt.update(padded) + encrypt.finalize()).decode()


def unseal(ciphertext: str, encoding_aes_key: str, receiver: str) -> bytes:
    decrypt = _cipher(encoding_aes_key).decryptor()
    padded = decrypt.update(base64.b64decode(ciphertext, validate=True)) + decrypt.finalize()
    unpad = padding.PKCS7(32 * 8).unpadder()
    full = unpad.update(padded) + unpad.finalize()
    length = int.from_bytes(full[16:20], "big")
    assert full[20 + length :] == receiver.encode()
    return full[20 : 20 + length]


def wechatpy_seal(message: bytes, encoding_aes_key: str, receiver: str) -> str:
    sealed: bytes = PrpCrypto(base64.b64decode(encoding_aes_key + "=")).encrypt(message, receiver)
    return sealed.decode()


def wechatpy_unseal(ciphertext: str, encoding_aes_key: str, receiver: str) -> bytes:
    key = base64.b64decode(encoding_aes_key + "=")
    opened: str = PrpCrypto(key).decrypt(ciphertext, receiver)
    return opened.encode()
