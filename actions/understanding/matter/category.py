"""What the matter is about: a path of up to three levels in the category tree.

A naive Bayes model over characters, pairs and words, built from the tree itself and from lists of
words for its second levels, in one closed form, so that a city's own tree works at once. A leaf has
a dozen short phrases and alone knows little: its distribution is shrunk towards its second level's,
that towards the first level's, that towards the whole tree's. A term counts as much as it tells
first levels apart, and more where it stands early: a letter's title says what it is about.

Whole texts of our own join in (:mod:`actions.understanding.matter.category_training`): counted with the tree's
phrases, and in a linear model over the second levels, which has learnt what words are only scenery.
It is heard where the tree in use has its classes. What says nothing of the matter is left out first
(:mod:`actions.understanding.matter.scenery`). Both together find the second level;
:mod:`actions.understanding.matter.leaves` finds the leaf in it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import numpy.typing as npt

from actions.understanding.fields import Place
from actions.understanding.learning.linear import FOLDER
from actions.understanding.learning.sparse import Floats, Ids, Sparse, Table, read_table
from actions.understanding.matter.category_tree import Leaf, tree
from actions.understanding.matter.leaves import Sisters, all_sisters
from actions.understanding.matter.scenery import without_scenery
from actions.understanding.places.place import find_places
from actions.understanding.text.runs import RunTable, characters, runs
from actions.understanding.text.segment import segment
from actions.understanding.text.words import word_lists

_FIRST_SHRINK, _SECOND_SHRINK, _LEAF_SHRINK = 200.0, 15.0, 20.0
_TERM_WEIGHT = 2.0
_TELLING_PRIOR, _TELLING_POWER = 5.0, 0.6
_MOST, _EARLY, _EARLY_WEIGHT = 2, 40, 1.4
_TOPICAL = 0.97
"""Three in five short matters are as sure of their first level, and one in forty remarks to the bot."""
_NEEDED = 0.4
"""What so much of what a text may be about needs, is asked: better one question more than an order
nobody finds."""
_SHARPNESS = 1.6
_NEVER = 1e-9
_ASSERTED = 0.35
"""A first or second level with less of the whole is wrong more often than right: it is not asserted.
Their shares are about what they promise: of 1,450 texts held out from training, four in five of
those at .8 were right, one in two of those at .5, one in five of those below .3."""
_SETTLED = 0.35
"""A leaf with this share of its second level is right in two cases of three (by the tree's own
examples, held out)."""
_TRAINED = 0.6
"""How much the trained model is heard; the tree's own has the rest."""
SCALE = 50.0
"""Trained weights are stored as whole numbers, this many to one."""

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Category:
    """A path in the tree with the confidence of each of its levels, 0..1."""

    path: tuple[str, ...]
    confidence: tuple[float, ...]
    needs: tuple[str, ...] = ()
    """What an order of it needs beyond what every order does: of a path that is sure what its leaf
    needs, else what much of what it may be needs."""

    @property
    def settled(self) -> tuple[str, ...]:
        """The path as far as it may be shown and acted upon: each level that is sure enough. A
        wrong leaf on a receipt is worse than none."""
        least = (_ASSERTED, _ASSERTED, *(_SETTLED * share for share in self.confidence[1:]))
        sure = 0
        while sure < len(self.path) and self.confidence[sure] >= least[sure]:
            sure += 1
        return self.path[:sure]

    @property
    def topical(self) -> bool:
        """Whether the text surely speaks of some matter of the tree."""
        return bool(self.path) and self.confidence[0] >= _TOPICAL


NOTHING = Category((), ())


