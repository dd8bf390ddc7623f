"""Chooses a base's ranking numbers on its own labelled questions, and keeps the old ones unless
the new are better beyond chance."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

import numpy as np
from numpy.typing import NDArray

from knowledge.base import KnowledgeBase
from knowledge.evaluation.evaluate import DEPTH
from knowledge.judging.learn import folds, paired_p_value
from knowledge.labelled import Labelled
from knowledge.tuning import Tuning

GRID: dict[str, tuple[float, ...]] = {
    "passage_weight": (0.0, 0.2, 0.4, 0.6, 0.8, 1.0),
    "single_weight": (0.4, 0.6, 0.8, 1.0, 1.3),
    "title_weight": (0.0, 0.15, 0.3, 0.5),
    "function_weight": (0.15, 0.3, 0.5, 0.75, 1.0),
    "repeat_weight": (0.0, 0.5, 1.0),
    "official_weight": (0.0, 0.3, 0.6, 0.9),
}
DENSE_GRID = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7)
LEAST = 30
"""Questions in scope needed to choose anything."""
CHANCE = 0.1
"""A gain this likely to be luck is not taken."""
_PARTS = 4

Step = Callable[[int], None]
"""Told how many settings have been tried."""


@dataclass(frozen=True, slots=True)
class Choice:
    """``before``/``after``: mean reciprocal rank of the old and the new numbers, each question
    by numbers chosen without it; ``p``: how likely the gain is luck; ``adopted``: whether the
    new ones are worth having."""

    tuning: Tuning
    before: float
    after: float
    p: float
    adopted: bool


class TooFewQuestionsError(Exception):
    """Not enough questions with an answer to choose by."""


def tune(
    base: KnowledgeBase,
    questions: Sequence[Labelled],
    today: date,
    *,
    dense: bool = False,
    step: Step = lambda _: None,
) -> Choice:
    """Search the grid one number at a time; judge the outcome by cross-validation."""
    inside = [labelled for labelled in questions if labelled.gold]
    if len(inside) < LEAST:
        raise TooFewQuestionsError(f"有答案的问题太少：至少 {LEAST} 条（现有 {len(inside)} 条）")
    grid = GRID | ({"dense_weight": DENSE_GRID} if dense else {})
    current = Tuning.from_json(base.snapshot.manifest.tuning)
    known: dict[Tuning, NDArray[np.float64]] = {}

    def measured(tuning: Tuning) -> NDArray[np.float64]:
        if tuning not in known:
            step(len(known) + 1)
            known[tuning] = reciprocal_ranks(base, inside, today, tuning)
        return known[tuning]

    part = folds(len(inside), _PARTS)
    unseen = np.zeros(len(inside))
    for fold in range(_PARTS):
        seen = part != fold
        chosen = _climb(current, grid, partial(_worth, measured, seen))
        unseen[~seen] = measured(chosen)[~seen]
    before = measured(current)
    p = paired_p_value(before, unseen)
    better = _climb(current, grid, partial(_worth, measured, np.ones(len(inside), dtype=np.bool_)))
    adopted = bool(unseen.mean() > before.mean() and p < CHANCE)
    return Choice(
        better if adopted else current, float(before.mean()), float(unseen.mean()), p, adopted
    )


def reciprocal_ranks(
    base: KnowledgeBase, questions: Sequence[Labelled], today: date, tuning: Tuning
) -> NDArray[np.float64]:
    """1 / place of the first gold entry among ten, 0 if it is not there, per question."""
    found = np.zeros(len(questions))
    for n, labelled in enumerate(questions):
        hits = base.search(labelled.query(today), DEPTH, tuning=tuning).hits
        gold = set(labelled.gold)
        place = next((at for at, hit in enumerate(hits, 1) if str(hit.entry.id) in gold), 0)
        found[n] = 1 / place if place else 0.0
    return found


def _worth(
    measured: Callable[[Tuning], NDArray[np.float64]], seen: NDArray[np.bool_], tuning: Tuning
) -> float:
    return float(measured(tuning)[seen].mean())


def _climb(
    start: Tuning, grid: dict[str, tuple[float, ...]], worth: Callable[[Tuning], float]
) -> Tuning:
    best, value = start, worth(start)
    for _ in range(2):
        before = best
        for name, choices in grid.items():
            for choice in choices:
                other = replace(best, **{name: choice})
                gained = worth(other)
                if gained > value + 1e-9:
                    best, value = other, gained
        if best == before:
            break
    return best
