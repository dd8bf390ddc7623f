"""Whether a more local rule is about what was asked, as the wider one found is.

A city seldom calls its rule as the nation does, and a guide that lists how people ask scores above
a local notice that does not: their titles as a whole tell little.  What counts is whether the local
rule has the words of the question that the wider one is named after, most of them in its name.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from knowledge.fitting.acts import acts_in, other_act
from knowledge.lexicon import lexicon
from knowledge.matters import coverage, matters, said_in, ways_to_say
from knowledge.model import Entry
from knowledge.text import any_of, fold

_NAMED_LEAST = 3  # characters in a row of a question that name a matter
_NAMED_TOGETHER = 4  # characters of it in all
_CORE_LEAST = 4  # characters
_CORE_SHARE = 0.75  # of the shorter core; 结婚登记 and 离婚登记 share that much
_SAME_MATTER = 0.6


def same_matter(one: Entry, other: Entry) -> bool:
    """Whether two rules are about one thing, by the pairs of characters their titles share."""
    mine, theirs = _pairs(one.title), _pairs(other.title)
    if not mine or not theirs:
        return one.title == other.title
    return len(mine & theirs) / min(len(mine), len(theirs)) >= _SAME_MATTER


@lru_cache(maxsize=8192)
def _pairs(title: str) -> frozenset[str]:
    folded = fold(title)
    return frozenset(folded[i : i + 2] for i in range(len(folded) - 1))


def of_the_same_matter(asked: str, wider: Entry, local: Entry) -> bool:
    """Whether a more local rule settles what was asked (a folded question) as a wider one does."""
    if other_act(asked, acts_in(asked), local):
        return False
    if coverage(asked, local).missed_count > coverage(asked, wider).missed_count:
        return False
    mine, theirs = _core(wider.title), _core(local.title)
    least = min(len(mine.replace("|", "")), len(theirs.replace("|", "")))
    if least >= _CORE_LEAST and _shared(mine, theirs) > _CORE_SHARE * least:
        return True
    named = [_ways(asked, run) for run in _named(asked, mine)]
    titled = [max(map(len, ways)) for ways in named if any(way in theirs for way in ways)]
    enough = sum(titled) >= _NAMED_TOGETHER or max(titled, default=0) >= _NAMED_LEAST
    said = said_in(local)
    return enough and all(any(way in said for way in ways) for ways in named)


def _ways(asked: str, run: str) -> frozenset[str]:
    """The ways to say a run of a question: its own words, or how else the matter is called that it
    is, or is part of."""
    found = {run}
    for word in matters(asked):
        if word in run or run in word:
            found |= {run.replace(word, way) for way in ways_to_say(word)}
    return frozenset(found)


def _named(asked: str, core: str) -> list[str]:
    """The runs of a question, of two characters at least, that stand in a title's core."""
    found: list[str] = []
    at = 0
    while at < len(asked) - 1:
        end = at + 2
        if asked[at:end] not in core or "|" in asked[at:end]:
            at += 1
            continue
        while end < len(asked) and asked[at : end + 1] in core:
            end += 1
        found.append(asked[at:end])
        at = end
    return found


def _shared(one: str, other: str) -> int:
    return sum(map(len, _named(one, other)))


@lru_cache(maxsize=8192)
def _core(title: str) -> str:
    """What a title is about, in pieces: without the words that say what kind of text it is."""
    return re.sub(r"\|+", "|", _no_matter().sub("|", fold(title))).strip("|")


@cache
def _no_matter() -> re.Pattern[str]:
    words = any_of(lexicon().of_titles).pattern
    return re.compile(rf"[（(][^（）()]*[）)]|\d+年?|{words}|[^\w]+")
