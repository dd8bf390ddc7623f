"""Tables of plain text: lines whose cells are parted by a comma, a semicolon, a tab or a bar."""

from __future__ import annotations

import csv
import io
from typing import Any

_HEAD = 20  # lines by which it is told what parts the cells
_FIELD_MOST = 20_000_000  # characters of one cell
_LINES_MOST = 500  # of one row, where cells hold several
Row = tuple[int, list[Any]]


def rows_of(text: str) -> tuple[list[Row], list[int]]:
    """(the rows with the line each ends on, the lines that cannot be read because a quotation mark
    is opened there and never closed).  Such a one must not swallow the lines below it."""
    csv.field_size_limit(_FIELD_MOST)
    delimiter = _delimiter(text)
    if delimiter == "\t" and (rows := _unquoted(text)):
        return rows, []
    if text.count('"') % 2 == 0 and (whole := _all_sound(text, delimiter)):
        return whole, []
    return _one_by_one(text.split("\n"), delimiter)


def _all_sound(text: str, delimiter: str) -> list[Row]:
    """The rows as they stand; empty where a closing mark is followed by more of the cell, as when
    an earlier one was never closed."""
    table = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    try:
        return [(table.line_num, row) for row in table]
    except csv.Error:
        return []


def _one_by_one(lines: list[str], delimiter: str) -> tuple[list[Row], list[int]]:
    rows: list[Row] = []
    broken: list[int] = []
    at = 0
    while at < len(lines):
        end = _end_of_row(lines, at, delimiter)
        if end:
            row = _parsed("\n".join(lines[at:end]), delimiter, strict=False)
            rows.append((end, row or []))
        else:
            broken.append(at + 1)
        at = end or at + 1
    return rows, broken


def _end_of_row(lines: list[str], at: int, delimiter: str) -> int:
    """Where the row ends that begins here; 0 if nowhere, for a mark that is never closed."""
    marks = lines[at].count('"')
    if marks % 2 == 0 or _parsed(lines[at], delimiter, strict=True) is not None:
        return at + 1
    for end in range(at + 1, min(at + _LINES_MOST, len(lines))):
        marks += lines[end].count('"')
        if marks % 2 == 0:
            row = "\n".join(lines[at : end + 1])
            return end + 1 if _parsed(row, delimiter, strict=True) is not None else 0
    return 0


def _parsed(text: str, delimiter: str, *, strict: bool) -> list[Any] | None:
    """The one row a text is, ``None`` if it is none."""
    try:
        found = list(csv.reader(io.StringIO(text), delimiter=delimiter, strict=strict))
    except csv.Error:
        return None
    return found[0] if len(found) == 1 else [] if not found else None


def _delimiter(text: str) -> str:
    """What parts the cells: what most of the first lines have, a title above them aside."""
    head = [line for line in text.split("\n", _HEAD)[:_HEAD] if line.strip()]

    def told(sign: str) -> tuple[int, int]:
        return sum(sign in line for line in head), sum(line.count(sign) for line in head)

    return max(",\t;|", key=told)


def _unquoted(text: str) -> list[Row]:
    """Lines of a table with tabs that knows no quotation marks: there one at the beginning of a
    text is part of it and must not swallow the lines up to the next.  Empty if the table quotes."""
    lines = [(n, line.split("\t")) for n, line in enumerate(text.split("\n"), 1) if line.strip()]
    if len({len(cells) for _, cells in lines if len(cells) > 1}) != 1:
        return []
    return [(n, [_bare(cell) for cell in cells]) for n, cells in lines]


def _bare(cell: str) -> str:
    quoted = (
        len(cell) > 1 and cell[0] == cell[-1] == '"' and '"' not in cell[1:-1].replace('""', "")
    )
    return cell[1:-1].replace('""', '"') if quoted else cell
