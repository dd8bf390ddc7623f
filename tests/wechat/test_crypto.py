"""Encrypted by others, understood by us, and the other way round; and what is no envelope."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.channels.wechat.crypto import Envelope, Undecipherable, is_signed, signature
from tests.wechat import sealing
from tests.wechat.sealing import Seal, Unseal

KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
OTHER_KEY = "ZYXWVUTSRQPONMLKJIHGFEDCBA9876543210abcdefg"
APPID = "wx0123456789abcdef"

SEALS = {"by hand": sealing.seal, "by wechatpy": sealing.wechatpy_seal}
UNSEALS = {"by hand": sealing.unseal, "by wechatpy": sealing.wechatpy_unseal}

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)


@pytest.mark.parametrize("seal", SEALS.values(), ids=SEALS)
@given(text=texts)
def test_what_another_hand_sealed_is_opened(seal: Seal, text: str) -> None:
    assert Envelope(KEY, APPID).open(seal(text.encode(), KEY, APPID)) == text.encode()


@pytest.mark.parametrize("unseal", UNSEALS.values(), ids=UNSEALS)
@given(text=texts)
def test_what_we_seal_another_hand_opens(unseal: Unseal, text: str) -> None:
    assert unseal(Envelope(KEY, APPID).seal(text.encode()), KEY, APPID) == text.encode()


def test_the_same_message_is_never_sealed_the_same() -> None:
    envelope = Envelope(KEY, APPID)
    assert envelope.seal(b"x") != envelope.seal(b"x")


@pytest.mark.parametrize("seal", SEALS.values(), ids=SEALS)
def test_an_envelope_for_another_account_is_refused(seal: Seal) -> None:
    with pytest.raises(Undecipherable) as refused:
        Envelope(KEY, APPID).open(seal(b"<xml/>", KEY, "wxffffffffffffffff"))
    assert refused.value.code == "wrong_receiver"


def raw(padded: bytes) -> str:
    return sealing.seal_raw(padded, KEY)


BROKEN = {
    "nothing": "",
    "no Base64": "路灯坏了",
    "Base64 with a line in it": sealing.seal(b"<xml/>", KEY, APPID)[:20] + "\n",
    "truncated": sealing.seal(b"<xml/>" * 9, KEY, APPID)[:-7],
    "a block short": base64.b64encode(b"x" * 24).decode(),
    "another key": sealing.seal(b"<xml/>" * 9, OTHER_KEY, APPID),
    "padding of nothing": raw(b"r" * 16 + b"\0\0\0\1x" + APPID.encode() + b"\0" * 25),
    "padding beyond the block": raw(b"r" * 31 + b"\x21"),
    "padding that is not all the same": raw(b"r" * 16 + b"\0" * 13 + b"\1\2\3"),
    "all padding": raw(b"\x20" * 32),
    "no room for the length": raw(b"r" * 16 + b"\0\0" + b"\x0e" * 14),
    "a length beyond the end": raw(b"r" * 16 + b"\xff\xff\xff\xff" + b"\x0c" * 12),
    "no receiver": raw(b"r" * 16 + b"\0\0\0\4abcd" + b"\x08" * 8),
}


@pytest.mark.parametrize("ciphertext", BROKEN.values(), ids=BROKEN)
def test_what_is_no_envelope_is_refused(ciphertext: str) -> None:
    with pytest.raises(Undecipherable):
        Envelope(KEY, APPID).open(ciphertext)


@given(st.binary(max_size=200))
def test_whatever_else_comes_is_refused_too(noise: bytes) -> None:
    with pytest.raises(Undecipherable):
        Envelope(KEY, APPID).open(base64.b64encode(noise).decode())


@given(st.text(max_size=40))
def test_a_signature_is_right_or_it_is_not(given_signature: str) -> None:
    fields = ("1772337600", "nonce", "ciphertext")
    right = sealing.signed("token", *fields)
    assert signature("token", *fields) == right
    assert is_signed(right, "token", *fields)
    assert is_signed(given_signature, "token", *fields) == (given_signature == right)
