"""Clocks for tests of things that happen over time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class MovableClock:
    """Goes with the real time, and jumps when told to."""

    def __init__(self) -> None:
        self.offset = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset

    def jump(self, delta: timedelta) -> None:
        self.offset += delta