@dataclass(frozen=True, slots=True)
class _Model:
    """Log-odds of each term for each second level, and what each leaf adds to its own."""

    words: dict[str, int]
    """The terms that are words, by number. Terms are numbered alphabetically: those of the tree's own
    model first, then what only the trained one has."""
    size: int
    """How many terms there are."""
    telling: Floats
    of_first: Floats
    """Log-odds of each term for each first level. A second level has its first's, plus a bias, plus
    gains for the terms it has itself; a leaf its second's, likewise. Kept apart, for most terms are
    in few of them."""
    second_bias: Floats
    second_gains: Sparse
    leaf_bias: Floats
    leaf_gains: Sparse
    second_of: Ids
    leaves: tuple[Leaf, ...]
    sisters: dict[tuple[str, ...], Sisters]
    firsts: dict[str, int]
    """The first levels by number."""
    first_of_second: Ids
    needs: tuple[str, ...]
    """The fields that some leaf needs."""
    need_of_leaf: Floats
    need_of_second: Floats
    """Which leaf needs which of them, 0 or 1; and which share of a second level's leaves."""
    trained: Table | None
    """The trained model, its terms left out; None for a tree with second levels it never saw."""
    class_of: Ids
    """The trained model's class of each second level."""
    runs: RunTable
    """The terms that are characters or pairs, looked up together."""
    number_of_run: Numbers
    """The number of each of them; the last is none."""
    trained_row: Numbers
    """The trained model's row of each term; -1 for one it does not know."""
    often: dict[str, float]
    """How often the tree and our texts hold each character and pair."""


_CHINESE = re.compile("[\u4e00-\u9fff]+")
_FIRST_CHINESE, _LAST_CHINESE = 0x4E00, 0x9FFF


def terms(text: str) -> list[str]:
    """Chinese characters and pairs, and words of three or more."""
    found: list[str] = []
    for run in _CHINESE.findall(text):
        found += run
        found += [run[i : i + 2] for i in range(len(run) - 1)]
    return found + [word for word, _ in _long_words(text)]


def _long_words(text: str) -> list[tuple[str, int]]:
    """The words that are terms, and where each ends."""
    return [("w" + text[a:b], b) for a, b in segment(text) if b - a > 2 and text[a] >= "\u4e00"]


def categorise(
    text: str, places: Sequence[Place] | None = None, within: str | None = None
) -> Category:
    """The category of a folded text; an empty path when nothing in it is known.

    Args:
        text: the folded text.
        places: the places it names, where they are known already.
        within: the first level to stay in, where somebody else knows it; unknown ones do not count.
    """
    model = _model()
    text = without_scenery(text, find_places(text)[0] if places is None else places)
    found, ends = _numbered_terms(model, text)
    said, counts = np.unique(found, return_counts=True)
    rows = said[: np.searchsorted(said, len(model.telling))]
    if not len(rows):
        return NOTHING
    weight = np.minimum(counts[: len(rows)], _MOST).astype(np.float32) ** np.float32(0.7)
    if len(text) > _EARLY:  # a short text is early all over
        marked = np.zeros(model.size, np.bool_)
        marked[found[ends <= _EARLY]] = True
        weight[marked[rows]] *= _EARLY_WEIGHT
    value = weight * model.telling[rows]
    seconds = (value @ model.of_first[rows])[
        model.first_of_second
    ] + value.sum() * model.second_bias
    seconds += model.second_gains.summed(rows, value, len(seconds))
    odds = seconds[model.second_of] + value.sum() * model.leaf_bias
    odds += model.leaf_gains.summed(rows, value, len(odds))
    odds = np.asarray(odds / math.sqrt(float(weight.sum())), np.float32)
    return _path(model, odds, said, model.firsts.get(within, -1) if within else -1)


def often_said() -> dict[str, float]:
    """How often the tree and our texts hold each character and each pair of characters."""
    return _model().often


def _numbered_terms(model: _Model, text: str) -> tuple[Numbers, Numbers]:
    """The numbers of the :func:`terms` that are known, and where each ends in the text."""
    single, pairs, _ = runs(characters(text))
    chinese = (single >= _FIRST_CHINESE) & (single <= _LAST_CHINESE)
    at, pair_at = np.flatnonzero(chinese), np.flatnonzero(chinese[:-1] & chinese[1:])
    keys = np.concatenate((single[at], pairs[pair_at]))
    words = [(model.words.get(word, -1), end) for word, end in _long_words(text)]
    of_words = np.array(words, np.int64).reshape(-1, 2)
    numbers = np.concatenate((model.number_of_run[model.runs.rows(keys)], of_words[:, 0]))
    ends = np.concatenate((at + 1, pair_at + 2, of_words[:, 1]))
    known = numbers >= 0
    return numbers[known], ends[known]


