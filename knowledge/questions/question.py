"""A question made ready for search: its subject terms, its aspect, and what it points back to."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from knowledge.fitting import offices
from knowledge.lexicon import lexicon, official_words
from knowledge.matters import matters
from knowledge.questions.moments import without_past
from knowledge.text import Terms, among, any_of, fold, is_bigram, is_unigram, terms_of_folded
from knowledge.tuning import Tuning

MAX_TERMS = 160
"""Distinct terms a question is cut to (the rarest are kept): a pasted page must not stall."""
_MAX_CHARACTERS = 2000
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_WHAT_ABOUT = re.compile("^(?:那么?|如果是?|要是|还有)?([一-鿿0-9]{1,8}?)的?呢[,.?!~。 ]*$")
_LIKE_IT = re.compile(
    "^(?:那么?|如果是?|要是|还有)?([一-鿿0-9]{1,8}?)的?[也都]"
    "(?:是?(?:这样|一样)|可以|行|能|要|算|得)的?[吗么嘛][,.?!~。 ]*$"
)
"""The same of another case: "小孩的也一样吗"."""
_FEW = 8  # characters
_FEWER = 7  # where a word of public business is among them
_ONLY_WHETHER = re.compile("(?:吗|(?<![什怎多])么|行不行|可不可以)[?。 ]*$")
_KNOWN = 1 / 6  # what is left of the help for a word the base uses all the time
_HALF_KNOWN = 3  # passages with a word at which half of the help is gone
_WELL_KNOWN = 1_000_000

Frequencies = Callable[[Terms], NDArray[np.int64]]
"""In how many passages of the base each term stands."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """``folded``: the text searched for.  ``aspect``: what about the subject is asked, or "".
    ``carried``: whether an earlier message lent its subject.
    """

    folded: str
    aspect: str
    carried: bool = False


@cache
def _aspect_pattern() -> tuple[re.Pattern[str], dict[str, str]]:
    owner = {phrase: key for key, phrases in lexicon().aspects for phrase in phrases}
    return any_of(owner), owner


@cache
def _function_pattern() -> re.Pattern[str]:
    return any_of(lexicon().function_words)


def aspect_of(folded: str) -> str:
    """What is asked about the subject: the longest aspect phrase wins, the later one of equals.

    "要带什么材料" asks for materials though "怎么办" may stand before it: a plain "how" gives
    way to any other aspect.
    """
    pattern, owner = _aspect_pattern()
    best = ("", 0)
    for match in pattern.finditer(folded):
        key, size = owner[match[0]], len(match[0])
        if _other_measure(key, folded[: match.start()], folded[match.end() :]):
            continue
        if key == "how" and best[0] not in ("", "how"):
            continue
        if size >= best[1] or (best[0] == "how" and key != "how"):
            best = (key, size)
    return best[0]


def _other_measure(key: str, before: str, after: str) -> bool:
    """Whether an amount or a time asked for is not what getting it done costs or takes: "交多少年",
    "提前多久", "多久之内"."""
    words = lexicon()
    if key == "fee":
        return after.startswith(words.of_time)
    return key == "time" and (before.endswith(words.before_span) or after.startswith(words.within))


def asks_whether(folded: str) -> bool:
    """Whether a question is to be answered by yes or no."""
    return any(words in folded for words in lexicon().whether)


def about_people(folded: str) -> bool:
    """Whether a question speaks of those who work somewhere, or of what only persons do."""
    return any(word in folded for word in lexicon().people)


def subject_of(folded: str) -> str:
    """What is left of a question without its aspect and its wrapping."""
    return _function_pattern().sub(" ", _aspect_pattern()[0].sub(" ", folded))


@cache
def _doing_pattern() -> re.Pattern[str]:
    return any_of(lexicon().doing)


def bare_of(folded: str) -> str:
    """What is left of a question without words of getting it done either."""
    return subject_of(_doing_pattern().sub(" ", _aspect_pattern()[0].sub(" ", folded)))


def what_about(folded: str) -> str:
    """What "外地的呢", "那孩子呢", "小孩也一样吗" ask about; "" for what is put in another way.

    With an asking word ("他在哪呢") the particle only softens a question.
    """
    found = _WHAT_ABOUT.search(folded) or _LIKE_IT.search(folded)
    if found is None or any(word in folded for word in lexicon().asking):
        return ""
    return found[1]


def points_back(folded: str) -> bool:
    """Whether a question has no subject of its own ("那要多少钱？", "网上能办吗", "外地的呢",
    "以前是怎么规定的")."""
    if (rest := without_past(folded)) != folded and not _CHINESE.search(bare_of(rest)):
        return True
    left = len(_CHINESE.findall(subject_of(folded)))
    if what_about(folded) or (len(folded) <= 20 and not _CHINESE.search(bare_of(folded))):
        return True
    if left <= 1 and len(folded) <= 20:
        return True
    if aspect_of(folded):
        return False  # "那护照在哪办": a few words, but a subject and what is asked of it
    return left <= 3 and len(folded) <= 16 and folded.startswith(lexicon().pointing)


def prepare(text: str, history: tuple[str, ...] = ()) -> Prepared:
    """Fold a question; if it only points back, put the last subject asked about before it."""
    folded = fold(text[:_MAX_CHARACTERS])
    aspect = aspect_of(folded) or offices.aspect(folded)
    if points_back(folded) and (subject := subject_before(history, bool(what_about(folded)))):
        return Prepared(f"{subject} {folded}", aspect, carried=True)
    return Prepared(folded, aspect)


def subject_before(history: tuple[str, ...], narrowed: bool = False) -> str:
    """What was talked of last, folded and without the aspect asked then, which would drag its
    answer along, with what was narrowed down since ("外地的呢"), unless it is ``narrowed`` anew;
    "" if nothing was."""
    about = ""
    for earlier in reversed(history):
        before = fold(earlier[:_MAX_CHARACTERS])
        if not points_back(before) and not _may_narrow(before):
            about = "" if narrowed else about
            return f"{_aspect_pattern()[0].sub(' ', before)} {about}".rstrip()
        about = about or what_about(before)
    opening = fold(history[0][:_MAX_CHARACTERS]) if history else ""
    if points_back(opening) or not any(word in opening for word in lexicon().asking):
        return ""
    return _aspect_pattern()[0].sub(" ", opening)  # few words, and nothing they could go on about


def _may_narrow(folded: str) -> bool:
    """Whether a few words go on about what was asked before: none of public business is among
    them, or they only want to know whether ("外地户口行吗", "要看存款吗")."""
    if matters(folded):
        whether = bool(_ONLY_WHETHER.search(folded)) and not aspect_of(folded)
        return whether and len(folded) <= _FEWER
    return len(folded) <= _FEW


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
    """Terms of a folded question.  Repeats count a little more; wrapping counts less."""
    terms, times = np.unique(terms_of_folded(folded), return_counts=True)
    subject = terms_of_folded(_function_pattern().sub(" ", folded))
    weights = np.where(among(terms, subject), 1.0, tuning.function_weight)
    weights[is_unigram(terms)] *= tuning.single_weight
    weights *= 1 + tuning.repeat_weight * np.log(times)
    return Weighted(terms, weights.astype(np.float32), np.ones(len(terms), dtype=np.bool_))


def with_more(weighed: Weighted, terms: Terms, weights: NDArray[np.float32]) -> Weighted:
    """The same question with further terms that are not its own, where it has them not yet."""
    new = ~among(terms, weighed.terms) & (weights > 0)
    if not new.any():
        return weighed
    return Weighted(
        np.concatenate([weighed.terms, terms[new]]),
        np.concatenate([weighed.weights, weights[new]]),
        np.concatenate([weighed.own, np.zeros(int(new.sum()), dtype=np.bool_)]),
    )


@cache
def _official() -> tuple[re.Pattern[str], dict[str, tuple[str, ...]]]:
    folded = {fold(word): tuple(map(fold, words)) for word, words in official_words().items()}
    return any_of(folded), folded


def official_terms(
    folded: str, frequencies: Frequencies, tuning: Tuning
) -> tuple[Terms, NDArray[np.float32]]:
    """Terms of the words that rules use for what a question says in everyday words, weighed.

    An everyday word the base uses itself needs little help; one it has never seen needs all.
    """
    pattern, official = _official()
    weights: dict[int, float] = {}
    said = sorted({match[0] for match in pattern.finditer(folded)})
    parts = [_telling(everyday) for everyday in said]
    seen = frequencies(np.concatenate(parts)).tolist() if parts else []
    for everyday, part in zip(said, parts, strict=True):
        least = min(seen[: len(part)], default=_WELL_KNOWN)
        del seen[: len(part)]
        strange = _KNOWN + (1 - _KNOWN) / (1 + least / _HALF_KNOWN)
        for word in official[everyday]:
            for term in _word_terms(word) if word not in folded else ():
                weights[term] = max(weights.get(term, 0.0), strange * tuning.official_weight)
    terms = np.fromiter(sorted(weights), dtype=np.int64, count=len(weights))
    found = np.asarray([weights[term] for term in terms.tolist()], dtype=np.float32)
    found[is_unigram(terms)] *= tuning.single_weight
    return terms, found


@lru_cache(maxsize=8192)
def _word_terms(word: str) -> tuple[int, ...]:
    return tuple(np.unique(terms_of_folded(word)).tolist())


@lru_cache(maxsize=8192)
def _telling(word: str) -> Terms:
    """The pairs of characters of a word; of a single character itself."""
    terms = terms_of_folded(word)
    pairs = terms[is_bigram(terms)]
    return pairs if len(pairs) else terms
