"""What WeChat's fields mean: every kind of message and event, in whatever types they come."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.channels.wechat.arrivals import (
    Happened,
    Malformed,
    Media,
    MediaKind,
    Said,
    menu_id,
    read,
)
from connectors.channels.wechat.doings import Meant, meant
from connectors.channels.wechat.gcj02 import _shift, to_wgs84
from connectors.ids import MessageId, new_id
from connectors.messages import Link, Location, Picked, Text
from connectors.settings.wechat import OfficialAccount

BASE = {"ToUserName": "gh_1", "FromUserName": "o-1", "CreateTime": 1772424000}


def said(kind: str, **more: Any) -> Said:
    found = read(BASE | {"MsgType": kind, "MsgId": 1} | more)
    assert isinstance(found, Said)
    return found


def happened(name: str, **more: Any) -> Happened:
    found = read(BASE | {"MsgType": "event", "Event": name} | more)
    assert isinstance(found, Happened)
    return found


def test_words_are_taken_without_what_cannot_be_seen() -> None:
    assert said("text", Content=" 路灯\u200b坏了\u202e ").parts == (Text("路灯坏了"),)


def test_a_tapped_menu_names_the_message_and_the_choice() -> None:
    asked = MessageId(new_id("m"))
    tapped = said("text", Content="是", bizmsgmenuid=menu_id(asked, "confirm"))
    assert tapped.picked == Picked(asked, "confirm")
    assert tapped.parts == (Text("是"),)


@pytest.mark.parametrize("other", ["101", "m_.x", "m_12", "", "a.b", 7, None])
def test_a_menu_of_somebody_else_is_just_its_words(other: object) -> None:
    assert said("text", Content="是", bizmsgmenuid=other).picked is None


def test_voice_with_its_words_and_the_file() -> None:
    heard = said("voice", MediaId="m-1", Format="amr", Recognition="公积金怎么提取")
    assert heard.parts == (Text("公积金怎么提取"),)
    assert heard.media == Media(MediaKind.VOICE, "m-1")
    assert said("voice", MediaId="m-1", Recognition="").parts == ()


@pytest.mark.parametrize(
    ("kind", "expected"), [("image", "image"), ("video", "video"), ("shortvideo", "video")]
)
def test_files_are_known_by_their_id(kind: str, expected: str) -> None:
    assert said(kind, MediaId="m-1", PicUrl="http://example.com/x").media == Media(
        MediaKind(expected), "m-1"
    )


@pytest.mark.parametrize("number", ["39.908823", 39.908823])
def test_a_place_is_put_where_satellites_measure_it(number: object) -> None:
    (place,) = said("location", Location_X=number, Location_Y="116.397470", Label="天安门").parts
    assert isinstance(place, Location)
    assert place.label == "天安门"
    assert (place.latitude, place.longitude) == pytest.approx((39.907421, 116.391228), abs=2e-5)


@given(st.floats(3.9, 53.5), st.floats(73.6, 135.0))
def test_the_shift_of_chinese_maps_is_undone(north: float, east: float) -> None:
    d_north, d_east = _shift(north, east)
    assert to_wgs84(north + d_north, east + d_east) == pytest.approx((north, east), abs=1e-6)


def test_a_place_abroad_stays_where_it_is() -> None:
    assert to_wgs84(48.8566, 2.3522) == (48.8566, 2.3522)


def test_a_link_is_one_only_if_it_leads_to_a_page() -> None:
    shared = said("link", Title="通知", Description="关于路灯", Url="https://example.gov.cn/1")
    assert shared.parts == (Link("通知", "https://example.gov.cn/1"), Text("关于路灯"))
    for url in ("javascript:alert(1)", "", "http://[", None):
        assert said("link", Title="通知", Url=url).parts == (Text("通知"),)


def test_a_card_of_a_mini_program_says_its_title() -> None:
    card = said("miniprogrampage", Title="我的工单", AppId="wx1", PagePath="pages/orders")
    assert card.parts == (Text("我的工单"),)


@pytest.mark.parametrize("kind", ["hologram", "file", "music"])
def test_a_kind_nobody_knows_is_noted_as_such(kind: str) -> None:
    assert not said(kind).known


def test_what_weixin_writes_for_a_sticker_is_a_kind_nobody_knows() -> None:
    assert not said("text", Content="【收到不支持的消息类型，暂无法显示】").known
    assert not said("text", Content="\u200b").known


def test_a_message_is_known_by_who_and_its_number_whatever_type_that_is_of() -> None:
    one, other = (said("text", Content="a", MsgId=n) for n in (7, "7"))
    assert one.external_id == other.external_id == "o-1:7"
    theirs = read(BASE | {"MsgType": "text", "Content": "a", "MsgId": 7, "FromUserName": "o-2"})
    assert theirs.external_id != one.external_id


def test_a_message_without_a_number_is_known_by_what_is_in_it() -> None:
    one, again, other = (said("text", Content=text, MsgId=None) for text in "aab")
    assert one.external_id == again.external_id != other.external_id


def test_an_event_is_known_by_who_when_what_and_which_key() -> None:
    one = happened("CLICK", EventKey="progress")
    assert one.external_id == happened("CLICK", EventKey="progress").external_id
    for change in ({"EventKey": "other"}, {"CreateTime": 1}, {"FromUserName": "o-2"}):
        assert happened("CLICK", **({"EventKey": "progress"} | change)).external_id != (
            one.external_id
        )
    assert one.as_message != happened("CLICK", EventKey="other").as_message


MALFORMED: dict[str, dict[str, Any]] = {
    "no type": {"MsgType": None},
    "a type that is none": {"MsgType": {"a": 1}},
    "no person": {"MsgType": "text", "FromUserName": None},
    "a person of signs": {"MsgType": "text", "FromUserName": "<script>"},
    "an endless person": {"MsgType": "text", "FromUserName": "o" * 200},
    "a picture without its id": {"MsgType": "image"},
    "a picture with an id of signs": {"MsgType": "image", "MediaId": "../../etc"},
    "a place off the globe": {"MsgType": "location", "Location_X": "91", "Location_Y": "0"},
    "a place without numbers": {"MsgType": "location", "Location_X": "NaN", "Location_Y": "1"},
    "a place nowhere": {"MsgType": "location"},
    "an event without a name": {"MsgType": "event"},
    "an event of a person of signs": {"MsgType": "event", "Event": "VIEW", "FromUserName": "a b"},
}


@pytest.mark.parametrize("fields", MALFORMED.values(), ids=MALFORMED)
def test_what_cannot_be_used_says_which_field(fields: dict[str, Any]) -> None:
    with pytest.raises(Malformed, match=r"MsgType|FromUserName|MediaId|Location_X|Event"):
        read(BASE | {"MsgId": 1} | fields)


NAMES = ["MsgType", "FromUserName", "Content", "MsgId", "MediaId", "Event", "Url", "Location_X"]
KINDS = ["text", "image", "voice", "location", "link", "event", "miniprogrampage", "video"]
WORDS = st.text(st.characters())  # halves of pairs too, as JSON can have them
values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS | st.sampled_from(KINDS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(NAMES), values), st.sampled_from(KINDS))
def test_whatever_stands_in_the_fields_is_understood_or_refused(fields: Any, kind: str) -> None:
    with contextlib.suppress(Malformed):
        found = read(fields | {"MsgType": fields.get("MsgType") or kind})
        assert found.external_id.encode()  # as every store takes it
        assert "\0" not in found.external_id


ACCOUNT = OfficialAccount.model_validate(
    {
        "appid": "wx0123456789abcdef",
        "secret": "s",
        "token": "abc",
        "mode": "plain",
        "menu": {"progress": "我要查工单进度"},
        "scenes": {"hall-3": "我在三号大厅，想问办事流程"},
    }
)


def test_menus_and_codes_stand_for_words_or_a_greeting() -> None:
    for name, key, expected in (
        ("subscribe", "", Meant(greet=True)),
        ("subscribe", "qrscene_hall-3", Meant(greet=True, words="我在三号大厅，想问办事流程")),
        ("subscribe", "qrscene_other", Meant(greet=True)),
        ("SCAN", "hall-3", Meant(words="我在三号大厅，想问办事流程")),
        ("SCAN", "other", Meant(greet=True)),
        ("CLICK", "progress", Meant(words="我要查工单进度")),
        ("CLICK", "gone", Meant(greet=True)),
        ("VIEW", "https://example.com", None),
        ("unsubscribe", "", None),
    ):
        assert meant(happened(name, EventKey=key), ACCOUNT) == expected
    nobody = happened("subscribe", FromUserName="")
    assert meant(nobody, ACCOUNT) is None
