"""The named parts of a place: 蜀山区 · 望江西路 · 88号 · 锦程大厦 · 14楼."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from actions.understanding.fields import Part, PartKind
from actions.understanding.places.behind import NUMBERS
from actions.understanding.places.unit import Kind, Unit
from actions.understanding.places.words import DIRECTIONS, HEADS

_KINDS = {
    Kind.REGION: PartKind.REGION,
    Kind.TOWN: PartKind.TOWN,
    Kind.ROAD: PartKind.ROAD,
    Kind.POI: PartKind.SITE,
}
_ORDER = list(PartKind)
_NUMERALS = frozenset("0123456789一二三四五六七八九十百第负甲乙丙丁ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_CLOSING = frozenset("期栋幢号座元室层楼组社队弄坊户区段处块团门口0123456789")
"""The last characters of numbers."""


_ADDRESS = re.compile(
    r"[\u4e00-\u9fff]{1,6}(?:路|街|大道|道|巷)(?P<number>(?:[东西南北中]?[一二三四五六七八九十]段)?[0-9]+(?:-[0-9]+)?号(?!楼|院|线))"
)
"""A road and its number in what was found as one name: 蓉都大道南二段1200号德信天空之城."""
_OF_HOUSES = re.compile(r"(?:花园|小区|家园|新村|公寓|花苑|[东西南北]苑)(?:[东西南北]?[区苑])?")
"""What an estate called after a village ends in: 韩村花园东区, 狄村小区."""
_SAYS_WHAT = re.compile(r"公交车?|公共汽车|车|[口头]|村道|班车")
"""What is behind a name and names nothing."""
_ENDS_WITHIN = re.compile(
    r"(?P<name>(?:[\u4e00-\u9fff]?[A-Z]?[0-9]{1,4}路)(?=公|车|班)|[\u4e00-\u9fff]{2,6}[路街巷](?=口$)|[\u4e00-\u9fff]{2,6}桥(?=头)"
    r"|[\u4e00-\u9fff]{1,6}村(?=村道)|[\u4e00-\u9fff]{2,8}(?:大学|学院|中学|小学|学校|医院|[一二三四五六七八九十]中)(?=.{0,4}(?:校区|院区|分校|分院|家属院|家属区|家属楼|宿舍)))"
    r".+"
)
_HALF = re.compile(r"[东西南北中大]路|片区|社区|街道|小区")
"""The second half of a name, where the first was taken for one: 二环 + 南路."""
_ROAD = re.compile(r"[\u4e00-\u9fff]{2,}(?:路|街|大道|巷)$")
_WHOLE = re.compile(r"[省市县区镇乡村路街道]$")


def parts_of(text: str, units: Iterable[Unit]) -> tuple[Part, ...]:
    """What the units of a place name, in the order of the text, numbers apart from what they number.

    What is neither a name nor a number (与, 交叉口, 门口) is in no part.
    """
    parts: list[Part] = []
    for unit in units:
        address = _ADDRESS.match(text, unit.start, unit.called) if unit.kind == Kind.POI else None
        if address:
            parts.append(Part(PartKind.ROAD, unit.start, address.start("number")))
            parts.append(Part(PartKind.NUMBER, *address.span("number")))
            if address.end() == unit.called:
                continue
            unit = replace(unit, start=address.end())
        at = _numbered_from(text, unit)
        before = parts[-1] if parts else None
        if before is not None and _goes_on(text, before, unit.start, at):
            parts[-1] = replace(
                before, kind=max(before.kind, _KINDS[unit.kind], key=_ORDER.index), end=at
            )
        else:
            road = unit.kind is Kind.POI and _ROAD.match(text, unit.start, at) is not None
            parts.append(Part(PartKind.ROAD if road else _KINDS[unit.kind], unit.start, at))
        number = NUMBERS.match(text, at, unit.named) if unit.kind > Kind.REGION else None
        if at < unit.called or number is not None:
            parts.append(Part(PartKind.NUMBER, at, max(unit.called, number.end() if number else 0)))
    return tuple(piece for part in parts for piece in _cut(text, part))


def _cut(text: str, part: Part) -> Iterable[Part]:
    """The names in what was found as one: that of a line before what runs there (308路|公交车), of a road
    before its mouth (九都路|口), of a bridge before its head, of a school or a hospital before the part of
    it (师范大学|东校区), of a village before its road (驿坂村|村道)."""
    hit = _ENDS_WITHIN.fullmatch(text, part.start, part.end)
    if hit is None or part.kind is PartKind.NUMBER:
        yield part
        return
    at = hit.end("name")
    yield replace(part, end=at)
    if _SAYS_WHAT.fullmatch(text, at, part.end) is None:
        yield replace(part, start=at)


def _goes_on(text: str, before: Part, start: int, end: int) -> bool:
    """Whether a stretch only ends the name before it: 中海国际 + 社区, 二环 + 南路."""
    if before.end != start or before.kind is PartKind.NUMBER:
        return False
    cut = text[before.start : before.end]
    of_houses = before.kind is PartKind.TOWN and cut[-1] in "村庄"
    if before.kind is PartKind.SITE and text[start:end] in HEADS:
        return True
    if of_houses and _OF_HOUSES.fullmatch(text, start, end):
        return True
    return _HALF.fullmatch(text, start, end) is not None and _WHOLE.search(cut) is None


def _numbered_from(text: str, unit: Unit) -> int:
    """Where a number begins that the name found ends in (中海国际社区 of 中海国际社区二期), or the
    name's end."""
    if unit.kind in (Kind.TOWN, Kind.POI) and text[unit.called - 1] in _CLOSING:
        for at in range(unit.start + 2, unit.called):
            if text[at] in _NUMERALS and NUMBERS.fullmatch(text, at, unit.called):
                return at - (text[at - 1] in DIRECTIONS and at - unit.start > 2)
    return unit.called
