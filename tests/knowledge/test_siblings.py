"""A thing is not its sibling, though they share all but one word."""

from __future__ import annotations

import pytest

from knowledge.fitting.siblings import of_a_sibling
from knowledge.text import fold
from tests.knowledge.conftest import entry

PLATES = entry("e", "电动自行车上牌", "电动自行车要登记上牌，带发票和合格证。")
BOTH = entry("b", "电动自行车上牌", "电动自行车要登记上牌，电动汽车到车管所登记。")


@pytest.mark.parametrize(
    ("question", "sibling"),
    [("电动汽车上牌要什么", True), ("电动自行车上牌要什么", False), ("电动车上牌要什么", False)],
)
def test_a_thing_between_the_same_words_is_another(question: str, sibling: bool) -> None:
    assert of_a_sibling(fold(question), PLATES) is sibling


def test_a_rule_that_speaks_of_both_is_about_both() -> None:
    assert not of_a_sibling(fold("电动汽车上牌要什么"), BOTH)
