"""What of a worksheet its cells do not tell: what is merged, what was never counted."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Any

_MERGED = re.compile(rb"<(?:\w+:)?mergeCell [^>]*ref=\"([A-Z]{1,3})(\d+):([A-Z]{1,3})(\d+)\"")
# A formula with no value after it.
_UNCOUNTED = re.compile(
    rb"</f>\s*(?:<v\s*/>|<v></v>)?\s*</c>|<f[^>]*/>\s*(?:<v\s*/>|<v></v>)?\s*</c>"
)
_PIECE = 1 << 20
_OVERLAP = 256  # bytes: no mark is longer
_FILLED_MOST = 20_000  # rows a merged cell may cover and still be one that is meant

Merged = tuple[int, int, int, int]
"""First row and column, last row and column, counted from 1."""


def look(archive: BytesIO, sheet: Any) -> tuple[list[Merged], int]:
    """(merged cells, how many formulas have no result) of a worksheet opened read-only."""
    path = str(getattr(sheet, "_worksheet_path", "")).lstrip("/")
    merged: list[Merged] = []
    uncounted = 0
    if not path:
        return merged, 0
    for piece, fresh in _pieces(archive, path):
        for found in _MERGED.finditer(piece):
            if found.end() > fresh:
                left, top, right, bottom = found.groups()
                merged.append((int(top), _column(left), int(bottom), _column(right)))
        uncounted += sum(found.end() > fresh for found in _UNCOUNTED.finditer(piece))
    return merged, uncounted


def fill(rows: list[tuple[int, list[Any]]], merged: list[Merged]) -> None:
    """Say what a merged cell says in each place it covers."""
    at = dict(rows)
    for top, left, bottom, right in merged:
        first = at.get(top)
        said = first[left - 1] if first is not None and left <= len(first) else None
        if said is None or bottom - top > _FILLED_MOST:
            continue
        for number in range(top, bottom + 1):
            cells = at.get(number, [])
            for place in range(left - 1, min(right, len(cells))):
                if cells[place] is None:
                    cells[place] = said


def _pieces(archive: BytesIO, path: str) -> Iterator[tuple[bytes, int]]:
    """(a piece of a member with the end of the one before it, how long that end is)."""
    archive.seek(0)
    before = b""
    with zipfile.ZipFile(archive) as members, members.open(path) as member:
        while piece := member.read(_PIECE):
            yield before + piece, len(before)
            before = (before + piece)[-_OVERLAP:]


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
