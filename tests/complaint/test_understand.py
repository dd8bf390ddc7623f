"""The whole understanding: the written schema, spans that hold, nothing that breaks it."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actions.understanding import AppealType, Fields, Nlu, Span, Understanding, understand
from actions.understanding.fields import Urgency
from actions.understanding.matter.cleaning import clean_matter
from actions.understanding.missing import ORDER, missing_fields
from actions.understanding.text.folding import fold
from actions.understanding.times.times import BEIJING
from actions.understanding.understand import LONGEST
from tests.complaint.evaluate import evaluate, read_rows

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=BEIJING)
SILENT = Nlu("nlu_fallback", 0.0)
ALWAYS = {"on_behalf", "anonymous", "confidential", "reported_before", "urgency"}


def heard(text: str, nlu: Nlu = SILENT) -> Understanding:
    return understand(text, nlu, NOW)


def spans(fields: Fields) -> list[Span]:
    found = [getattr(fields, name) for name in Fields.__slots__]
    flat = [one for item in found for one in (item if isinstance(item, tuple) else (item,))]
    return [one for one in flat if isinstance(one, Span)]


def test_a_whole_complaint_is_understood() -> None:
    text = (
        "我们小区楼下工地昨晚9点到今早6点一直在施工，吵得睡不着，在蜀山区黄山路与科学大道交口，"
        "打过12345也没人管。希望尽快制止。我姓王，电话138 0000 1234。"
    )
    line = heard(text, Nlu("complain", 0.9, (("complain", 0.9),))).to_json("a1")
    assert list(line) == [
        "id", "intent", "appeal_type", "category", "category_confidence", "group", "fields",
        "risk", "missing",
    ]  # fmt: skip
    assert line["group"] == "城乡建设"
    assert line["fields"]["places"][0] == line["fields"]["place"]
    assert line["id"] == "a1"
    assert line["intent"] == {"name": "complain", "confidence": 0.9}
    assert line["appeal_type"] == "投诉"
    assert line["category"][:2] == ["城乡建设", "建筑施工管理"]
    fields = line["fields"]
    assert fields["place"]["text"] == "蜀山区黄山路与科学大道交口"
    assert fields["place"]["region"] == "340104"
    assert fields["time"]["from"] == "2026-11-21T21:00:00+08:00"
    assert fields["time"]["to"] == "2026-11-22T06:00:00+08:00"
    assert fields["time"]["recurrence"] is None
    assert fields["wanted"]["text"] == "希望尽快制止"
    assert fields["name"]["text"] == "王"
    assert fields["phone"]["text"] == "138 0000 1234"
    assert fields["phone"]["value"] == "13800001234"
    assert fields["phone"]["valid"] is True
    assert fields["reported_before"] is True
    assert fields["on_behalf"] is False
    assert line["risk"] == {"emergency": 0.0, "threat": 0.0, "despair": 0.0, "alarm": []}
    assert line["missing"] == []
    json.dumps(line, ensure_ascii=False)


def test_what_is_not_said_is_left_out() -> None:
    fields = heard("社保卡丢了怎么补办").to_json()["fields"]
    assert set(fields) == {"matter", *ALWAYS}


def test_mere_talk_brings_no_matter() -> None:
    line = heard("你好").to_json()
    assert line["appeal_type"] is None
    assert line["category"] == []
    assert line["missing"] == []
    assert "id" not in line


def test_traditional_and_full_width_text_keeps_its_own_spelling() -> None:
    text = "我住喺Ａ市Ｂ區陽光花園小區３棟，電梯壞咗，電話１３８００００１２３４"
    fields = heard(text).to_json()["fields"]
    assert fields["place"]["text"] == "Ａ市Ｂ區陽光花園小區３棟"
    assert fields["phone"]["text"] == "１３８００００１２３４"
    assert fields["phone"]["value"] == "13800001234"


@pytest.mark.parametrize(
    ("text", "home", "region"),
    [("鼓楼区有人摆摊", None, None), ("鼓楼区有人摆摊", "320100", "320106")],
)
def test_the_home_region_settles_a_shared_name(
    text: str, home: str | None, region: str | None
) -> None:
    place = understand(text, SILENT, NOW, home_region=home).fields.place
    assert place is not None
    assert place.region == region


def test_greeting_and_thanks_are_not_the_matter() -> None:
    text = "尊敬的领导：您好！\n  路灯坏了   半个月没人修。谢谢！"
    assert clean_matter(text) == "路灯坏了 半个月没人修"


@pytest.mark.parametrize(
    ("text", "matter"),
    [
        ("我手机13800001234，楼上漏水没人管", "楼上漏水没人管"),
        (
            "井盖没了，打我手机１３８００００１２３４（同号）。在解放路",
            "井盖没了，在解放路",
        ),
        ("路灯坏了，身份证号11010519491231002X，请处理", "路灯坏了，请处理"),
        ("骗子电话13800001234，一天打十次", "骗子电话13800001234，一天打十次"),
        ("手机号18900002222被停机了", "手机号18900002222被停机了"),
        ("13800001234", "13800001234"),
    ],
)
def test_how_to_reach_the_writer_is_not_the_matter(text: str, matter: str) -> None:
    assert clean_matter(text) == matter


def test_an_alarm_for_life_is_an_emergency_and_what_was_is_none() -> None:
    assert heard("楼上着火了，快来救人").fields.urgency is Urgency.EMERGENCY
    assert heard("去年着火后一直没修").fields.urgency is not Urgency.EMERGENCY


@pytest.mark.parametrize(
    "text", ["", " ", "\n", "。", "😀😀", "<script>alert(1)</script>", "\x00\x07", "a" * 500]
)
def test_nothing_said_is_nothing_understood(text: str) -> None:
    line = heard(text).to_json()
    assert line["appeal_type"] is None
    assert set(line["fields"]) == ALWAYS


def test_a_novel_is_read_up_to_its_limit() -> None:
    text = "路灯坏了没人修。" * (LONGEST // 4)
    fields = heard(text).fields
    assert all(span.end <= LONGEST for span in spans(fields))


PIECES = (
    "我要投诉", "合肥市", "蜀山区", "黄山路", "与", "到", "昨晚9点", "每天凌晨", "物业",
    "13800001234", "我姓王", "希望", "请", "，", "。", "\n", "Ａ７县", "小区3栋", "半个月了",
    "不想活了", "建议", "？", "從", "國慶期間", "的", "2024年2月30日", "25点", "没", "前",
    "11010519491231002X",
)  # fmt: skip
ANY_TEXT = st.one_of(
    st.text(max_size=120), st.lists(st.sampled_from(PIECES), max_size=14).map("".join)
)


@given(ANY_TEXT)
@settings(max_examples=300, deadline=None)
def test_any_text_is_understood_and_its_spans_hold(text: str) -> None:
    understood = heard(text)
    for span in spans(understood.fields):
        assert span.text == text[span.start : span.end]
        assert 0 <= span.start < span.end <= len(text)
        assert 0 <= span.confidence <= 1
    line: dict[str, Any] = understood.to_json()
    for end in ("from", "to"):
        said = line["fields"].get("time", {}).get(end)
        assert said is None or datetime.fromisoformat(said).utcoffset() is not None
    assert list(understood.missing) == [key for key in ORDER if key in understood.missing]


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_folding_keeps_every_offset(text: str) -> None:
    assert len(fold(text)) == len(text)


def test_missing_fields_are_asked_in_reading_order() -> None:
    nothing = Fields()
    assert missing_fields(AppealType.COMPLAINT, ("time", "place"), nothing) == (
        "matter",
        "place",
        "time",
        "phone",
    )
    assert missing_fields(None, ("place",), nothing) == ()
    assert missing_fields(AppealType.CONSULT, ("place",), nothing) == ()


def test_an_anonymous_report_needs_no_contact() -> None:
    report = heard("我要匿名举报南门街老王饭店用地沟油")
    assert report.appeal_type is AppealType.REPORT
    assert "phone" not in report.missing


def test_a_phone_with_a_missing_digit_is_asked_again() -> None:
    assert "phone" in heard("投诉物业乱收费，我的手机号是1380000123").missing


def test_the_gold_set_is_understood() -> None:
    score, _ = evaluate(read_rows(Path(__file__).with_name("texts.jsonl")))
    assert score.macro(("投诉", "咨询", "建议", "举报")) >= 0.72
    assert score.rate("category_group") >= 0.75
    assert score.rate("category_first") >= 0.66
    assert score.rate("region") >= 0.9
    assert score.rate("recurrence") >= 0.9
    assert score.rate("three_questions") >= 0.8
    place = score.fields["place"]
    assert place.covered / place.gold >= 0.85
    assert place.right / place.found >= 0.85
    for name, least in (("time", 0.75), ("wanted", 0.7), ("name", 0.6), ("phone", 0.95)):
        tally = score.fields[name]
        assert tally.right / tally.gold >= least, name


def test_letters_are_understood() -> None:
    score, _ = evaluate(read_rows(Path(__file__).with_name("letters.jsonl")))
    assert score.macro(("投诉", "咨询", "建议", "举报")) >= 0.85
    assert score.rate("category_group") >= 0.85
    place = score.fields["place"]
    assert place.covered / place.gold >= 0.8


@pytest.mark.parametrize("name", ["board", "board_heldback"])
def test_letters_and_call_notes_of_many_provinces_are_understood(name: str) -> None:
    score, _ = evaluate(read_rows(Path(__file__).with_name(f"{name}.jsonl")))
    assert score.macro(("投诉", "咨询", "建议", "举报")) >= 0.8
    assert score.rate("category_group") >= 0.85
    assert score.rate("category_first") >= 0.8
    assert score.rate("three_questions") >= 0.95


def test_a_wrong_gold_set_is_noticed() -> None:
    rows = read_rows(Path(__file__).with_name("letters.jsonl"))
    shifted = [{**row, "gold": rows[k - 1]["gold"]} for k, row in enumerate(rows)]
    score, _ = evaluate(shifted)
    assert score.macro(("投诉", "咨询", "建议", "举报")) < 0.6
    assert score.fields["place"].covered == 0


def test_a_part_of_a_time_is_no_place() -> None:
    fields = heard("我们这儿大桥底下那块空地被人拿来烧东西，从入秋那阵子到现在").fields
    assert [time.text for time in fields.times] == ["入秋"]
    assert "入秋" not in [place.text for place in fields.places]
