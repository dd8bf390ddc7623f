"""What the category model learns from whole texts, as two tables beside its tree.

``category_terms.tsv`` counts in how many texts of a second level each term stands; they join the
tree's own phrases. ``category.tsv`` holds the weights of a multinomial logistic regression over
second levels, trained on the tree's phrases and the texts alike: it learns which words are only
scenery. A term weighs by its rarity (inverse document frequency), a text by its length.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from actions.understanding.learning.sparse import write_table
from actions.understanding.matter.category import SCALE, terms
from actions.understanding.matter.category_tree import tree
from actions.understanding.matter.scenery import without_scenery
from actions.understanding.places.place import find_places
from actions.understanding.text.folding import fold
from actions.understanding.text.words import word_lists

_ROUNDS, _BATCH, _RATE, _SLOWING, _PENALTY = 12, 256, 2.0, 0.3, 0.0003
_RAREST = 2
_LEAST = 8
"""Stored weights below this say nothing."""

Floats = npt.NDArray[np.float32]
Rows = Sequence[tuple[str, str]]
_SCENES = Path(__file__).parents[1] / "data" / "category_texts.txt"


def phrases() -> list[tuple[str, str]]:
    """``(phrase, second level)`` of the tree's keywords and examples and of the lists of words."""
    found = []
    for leaf in tree():
        second = "/".join(leaf.path[:2])
        found += [(text, second) for text in (*leaf.keywords, *leaf.examples, leaf.path[2])]
    known = {second for _, second in found}
    for second, words in word_lists("category_terms").items():
        found += [(word, second) for word in words if second in known]
    return found


def scenes() -> list[tuple[str, str]]:
    """``(text, second level)`` of the everyday scenes in ``data/category_texts.txt``."""
    found, second = [], ""
    known = {"/".join(leaf.path[:2]) for leaf in tree()}
    for line in _SCENES.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            second = line.strip("[]")
        elif line and not line.startswith("#") and second in known:
            found.append((line, second))
    return found


def write_tables(folder: Path, texts: Rows) -> int:
    """Make both tables of texts that name their second level; how many terms have weights."""
    seconds = list(dict.fromkeys("/".join(leaf.path[:2]) for leaf in tree()))
    texts = [(_told(text), second) for text, second in texts]
    counts: dict[str, Counter[int]] = defaultdict(Counter)
    for text, second in texts:
        for term in set(terms(fold(text))):
            counts[term][seconds.index(second)] += 1
    write_table(
        folder / "category_terms.tsv",
        seconds,
        ((term, 0, found) for term, found in sorted(counts.items())),
    )
    index, rarity, weights = train_seconds([*phrases(), *texts], seconds)
    scaled = np.rint(weights * SCALE).astype(int)
    kept = [
        (
            term,
            round(float(rarity[row]) * SCALE),
            {int(k): int(scaled[row, k]) for k in np.nonzero(np.abs(scaled[row]) >= _LEAST)[0]},
        )
        for term, row in sorted(index.items())
    ]
    write_table(folder / "category.tsv", seconds, kept)
    return len(kept)


def _told(text: str) -> str:
    """A text as it is read for its category: folded, and without its scenery."""
    folded = fold(text)
    return without_scenery(folded, find_places(folded)[0])


def train_seconds(rows: Rows, classes: Sequence[str]) -> tuple[dict[str, int], Floats, Floats]:
    """Terms by number, the rarity of each, and its weight for each class.

    Stochastic descent in small batches, in an order that is always the same: only the weights of
    the terms in a batch are touched.
    """
    sets = [set(terms(fold(text))) for text, _ in rows]
    seen = Counter(term for found in sets for term in found)
    known = sorted(term for term, count in seen.items() if count >= _RAREST)
    index = {term: number for number, term in enumerate(known)}
    rarity = np.array(
        [math.log((1 + len(rows)) / (1 + seen[term])) + 1 for term in known], np.float32
    )
    columns = [np.array(sorted(index[t] for t in found if t in index), np.int64) for found in sets]
    kept = [k for k, found in enumerate(columns) if len(found)]
    number = {name: k for k, name in enumerate(classes)}
    labels = np.array([number[rows[k][1]] for k in kept])
    ids = [columns[k] for k in kept]
    values = [rarity[found] / np.linalg.norm(rarity[found]) for found in ids]
    weights: Floats = np.zeros((len(index), len(classes)), np.float32)
    order = np.random.default_rng(1)
    for turn in range(_ROUNDS):
        rate = np.float32(_RATE / (1 + _SLOWING * turn))
        shuffled = order.permutation(len(ids))
        for first in range(0, len(shuffled), _BATCH):
            batch = shuffled[first : first + _BATCH]
            _descend(
                weights, [ids[k] for k in batch], [values[k] for k in batch], labels[batch], rate
            )
    return index, rarity, weights


def _descend(
    weights: Floats,
    ids: Sequence[npt.NDArray[np.int64]],
    values: Sequence[Floats],
    labels: npt.NDArray[np.int64],
    rate: np.float32,
) -> None:
    """One step down the slope of a batch's loss."""
    columns, value = np.concatenate(ids), np.concatenate(values)[:, None]
    sizes = [len(found) for found in ids]
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64)
    logits = np.add.reduceat(weights[columns] * value, starts, axis=0)
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    error = powers / powers.sum(axis=1, keepdims=True)
    error[np.arange(len(labels)), labels] -= 1
    slope = np.repeat(error, sizes, axis=0) * value
    touched, place = np.unique(columns, return_inverse=True)
    by_term = np.argsort(place, kind="stable")
    begins = np.searchsorted(place[by_term], np.arange(len(touched)))
    gathered = np.add.reduceat(slope[by_term], begins, axis=0)
    weights[touched] -= rate * (gathered + np.float32(_PENALTY) * weights[touched])
