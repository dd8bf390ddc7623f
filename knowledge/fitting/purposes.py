"""What a service item is for, held against what is wanted: of items alike the one that does it.

To change a permit, to give it up and to look up how far it has come share nearly all their words,
and which of them scores best is left to how long each is. The name says what an item is for: an
act (:mod:`knowledge.fitting.acts`), looking something up, following a matter, being advised
(``lexicon/words.yml``); and for whom it alone is. Each way in which that is not what is wanted
costs a share of the score.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from knowledge.fitting.acts import acts_in, asked_acts
from knowledge.fitting.whom import Member, members, missed_kinds
from knowledge.hit import Hit
from knowledge.lexicon import lexicon
from knowledge.model import Entry, Kind
from knowledge.text import fold

COST = 0.15
"""Share of its score that an item loses for each way in which it is not what is wanted."""
_DOUBT = 0.5  # of such a way, where how it is asked says little
_SURE = 2.0  # where it says much


Close = Callable[[Sequence[Entry]], Sequence[float]]
"""What the names of service items are worth beside their scores, as shares of the best one."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a question wants: acts done, ``purposes`` by their names, whether it wants something
    ``done`` at all; ``people`` it speaks of, as numbers of ``only_for``; and what it names of kinds
    that exclude one another (:mod:`knowledge.fitting.whom`)."""

    acts: frozenset[str]
    purposes: frozenset[str]
    done: bool
    people: frozenset[int]
    members: frozenset[Member]


def wanted(said: str, folded: str) -> Wanted:
    """What a folded question wants; ``said``: what was said last of it."""
    purposes = {name for name, (asked, _) in _purposes().items() if asked.search(folded)}
    done = _to_do().search(folded) is not None
    acts = asked_acts(said, folded)
    return Wanted(acts, frozenset(purposes), done, _people(folded), members(folded))


def suited_first(hits: tuple[Hit, ...], want: Wanted, close: Close) -> tuple[Hit, ...]:
    """The hits, service items that are for something else behind those about as good; what was put
    before a better score keeps its place as though it had that score.  Among items a name
    counts as much beside its score as it is ``close``."""
    if not any(hit.entry.kind is Kind.SERVICE for hit in hits):
        return hits
    worth: list[float] = []
    for hit in reversed(hits):
        worth.append(max(hit.score, worth[-1] if worth else hit.score))
    worth.reverse()
    left = [w * (1 - COST) ** _amiss(hit.entry, want) for hit, w in zip(hits, worth, strict=True)]
    order = sorted(range(len(hits)), key=lambda at: -left[at])
    places = [n for n, at in enumerate(order) if hits[at].entry.kind is Kind.SERVICE]
    worths = close([hits[order[n]].entry for n in places])
    best = max(worth)
    named = {order[n]: left[order[n]] + best * more for n, more in zip(places, worths, strict=True)}
    items = sorted(named, key=lambda at: -named[at])
    for place, at in zip(places, items, strict=True):
        order[place] = at
    return tuple(hits[at] for at in order)


def purposes_of(title: str) -> frozenset[str]:
    """What an item of this name is for beside getting a thing done."""
    return _named(title)[1]


def _amiss(entry: Entry, want: Wanted) -> float:
    """In how many ways a service item is for something else than what is wanted; 0 for others."""
    if entry.kind is not Kind.SERVICE:
        return 0.0
    acts, purposes, people, kinds = _named(entry.title)
    ways = float(len((acts & lexicon().events) - want.acts) + len(people - want.people))
    ways += len(missed_kinds(want.members, kinds))
    if want.acts and acts and not want.acts & acts:
        ways += 1
    looks_up = "look_up" in want.purposes
    if "progress" in purposes:
        ways += "progress" not in want.purposes
    elif "look_up" in purposes:
        ways += want.done and not looks_up
    elif "advice" not in purposes and looks_up and not want.done:
        ways += 1
    if "advice" in want.purposes:
        ways += _SURE * ("advice" not in purposes)
    elif "advice" in purposes:
        ways += 1.0 if want.done else _DOUBT
    return ways


@lru_cache(maxsize=8192)
def _named(
    title: str,
) -> tuple[frozenset[str], frozenset[str], frozenset[int], frozenset[Member]]:
    """Of a name: its acts, its purposes, whom it is for and the kinds it names."""
    folded = fold(title)
    purposes = {name for name, (_, named) in _purposes().items() if named.search(folded)}
    return acts_in(folded), frozenset(purposes), _people(folded), members(folded)


def _people(folded: str) -> frozenset[int]:
    groups = enumerate(lexicon().only_for)
    return frozenset(n for n, words in groups if any(word in folded for word in words))


@cache
def _purposes() -> dict[str, tuple[re.Pattern[str], re.Pattern[str]]]:
    return {k: (re.compile(a), re.compile(n)) for k, (a, n) in lexicon().purposes.items()}


@cache
def _to_do() -> re.Pattern[str]:
    return re.compile(lexicon().to_do)
