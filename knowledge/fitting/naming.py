"""How far the name of a service item and a question say the same: of items about as good, the one
of whose name more is asked for, and whose name says more of what is asked, comes first.

What an item scores is what it shares with the question, wherever in its text. What its name says
beside, which nobody asked for, costs it little there; and the office whose item it is, which people
name, often stands in no name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from knowledge.model import Entry
from knowledge.text import Terms, among, fold, terms_of_folded

_BRACKETS = re.compile(r"[(\[][^()\[\]]*[)\]]")  # cases of a matter; which is seldom said

ASKED = 0.7
"""What a name all of which is asked for is worth, as a share of the best score."""
SAID = 0.55
"""What a name that says all that is asked is worth."""

_DIGITS = 6  # of a worth: what differs less is the same, and keeps its place

Floats = NDArray[np.float64]

Rarity = Callable[[Terms], NDArray[np.float32]]
"""How rare terms are in the names of a base."""


def closeness(
    entries: Sequence[Entry], asked: Terms, subject: Terms, rarity: Rarity
) -> list[float]:
    """What the names of service items are worth beside their scores, as shares of the best one.

    ``asked``: the terms searched for, those of official words among them; ``subject``: those of the
    question without its wrapping.
    """
    names = [_of_name(entry.title, entry.issuer) for entry in entries]
    if not names:
        return []
    whole, bare, said = (_Runs.of([name[part] for name in names]) for part in range(3))
    known = np.unique(whole.terms)
    weights, wanted = rarity(known), rarity(subject)
    found = weights * among(known, asked)

    def told(own: _Runs) -> Floats:
        return own.sums(known, found) / np.maximum(own.sums(known, weights), 1.0)

    named: Floats = (told(whole) + told(bare)) / 2
    most = max(float(wanted.sum()), 1.0)
    worth = ASKED * named + SAID * said.sums(subject, wanted) / most
    return [round(float(one), _DIGITS) for one in worth]


@dataclass(frozen=True, slots=True)
class _Runs:
    """The terms of several names one after the other, ``starts`` says where each begins."""

    terms: Terms
    starts: NDArray[np.int64]

    @classmethod
    def of(cls, names: Sequence[Terms]) -> _Runs:
        sizes = np.cumsum([len(name) for name in names])
        return cls(np.concatenate(names), np.append(0, sizes))

    def sums(self, known: Terms, values: NDArray[np.float32]) -> Floats:
        """What the terms of each name that are ``known``, which is sorted, are worth together."""
        if not len(known):
            return np.zeros(len(self.starts) - 1)
        at = np.minimum(known.searchsorted(self.terms), len(known) - 1)
        found = np.where(known[at] == self.terms, values[at], 0.0)
        upto = np.append(0.0, np.cumsum(found, dtype=np.float64))
        return np.asarray(upto[self.starts[1:]] - upto[self.starts[:-1]])


@lru_cache(maxsize=8192)
def _of_name(title: str, issuer: str) -> tuple[Terms, Terms, Terms]:
    """The terms of a name, those outside its brackets, and those of the name and the office."""
    whole, bare = distinct_terms(fold(title)), distinct_terms(_BRACKETS.sub("", fold(title)))
    return whole, bare, np.union1d(whole, distinct_terms(fold(issuer)))


def distinct_terms(folded: str) -> Terms:
    return np.unique(terms_of_folded(folded))
