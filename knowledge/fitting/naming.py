"""How far the name of a service item and a question say the same: of items about as good, the one
of whose name more is asked for, and whose name says more of what is asked, comes first.

What an item scores is what it shares with the question, wherever in its text. What its name says
beside, which nobody asked for, costs it little there; and the office whose item it is, which people
name, often stands in no name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
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
    known = np.unique(np.concatenate([whole for whole, _, _ in names]))
    weights, wanted = rarity(known), rarity(subject)
    found = weights * among(known, asked)

    def told(own: Terms) -> float:
        at = np.searchsorted(known, own)
        return float(found[at].sum()) / max(float(weights[at].sum()), 1.0)

    most = max(float(wanted.sum()), 1.0)
    return [
        ASKED * (told(whole) + told(bare)) / 2
        + SAID * float(wanted[among(subject, said)].sum()) / most
        for whole, bare, said in names
    ]


@lru_cache(maxsize=8192)
def _of_name(title: str, issuer: str) -> tuple[Terms, Terms, Terms]:
    """The terms of a name, those outside its brackets, and those of the name and the office."""
    whole, bare = distinct_terms(fold(title)), distinct_terms(_BRACKETS.sub("", fold(title)))
    return whole, bare, np.union1d(whole, distinct_terms(fold(issuer)))


def distinct_terms(folded: str) -> Terms:
    return np.unique(terms_of_folded(folded))
