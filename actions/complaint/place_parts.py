"""The named parts of a place: 蜀山区 · 望江西路 · 88号 · 锦程大厦 · 14楼."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from actions.complaint.fields import Part, PartKind
from actions.complaint.place_behind import NUMBERS
from actions.complaint.place_unit import Kind, Unit
from actions.complaint.place_words import DIRECTIONS, HEADS

_KINDS = {
    Kind.REGION: PartKind.REGION,
    Kind.TOWN: PartKind.TOWN,
    Kind.ROAD: PartKind.ROAD,
    Kind.POI: PartKind.SITE,
}
_NUMERALS = frozenset("0123456789一二三四五六七八九十百第甲乙丙丁ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_CLOSING = frozenset("期栋幢号座元室层楼组社队弄坊户区段处块团门口0123456789")
"""The last characters of numbers."""


def parts_of(text: str, units: Iterable[Unit]) -> tuple[Part, ...]:
    """What the units of a place name, in the order of the text, numbers apart from what they number.

    What is neither a name nor a number (与, 交叉口, 门口) is in no part.
    """
    parts: list[Part] = []
    for unit in units:
        at = _numbered_from(text, unit)
        before = parts[-1] if parts else None
        if (
            before
            and before.kind is PartKind.SITE
            and before.end == unit.start
            and text[unit.start : at] in HEADS
        ):
            parts[-1] = replace(before, end=at)  # 中海国际 + 社区
        else:
            parts.append(Part(_KINDS[unit.kind], unit.start, at))
        number = NUMBERS.match(text, at, unit.named) if unit.kind > Kind.REGION else None
        if at < unit.called or number is not None:
            parts.append(Part(PartKind.NUMBER, at, max(unit.called, number.end() if number else 0)))
    return tuple(parts)


def _numbered_from(text: str, unit: Unit) -> int:
    """Where a number begins that the name found ends in (中海国际社区 of 中海国际社区二期), or the
    name's end."""
    if unit.kind in (Kind.TOWN, Kind.POI) and text[unit.called - 1] in _CLOSING:
        for at in range(unit.start + 2, unit.called):
            if text[at] in _NUMERALS and NUMBERS.fullmatch(text, at, unit.called):
                return at - (text[at - 1] in DIRECTIONS and at - unit.start > 2)
    return unit.called
