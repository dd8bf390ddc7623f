"""A circuit breaker: after failures in a row nothing is tried for a while, then one thing is.

While a platform is down its messages wait in the queue and use up none of their tries. After the
rest a single probe goes out; it closes the circuit or begins a longer rest.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    CLOSED = "closed"  # everything goes
    OPEN = "open"  # nothing goes
    HALF_OPEN = "half_open"  # one probe goes


class Event(StrEnum):
    SUCCESS = "success"
    FAILURE = "failure"  # one of a few
    ONE_TOO_MANY = "one_too_many"
    RESTED = "rested"


TRANSITIONS: dict[tuple[State, Event], State] = {
    (State.CLOSED, Event.SUCCESS): State.CLOSED,
    (State.CLOSED, Event.FAILURE): State.CLOSED,
    (State.CLOSED, Event.ONE_TOO_MANY): State.OPEN,
    (State.CLOSED, Event.RESTED): State.CLOSED,
    (State.OPEN, Event.SUCCESS): State.CLOSED,  # one that was still under way got through
    (State.OPEN, Event.FAILURE): State.OPEN,
    (State.OPEN, Event.ONE_TOO_MANY): State.OPEN,
    (State.OPEN, Event.RESTED): State.HALF_OPEN,
    (State.HALF_OPEN, Event.SUCCESS): State.CLOSED,
    (State.HALF_OPEN, Event.FAILURE): State.OPEN,
    (State.HALF_OPEN, Event.ONE_TOO_MANY): State.OPEN,
    (State.HALF_OPEN, Event.RESTED): State.HALF_OPEN,
}


@dataclass(frozen=True, slots=True)
class Rests:
    """``after`` failures in a row the circuit opens for ``first`` seconds, then for twice as long
    each time, at most ``longest``."""

    after: int = 5
    first: float = 15.0
    longest: float = 300.0


class Breaker:
    def __init__(
        self,
        rests: Rests,
        monotonic: Callable[[], float],
        spread: Callable[[], float] = random.random,
    ) -> None:
        """``spread`` gives numbers in 0..1: rests vary by ±20 %, so that gateways don't probe in
        step."""
        self._rests = rests
        self._monotonic = monotonic
        self._spread = spread
        self._failures = 0
        self._rest = rests.first
        self._until = 0.0
        self.state = State.CLOSED

    def look(self) -> State:
        """The state now: a rest that is over leaves the circuit half open."""
        if self.state is State.OPEN and self._monotonic() >= self._until:
            self._move(Event.RESTED)
        return self.state

    @property
    def rest(self) -> float:
        """Seconds until something may be tried."""
        return max(0.0, self._until - self._monotonic()) if self.state is State.OPEN else 0.0

    def succeeded(self) -> None:
        self._failures = 0
        self._rest = self._rests.first
        self._move(Event.SUCCESS)

    def failed(self) -> None:
        self._failures += 1
        before = self.look()
        many = self._failures >= self._rests.after
        if self._move(Event.ONE_TOO_MANY if many else Event.FAILURE) is not State.OPEN:
            return
        if before is not State.OPEN:  # failures of those still under way don't lengthen the rest
            self._until = self._monotonic() + self._rest * (0.8 + 0.4 * self._spread())
            self._rest = min(self._rests.longest, self._rest * 2)

    def _move(self, event: Event) -> State:
        self.state = TRANSITIONS[self.state, event]
        return self.state
