from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.base import KnowledgeBase
from knowledge.query import Query
from knowledge.questions.sounds import homophones
from knowledge.questions.spelling import meant, respelt, written_out
from knowledge.text import fold, term_text
from tests.knowledge.conftest import TODAY, BaseOf, entry

THINGS = ["身份证补领", "居住证办理", "公积金提取", "离婚登记", "驾驶证换领", "桂榕卡领取"]


@pytest.fixture
def base(base_of: BaseOf) -> KnowledgeBase:
    return base_of(*(entry(f"{t}{n}", t, f"{t}，第{n}种情形。") for t in THINGS for n in range(4)))


@pytest.mark.parametrize(
    ("typed", "guess"),
    [
        ("身份正补领", "份证"),
        ("居主证办理", "居住"),
        ("公机金提取", "公积"),
        ("离昏登记", "离婚"),
        ("驾使证换领", "驾驶"),
    ],
)
def test_a_slip_of_the_pinyin_keyboard_is_seen(base: KnowledgeBase, typed: str, guess: str) -> None:
    found = meant(fold(typed), base.snapshot.frequencies)
    assert guess in {term_text(term) for term in found.tolist()}


@pytest.mark.parametrize("question", THINGS)
def test_what_is_spelt_as_the_base_spells_it_is_left_alone(
    base: KnowledgeBase, question: str
) -> None:
    assert not len(meant(fold(question), base.snapshot.frequencies))


def test_a_slip_still_finds_the_entry(base: KnowledgeBase) -> None:
    hits = base.search(Query("离昏登计", TODAY)).hits
    assert hits[0].entry.title == "离婚登记"


@pytest.mark.parametrize(
    ("typed", "meant_", "times"),
    [
        ("居主证怎么办理", "居住证怎么办理", 9),
        ("公机金怎么提取", "公积金怎么提取", 9),
        ("桂融卡怎么领取", "桂榕卡怎么领取", 9),
        ("桂融卡怎么领取", "桂融卡怎么领取", 7),  # seldom used: no reason to be sure
        ("居住证怎么办理", "居住证怎么办理", 9),
        ("办居主", "办居主", 9),  # one side only
    ],
)
def test_a_slip_that_leaves_no_doubt_is_put_right(
    base_of: BaseOf, typed: str, meant_: str, times: int
) -> None:
    base = base_of(
        *(entry(f"{t}{n}", t, f"{t}怎么，第{n}种。") for t in THINGS for n in range(times))
    )
    assert respelt(typed, base.snapshot.frequencies) == meant_
    if typed != meant_:
        found = base.search(Query(typed, TODAY))
        assert found.prepared.folded == meant_


@given(st.text(alphabet="身份证补领居住办理一二三abc ，", max_size=60))
def test_what_is_put_right_is_as_long_as_what_was_typed(text: str) -> None:
    import numpy as np

    folded = fold(text)
    assert respelt(folded, lambda terms: terms * 0) == folded
    found = respelt(folded, lambda terms: ((terms % 3) * 9).astype(np.int64))
    assert len(found) == len(folded)


def test_characters_of_one_sound_know_each_other() -> None:
    assert "证" in homophones()["正"]
    assert "正" not in homophones()["正"]


@given(st.text(alphabet="身份证补领居住办理一二三abc ，", max_size=60))
def test_guesses_are_never_what_was_typed(text: str) -> None:
    import numpy as np

    found = meant(fold(text), lambda terms: (terms % 3).astype(np.int64))
    assert not {term_text(t) for t in found.tolist()} & {text[n : n + 2] for n in range(len(text))}


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("申份证补领要什么", "身份证补领要什么"),
        ("我的驾使证换领了没有", "我的驾驶证换领了没有"),
        ("想离昏登记", "想离婚登记"),
        ("公机金提取", "公积金提取"),
        ("局住证办理", "居住证办理"),
    ],
)
def test_a_word_of_public_business_is_known_by_its_sound(
    base: KnowledgeBase, typed: str, word: str
) -> None:
    assert respelt(typed, base.snapshot.frequencies) == word


@pytest.mark.parametrize(
    "said",
    [
        "时效过了没有",  # a word itself, though it sounds like 失效
        "我是身份不明的人",
        "他去驾校练车",
        "谁住在那里",  # a pronoun is not misspelt
        "今天天气真好",
    ],
)
def test_words_the_base_does_not_have_are_left_as_they_are(base: KnowledgeBase, said: str) -> None:
    assert respelt(said, base.snapshot.frequencies) == said


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("sfz丢了怎么办", "身份证丢了怎么办"),
        ("gjj 提取", "公积金 提取"),
        ("shenfenzheng丢了", "身份证丢了"),
        ("abc丢了", "abc丢了"),
        ("sfzx", "sfzx"),
    ],
)
def test_letters_are_written_out_as_the_word_they_stand_for(
    base: KnowledgeBase, typed: str, word: str
) -> None:
    assert written_out(typed, base.snapshot.frequencies) == word


def test_letters_the_base_uses_itself_stay(base_of: BaseOf) -> None:
    frequencies = base_of(entry("a", "SFZ系统接口说明")).snapshot.frequencies
    assert written_out("sfz怎么接", frequencies) == "sfz怎么接"


@pytest.mark.parametrize("typed", ["sfz补领要多久", "申份证补领要多久"])
def test_the_judge_reads_what_was_meant(base: KnowledgeBase, typed: str) -> None:
    found = base.search(Query(typed, TODAY))
    assert found.query.text == "身份证补领要多久"
    assert found.hits[0].entry.title == "身份证补领"
