"""A guide that is one table (| 申请材料 | … |) made a service item."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from knowledge.lexicon import fact_labels
from knowledge.lexicon.columns import part_named

HEAD = ["项目", "内容"]
"""Over labels and values that had no heading."""
_OF_A_GUIDE = frozenset({"title", "issuer", "audience", *fact_labels()})
_LEAST_FACTS = 3  # rows that make a service item
_LABEL_MOST = 12  # characters
Row = list[str]


def guide_in_table(text: str) -> tuple[dict[str, Any], str]:
    """What the tables of a guide say, by part, and the text without them; nothing and the text as
    it was where they make no service item.

    A label stands before its value, several pairs beside one another or a row each.  What is said
    under a label no guide is known to have stays in the text as a line of its own.
    """
    parts: dict[str, list[str]] = {}
    rest: list[str] = []
    for block in _blocks(text.split("\n")):
        found, others = _read(block)
        if not any(part in fact_labels() for part, _ in found):
            rest += block
            continue
        rest += others
        for part, value in found:
            if value and value not in parts.setdefault(part, []):
                parts[part].append(value)
    told = {part: "\n".join(values) for part, values in parts.items() if values}
    facts = {part: value for part, value in told.items() if part in fact_labels()}
    if len(facts) < _LEAST_FACTS:
        return {}, text
    others_told = {part: value for part, value in told.items() if part not in facts}
    return {**others_told, "facts": facts}, "\n".join(rest)


def _blocks(lines: Sequence[str]) -> Iterator[list[str]]:
    """The lines, those of one table together."""
    table: list[str] = []
    for line in lines:
        if line.startswith("|"):
            table.append(line)
            continue
        if table:
            yield table
            table = []
        yield [line]
    if table:
        yield table


def _read(block: Sequence[str]) -> tuple[list[tuple[str, str]], list[str]]:
    """(part and value of each pair a table holds, what else it says, line by line)."""
    rows = [
        [cell.strip() for cell in line.strip().strip("|").split("|")]
        for line in block
        if line.startswith("|") and not line.startswith("| ---")
    ]
    found: list[tuple[str, str]] = []
    others: list[str] = []
    for cells, label in _under_labels(rows):
        for name, value in _pairs(cells, label):
            if part := _part(name):
                found.append((part, value))
            elif [name, value] != HEAD and (name or value):
                others.append(f"{name}：{value}" if name and value else name or value)
    return found, others


def _under_labels(rows: Sequence[Row]) -> Iterator[tuple[Row, bool]]:
    """(cells, whether all of them stand under one label, as in a label beside several rows).  A row
    without a label of its own right below such a one has the label above."""
    for n, cells in enumerate(rows):
        if not cells[0] and n and _part(rows[n - 1][0]):
            cells[0] = rows[n - 1][0]
        below = n + 1 < len(rows) and rows[n + 1][0] in ("", cells[0])
        above = n > 0 and rows[n - 1][0] == cells[0]
        yield cells, bool(_part(cells[0])) and (below or above)


def _pairs(cells: Row, label: bool) -> Iterator[tuple[str, str]]:
    said = list(dict.fromkeys(cells))  # a merged cell says the same in each place it covers
    if len(said) < 2 or (_part(said[0]) and _part(said[1])):
        yield "", " | ".join(said)
        return
    if label or len(said) == 3:
        yield said[0], "，".join(filter(None, said[1:]))
        return
    for place in range(0, len(cells), 2):
        name, value = cells[place], cells[place + 1] if place + 1 < len(cells) else ""
        if not (place and name == cells[place - 1] and value in ("", name)):
            yield name, value


def _part(name: str) -> str:
    """The part of a guide a label names, "" if it is none."""
    known = part_named(name) if name and len(name) <= _LABEL_MOST else None
    return known[0] if known and known[0] in _OF_A_GUIDE else ""
