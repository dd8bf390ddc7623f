"""Notices a wall clock that goes back, by the clock that cannot."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from connectors import logs
from connectors.clock import Clock

log = logs.get(__name__)

JUMP = 5.0  # seconds the clock may go back before we mind


class ClockWatch:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._wall, self._steady = clock.now(), time.monotonic()

    @property
    def looked_at(self) -> datetime:
        """When the clocks were looked at last, by the wall clock as it goes now."""
        return self._clock.now() - timedelta(seconds=time.monotonic() - self._steady)

    def gone_back(self) -> datetime | None:
        """Looks again; where the clock has gone back since the last look, when that was by the
        clock as it goes now."""
        since, wall = self.looked_at, self._wall
        self._wall, self._steady = self._clock.now(), time.monotonic()
        seconds = (wall - since).total_seconds()
        if seconds <= JUMP:
            return None
        log.warning("clock.went_back", seconds=round(seconds))
        return since
