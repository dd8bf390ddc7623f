"""What a plot needs of its numbers: heights, points, and a scale people can read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

TALL = 120  # pixels of the highest bar or point
STEP = 30  # pixels from one hour to the next
_ROUND = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of a plot: its corner, its size, what it stands for."""

    x: float
    y: float
    width: float
    height: float
    value: int
    series: int


@dataclass(frozen=True, slots=True)
class Plot:
    """``top``: the value at the upper edge. ``lines``: points of each line, as SVG wants them;
    a line is cut where a value is missing."""

    top: float
    bars: tuple[Bar, ...] = ()
    lines: tuple[tuple[str, ...], ...] = ()


def side_by_side(*series: Sequence[int]) -> Plot:
    """Bars of each hour next to one another."""
    top = scale(max((max(one, default=0) for one in series), default=0))
    width = (STEP - 8) / len(series)
    return Plot(
        top,
        tuple(
            Bar(hour * STEP + 4 + number * width, TALL - h, width - 1, h, value, number)
            for number, one in enumerate(series)
            for hour, value in enumerate(one)
            if (h := TALL * value / top)
        ),
    )


def stacked(*series: Sequence[int]) -> Plot:
    """Bars of each hour on top of one another."""
    sums = [sum(values) for values in zip(*series, strict=True)]
    top = scale(max(sums, default=0))
    bars = []
    for hour, values in enumerate(zip(*series, strict=True)):
        floor = float(TALL)
        for number, value in enumerate(values):
            height = TALL * value / top
            floor -= height
            if value:
                bars.append(Bar(hour * STEP + 4, floor, STEP - 8, height, value, number))
    return Plot(top, tuple(bars))


def drawn(*series: Sequence[float | None], least: float) -> Plot:
    """Lines through the hours; the scale reaches to ``least`` at any rate."""
    values = [value for one in series for value in one if value is not None]
    top = scale(max([*values, least]))
    return Plot(top, lines=tuple(_pieces(one, top) for one in series))


def _pieces(series: Sequence[float | None], top: float) -> tuple[str, ...]:
    pieces: list[list[str]] = [[]]
    for hour, value in enumerate(series):
        if value is None:
            pieces.append([])
        else:
            pieces[-1].append(f"{hour * STEP + STEP / 2:g},{TALL - TALL * value / top:.1f}")
    return tuple(" ".join(piece) for piece in pieces if piece)


def scale(most: float) -> float:
    """The next round number that is not below: 1, 2, 5, 10, 20, 50 …"""
    power = 1.0
    while True:
        for round_one in _ROUND:
            if most <= round_one * power:
                return round_one * power
        power *= 10
