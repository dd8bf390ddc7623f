"""Which choice a person means."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.conversation.choices import pick
from connectors.messages import Choice

OFFER = tuple(
    Choice(f"k{i}", label, f"/payload{i}")
    for i, label in enumerate(("确认提交", "修改地址", "取消"), 1)
)


@pytest.mark.parametrize(
    "said",
    [
        "2",
        "２",
        "二",
        "第二个",
        "选2",
        "②",
        "2.",
        "（2）",
        "我选第二个",
        "第2项",
        "修改地址",
        "修改地址。",
        "就第二个吧",
        "第二個",
        "選2",
        "選擇修改地址",
        "回复2",
        "选项二",
        "2号",
        "2️⃣",
        "⑵",
        "2. 修改地址",
        "2、修改地址",
        "我选修改地址吧",
        "要2",
        "2，谢谢",
        "倒数第二个",
        "贰",
        "No.2",
        "嗯，第二个",
        "好的，2",
        "2呗",
        "改地址",
    ],
)
def test_a_number_an_ordinal_or_the_label_choose_the_second(said: str) -> None:
    chosen = pick(said, OFFER)
    assert chosen is not None
    assert chosen.id == "k2"


@pytest.mark.parametrize("said", ["最后一个", "最后那个吧", "我选最后面的一个", "最後一個"])
def test_the_last_one_is_the_last_one(said: str) -> None:
    chosen = pick(said, OFFER)
    assert chosen is not None
    assert chosen.id == "k3"


@pytest.mark.parametrize(
    ("said", "labels", "meant"),
    [
        ("两个月", ("1个月", "2个月"), "2个月"),
        ("三天", ("3天", "1周"), "3天"),
        ("十三天", ("3天", "1周"), None),
        ("转人工", ("换个问法", "转人工客服"), "转人工客服"),
        ("身份证", ("身份证丢失补办", "身份证到期换证"), None),
        ("有处理", ("没人联系我", "没有处理"), None),
        ("联系我", ("没人联系我", "没有处理"), None),
        ("答复与事实", ("答复与事实不符", "没有处理"), None),
        ("对对对", ("是的", "不是"), "是的"),
        ("否", ("是的", "不是"), "不是"),
        ("是不是", ("是", "不是"), None),
        ("👍🏻", ("👍 有帮助", "👎 没解决"), "👍 有帮助"),
        ("👎👎👎", ("👍 有帮助", "👎 没解决"), "👎 没解决"),
    ],
)
def test_a_label_is_known_by_its_number_its_half_and_its_sense(
    said: str, labels: tuple[str, ...], meant: str | None
) -> None:
    chosen = pick(said, tuple(Choice(label, label, "") for label in labels))
    assert (chosen and chosen.label) == meant


ONES = "一二三四五六七八九"
NUMERALS = [*ONES, "十", *(f"十{one}" for one in ONES), "二十"]


@given(
    st.integers(1, 20),
    st.sampled_from(
        ["{}", "{}.", "选{}", "第{}个", " {} ", "（{}）", "我要第{}项", "就{}吧", "第{}條"]
    ),
    st.booleans(),
)
def test_every_number_in_every_spelling_finds_its_place(n: int, form: str, chinese: bool) -> None:
    many = tuple(Choice(f"k{i}", f"去处{i}号楼", "") for i in range(1, 21))
    assert pick(form.format(NUMERALS[n - 1] if chinese else n), many) is many[n - 1]


def test_two_numbers_are_not_one_number_of_both_digits() -> None:
    many = tuple(Choice(f"k{i}", f"去处{i}", "") for i in range(1, 21))
    for said in ("1、2", "1 2", "1,2", "1-2", "1/2", "1。2"):
        assert pick(said, many) is None


def test_a_label_that_is_a_number_is_the_label() -> None:
    years = (Choice("a", "2", ""), Choice("b", "1", ""))
    chosen = pick("2", years)
    assert chosen is not None
    assert chosen.id == "a"


def test_a_label_offered_twice_chooses_neither() -> None:
    assert pick("是", (Choice("a", "是", ""), Choice("b", "是", ""))) is None


@pytest.mark.parametrize(
    "said",
    [
        "2栋有人吵",
        "4",
        "0",
        "第九个",
        "地址不对",
        "",
        "。",
        "我家住二楼",
        "取消合同怎么办",
        "12345",
        "两个",
        "2个",
        "要两个",
        "2点",
        "不选2",
        "2和3",
        "1、2",
        "1 2",
        "1.修改地址",
        "确认提交，修改地址",
        "½",
        "改",
        "嗯嗯",
        "2 no",
        "二" * 61,
    ],
)
def test_anything_else_is_not_a_choice(said: str) -> None:
    assert pick(said, OFFER) is None


@given(st.text(max_size=40))
def test_no_text_breaks_it(said: str) -> None:
    chosen = pick(said, OFFER)
    assert chosen is None or chosen in OFFER
    assert pick(said, ()) is None


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("有帮助", 0),
        ("有用", 0),
        ("👍", 0),
        ("没解决", 1),
        ("没用！", 1),
        ("沒有幫助", 1),
        ("👎 没解决", 1),
        ("没用的东西", None),
        ("有什么用", None),
    ],
)
def test_whether_an_answer_helped_may_be_typed(said: str, meant: int | None) -> None:
    offered = [Choice("1", "👍 有帮助", "up"), Choice("2", "👎 没解决", "down")]
    assert pick(said, offered) == (None if meant is None else offered[meant])


STARS = ("1分 很不满意", "2分 不满意", "3分 基本满意", "4分 满意", "5分 非常满意")


@pytest.mark.parametrize(
    ("said", "points"),
    [
        ("5", 5),
        ("5分", 5),
        ("五分", 5),
        ("打5分", 5),
        ("给两分吧", 2),
        ("非常满意", 5),
        ("满意", 4),
        ("不满意", 2),
        ("6分", None),
        ("还行", None),
    ],
)
def test_points_are_meant_as_they_are_said(said: str, points: int | None) -> None:
    offered = tuple(Choice(str(n), label, "") for n, label in enumerate(STARS, 1))
    for choices in (offered, offered[::-1]) if not said.isdigit() else (offered,):
        chosen = pick(said, choices)
        assert (chosen and int(chosen.id)) == points
