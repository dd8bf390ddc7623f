"""A question made ready for search: its subject terms, its aspect, and what it points back to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from knowledge.lexicon import lexicon
from knowledge.text import Terms, fold, is_unigram, terms_of_folded
from knowledge.tuning import Tuning

MAX_TERMS = 160
"""Distinct terms a question is cut to (the rarest are kept): a pasted page must not stall."""
_MAX_CHARACTERS = 2000
_CHINESE = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Prepared:
    """``folded``: the text searched for.  ``aspect``: what about the subject is asked, or "".
    ``carried``: whether an earlier message lent its subject.
    """

    folded: str
    aspect: str
    carried: bool = False


@lru_cache(maxsize=1)
def _aspect_pattern() -> tuple[re.Pattern[str], dict[str, str]]:
    owner = {phrase: key for key, phrases in lexicon().aspects for phrase in phrases}
    ordered = sorted(owner, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, ordered))), owner


@lru_cache(maxsize=1)
def _function_pattern() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, lexicon().function_words)))


def aspect_of(folded: str) -> str:
    """What is asked about the subject: the longest aspect phrase wins, the later one of equals.

    "要带什么材料" asks for materials though "怎么办" may stand before it: a plain "how" gives
    way to any other aspect.
    """
    pattern, owner = _aspect_pattern()
    best = ("", 0)
    for match in pattern.finditer(folded):
        key, size = owner[match[0]], len(match[0])
        if key == "how" and best[0] not in ("", "how"):
            continue
        if size >= best[1] or (best[0] == "how" and key != "how"):
            best = (key, size)
    return best[0]


def subject_of(folded: str) -> str:
    """What is left of a question without its aspect and its wrapping."""
    return _function_pattern().sub(" ", _aspect_pattern()[0].sub(" ", folded))


def points_back(folded: str) -> bool:
    """Whether a question has no subject of its own ("那要多少钱？", "在哪办呢")."""
    left = len(_CHINESE.findall(subject_of(folded)))
    if left <= 1 and len(folded) <= 20:
        return True
    return left <= 3 and len(folded) <= 16 and folded.startswith(lexicon().pointing)


def prepare(text: str, history: tuple[str, ...] = ()) -> Prepared:
    """Fold a question; if it only points back, put the last subject asked about before it."""
    folded = fold(text[:_MAX_CHARACTERS])
    aspect = aspect_of(folded)
    if history and points_back(folded):
        for earlier in reversed(history):
            before = fold(earlier[:_MAX_CHARACTERS])
            if not points_back(before):
                # The earlier question's own aspect would drag its answer along.
                subject = _aspect_pattern()[0].sub(" ", before)
                return Prepared(f"{subject} {folded}", aspect, carried=True)
    return Prepared(folded, aspect)


@dataclass(frozen=True, slots=True)
class Weighted:
    """Distinct terms of a question with how much each counts before rarity, shape ``(n,)``."""

    terms: Terms
    weights: NDArray[np.float32]


def weigh(folded: str, tuning: Tuning) -> Weighted:
    """Terms of a folded question.  Repeats do not count twice; wrapping may count less."""
    if tuning.function_weight < 1.0:
        subject = _function_pattern().sub(" ", folded)
        kept = np.unique(terms_of_folded(subject))
        terms = np.unique(terms_of_folded(folded))
        weights = np.where(np.isin(terms, kept), 1.0, tuning.function_weight).astype(np.float32)
    else:
        terms = np.unique(terms_of_folded(folded))
        weights = np.ones(len(terms), dtype=np.float32)
    weights[is_unigram(terms)] *= tuning.single_weight
    return Weighted(terms, weights)
