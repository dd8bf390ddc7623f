"""A sheet that is a list to look things up in (offices with their addresses, charges, scores): one
entry with the table whole, for no row of it is a question or an item by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from knowledge.lexicon.columns import part_named
from knowledge.sources.document import entry_of_document
from knowledge.sources.grid import markdown_table
from knowledge.sources.official import region_of_title, taken_for
from knowledge.sources.paths import id_of
from knowledge.sources.raw import Problem, Raw
from knowledge.sources.table import Line

_CELL_MOST = 30  # characters, on average, of a column of a list; answers and rules are longer
_FILLED_LEAST = 0.5  # of a column's cells, for it to be one
_COLUMNS_LEAST = 3  # a list of two may as well be questions and answers, unless one is of numbers
_NUMBERS_LEAST = 0.5  # of a column's cells, for it to be one of numbers
_ROWS_MOST = 2000
_FIGURES = re.compile(r"(?=.*\d)[\d.,，:：%‰/\-—–~～\s（）()]+[元天年月日分个次]?")
_NAMES_AN_ENTRY = frozenset({"title", "questions", "text", "sections", "heading", "document"})
# What may be known of a place without its being a service item.
_OF_A_PLACE = frozenset({"place", "hours", "phone", "complaint_phone", "fee", "notes"})
_NO_MATTER = frozenset({"id", "region", "link", "keeper"})
_COUNTED = re.compile(r"序号|行号|编号|[Nn][Oo]\.?")
_WHOLE = "像是一览表，整张作为一个条目收了；要一行一条，请用 --map 指明标题列和正文列"
_TELLING = re.compile("[一-鿿]{3}")


def is_listing(rows: Sequence[Mapping[str, Any]]) -> bool:
    """Whether rows by their headings are a list: many short cells, and nothing that tells which
    would be a question or an item and what is said of it, or much beside a place's address."""
    if not 1 <= len(rows) <= _ROWS_MOST:
        return False
    names = list(dict.fromkeys(name for row in rows for name in row))
    cells = {name: [_said(row.get(name)) for row in rows] for name in names}
    filled = [n for n in names if sum(map(bool, cells[n])) >= _FILLED_LEAST * len(rows)]
    counted = [n for n in filled if not _COUNTED.fullmatch(n)]
    if any(sum(map(len, cells[n])) > _CELL_MOST * len(rows) for n in names):
        return False
    numbers = [n for n in counted if _of_numbers(cells[n])]
    if len(counted) < 2 or (len(counted) < _COLUMNS_LEAST and not numbers):
        return False
    known = {name: part_named(name) for name in counted}
    parts = {part[0] for part in known.values() if part}
    strange = [name for name in counted if known[name] is None]
    if not parts & _NAMES_AN_ENTRY:
        return True
    return bool(strange) and not (parts - {"title"} - _OF_A_PLACE - _NO_MATTER)


def listing(path: Path, lines: Sequence[Line], place: str, sheet: str) -> Iterator[Raw | Problem]:
    """The entry a list is, and that it was taken so."""
    rows = [[_said(cell) for cell in row] for _, row in lines]
    above: list[str] = []
    while len(rows) > 1 and len({cell for cell in rows[0] if cell}) <= 1:
        above.append(next(filter(None, rows.pop(0)), ""))
    last = [at for at, row in enumerate(rows) if len({cell for cell in row if cell}) > 1]
    below = [next(filter(None, row), "") for row in rows[last[-1] + 1 :]] if last else []
    table = markdown_table(rows[: last[-1] + 1] if last else rows)
    named = [said for said in (*above[:1], sheet, path.stem) if _TELLING.search(said)]
    given = {"title": named[0] if named else path.stem}
    if not above and sheet and _TELLING.search(sheet) and _TELLING.search(path.stem):
        given["title"] = f"{path.stem}：{sheet}"
    text = "\n\n".join(filter(None, ["\n".join(above[1:]), table, "\n".join(below)]))
    stem = f"{id_of(path)}-{sheet}" if sheet else id_of(path)
    beside = "\n".join(above)
    code = region_of_title(sheet)
    for item in entry_of_document(text, stem, place, given, beside=beside):
        if isinstance(item, Raw) and code and not item.values.get("region"):
            yield Raw(item.where, {**item.values, "region": code})
            yield Problem(place, taken_for(code, "工作表的名字", sheet), taken=True)
        else:
            yield item
    yield Problem(place, _WHOLE, taken=True)


def _of_numbers(cells: Sequence[str]) -> bool:
    said = [cell for cell in cells if cell]
    return sum(bool(_FIGURES.fullmatch(cell)) for cell in said) >= _NUMBERS_LEAST * len(said)


def _said(cell: Any) -> str:
    said = "" if cell is None else str(cell).strip()
    return said.removesuffix(".0") if re.fullmatch(r"\d+\.0", said) else said
