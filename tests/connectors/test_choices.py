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
    ],
)
def test_a_number_an_ordinal_or_the_label_choose_the_second(said: str) -> None:
    chosen = pick(said, OFFER)
    assert chosen is not None
    assert chosen.id == "k2"


def test_the_last_one_is_the_last_one() -> None:
    chosen = pick("最后一个", OFFER)
    assert chosen is not None
    assert chosen.id == "k3"


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
        "两"[:0],
    ],
)
def test_anything_else_is_not_a_choice(said: str) -> None:
    assert pick(said, OFFER) is None


@given(st.text(max_size=40))
def test_no_text_breaks_it(said: str) -> None:
    chosen = pick(said, OFFER)
    assert chosen is None or chosen in OFFER
    assert pick(said, ()) is None
