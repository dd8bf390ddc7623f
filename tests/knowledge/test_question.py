from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from knowledge.questions.question import (
    aspect_of,
    official_terms,
    points_back,
    prepare,
    weigh,
    with_more,
)
from knowledge.text import Terms, fold, term_text
from knowledge.tuning import Tuning


@pytest.mark.parametrize(
    ("question", "aspect"),
    [
        ("补办身份证要带什么材料", "materials"),
        ("身份证丢了怎么补办？要带什么材料？", "materials"),
        ("补身份证多少钱", "fee"),
        ("护照几天能办好，要多久", "time"),
        ("居住证在哪里办", "place"),
        ("公证处打哪个号，电话多少", "phone"),
        ("什么条件可以申请公租房", "condition"),
        ("离婚怎么办理", "how"),
        ("养老保险交多少年能领", ""),
        ("身份证要提前多久换", ""),
        ("工伤要多长时间内申请认定", ""),
        ("换身份证要多久", "time"),
        ("二手房过户交什么税", "fee"),
        ("被拖欠工资怎么维权", "how"),
        ("身份证", ""),
    ],
)
def test_the_aspect_asked_about_is_recognised(question: str, aspect: str) -> None:
    assert aspect_of(fold(question)) == aspect


@pytest.mark.parametrize(
    "text", ["那要多少钱？", "在哪办呢", "要多久", "需要什么材料", "这个要钱吗"]
)
def test_a_question_without_a_subject_points_back(text: str) -> None:
    assert points_back(fold(text))


@pytest.mark.parametrize("text", ["居住证要多少钱", "那护照在哪办", "工伤认定要多久", "怎么离婚"])
def test_a_question_with_a_subject_stands_alone(text: str) -> None:
    assert not points_back(fold(text))


def test_a_follow_up_takes_its_subject_from_before() -> None:
    found = prepare("那要多少钱？", ("护照丢了怎么补办", "需要什么材料"))
    assert "护照" in found.folded
    assert found.aspect == "fee"
    assert found.carried
    assert "材料" not in found.folded


def test_a_new_subject_is_not_mixed_with_the_old() -> None:
    found = prepare("结婚登记要多少钱", ("护照丢了怎么补办",))
    assert "护照" not in found.folded
    assert not found.carried


def test_a_follow_up_to_nothing_is_taken_as_it_is() -> None:
    assert prepare("那要多少钱？", ("在吗",)).folded == fold("那要多少钱？")


def test_wrapping_counts_less_than_the_subject() -> None:
    weighed = weigh(fold("请问护照怎么补"), Tuning(function_weight=0.3, single_weight=1.0))
    weight = {
        term_text(t): round(float(w), 2)
        for t, w in zip(weighed.terms.tolist(), weighed.weights, strict=True)
    }
    assert weight["护照"] == 1.0
    assert weight["请问"] == 0.3


def test_everyday_words_bring_the_words_of_the_rules_with_less_weight() -> None:
    def never(terms: Terms) -> NDArray[np.int64]:
        return np.zeros(len(terms), dtype=np.int64)

    question = fold("老公把我辞退了")
    terms, weights = official_terms(question, never, Tuning())
    assert {"配偶", "解除"} <= {term_text(t) for t in terms.tolist()}
    assert weights.max() < 1.0
    weighed = with_more(weigh(question, Tuning()), terms, weights)
    assert {"配偶", "解除"} <= {term_text(t) for t in weighed.terms[~weighed.own].tolist()}


def test_a_base_that_speaks_as_people_do_needs_little_help() -> None:
    def always(terms: Terms) -> NDArray[np.int64]:
        return np.full(len(terms), 500, dtype=np.int64)

    def never(terms: Terms) -> NDArray[np.int64]:
        return np.zeros(len(terms), dtype=np.int64)

    question = fold("老公把我辞退了")
    known = official_terms(question, always, Tuning())[1]
    strange = official_terms(question, never, Tuning())[1]
    assert (known < strange / 4).all()


@given(st.text(max_size=200), st.lists(st.text(max_size=40), max_size=3))
def test_any_question_can_be_prepared_and_weighed(text: str, history: list[str]) -> None:
    found = prepare(text, tuple(history))
    weighed = weigh(found.folded, Tuning())
    assert len(weighed.terms) == len(weighed.weights) == len(weighed.own)


def test_a_pasted_page_is_cut_to_a_bearable_length() -> None:
    assert len(prepare("居住证办理规定" * 5000).folded) <= 2000


@pytest.mark.parametrize(
    "words",
    [
        "网上能办吗",
        "多久能拿到",
        "要本人去吗",
        "可以代办吗",
        "可以邮寄吗",
        "异地能办吗",
        "有电话吗",
    ],
)
def test_words_of_getting_it_done_are_no_subject(words: str) -> None:
    assert points_back(fold(words))


@pytest.mark.parametrize("words", ["身份证怎么办", "护照在哪办", "公积金怎么取", "怎么注册公司"])
def test_a_short_question_with_a_subject_stands_alone(words: str) -> None:
    assert not points_back(fold(words))
