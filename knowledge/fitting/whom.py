"""Whom a question is for, which examination, which grade: a rule named after another is another's.

优待证 for the old and for veterans, registering for 中考 and for 高考, what is paid out and what is
taken off a tax share all their words but the one that matters. Which of them excludes which stands
in ``lexicon/words.yml``.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from knowledge.hit import Hit
from knowledge.lexicon import lexicon
from knowledge.matters import coverage, said_in
from knowledge.model import Entry
from knowledge.text import any_of, fold

PEOPLE = 0
"""The number of the kind that says who somebody is."""
NEAR = 0.75
"""Share of the best score from which an entry named after those asked for goes first."""
LONGEST = 14
"""Characters of a question in which whom it is for is no aside."""

Member = tuple[int, int]
"""The number of a kind and of one of its members."""


def for_others(folded: str, entry: Entry) -> bool:
    """Whether a folded question names somebody or something of whom the entry never speaks, while
    the entry is named after another of the same kind."""
    missed = missed_kinds(members(folded), members(fold("\n".join((entry.title, *entry.aliases)))))
    if not missed:
        return False
    spoken = {kind for kind, _ in members(folded) & members(said_in(entry))}
    return bool(missed - spoken)


def spoken_of_first(hits: tuple[Hit, ...], folded: str) -> tuple[Hit, ...]:
    """The hits, but where a question names whom it is for (小孩护照) and the first is named after
    nobody, one first that is about as good and named after them, and after the matter as much."""
    asked = {member for member in members(folded) if member[0] == PEOPLE}
    if len(folded) > LONGEST or not asked or not hits or _named(hits[0].entry):
        return hits
    first = coverage(folded, hits[0].entry)

    def fits(hit: Hit) -> bool:
        if hit.score < NEAR * hits[0].score or not asked & _named(hit.entry):
            return False
        other = coverage(folded, hit.entry)
        return 0 < other.named >= first.named and other.missed <= first.missed

    better = next((hit for hit in hits if fits(hit)), None)
    return hits if better is None else (better, *(hit for hit in hits if hit is not better))


def _named(entry: Entry) -> frozenset[Member]:
    names = fold("\n".join((entry.title, *entry.aliases)))
    return frozenset(member for member in members(names) if member[0] == PEOPLE)


def missed_kinds(asked: frozenset[Member], meant: frozenset[Member]) -> frozenset[int]:
    """The kinds of which one thing is asked for and only another meant."""
    both = {kind for kind, _ in asked & meant}
    return frozenset({kind for kind, _ in asked} & {kind for kind, _ in meant} - both)


@lru_cache(maxsize=8192)
def members(folded: str) -> frozenset[Member]:
    """What a folded text names that excludes others of its kind."""
    kinds = enumerate(_kinds())
    return frozenset(
        (k, which[word]) for k, (which, any_) in kinds for word in any_.findall(folded)
    )


@cache
def _kinds() -> tuple[tuple[dict[str, int], re.Pattern[str]], ...]:
    """For each kind the member each word names, and what finds the words, the longest first."""
    kinds = []
    for kind in lexicon().whom:
        which = {fold(word): number for number, words in enumerate(kind) for word in words}
        kinds.append((which, any_of(which)))
    return tuple(kinds)
