"""Whom an appeal is about, and what it asks for."""

from __future__ import annotations

import pytest

from actions.understanding.fields import AppealType
from actions.understanding.matter.wanted import find_wanted
from actions.understanding.people.parties import find_parties
from actions.understanding.people.subject import find_subject
from actions.understanding.places.place import find_places
from actions.understanding.text.folding import fold

T, R, S, C, P = (
    AppealType.COMPLAINT,
    AppealType.REPORT,
    AppealType.SUGGESTION,
    AppealType.CONSULT,
    AppealType.PRAISE,
)


@pytest.mark.parametrize(
    ("text", "kind", "subject"),
    [
        ("投诉绿洲物业公司乱收费", T, "绿洲物业公司"),
        ("一家烧烤店油烟很大", T, "一家烧烤店"),
        ("举报楼下卖早点的摊子用地沟油", R, "卖早点的摊子"),
        ("公交司机开车打电话", T, "公交司机"),
        ("皖A·12345的出租车不打表", T, "皖A·12345的出租车"),
        ("表扬社区网格员热心帮助老人", P, "社区网格员"),
        ("班主任当众骂孩子", T, "班主任"),
        ("表扬3号窗口的工作人员，特别耐心", P, "3号窗口的工作人员"),
        ("供热站来人摸了摸暖气片就说达标", T, "供热站"),
        ("厂里从来没给我们交过社保", T, "厂里"),
        ("楼上602天天装修到半夜", T, "楼上602"),
        ("李老师用戒尺打孩子手心", T, "李老师"),
        ("每天停水，园林处说不归他们管", T, "园林处"),
        ("充电桩坏了没人修，物业推给充电公司", T, "物业"),
        ("开发商承诺的路没修，公交车都进不来", T, "开发商"),
        ("遛狗的不拴绳子，孩子吓坏了", T, "遛狗的"),
        ("一楼把门前的草地铺了水泥", T, "一楼"),
        ("顶楼那家在天台养了三十只鸽子", T, "顶楼那家"),
        ("我们想换物业，业委会拖着不开会", T, "业委会"),
        ("天热得受不了，供电所说线路老化没钱换", T, "供电所"),
        ("农科站把种子钱收了就没下文", T, "农科站"),
    ],
)
def test_the_subject_is_whoever_did_it(text: str, kind: AppealType, subject: str) -> None:
    found = find_subject(fold(text), kind, frozenset(), ())
    assert found is not None
    assert found.text == subject


@pytest.mark.parametrize(
    ("text", "party", "more"),
    [
        ("想成立业委会，社区不同意", "业委会", "成立"),
        ("海拉尔区早市的摊贩占道", "摊贩", "拉尔区"),
        ("我找过社区两次物业三次，没人解决", "物业", "社区两次"),
        ("麻烦帮忙联系下燃气公司", "燃气公司", "下燃气"),
        ("请转告环卫所把垃圾桶换个地方", "环卫所", "转告"),
        ("我们这儿快递站要收费", "快递站", "这儿"),
        ("咱那里的村干部不公开账目", "村干部", "那里"),
    ],
)
def test_a_party_begins_where_a_word_does_and_after_what_is_done_with_it(
    text: str, party: str, more: str
) -> None:
    found = [text[start:end] for start, end in find_parties(text, frozenset())]
    assert any(party in one for one in found)
    assert not any(one.startswith(more) for one in found)


@pytest.mark.parametrize(
    ("text", "party"),
    [
        ("江苏恒泰建设工程有限公司拖欠工资", "江苏恒泰建设工程有限公司"),
        ("合肥市第一人民医院乱收费", "第一人民医院"),
    ],
)
def test_of_a_registered_name_the_region_is_a_part(text: str, party: str) -> None:
    _, bounds = find_places(text, None)
    assert party in [text[start:end] for start, end in find_parties(text, bounds)]


@pytest.mark.parametrize("text", ["我是外卖员，平台扣了我八百块", "我们都是一线的保洁员，工资没发"])
def test_who_tells_it_is_no_party(text: str) -> None:
    parties = [text[start:end] for start, end in find_parties(text, ())]
    assert not any("外卖员" in party or "保洁员" in party for party in parties)


def test_who_was_called_is_no_name() -> None:
    text = "报警了派出所让找村委"
    assert [text[start:end] for start, end in find_parties(text, ())] == ["派出所", "村委"]


@pytest.mark.parametrize(
    "text", ["村里的路一下雨全是泥，车都进不来", "乡里这条路全是坑", "小区里野猫成群"]
)
def test_a_place_that_does_nothing_is_nobody(text: str) -> None:
    assert find_subject(fold(text), T, frozenset(), ()) is None


@pytest.mark.parametrize("kind", [C, S, None])
def test_questions_and_suggestions_are_about_nobody(kind: AppealType | None) -> None:
    assert find_subject("物业公司怎么收费", kind, frozenset(), ()) is None


def test_whoever_is_asked_to_act_is_not_accused() -> None:
    text = "楼上每天半夜打麻将，请派出所来管管"
    found = find_subject(text, T, frozenset(), ())
    assert found is not None
    assert found.text == "楼上"


def test_a_region_is_not_part_of_a_firms_name() -> None:
    text = "蜀山区大众驾校不退学费"
    found = find_subject(text, T, frozenset({3}), ())
    assert found is not None
    assert found.text == "大众驾校"


@pytest.mark.parametrize(
    ("text", "kind", "wanted"),
    [
        ("电梯坏了一周，希望尽快维修，谢谢", T, "希望尽快维修"),
        ("他们乱收费。请物价局查处，并退还多收的钱。", T, "请物价局查处，并退还多收的钱"),
        ("建议在路口增设红绿灯，我每天都走这条路", S, "建议在路口增设红绿灯"),
        ("公园能不能多装几盏路灯", S, "公园能不能多装几盏路灯"),
        ("工资拖了三个月，强烈要求马上发放", T, "强烈要求马上发放"),
        ("没人管，退钱！", T, "退钱"),
        ("我不要求赔钱，就想让他们把围挡撤了", T, "想让他们把围挡撤了"),
    ],
)
def test_the_wish_is_its_clause(text: str, kind: AppealType, wanted: str) -> None:
    found = find_wanted(fold(text), kind)
    assert found is not None
    assert found.text == wanted


@pytest.mark.parametrize(
    "text", ["物业要求我们交钱", "学校请假太难", "请问社保怎么交", "能不能在网上办"]
)
def test_others_demands_and_questions_are_no_wish(text: str) -> None:
    assert find_wanted(fold(text), C) is None
