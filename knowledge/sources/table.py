"""The rows of a sheet or a CSV file under their heading, wherever that stands."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from knowledge.lexicon.columns import part_named
from knowledge.sources.grid import heading_rows
from knowledge.sources.mapping import FieldMap
from knowledge.sources.official import region_of_title

_LOOK = 10  # rows among which the heading is looked for: a title and remarks may stand above it
_REMARK = re.compile(r"[（(][^（）()]*[）)]$")
Line = tuple[int, list[Any]]


def table_of(
    lines: Sequence[Line], field_map: FieldMap | None
) -> tuple[list[tuple[int, Mapping[str, Any]]], list[int]]:
    """((row number, heading → cell) of every row below the heading, the numbers of rows with cells
    beyond it); empty if there is none.

    The heading is the row that names the most parts of an entry, or columns of the map; without
    such a row the first that fills more than one cell.  A map of numbers (``title=1,text=2``) takes
    the columns by their place, for a table without a heading.
    """
    lines = [(number, row) for number, row in lines if any(_said(cell) for cell in row)]
    wanted: set[str] = (
        {column for _, columns in field_map.columns for column in columns} if field_map else set()
    )
    if wanted and all(column.isdecimal() for column in wanted):
        return [(n, {str(at): cell for at, cell in enumerate(row, 1)}) for n, row in lines], []
    at = _heading(lines, wanted)
    if at is None:
        return [], []
    at, names = _names(lines, at)
    heading = [_said(cell) for cell in lines[at][1]]
    below = [line for line in lines[at + 1 :] if [_said(cell) for cell in line[1]] != heading]
    rows: list[tuple[int, Mapping[str, Any]]] = [
        (number, {name: cell for name, cell in zip(names, cells, strict=False) if name})
        for number, cells in below
    ]
    return rows, [n for n, cells in below if any(_said(cell) for cell in cells[len(names) :])]


def place_above(
    lines: Sequence[Line], found: Sequence[tuple[int, Mapping[str, Any]]]
) -> tuple[str, str]:
    """(a line above the heading that begins with a place's name, the place's code), "" without."""
    first = found[0][0] if found else 0
    for number, row in lines[:_LOOK]:
        if number >= first:
            break
        for said in dict.fromkeys(_said(cell) for cell in row):
            if code := region_of_title(said):
                return said, code
    return "", ""


def _heading(lines: Sequence[Line], wanted: set[str]) -> int | None:
    known = [
        sum(
            _said(cell) in wanted if wanted else part_named(_said(cell)) is not None for cell in row
        )
        for _, row in lines[:_LOOK]
    ]
    best = max(known, default=0)
    if best:
        return known.index(best)
    # What is merged over the whole width says the same in each cell: a title, and no heading.
    filled = (at for at, (_, row) in enumerate(lines) if len(set(map(_said, row)) - {""}) > 1)
    return next(filled, 0 if len(lines) > 1 else None)


def _names(lines: Sequence[Line], at: int) -> tuple[int, list[str]]:
    """(last row of the heading, its names).  A cell merged with the one above has its name there;
    below one over several columns stand their own names."""
    rows = [[_said(cell) for cell in row] for _, row in lines[: at + _LOOK]]
    names = list(rows[at])
    if at:
        for place, name in enumerate(rows[at - 1]):
            if place < len(names) and not names[place] and part_named(name):
                names[place] = name
    if at + 2 < len(rows):
        below = _below(names, rows[at + 1])
        if below:
            at += 1
            names = below
    first: set[str] = set()
    for place, name in enumerate(names):
        if name in first:
            names[place] = ""  # of two columns of one name the first counts
        first.add(name)
    return at, names


def _below(names: Sequence[str], under: Sequence[str]) -> list[str]:
    """The names of columns where the row under the heading parts some of them (办理时限: 法定时限,
    承诺时限); empty where that row is no heading."""
    width = max(len(names), len(under))
    over = [*names, *[""] * (width - len(names))]
    under = [*under, *[""] * (width - len(under))]
    for place in range(1, width):
        if not over[place] and under[place]:
            over[place] = over[place - 1]  # a name over several columns stands in the first
    blank = [words or name for name, words in zip(over, under, strict=True)]
    if heading_rows([over, blank, [""] * width]) < 2:
        return []
    return [_joined(name, words) for name, words in zip(over, blank, strict=True)]


def _joined(name: str, under: str) -> str:
    """One name of two over one another: the one that is known, else both."""
    if under == name:
        return name
    unit = _REMARK.search(name)
    bare = name[: unit.start()] if unit else name
    remark = unit[0] if unit else ""
    for said in (f"{under}{bare}", under, f"{bare}{under}"):
        if part_named(said):
            return said if _REMARK.search(said) else said + remark
    return f"{name}：{under}"


def _said(cell: Any) -> str:
    return "" if cell is None else str(cell).strip()
