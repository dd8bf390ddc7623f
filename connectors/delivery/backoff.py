"""How long to wait before trying again."""

from __future__ import annotations

import random
from datetime import timedelta

LONGEST = 300.0  # seconds


def backoff(attempt: int, spread: float | None = None) -> timedelta:
    """1, 2, 4 … at most 300 seconds after the n-th attempt, ±20 % by ``spread`` in 0..1.

    What failed together is so not tried again together.
    """
    part = random.random() if spread is None else spread
    return timedelta(seconds=min(LONGEST, 2.0 ** min(attempt - 1, 30)) * (0.8 + 0.4 * part))
