"""What the matter is about: a path of up to three levels in the category tree.

A naive Bayes model over characters, pairs and words, built from the tree itself in one closed
form, so that a city's own tree works at once. Each leaf's distribution is shrunk towards its first
level's and that towards the whole tree's (a leaf has a dozen short phrases: alone it knows little).
What stands early in a text counts more; a letter's title and first lines say what it is about.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from actions.complaint.category_tree import Leaf, tree
from actions.complaint.segment import segment

_LEAF_SHRINK, _FIRST_SHRINK = 20.0, 300.0
_MOST, _EARLY, _EARLY_WEIGHT = 2, 40, 1.4
_TOPICAL = 2.6
_SHARPNESS = 1.6

Floats = npt.NDArray[np.float32]
Ids = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Category:
    """A path in the tree with the confidence of each of its levels, 0..1."""

    path: tuple[str, ...]
    confidence: tuple[float, ...]
    similarity: float = 0.0
    """Log-odds of the leaf against the tree at large; a few for a text on a matter."""

    @property
    def topical(self) -> bool:
        """Whether the text speaks of some matter of the tree."""
        return self.similarity > _TOPICAL


NOTHING = Category((), ())


@dataclass(frozen=True, slots=True)
class _Model:
    index: dict[str, int]
    log_odds: Floats
    firsts: tuple[str, ...]
    first_of: Ids
    second_of: Ids
    leaves: tuple[Leaf, ...]


def _terms(text: str) -> list[str]:
    """Chinese characters and pairs, and words of three or more."""
    found = [c for c in text if "\u4e00" <= c <= "\u9fff"]
    found += [
        pair
        for pair in map("".join, zip(text, text[1:], strict=False))
        if "\u4e00" <= pair[0] <= "\u9fff" and "\u4e00" <= pair[1] <= "\u9fff"
    ]
    found += [
        "w" + text[a:b] for a, b in segment(text) if b - a > 2 and "\u4e00" <= text[a] <= "\u9fff"
    ]
    return found


def categorise(text: str) -> Category:
    """The category of a folded text; an empty path when nothing in it is known."""
    model = _model()
    counts = Counter(_terms(text))
    # A short text is early all over, which weighs nothing against nothing.
    early = set(_terms(text[:_EARLY])) if len(text) > _EARLY else frozenset()
    rows, weights = [], []
    for term, count in counts.items():
        row = model.index.get(term)
        if row is not None:
            rows.append(row)
            weights.append(min(count, _MOST) ** 0.7 * (_EARLY_WEIGHT if term in early else 1.0))
    if not rows:
        return NOTHING
    value = np.array(weights, np.float32)
    odds = value @ model.log_odds[rows] / math.sqrt(float(value.sum()))
    return _path(model, np.asarray(odds, np.float32))


def _path(model: _Model, odds: Floats) -> Category:
    leaf = int(odds.argmax())
    shares = np.exp((odds - odds[leaf]) * _SHARPNESS)
    total = float(shares.sum())
    first = float(shares[model.first_of == model.first_of[leaf]].sum()) / total
    second = float(shares[model.second_of == model.second_of[leaf]].sum()) / total
    levels = (first, second, float(shares[leaf]) / total)
    return Category(
        model.leaves[leaf].path,
        tuple(round(level, 3) for level in levels),
        round(float(odds[leaf]), 3),
    )


@cache
def _model() -> _Model:
    leaves = tree()
    phrases = [
        set(_terms(phrase))
        for leaf in leaves
        for phrase in (*leaf.keywords, *leaf.examples, leaf.path[2], leaf.path[1])
    ]
    owners = [
        k for k, leaf in enumerate(leaves) for _ in range(len(leaf.keywords) + len(leaf.examples) + 2)
    ]
    index = {term: i for i, term in enumerate(sorted(set().union(*phrases)))}
    rows = np.array([index[term] for phrase in phrases for term in phrase], np.int64)
    columns = np.repeat(np.array(owners, np.int64), [len(phrase) for phrase in phrases])
    width = len(leaves)
    by_leaf = np.bincount(rows * width + columns, minlength=len(index) * width)
    counts = by_leaf.reshape(len(index), width).astype(np.float32)
    firsts, first_of = _numbered([leaf.path[0] for leaf in leaves])
    _, second_of = _numbered(["/".join(leaf.path[:2]) for leaf in leaves])
    by_first = np.zeros((len(index), len(firsts)), np.float32)
    for column in range(width):
        by_first[:, first_of[column]] += counts[:, column]
    everywhere = ((counts.sum(axis=1) + 1) / (counts.sum() + len(index)))[:, None]
    of_first = (by_first + _FIRST_SHRINK * everywhere) / (by_first.sum(axis=0) + _FIRST_SHRINK)
    of_leaf = counts + _LEAF_SHRINK * of_first[:, first_of]
    of_leaf /= counts.sum(axis=0) + _LEAF_SHRINK
    return _Model(
        index,
        np.log(of_leaf / everywhere).astype(np.float32),
        firsts,
        first_of,
        second_of,
        leaves,
    )


def _numbered(names: Sequence[str]) -> tuple[tuple[str, ...], Ids]:
    distinct = tuple(dict.fromkeys(names))
    number = {name: i for i, name in enumerate(distinct)}
    return distinct, np.array([number[name] for name in names], np.int32)
