"""What gets through the door of an account, and what does not, without a house behind it."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime
from typing import Any, Literal, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from connectors.channels.wechat import xml
from connectors.channels.wechat.door import Door, Pushed
from connectors.settings.wechat import KfAccount, MiniAccount
from connectors.webhooks import Refused
from tests.wechat import sealing
from tests.wechat.platform import AES_KEY, APPID, RECEIVER, TOKEN, Pushing

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
OLD_KEY = "ZYXWVUTSRQPONMLKJIHGFEDCBA9876543210abcdefg"
CORP = "ww0123456789abcdef"


def account(mode: Literal["plain", "safe"] = "safe", **more: Any) -> MiniAccount:
    keys = {"encoding_aes_key": SecretStr(AES_KEY)} if mode == "safe" else {}
    return MiniAccount(
        appid=APPID,
        secret=SecretStr("app-secret"),
        token=SecretStr(TOKEN),
        mode=mode,
        **cast(Any, keys | more),
    )


def kf() -> KfAccount:
    return KfAccount(
        corp_id=CORP,
        secret=SecretStr("app-secret"),
        token=SecretStr(TOKEN),
        encoding_aes_key=SecretStr(AES_KEY),
    )


def platform(**how: Any) -> Pushing:
    return Pushing("", cast(Any, None), now=NOW.timestamp, **how)


def through(pushing: Pushing, door: Door, body: bytes | None = None) -> Pushed:
    body = (
        pushing.write(pushing.message("p", "text", 1, Content="路灯坏了")) if body is None else body
    )
    return door.open(*pushing.enclose(body), NOW)


def refused(pushing: Pushing, door: Door, body: bytes | None = None) -> Refused:
    with pytest.raises(Refused) as caught:
        through(pushing, door, body)
    assert caught.value.status in (400, 403)
    return caught.value


SEALS = {"by hand": sealing.seal, "by wechatpy": sealing.wechatpy_seal}


@pytest.mark.parametrize("form", ["xml", "json"])
@pytest.mark.parametrize("seal", SEALS.values(), ids=SEALS)
def test_a_sealed_message_is_opened_in_both_forms(form: Any, seal: sealing.Seal) -> None:
    pushed = through(platform(form=form, seal=seal), Door(account()))
    assert (pushed.fields["Content"], pushed.form, pushed.sealed) == ("路灯坏了", form, True)


@pytest.mark.parametrize("form", ["xml", "json"])
def test_a_plain_message_is_taken_where_the_account_is_plain(form: Any) -> None:
    pushed = through(platform(form=form, safe=False), Door(account("plain")))
    assert (pushed.fields["Content"], pushed.sealed) == ("路灯坏了", False)


def test_while_the_key_is_changed_both_are_understood() -> None:
    door = Door(account(previous_encoding_aes_key=SecretStr(OLD_KEY)))
    for key in (AES_KEY, OLD_KEY):
        assert through(platform(aes_key=key), door).fields["Content"] == "路灯坏了"


@pytest.mark.parametrize("kind", ["mini", "kf"])
def test_the_console_hears_its_own_echo(kind: str) -> None:
    pushing, door = (
        (platform(kind="kf", appid=CORP), Door(kf()))
        if kind == "kf"
        else (platform(), Door(account()))
    )
    query, _ = pushing.enclose(b"4096")
    if kind == "kf":
        sealed = sealing.seal(b"4096", AES_KEY, CORP)
        signed = sealing.signed(TOKEN, query["timestamp"], query["nonce"], sealed)
        query |= {"echostr": sealed, "msg_signature": signed}
    else:
        query["echostr"] = "4096"
    assert door.greet(query, NOW) == "4096"
    for wrong in ({"echostr": ""}, {"nonce": "other"}, {"timestamp": "1"}):
        with pytest.raises(Refused):
            door.greet(query | wrong, NOW)


FORGED: dict[str, dict[str, str | None]] = {
    "no query": {"msg_signature": None, "signature": None, "timestamp": None, "nonce": None},
    "no signature": {"msg_signature": ""},
    "a signature of plain mode": {"msg_signature": None},
    "a wrong signature": {"msg_signature": "0" * 40},
    "half a signature": {"msg_signature": "abcdef"},
    "a signature that is no text": {"msg_signature": "签名\udcff"},
    "another nonce": {"nonce": "424242"},
    "a nonce of signs": {"nonce": "a b"},
    "an endless nonce": {"nonce": "1" * 65},
    "another time": {"timestamp": str(int(NOW.timestamp()) + 1)},
    "a time that is no number": {"timestamp": "now"},
    "a time in other digits": {"timestamp": "１７７２４２４０００"},
    "a time of many digits": {"timestamp": "9" * 400},
}


@pytest.mark.parametrize("safe", [True, False], ids=["safe", "plain"])
@pytest.mark.parametrize("change", FORGED.values(), ids=FORGED)
def test_what_is_not_signed_is_refused(change: dict[str, str | None], *, safe: bool) -> None:
    pushing, door = platform(safe=safe), Door(account("safe" if safe else "plain"))
    query, body = pushing.enclose(b"<xml><MsgType>text</MsgType></xml>")
    if not safe:
        change = {k.replace("msg_", ""): v for k, v in change.items()}
        if change == {"signature": None}:
            return
    given = {k: v for k, v in (query | change).items() if v is not None}
    with pytest.raises(Refused) as caught:
        door.open(given, body, NOW)
    assert caught.value.status == 403


@pytest.mark.parametrize("seconds", [-301, 301, -1.7e9])
def test_what_is_not_of_now_is_refused(seconds: float) -> None:
    pushing = platform()
    query, body = pushing.enclose(b"<xml/>", at=NOW.timestamp() + seconds)
    with pytest.raises(Refused, match="stale"):
        Door(account()).open(query, body, NOW)


WRONG: dict[str, tuple[Pushing, str]] = {
    "another Token": (platform(token="TokenOfAStranger89"), "bad_signature"),
    "another AppID": (platform(appid="wxfedcba9876543210"), "wrong_receiver"),
    "another key": (platform(aes_key=OLD_KEY), "bad_ciphertext"),
    "not encrypted": (platform(safe=False), "not_encrypted"),
    "truncated": (platform(seal=lambda *a: sealing.seal(*a)[:-5]), "bad_ciphertext"),
    "no Base64": (platform(seal=lambda *a: "路灯"), "bad_ciphertext"),
    "bad padding": (
        platform(seal=lambda *a: sealing.seal_raw(b"r" * 31 + b"\x21", AES_KEY)),
        "bad_ciphertext",
    ),
}


@pytest.mark.parametrize(("pushing", "code"), WRONG.values(), ids=WRONG)
def test_what_is_for_somebody_else_or_broken_is_refused(pushing: Pushing, code: str) -> None:
    assert refused(pushing, Door(account())).code == code


def test_an_encrypted_message_at_a_plain_account_says_what_to_mend() -> None:
    pushing = platform()
    query, body = pushing.enclose(b"<xml><MsgType>text</MsgType></xml>")
    del query["msg_signature"]
    with pytest.raises(Refused, match="encrypted"):
        Door(account("plain")).open(query, body, NOW)


def test_in_the_mixed_mode_of_the_console_only_what_was_sealed_counts() -> None:
    pushing = platform()
    query, body = pushing.enclose(b"<xml><MsgType>text</MsgType><Content>sealed</Content></xml>")
    mixed = body.replace(b"<xml>", b"<xml><MsgType>text</MsgType><Content>open</Content>")
    assert Door(account()).open(query, mixed, NOW).fields["Content"] == "sealed"


BROKEN = {
    "nothing": b"",
    "neither XML nor JSON": b"hello",
    "half of XML": b"<xml><MsgType>",
    "half of JSON": b'{"MsgType":',
    "not UTF-8": "<xml><MsgType>路灯</MsgType></xml>".encode("gbk"),
    "not UTF-8, as JSON": '{"MsgType":"路灯"}'.encode("gbk"),
    "UTF-16": "<xml><MsgType>路灯</MsgType></xml>".encode("utf-16"),
    "an encoding nobody knows": b'<?xml version="1.0" encoding="klingon"?><xml><a>b</a></xml>',
    "another root": b"<html><body>x</body></html>",
    "a root without fields": b"<xml>hello</xml>",
    "a list": b"[]",
    "null": b"null",
    "a number without end": b'{"a":' + b"9" * 6000 + b"}",
    "JSON nested without end": b"[" * 60_000,
    "XML nested without end": b"<xml>" * 30_000,
    "elements without end": b"<xml>" + b"<a/>" * 3000 + b"</xml>",
    "a foreign entity": b'<!DOCTYPE xml [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    b"<xml><MsgType>&x;</MsgType></xml>",
    "a foreign DTD": b'<!DOCTYPE xml SYSTEM "http://192.0.2.1/x.dtd"><xml><a>b</a></xml>',
    "an entity bomb": b'<!DOCTYPE xml [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    b"<xml><MsgType>&b;</MsgType></xml>",
    "an entity nobody knows": b"<xml><MsgType>&nbsp;</MsgType></xml>",
}


@pytest.mark.parametrize("safe", [True, False], ids=["inside", "outside"])
@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
def test_what_has_no_form_is_refused_and_told_why(body: bytes, *, safe: bool) -> None:
    door = Door(account("safe" if safe else "plain"))
    assert refused(platform(safe=safe), door, body).code == "malformed"


def test_json_with_a_byte_order_mark_is_json() -> None:
    pushed = through(
        platform(safe=False), Door(account("plain")), b'\xef\xbb\xbf{"MsgType":"text"}'
    )
    assert pushed.fields == {"MsgType": "text"}


def test_a_control_character_a_person_has_pasted_costs_no_message() -> None:
    body = (
        b"<xml><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[a\x08\x0bb]]></Content></xml>"
    )
    assert through(platform(safe=False), Door(account("plain")), body).fields["Content"] == "ab"


characters = st.characters(exclude_categories=["Cs", "Cc"])
words = st.text(characters, max_size=60) | st.sampled_from(
    ["]]>", "a]]>b]]>", "<x>&amp;", "]]", ">"]
)


@given(
    st.dictionaries(st.sampled_from(["Content", "Title", "Label", "EventKey"]), words, min_size=1)
)
def test_what_the_platform_writes_is_read_as_it_was_said(fields: dict[str, str]) -> None:
    assert xml.parse(platform().write(fields)) == fields


@given(st.dictionaries(st.sampled_from(["Content", "Title", "ToUserName"]), words, min_size=1))
def test_what_we_write_others_read_as_it_was_said(fields: dict[str, str]) -> None:
    found = platform()._read(xml.write(fields))
    assert found == fields


@pytest.mark.parametrize("form", ["xml", "json"])
@pytest.mark.parametrize("text", ["您好", "a]]>b<MsgType>image</MsgType>]]>", '"}{', "]]", "😀"])
def test_an_answer_is_sealed_and_says_what_was_meant(form: Any, text: str) -> None:
    pushing, door = platform(form=form, kind="official"), Door(account())
    asked = pushing.message("p", "text", 1, Content="在吗")
    pushed = through(pushing, door, pushing.write(asked))
    fields: dict[str, str | int] = {
        "ToUserName": asked["FromUserName"],
        "FromUserName": RECEIVER,
        "CreateTime": int(NOW.timestamp()),
        "MsgType": "text",
        "Content": text,
    }
    told = pushing._understood(door.answer(fields, pushed, NOW), asked)
    assert pushing.breaches == []
    assert told["Content"] == text


@given(st.binary(max_size=200), st.sampled_from([True, False]))
def test_noise_is_refused_and_never_more_than_that(noise: bytes, safe: bool) -> None:
    door = Door(account("safe" if safe else "plain"))
    with contextlib.suppress(Refused):
        assert isinstance(through(platform(safe=safe), door, noise).fields, dict)


json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(words, json_values, max_size=6))
def test_every_object_of_json_is_read_as_it_is(fields: dict[str, Any]) -> None:
    body = json.dumps(fields, ensure_ascii=False).encode()
    pushed = through(platform(form="json"), Door(account()), body)
    assert pushed.fields == fields
