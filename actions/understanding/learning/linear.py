"""A small linear classifier over what a text is written with: characters, words, its first and
last sentence.

Weights live in a table beside the code (``data/models``), one feature a line, and are made from
our own utterances by ``python -m actions.understanding.training``. Scores are log-odds-like: higher
means more alike. Most features are runs of characters: those are looked up by their numbers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from actions.understanding.text.runs import (
    Integers,
    RunTable,
    characters,
    distinct,
    run_of,
    runs,
)
from actions.understanding.text.segment import segment
from actions.understanding.text.sentences import sentences

FOLDER = Path(__file__).parents[1] / "data" / "models"
SCALE = 50.0
"""Weights are stored as whole numbers, this many to one."""


@dataclass(frozen=True, slots=True)
class Features:
    """What a text is written with: its runs of characters by number, sorted, each once; the rest by
    name."""

    runs: Integers
    named: frozenset[str]

    def names(self) -> frozenset[str]:
        """All of them by name, as models are stored."""
        return self.named.union(map(run_of, self.runs.tolist()))


def features(text: str, category: Sequence[str] = ()) -> Features:
    """The features of a folded text on a matter of some category.

    Runs of one to three characters; words (``w``); how the first sentence begins (``B``); pairs in
    the last sentence and how it ends (``E``, ``$``), for there people say what they want; and the
    category's first two levels (``C``): what is about bribes is rarely a question.
    """
    found = _base(text)
    levels = {"C" + "/".join(category[:k]) for k in (1, 2) if len(category) >= k}
    return replace(found, named=found.named | levels) if levels else found


@lru_cache(maxsize=4)
def _base(text: str) -> Features:
    """All but the category's; two models ask for the same text in turn."""
    found = {"w" + text[a:b] for a, b in segment(text) if b - a > 1}
    parts = [part for part in sentences(text) if not part.courtesy]
    if parts:
        opening = text[parts[0].start : parts[0].end][:4]
        found.update("B" + opening[:k] for k in range(1, 5))
        closing = text[parts[-1].start : parts[-1].end]
        found.update("E" + closing[i : i + 2] for i in range(len(closing) - 1))
        found.update("$" + closing[-k:] for k in range(1, 4))
    return Features(distinct(np.concatenate(runs(characters(text)))), frozenset(found))


@dataclass(frozen=True)
class LinearModel:
    """Classes and the weight of each feature for each class."""

    classes: tuple[str, ...]
    index: dict[str, int]
    weights: npt.NDArray[np.float32]

    def scores(self, found: Features) -> npt.NDArray[np.float32]:
        """One score per class; zeros when no feature is known."""
        table, row_of = self.known_runs
        named = np.array([self.index.get(name, -1) for name in found.named], np.int64)
        # A run may be spelt like another feature (E区): it is one.
        rows = distinct(np.concatenate((row_of[table.rows(found.runs)], named)))
        rows = rows[np.searchsorted(rows, 0) :]
        if not len(rows):
            return np.zeros(len(self.classes), np.float32)
        total: npt.NDArray[np.float32] = self.weights[rows].sum(axis=0)
        return total / np.float32(math.sqrt(len(rows)))

    @cached_property
    def known_runs(self) -> tuple[RunTable, Integers]:
        """The features that are runs of characters, and the row of each; -1 for what is none."""
        return RunTable.numbered(self.index)


def write_model(model: LinearModel, path: Path, *, least: int = 2) -> None:
    """Store a model; features whose every weight rounds below ``least`` are dropped."""
    lines = ["\t".join(("#", *model.classes))]
    scaled = np.rint(model.weights * SCALE).astype(int)
    for name, row in sorted(model.index.items()):
        if np.abs(scaled[row]).max() >= least and not set("\t\n\r") & set(name):
            lines.append("\t".join((name, *map(str, scaled[row]))))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


@cache
def load_model(name: str) -> LinearModel:
    """The stored model of that name.

    Raises:
        FileNotFoundError: it was never made; run ``python -m actions.understanding.training``.
    """
    header, *lines = (FOLDER / f"{name}.tsv").read_text(encoding="utf-8").split("\n")
    classes = tuple(header.split("\t")[1:])
    rows = [line.partition("\t") for line in lines if line]
    weights = np.fromstring(" ".join(row[2] for row in rows), np.float32, sep=" ")
    return LinearModel(
        classes,
        {row[0]: i for i, row in enumerate(rows)},
        weights.reshape(len(rows), len(classes)) / np.float32(SCALE),
    )