def _path(model: _Model, odds: Floats, said: Numbers, within: int) -> Category:
    """The path of the likeliest leaf. ``said`` are the numbers of the terms, sorted, each once;
    ``within`` the number of the first level to stay in, -1 for any."""
    powers = np.exp((odds - odds.max()) * _SHARPNESS)
    seconds = np.bincount(model.second_of, powers, len(model.first_of_second))
    logs = np.log(seconds / seconds.sum() + _NEVER)
    if model.trained is not None:
        heard = _heard(model.trained, model.trained_row[said])[model.class_of]
        logs = (1 - _TRAINED) * logs + _TRAINED * heard
    if within >= 0:
        logs = np.where(model.first_of_second == within, logs, -np.inf)
    second = int(logs.argmax())
    shares = np.exp(logs - logs[second])
    shares /= shares.sum()
    sure = float(shares[second])
    first = float(shares[model.first_of_second == model.first_of_second[second]].sum())
    leaf = int(np.where(model.second_of == second, odds, -np.inf).argmax())
    chosen, share = model.sisters[model.leaves[leaf].path[:2]].choose(said.tolist())
    needed = shares @ model.need_of_second
    if share >= _SETTLED:
        needed += shares[second] * (model.need_of_leaf[chosen] - model.need_of_second[second])
    return Category(
        model.leaves[chosen].path,
        (round(first, 3), round(sure, 3), round(sure * share, 3)),
        tuple(name for name, part in zip(model.needs, needed, strict=True) if part > _NEEDED),
    )


def _heard(table: Table, rows: Numbers) -> Floats:
    """The trained model's log-shares of its classes, of the terms in its rows; -1 is none."""
    rows = np.sort(rows[rows >= 0])
    if not len(rows):
        return np.full(len(table.classes), -math.log(len(table.classes)), np.float32)
    rarity = table.own[rows] / np.linalg.norm(table.own[rows])
    scores = table.cells.summed(rows, rarity / np.float32(SCALE), len(table.classes))
    scores -= scores.max()
    return np.asarray(scores - math.log(float(np.exp(scores).sum())), np.float32)


@cache
def _model() -> _Model:
    leaves = tree()
    read = cache(terms)
    seconds, second_of = _numbered(["/".join(leaf.path[:2]) for leaf in leaves])
    firsts, first_of_second = _numbered([second.split("/")[0] for second in seconds])
    phrases = [
        (k, read(phrase))
        for k, leaf in enumerate(leaves)
        for phrase in (*leaf.keywords, *leaf.examples, leaf.path[2], leaf.path[1])
    ]
    lists = word_lists("category_terms")
    listed = [(k, terms(w)) for k, second in enumerate(seconds) for w in lists.get(second, ())]
    told = read_table(FOLDER / "category_terms.tsv")
    heard_of = {t for _, ts in (*phrases, *listed) for t in ts}.union(told.index)
    trained = read_table(FOLDER / "category.tsv")
    index = {t: i for i, t in enumerate(sorted(heard_of))}
    size = (len(index), len(seconds))
    rows, columns, times = _tally(phrases, index)
    words, owners, often = _tally(listed, index)
    by_second = _summed(rows, second_of[columns], times, size) + _TERM_WEIGHT * (
        _summed(words, owners, often, size) + _told(told, index, seconds)
    )
    by_first: Floats = np.zeros((len(index), len(firsts)), np.float32)
    for second, first in enumerate(first_of_second.tolist()):
        by_first[:, first] += by_second[:, second]
    everywhere = ((by_first.sum(axis=1) + 1) / (by_first.sum() + len(index)))[:, None]
    of_first = (by_first + _FIRST_SHRINK * everywhere) / (by_first.sum(axis=0) + _FIRST_SHRINK)
    of_second = (by_second + _SECOND_SHRINK * of_first[:, first_of_second]) / (
        by_second.sum(axis=0) + _SECOND_SHRINK
    )
    held, holders = np.nonzero(by_second)
    likely = of_first[held, first_of_second[holders]]
    second_gains = np.log1p(by_second[held, holders] / (_SECOND_SHRINK * likely))
    second_sizes = by_second.sum(axis=0)
    sizes = np.bincount(columns, times, len(leaves)).astype(np.float32)
    needs, _ = _numbered([need for leaf in leaves for need in leaf.needs])
    need_of_leaf = np.array([[need in leaf.needs for need in needs] for leaf in leaves], np.float32)
    members = np.bincount(second_of).astype(np.float32)[:, None]
    need_of_second = np.stack(
        [np.bincount(second_of, need_of_leaf[:, k], len(seconds)) for k in range(len(needs))],
        axis=1,
    ).astype(np.float32)
    gains = np.log1p(times / (_LEAF_SHRINK * of_second[rows, second_of[columns]]))
    class_of = {name: k for k, name in enumerate(trained.classes)}
    numbers = index | {
        t: len(index) + i for i, t in enumerate(sorted(trained.index.keys() - heard_of))
    }
    trained_row = np.full(len(numbers), -1, np.int64)
    trained_row[[numbers[term] for term in trained.index]] = np.arange(len(trained.index))
    return _Model(
        {term: number for term, number in numbers.items() if term[0] == "w"},
        len(numbers),
        _telling(by_first),
        np.log(of_first / everywhere).astype(np.float32),
        np.log(_SECOND_SHRINK / (second_sizes + _SECOND_SHRINK)).astype(np.float32),
        Sparse.of_cells(held, holders, second_gains, len(index)),
        np.log(_LEAF_SHRINK / (sizes + _LEAF_SHRINK)).astype(np.float32),
        Sparse.of_cells(rows, columns, gains, len(index)),
        second_of,
        leaves,
        all_sisters(leaves, read, index),
        {name: k for k, name in enumerate(firsts)},
        first_of_second,
        needs,
        need_of_leaf,
        need_of_second / members,
        replace(trained, index={}) if all(second in class_of for second in seconds) else None,
        np.array([class_of.get(second, 0) for second in seconds], np.int32),
        *RunTable.numbered(numbers, longest=2),
        trained_row,
        {
            term: count
            for term, count in zip(index, by_second.sum(axis=1).tolist(), strict=True)
            if term[0] != "w"
        },
    )


