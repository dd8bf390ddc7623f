"""What the matter is about: a path of up to three levels in the category tree.

A naive Bayes model over characters, pairs and words, built from the tree itself and from lists of
words for its second levels, in one closed form, so that a city's own tree works at once. A leaf has
a dozen short phrases and alone knows little: its distribution is shrunk towards its second level's,
that towards the first level's, that towards the whole tree's. A term counts as much as it tells
first levels apart, and more where it stands early: a letter's title says what it is about.

Beside it a linear model trained on whole texts (``data/models/category.tsv``) judges the first
level: it has learnt which words are only scenery. It is heard where the tree in use has its classes.
Both together find the second level; :mod:`actions.complaint.leaves` finds the leaf in it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from actions.complaint.category_tree import Leaf, tree
from actions.complaint.leaves import Sisters, all_sisters
from actions.complaint.linear import load_model
from actions.complaint.segment import segment
from actions.complaint.sentences import ANNOUNCING
from actions.complaint.words import word_lists

_FIRST_SHRINK, _SECOND_SHRINK, _LEAF_SHRINK = 200.0, 15.0, 20.0
_TERM_WEIGHT = 2.0
_TELLING_PRIOR, _TELLING_POWER = 5.0, 0.6
_MOST, _EARLY, _EARLY_WEIGHT = 2, 40, 1.4
_TOPICAL = 2.6
_SHARPNESS = 1.6
_SETTLED = 0.35
"""A level with this share of the one above is right in two cases of three (by the tree's own
examples, held out)."""
_TRAINED = 0.6
"""How much the trained model is heard; the tree's own has the rest."""

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
    def settled(self) -> tuple[str, ...]:
        """The path as far as it may be shown and acted upon: its first level, and each further one
        that is sure enough. A wrong leaf on a receipt is worse than none."""
        sure = 1
        while sure < len(self.path) and (
            self.confidence[sure] >= _SETTLED * self.confidence[sure - 1]
        ):
            sure += 1
        return self.path[:sure]

    @property
    def topical(self) -> bool:
        """Whether the text speaks of some matter of the tree."""
        return self.similarity > _TOPICAL


NOTHING = Category((), ())


