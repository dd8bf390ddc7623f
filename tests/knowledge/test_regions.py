from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.regions import chain, depth, gazetteer, is_region_code, within


@pytest.mark.parametrize(
    ("code", "above"),
    [
        ("000000", ["000000"]),
        ("440000", ["000000", "440000"]),
        ("440100", ["000000", "440000", "440100"]),
        ("440113", ["000000", "440000", "440100", "440113"]),
        ("440113001", ["000000", "440000", "440100", "440113", "440113001"]),
        ("310115", ["000000", "310000", "310100", "310115"]),
    ],
)
def test_a_chain_runs_from_the_nation_down_to_the_place(code: str, above: list[str]) -> None:
    assert list(chain(code)) == above
    assert depth(code) == len(above) - 1


codes = st.builds(
    lambda p, c, d: f"{p:02d}{c:02d}{d:02d}",
    st.integers(11, 65),
    st.integers(0, 30),
    st.integers(0, 30),
)


@given(codes, codes)
def test_a_place_lies_within_another_exactly_if_its_chain_holds_it(one: str, other: str) -> None:
    if other in chain(other):  # 440005 names no place: a county without a city
        assert within(one, other) == (other in chain(one)) or one[2:4] == "00"


@pytest.mark.parametrize("code", ["44", "4401", "abcdef", "", "4401000", "440100 "])
def test_what_is_no_region_code_is_not_taken_for_one(code: str) -> None:
    assert not is_region_code(code)


@pytest.mark.parametrize(
    ("question", "asker", "regions"),
    [
        ("身份证丢了怎么补", None, ()),
        ("身份证丢了怎么补", "340104", ("340104",)),
        ("北京的积分落户怎么办", "340104", ("110000",)),
        ("合肥市的社保怎么转", "340104", ("340104",)),
        ("合肥市的社保怎么转", "340000", ("340100",)),
        ("南京市鼓楼区社保", None, ("320106",)),
        ("鼓楼区社保", "320100", ("320106",)),
        ("鼓楼区社保", "110101", ("110101",)),
        ("番禺的居住证", "440100", ("440113",)),
        ("上海和北京哪个落户容易", "340104", ("310000", "110000")),
        ("臺灣居民在廣州辦居住證", None, ("440100",)),
        ("北京路边停车多少钱一小时", "340104", ("110000",)),
        ("上海街头摆摊要什么证", "340104", ("310000",)),
    ],
)
def test_a_question_that_names_another_place_is_about_that_place(
    question: str, asker: str | None, regions: tuple[str, ...]
) -> None:
    assert gazetteer().asked_about(question, asker) == regions


@pytest.mark.parametrize(
    "question",
    [
        "蜀山区黄山路路灯坏了",
        "北京路步行街几点关门",
        "南京东路怎么走",
        "中山大学招生",
        "生日照片可以用吗",
        "长江西路施工",
        "按规定安装摄像头",
        "北京时间几点",
        "兰州拉面馆办什么证",
    ],
)
def test_streets_schools_and_everyday_words_name_no_other_place(question: str) -> None:
    assert gazetteer().asked_about(question, "340104") == ("340104",)


def test_where_someone_comes_from_is_not_where_they_ask_about() -> None:
    assert gazetteer().asked_about("我是安徽户口，能在这里补身份证吗", "440100") == ("440100",)


@pytest.mark.parametrize(
    "question", ["去台湾谈生意的签注办到哪步了", "我在香港当中医，想在内地行医"]
)
def test_places_one_travels_to_are_not_whose_rules_are_asked_for(question: str) -> None:
    assert gazetteer().asked_about(question, None) == ()
    assert gazetteer().asked_about(question, "440100") == ("440100",)


def test_the_sample_places_are_known_and_are_no_real_ones() -> None:
    assert gazetteer().name("990102") == "示例省示例市示例县"
    assert gazetteer().asked_about("示例市养狗要办什么证", "340104") == ("990100",)


def test_a_place_is_named_with_all_above_it() -> None:
    assert gazetteer().name("440113") == "广东省广州市番禺区"
    assert gazetteer().name("310000") == "上海市"
    assert gazetteer().name("980000") == "980000"


@pytest.mark.parametrize(
    ("question", "regions"),
    [
        ("邻市公租房怎么申请", ("990000",)),
        ("隔壁县的补贴多少", ("990100",)),
        ("外省的高龄补贴多少", ("000000",)),
        ("外省户口能申请公租房吗", ("990102",)),
        ("其他市场的摊位怎么租", ("990102",)),
    ],
)
def test_another_place_that_is_not_named_is_not_the_askers(
    question: str, regions: tuple[str, ...]
) -> None:
    assert gazetteer().asked_about(question, "990102") == regions
