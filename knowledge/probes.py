"""What no base is there to answer, asked of a base when it is built.

How high such messages score differs from base to base: a large one has some words of everything,
a small one of little.  What they score here is what to refuse here.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path

import numpy as np

from knowledge.base import KnowledgeBase
from knowledge.judge import DEFAULT_JUDGE, Judge
from knowledge.learn import sigmoid
from knowledge.query import Query
from knowledge.signals import signals_of

REFUSED = 0.96
"""Share of the probes that must be refused where questions are worded like the base."""
_LIKE_WORDED = 0.2  # log-odds chance reaches in bases whose questions are worded like their text
_GIVE_WAY = 1.0


@lru_cache(maxsize=1)
def probes() -> tuple[str, ...]:
    """The messages of ``probes.txt``."""
    path = Path(__file__).parent / "lexicon" / "probes.txt"
    lines = path.read_text(encoding="utf-8").splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))


def noise_level(base: KnowledgeBase, today: date, judge: Judge = DEFAULT_JUDGE) -> float:
    """The chance, 0–1, by a judge below which this base's matches mean nothing.

    Where even chance matches little, the base is worded unlike how people speak; real questions
    match little too, so it gives way to them by the difference once more.
    """
    found = [signals_of(base.search(Query(text, today))) for text in probes()]
    chances = [judge.confidence(signals) if signals else 0.0 for signals in found]
    level = float(np.clip(np.quantile(chances, REFUSED), 1e-6, 1 - 1e-6))
    odds = float(np.log(level / (1 - level)))
    return float(sigmoid(np.asarray(odds - _GIVE_WAY * max(0.0, _LIKE_WORDED - odds))))