def _told(table: Table, index: dict[str, int], seconds: Sequence[str]) -> Floats:
    """In how many whole texts of each second level each term stands."""
    counts: Floats = np.zeros((len(index), len(seconds)), np.float32)
    number = {name: k for k, name in enumerate(seconds)}
    column = np.array([number.get(name, -1) for name in table.classes], np.int32)
    rows = np.array([index[term] for term in table.index], np.int64)
    owner = np.repeat(rows, np.diff(table.cells.starts))
    columns = column[table.cells.columns]
    known = columns >= 0
    counts[owner[known], columns[known]] = table.cells.values[known]
    return counts


def _telling(by_first: Floats) -> Floats:
    """How far each term tells first levels apart, 0..1: relative entropy to their shares."""
    shares = by_first.sum(axis=0) / by_first.sum()
    likely = (by_first + _TELLING_PRIOR * shares) / (
        by_first.sum(axis=1, keepdims=True) + _TELLING_PRIOR
    )
    entropy = np.maximum((likely * np.log(likely / shares)).sum(axis=1), 0)
    return np.asarray((entropy / entropy.max()) ** _TELLING_POWER, np.float32)


def _tally(
    phrases: Sequence[tuple[int, list[str]]], index: dict[str, int]
) -> tuple[Ids, Ids, Floats]:
    """In how many phrases of which owner which term stands: terms, owners and counts, by term."""
    width = 1 + max((owner for owner, _ in phrases), default=0)
    cells = [index[term] * width + owner for owner, terms in phrases for term in set(terms)]
    found, counts = np.unique(np.array(cells, np.int64), return_counts=True)
    return (
        (found // width).astype(np.int32),
        (found % width).astype(np.int32),
        counts.astype(np.float32),
    )


def _summed(rows: Ids, columns: Ids, counts: Floats, size: tuple[int, int]) -> Floats:
    """Counts added up where row and column are the same, as a whole table."""
    cells = rows.astype(np.int64) * size[1] + columns
    return np.bincount(cells, counts, size[0] * size[1]).reshape(size).astype(np.float32)


def _numbered(names: Sequence[str]) -> tuple[tuple[str, ...], Ids]:
    distinct = tuple(dict.fromkeys(names))
    number = {name: i for i, name in enumerate(distinct)}
    return distinct, np.array([number[name] for name in names], np.int32)
