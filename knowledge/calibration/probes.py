"""What no base is there to answer, asked of a base when it is built.

How high such messages score differs from base to base: a large one has some words of everything,
a small one of little.  What they score here is what to refuse here.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import numpy as np

from knowledge.base import KnowledgeBase
from knowledge.judging.judge import DEFAULT_JUDGE, Judge
from knowledge.judging.signals import Signals, signals_of
from knowledge.query import Query

REFUSED = 0.97
"""Share of the probes to be refused, where that costs no real question."""


@cache
def probes() -> tuple[str, ...]:
    """The messages of ``probes.txt``."""
    path = Path(__file__).parents[1] / "lexicon" / "probes.txt"
    lines = path.read_text(encoding="utf-8").splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))


def evidence(base: KnowledgeBase, today: date) -> list[Signals | None]:
    """What the base finds for each probe, ``None`` for nothing."""
    return [signals_of(base.search(Query(text, today))) for text in probes()]


def noise_level(base: KnowledgeBase, today: date, judge: Judge = DEFAULT_JUDGE) -> float:
    """The chance, 0–1, by a judge below which this base's matches mean nothing.

    A base that is full of everyday words has some of every message; there people's real questions
    match no better than elsewhere, so its level ends at what is asked of a match anywhere.
    """
    chances = [judge.confidence(signals) if signals else 0.0 for signals in evidence(base, today)]
    return min(float(np.quantile(chances, REFUSED)), judge.refuse_below)
