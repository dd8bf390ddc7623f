"""How far the name of a service item and a question say the same: of items about as good, the one
of whose name more is asked for, and whose name says more of what is asked, comes first.

What an item scores is what it shares with the question, wherever in its text. What its name says
beside, which nobody asked for, costs it little there; and the office whose item it is, which people
name, often stands in no name.
"""

from __future__ import annotations

import re
from collections.abc import Callable
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


def closeness(entry: Entry, asked: Terms, subject: Terms, rarity: Rarity) -> float:
    """What the name of a service item is worth beside its score, as a share of the best one.

    ``asked``: the terms searched for, those of official words among them; ``subject``: those of the
    question without its wrapping.
    """
    whole, office = _terms(fold(entry.title)), _terms(fold(entry.issuer))
    bare = _terms(_BRACKETS.sub("", fold(entry.title)))
    told = (_share(whole, asked, rarity) + _share(bare, asked, rarity)) / 2
    said = _share(subject, np.concatenate([whole, office]), rarity)
    return ASKED * told + SAID * said


def _share(terms: Terms, others: Terms, rarity: Rarity) -> float:
    """How much of some terms, by rarity, is among others."""
    weights = rarity(terms)
    return float(weights[among(terms, others)].sum()) / max(float(weights.sum()), 1.0)


@lru_cache(maxsize=8192)
def _terms(folded: str) -> Terms:
    return np.unique(terms_of_folded(folded))


def subject_terms(bare: str) -> Terms:
    """The distinct terms of a question without its wrapping."""
    return np.unique(terms_of_folded(bare))
