"""What a platform is to the run, and what its own log proves in the end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, fields
from typing import Any, Protocol

from tests.chaos.faults import Span


@dataclass
class Verdict:
    """What the platform's own log proves. ``strange``: what it was sent and does not understand."""

    sent: int = 0
    acknowledged: int = 0
    given_up: int = 0
    pushes: int = 0
    answers: int = 0
    lost: list[str] = field(default_factory=list)
    answered_twice: list[str] = field(default_factory=list)
    out_of_order: list[str] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)
    repeated_at_the_edge: int = 0

    @property
    def clean(self) -> bool:
        """Nothing lost, nothing answered twice, nothing out of order."""
        return not (self.lost or self.answered_twice or self.out_of_order or self.strange)


def together(verdicts: Iterable[Verdict]) -> Verdict:
    """Of all platforms of a run."""
    every = list(verdicts)
    first, *others = ([getattr(one, part.name) for one in every] for part in fields(Verdict))
    summed: list[Any] = [sum(column[1:], column[0]) for column in (first, *others)]
    return Verdict(*summed)


class Platform(Protocol):
    """Brings what people write and takes what they are answered."""

    def open(self, port: int, lines: Sequence[str]) -> AbstractAsyncContextManager[Platform]:
        """It listens at ``port``; ``lines`` are all that will be said."""

    async def push(self, person: str, number: int, text: str) -> bool:
        """One message of a person, tried again until it is acknowledged or given up; which."""

    @property
    def log(self) -> Sequence[str]:
        """What happened to it, line by line: the evidence behind its verdict."""

    @property
    def heard(self) -> int:
        """How much it was sent so far."""

    def unanswered(self) -> bool:
        """Whether something it was acknowledged has no answer yet."""

    def verdict(self, spans: Sequence[Span]) -> Verdict:
        """Judges from its log. ``spans``: what was done to the product, and when."""
