from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.text import fold, is_bigram, is_unigram, term_text, terms_of


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("身份證遺失後怎麼補辦", "身份证遗失后怎么补办"),
        ("ＡＢＣ１２３", "abc123"),
        ("社\u200b保\ufeff卡", "社保卡"),
        ("GB/T 33358", "gb/t 33358"),
    ],
)
def test_different_spellings_of_a_question_fold_to_one(written: str, folded: str) -> None:
    assert fold(written) == folded


def test_a_text_is_counted_by_characters_by_pairs_and_by_words() -> None:
    terms = terms_of("补办C1证，12345")
    chinese = sorted(term_text(t) for t in terms[is_unigram(terms) | is_bigram(terms)].tolist())
    assert chinese == ["办", "补", "补办", "证"]
    assert len(terms) == 6  # and c1, 12345


def test_pairs_do_not_reach_across_punctuation() -> None:
    terms = terms_of("身份，证件")
    assert "份证" not in {term_text(t) for t in terms.tolist()}


@given(st.text(max_size=300))
def test_any_text_can_be_cut_into_terms(text: str) -> None:
    terms = terms_of(text)
    assert terms.dtype == np.int64
    assert (terms > 0).all()


@given(st.text(alphabet="身份证补办遗失ab1 ，", max_size=60))
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)
