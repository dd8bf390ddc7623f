"""A second reader's pointing: only what stands in the text counts, read as any text is."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actions.understanding import AppealType, Nlu, Understanding, understand
from actions.understanding.pointed import NOTHING, POINTED, Pointed
from actions.understanding.text.folding import fold
from actions.understanding.times.times import BEIJING
from tests.complaint.test_understand import spans

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=BEIJING)
SILENT = Nlu("nlu_fallback", 0.0)
SPREADS = "我住在政务区，昨天路过经开区翡翠路和繁华大道那边，看见渣土车一路撒，没人管"
SMOKE = "我们这儿大桥底下那块空地被人拿来烧东西，从入秋那阵子到现在，求你们来人瞅一眼"


def read(text: str, **pointed: Any) -> Understanding:
    return understand(text, SILENT, NOW, home_region="340100", pointed=Pointed(**pointed))


def test_of_several_places_the_one_pointed_at_is_where_it_happened() -> None:
    alone = understand(SPREADS, SILENT, NOW, home_region="340100").fields
    assert alone.place is not None
    assert alone.place.text == "政务区"
    fields = read(SPREADS, place="经开区翡翠路和繁华大道那边").fields
    assert fields.place is not None
    assert fields.place.text == "经开区翡翠路和繁华大道那边"
    assert fields.places[0] == fields.place
    assert [one.text for one in fields.places[1:]] == ["政务区"]


def test_a_place_no_rule_knows_is_taken_and_a_region_in_it_is_read() -> None:
    place = read(SMOKE, place="大桥底下那块空地").fields.place
    assert place is not None
    assert (place.text, place.region, place.confidence) == ("大桥底下那块空地", None, POINTED)
    text = "肥西县三河那个老戏台子边上的棚子塌了半边"
    place = read(text, place="肥西县三河那个老戏台子边上").fields.place
    assert place is not None
    assert (place.text, place.region) == ("肥西县三河那个老戏台子边上", "340123")


def test_a_time_pointed_at_is_read_off_its_words() -> None:
    time = read(SMOKE, time="从入秋那阵子到现在").fields.time
    assert time is not None
    assert time.text == "从入秋那阵子到现在"
    assert time.begin is not None
    assert (time.begin.year, time.begin.month) == (2026, 9)


def test_a_part_of_what_the_rules_found_does_not_replace_it() -> None:
    text = "昨晚9点到今早6点一直在施工，吵得睡不着"
    found = understand(text, SILENT, NOW).fields.time
    assert read(text, time="今早6点").fields.time == found


@pytest.mark.parametrize("field", ["place", "time", "subject", "wanted", "name", "on_behalf"])
def test_what_does_not_stand_in_the_text_is_dropped(field: str) -> None:
    alone = understand(SPREADS, SILENT, NOW, home_region="340100")
    assert read(SPREADS, **{field: "合肥市蜀山区长江西路1号"}) == alone


def test_what_the_rules_are_sure_of_stays() -> None:
    text = "那个老李头馄饨摊的汤里吃出个虫子，我妈吃完就拉肚子了，他们还不承认"
    subject = read(text, subject="我妈").fields.subject
    assert subject is not None
    assert subject.text == "那个老李头馄饨摊"


def test_a_kind_needs_words_to_show_for_it_and_rules_that_are_not_sure() -> None:
    text = "请帮忙看看这个事，单位让我们自己交钱体检"
    shares = understand(text, SILENT, NOW).appeal
    assert shares.kind is not AppealType.REPORT
    assert shares.confidence < 0.7
    shown = read(text, kind="举报", kind_words="让我们自己交钱")
    assert shown.appeal_type is AppealType.REPORT
    assert read(text, kind="举报", kind_words="贪污受贿").appeal_type is shares.kind
    assert read(text, kind="举报").appeal_type is shares.kind
    assert read(text, kind="表白", kind_words="让我们自己交钱").appeal_type is shares.kind


def test_an_area_is_taken_where_the_rules_have_none() -> None:
    text = "又来了，天天在外头转悠，烦死了"
    assert understand(text, SILENT, NOW).category.settled == ()
    told = read(text, area="公安与社会治安", area_words="在外头转悠").category
    assert told.path[0] == "公安与社会治安"
    nobody = read(text, area="外星事务", area_words="在外头转悠").category
    assert nobody == understand(text, SILENT, NOW).category


def test_traditional_and_wide_characters_are_the_same_words() -> None:
    text = "在黃山路８８號門口那個早點攤子吃壞了肚子"
    subject = read(text, subject="那个早点摊子").fields.subject
    assert subject is not None
    assert text[subject.start : subject.end] == subject.text


_SIGNS = "我住黄山路88号昨天晚上九点，施工。吵王师傅投诉安居苑ａＢ😀 \n"
_TEXTS = st.text(st.sampled_from(_SIGNS), max_size=60)
_VALUES = st.one_of(st.none(), st.integers(), st.lists(st.text()), st.text(max_size=200))


@settings(deadline=None, max_examples=150)
@given(text=_TEXTS, data=st.data())
def test_whatever_is_pointed_at_every_span_is_a_stretch_of_the_text(
    text: str, data: st.DataObject
) -> None:
    cut = st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))
    stretch = cut.map(lambda ends: text[min(ends) : max(ends)])
    fields = {name: data.draw(st.one_of(stretch, _VALUES)) for name in Pointed.model_fields}
    pointed = Pointed.model_validate(fields)
    read_so = understand(text, SILENT, NOW, pointed=pointed)
    for one in spans(read_so.fields):
        assert text[one.start : one.end] == one.text
    for name, value in pointed.said_in(text).model_dump(exclude={"kind", "area"}).items():
        assert not value or fold(value) in fold(text), name


def test_nothing_pointed_at_changes_nothing() -> None:
    assert understand(SPREADS, SILENT, NOW, pointed=NOTHING) == understand(SPREADS, SILENT, NOW)