@dataclass(frozen=True, slots=True)
class _Sparse:
    """A sparse matrix by rows: row ``r`` has ``columns[starts[r]:starts[r + 1]]``."""

    starts: npt.NDArray[np.int64]
    columns: Ids
    values: Floats

    def cells(
        self, rows: npt.NDArray[np.int64]
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Positions of all cells of the rows, and for each which of ``rows`` it belongs to."""
        sizes = self.starts[rows + 1] - self.starts[rows]
        owner = np.repeat(np.arange(len(rows)), sizes)
        before = np.repeat(np.cumsum(sizes) - sizes, sizes)
        return np.arange(len(owner)) - before + self.starts[rows][owner], owner


@dataclass(frozen=True, slots=True)
class _Model:
    """Log-odds of each term for each second level, and what each leaf adds to its own."""

    index: dict[str, int]
    telling: Floats
    of_second: Floats
    leaf_bias: Floats
    leaf_gains: _Sparse
    first_of: Ids
    second_of: Ids
    leaves: tuple[Leaf, ...]
    sisters: dict[tuple[str, ...], Sisters]
    trained: Ids | None
    """For each leaf the trained model's class of its first level; None for a tree it never saw."""


_CHINESE = re.compile("[\u4e00-\u9fff]+")


def terms(text: str) -> list[str]:
    """Chinese characters and pairs, and words of three or more."""
    found: list[str] = []
    for run in _CHINESE.findall(text):
        found += run
        found += [run[i : i + 2] for i in range(len(run) - 1)]
    found += ["w" + text[a:b] for a, b in segment(text) if b - a > 2 and text[a] >= "\u4e00"]
    return found


def categorise(text: str) -> Category:
    """The category of a folded text; an empty path when nothing in it is known."""
    model = _model()
    text = ANNOUNCING.sub("", text)
    said = terms(text)
    known = [row for row in map(model.index.get, said) if row is not None]
    if not known:
        return NOTHING
    rows, counts = np.unique(np.array(known, np.int64), return_counts=True)
    weight = np.minimum(counts, _MOST).astype(np.float32) ** np.float32(0.7)
    if len(text) > _EARLY:  # a short text is early all over
        early = [row for row in map(model.index.get, terms(text[:_EARLY])) if row is not None]
        marked = np.zeros(len(model.index), np.bool_)
        marked[early] = True
        weight[marked[rows]] *= _EARLY_WEIGHT
    value = weight * model.telling[rows]
    odds = (value @ model.of_second[rows])[model.second_of] + value.sum() * model.leaf_bias
    cells, owner = model.leaf_gains.cells(rows)
    odds += np.bincount(
        model.leaf_gains.columns[cells],
        model.leaf_gains.values[cells] * value[owner],
        len(model.leaves),
    )
    return _path(model, np.asarray(odds / math.sqrt(float(weight.sum())), np.float32), said)


def _path(model: _Model, odds: Floats, said: Sequence[str]) -> Category:
    logs = (odds - odds.max()) * _SHARPNESS
    if model.trained is not None:
        heard = load_model("category").scores(frozenset(said))
        heard = heard - heard.max()
        heard -= math.log(float(np.exp(heard).sum()))
        logs -= math.log(float(np.exp(logs).sum()))
        logs = (1 - _TRAINED) * logs + _TRAINED * heard[model.trained]
    leaf = int(logs.argmax())
    shares = np.exp(logs - logs[leaf])
    total = float(shares.sum())
    first = float(shares[model.first_of == model.first_of[leaf]].sum()) / total
    second = float(shares[model.second_of == model.second_of[leaf]].sum()) / total
    chosen, share = model.sisters[model.leaves[leaf].path[:2]].choose(frozenset(said))
    return Category(
        model.leaves[chosen].path,
        (round(first, 3), round(second, 3), round(second * share, 3)),
        round(float(odds[leaf]), 3),
    )


@cache
def _model() -> _Model:
    leaves = tree()
    seconds, second_of = _numbered(["/".join(leaf.path[:2]) for leaf in leaves])
    firsts, first_of_second = _numbered([second.split("/")[0] for second in seconds])
    phrases = [
        (k, terms(phrase))
        for k, leaf in enumerate(leaves)
        for phrase in (*leaf.keywords, *leaf.examples, leaf.path[2], leaf.path[1])
    ]
    lists = word_lists("category_terms")
    listed = [(k, terms(w)) for k, second in enumerate(seconds) for w in lists.get(second, ())]
    index = {t: i for i, t in enumerate(sorted({t for _, ts in (*phrases, *listed) for t in ts}))}
    by_leaf = _tally(phrases, index, len(leaves))
    by_second = _TERM_WEIGHT * _tally(listed, index, len(seconds)) + _summed(
        by_leaf, second_of, len(seconds)
    )
    by_first = _summed(by_second, first_of_second, len(firsts))
    everywhere = ((by_first.sum(axis=1) + 1) / (by_first.sum() + len(index)))[:, None]
    first = (by_first + _FIRST_SHRINK * everywhere) / (by_first.sum(axis=0) + _FIRST_SHRINK)
    second = (by_second + _SECOND_SHRINK * first[:, first_of_second]) / (
        by_second.sum(axis=0) + _SECOND_SHRINK
    )
    # A leaf's odds are its second level's, plus a bias, plus gains for the terms it has itself.
    sizes = by_leaf.sum(axis=0)
    rows, columns = np.nonzero(by_leaf)
    gains = np.log1p(
        by_leaf[rows, columns] / (_LEAF_SHRINK * second[rows, second_of[columns]])
    ).astype(np.float32)
    starts = np.searchsorted(rows, np.arange(len(index) + 1)).astype(np.int64)
    return _Model(
        index,
        _telling(by_first),
        np.log(second / everywhere).astype(np.float32),
        np.log(_LEAF_SHRINK / (sizes + _LEAF_SHRINK)).astype(np.float32),
        _Sparse(starts, columns.astype(np.int32), gains),
        first_of_second[second_of],
        second_of,
        leaves,
        all_sisters(leaves, terms),
        _classes_of(leaves),
    )


def _classes_of(leaves: Sequence[Leaf]) -> Ids | None:
    classes = {name: i for i, name in enumerate(load_model("category").classes)}
    if any(leaf.path[0] not in classes for leaf in leaves):
        return None
    return np.array([classes[leaf.path[0]] for leaf in leaves], np.int32)


def _telling(by_first: Floats) -> Floats:
    """How far each term tells first levels apart, 0..1: relative entropy to their shares."""
    shares = by_first.sum(axis=0) / by_first.sum()
    likely = (by_first + _TELLING_PRIOR * shares) / (
        by_first.sum(axis=1, keepdims=True) + _TELLING_PRIOR
    )
    entropy = np.maximum((likely * np.log(likely / shares)).sum(axis=1), 0)
    return np.asarray((entropy / entropy.max()) ** _TELLING_POWER, np.float32)


def _tally(phrases: Sequence[tuple[int, list[str]]], index: dict[str, int], width: int) -> Floats:
    """In how many phrases of each owner each term stands."""
    cells = [index[term] * width + owner for owner, terms in phrases for term in set(terms)]
    counts = np.bincount(np.array(cells, np.int64), minlength=len(index) * width)
    return counts.reshape(len(index), width).astype(np.float32)


def _summed(counts: Floats, owner: Ids, width: int) -> Floats:
    """Columns added up by their owner."""
    order = np.argsort(owner, kind="stable")
    starts = np.searchsorted(owner[order], np.arange(width))
    return np.asarray(np.add.reduceat(counts[:, order], starts, axis=1), np.float32)


def _numbered(names: Sequence[str]) -> tuple[tuple[str, ...], Ids]:
    distinct = tuple(dict.fromkeys(names))
    number = {name: i for i, name in enumerate(distinct)}
    return distinct, np.array([number[name] for name in names], np.int32)
