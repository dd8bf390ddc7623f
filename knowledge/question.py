"""A question made ready for search: its subject terms, its aspect, and what it points back to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from knowledge.lexicon import lexicon, official_words
from knowledge.text import Terms, among, fold, is_unigram, terms_of_folded
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
    if aspect_of(folded):
        return False  # "那护照在哪办": a few words, but a subject and what is asked of it
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
    """Distinct terms of a question with how much each counts before rarity, shape ``(n,)``.

    ``own``: which terms the question itself has; the others are official words for them, a
    help in finding and no part of what an answer must cover.
    """

    terms: Terms
    weights: NDArray[np.float32]
    own: NDArray[np.bool_]


def weigh(folded: str, tuning: Tuning) -> Weighted:
    """Terms of a folded question.  Repeats do not count twice; wrapping counts less."""
    terms = np.unique(terms_of_folded(folded))
    subject = terms_of_folded(_function_pattern().sub(" ", folded))
    weights = np.where(among(terms, subject), 1.0, tuning.function_weight)
    added = (
        np.setdiff1d(_official_terms(folded), terms) if tuning.official_weight > 0 else terms[:0]
    )
    weights = np.concatenate([weights, np.full(len(added), tuning.official_weight)])
    terms = np.concatenate([terms, added])
    weights[is_unigram(terms)] *= tuning.single_weight
    own = np.arange(len(terms)) < len(terms) - len(added)
    return Weighted(terms, weights.astype(np.float32), own)


def with_more(weighed: Weighted, terms: Terms, weight: float) -> Weighted:
    """The same question with further terms that are not its own."""
    new = terms[~among(terms, weighed.terms)]
    if not len(new) or weight <= 0:
        return weighed
    return Weighted(
        np.concatenate([weighed.terms, new]),
        np.concatenate([weighed.weights, np.full(len(new), weight, dtype=np.float32)]),
        np.concatenate([weighed.own, np.zeros(len(new), dtype=np.bool_)]),
    )


@lru_cache(maxsize=1)
def _official() -> tuple[re.Pattern[str], dict[str, tuple[str, ...]]]:
    folded = {fold(word): tuple(map(fold, words)) for word, words in official_words().items()}
    ordered = sorted(folded, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, ordered))), folded


def _official_terms(folded: str) -> Terms:
    """Terms of the words that rules use for what a question says in everyday words."""
    pattern, official = _official()
    words = {word for match in pattern.finditer(folded) for word in official[match[0]]}
    found = [terms_of_folded(word) for word in sorted(words) if word not in folded]
    return np.unique(np.concatenate(found)) if found else np.empty(0, dtype=np.int64)
