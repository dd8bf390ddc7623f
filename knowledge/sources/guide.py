"""A guide that is one table (| 申请材料 | … |) made a service item."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from knowledge.lexicon import fact_labels
from knowledge.lexicon.columns import part_named

_OF_A_GUIDE = frozenset({"title", "issuer", "audience", *fact_labels()})
_LEAST_FACTS = 3  # rows that make a service item
_LABEL_MOST = 12  # characters
Row = tuple[int, list[str]]  # line, cells


def guide_in_table(text: str) -> tuple[dict[str, Any], str]:
    """What the tables of a guide say, by part, and the text without them; nothing and the text as
    it was where they make no service item.

    A label stands before its value, several pairs beside one another or a row each.  What is said
    under a label no guide is known to have stays in the text as a line of its own.
    """
    parts: dict[str, list[str]] = {}
    rest: list[str] = []
    rows: list[Row] = []
    lines = text.split("\n")
    for at, line in enumerate(lines):
        if line.startswith("|") and not line.startswith("| ---"):
            rows.append((at, [cell.strip() for cell in line.strip().strip("|").split("|")]))
    taken: dict[int, list[str]] = {}
    for at, cells, label in _under_labels(rows):
        others: list[str] = []
        found = False
        for name, value in _pairs(cells, label):
            part = _part(name)
            if part:
                found = True
                if value and value not in parts.setdefault(part, []):
                    parts[part].append(value)
            elif name or value:
                others.append(f"{name}：{value}" if name and value else name or value)
        if found:
            taken[at] = others
    told = {part: "\n".join(values) for part, values in parts.items() if values}
    facts = {part: value for part, value in told.items() if part in fact_labels()}
    if len(facts) < _LEAST_FACTS:
        return {}, text
    for at, line in enumerate([*lines, ""]):
        headless = line.startswith("| ---") and not (rest and rest[-1].startswith("|"))
        if at - 1 in taken and not line.startswith("|") and rest and rest[-1].startswith("| ---"):
            del rest[-2:]  # a heading whose rows are all taken
        if at in taken:
            rest += taken[at]
        elif not headless:
            rest.append(line)
    others_told = {part: value for part, value in told.items() if part not in facts}
    return {**others_told, "facts": facts}, "\n".join(rest)


def _under_labels(rows: Sequence[Row]) -> Iterator[tuple[int, list[str], bool]]:
    """(line, cells, whether all of them stand under one label, as in a label beside several rows).
    A row without a label of its own right below such a one has the label above."""
    for n, (at, cells) in enumerate(rows):
        below = rows[n + 1] if n + 1 < len(rows) and _next_to(at, rows[n + 1][0]) else None
        above = rows[n - 1] if n and _next_to(rows[n - 1][0], at) else None
        own = cells[0]
        if not own and above and _part(above[1][0]):
            cells = [above[1][0], *cells[1:]]
            rows[n][1][0] = above[1][0]
        together = bool(_part(cells[0])) and (
            (below is not None and below[1][0] in ("", cells[0]))
            or (above is not None and above[1][0] == cells[0])
        )
        yield at, cells, together


def _next_to(one: int, other: int) -> bool:
    return other - one <= 2  # the rule under a heading may stand between


def _pairs(cells: Sequence[str], label: bool) -> Iterator[tuple[str, str]]:
    said = list(dict.fromkeys(cells))  # a merged cell says the same in each place it covers
    if len(said) < 2 or (_part(said[0]) and _part(said[1])):
        yield "", " | ".join(said)
        return
    if label or len(said) == 3:
        yield said[0], "，".join(filter(None, said[1:]))
        return
    for place in range(0, len(cells), 2):
        name, value = cells[place], cells[place + 1] if place + 1 < len(cells) else ""
        if place and name == cells[place - 1] and value in ("", name):
            continue
        yield name, value


def _part(name: str) -> str:
    """The part of a guide a label names, "" if it is none."""
    known = part_named(name) if name and len(name) <= _LABEL_MOST else None
    return known[0] if known and known[0] in _OF_A_GUIDE else ""
