"""Rows of a table said in words, each cell under its heading: 五层：市补贴8万元，区补贴6万元."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_RULE = re.compile(r"\|(?:\s*-{3,}\s*\|)+$")
_UNIT = re.compile(r"[（(](?:单位\s*[：:]\s*)?([^（）()：:]{1,8})[）)]")
_UNIT_ABOVE = re.compile(r"单位\s*[：:]\s*([^\s（）()，。；|]{1,6})")
_NUMBER = re.compile(r"-?\d[\d,.]*(?:\s*[-~—–～]\s*\d[\d,.]*)?")
_MEASURED = re.compile(
    r"^(?:[百千万亿]?元|[万千]?人|天|日|工作日|个工作日|个月|月|年|小时|分钟|%|公里|米|平方米)"
)
_NOTHING = frozenset({"", "-", "—", "–", "/", "无"})


@dataclass(frozen=True, slots=True)
class Row:
    """``start`` and ``end``: where its line stands; ``name``: what it is about, its first cells up
    to the first figure; ``said``: what else it says, each cell with its heading and unit."""

    start: int
    end: int
    name: str
    said: tuple[str, ...]

    def in_words(self) -> str:
        return f"{self.name}：{'，'.join(self.said)}" if self.said else self.name


def table_rows(text: str, above: str = "") -> Iterator[Row]:
    """The rows below the heading of each table of a text.  ``above``: what stands over the text,
    where a table may say its unit too ("单位：元")."""
    heading: list[str] = []
    waiting: list[str] = []
    general = _UNIT_ABOVE.search(f"{above}\n{text}")
    unit = general[1] if general else ""
    at = 0
    for line in text.split("\n"):
        start, at = at, at + len(line) + 1
        bare = line.strip()
        if not bare.startswith("|"):
            heading, waiting = [], []
        elif _RULE.fullmatch(bare):
            heading = waiting
        elif heading:
            yield _row(start, start + len(line), heading, _cells(bare), unit)
        else:
            waiting = _cells(bare)


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


def _row(start: int, end: int, heading: Sequence[str], cells: Sequence[str], unit: str) -> Row:
    figures = [n for n, cell in enumerate(cells) if re.search(r"\d", cell)]
    named = min(figures[0], len(cells) - 1) if figures else 1
    if figures and not figures[0]:  # a number of its own in front, or a table of figures alone
        named = figures[1] if len(figures) > 1 and figures[1] > 1 else 1
    names = [cell for n, cell in enumerate(cells[:named]) if n or not cell.isdecimal()]
    name = "".join(dict.fromkeys(cell for cell in names if cell not in _NOTHING))
    said = tuple(
        _cell(heading[n] if n < len(heading) else "", cell, unit)
        for n, cell in enumerate(cells)
        if n >= named and cell not in _NOTHING
    )
    return Row(start, end, name, said)


def _cell(heading: str, cell: str, general: str) -> str:
    own = _UNIT.search(heading)
    unit = own[1] if own else general
    name = _UNIT.sub("", heading).replace("：", "") if own else heading.replace("：", "")
    measured = _MEASURED.match(unit)
    if measured and _NUMBER.fullmatch(cell):
        return f"{name}{cell}{measured[0]}"
    return f"{name}{cell}" if _NUMBER.match(cell) else f"{name}：{cell}" if name else cell
