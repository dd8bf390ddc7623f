"""What a place is made of: a stretch of the text that names something, and of what kind."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Kind(IntEnum):
    """What a unit of a place is, from coarse to fine."""

    REGION = 1
    TOWN = 2
    ROAD = 3
    POI = 4


@dataclass(frozen=True, slots=True)
class Unit:
    """A stretch of the text that names something; ``sure`` is 0..1.

    Where more is said of it than its bare name, ``called`` is where the bare name ends (望江西路), and
    ``named`` where its numbers and gates do (望江西路88号); ``end`` is behind all the rest (门口). Both are
    ``end`` where they are not given.
    """

    start: int
    end: int
    kind: Kind
    codes: tuple[str, ...] = ()
    sure: float = 1.0
    called: int = -1
    named: int = -1
