"""Tables as Markdown, each cell in one line."""

from __future__ import annotations

from collections.abc import Sequence

_HEADING_ROWS = 3  # that may stand over one another


def markdown_table(rows: Sequence[Sequence[str]]) -> str:
    """Rows as a Markdown table whose first row is the heading; blank rows are dropped.

    Rows of headings over one another are made one; what is as wide as the table and stands above
    it is a line of its own.
    """
    kept = [[_cell(c) for c in row] for row in rows if any(c.strip() for c in row)]
    if not kept:
        return ""
    width = max(map(len, kept))
    kept = [row + [""] * (width - len(row)) for row in kept]
    above: list[str] = []
    while len(kept) > 1 and width > 1 and len(set(kept[0])) == 1:
        above.append(kept.pop(0)[0])
    heading = heading_rows(kept)
    if heading > 1:
        kept[:heading] = [one_heading(kept[:heading])]
    lines = [f"| {' | '.join(_once(row))} |" for row in kept]
    lines.insert(1, "|" + " --- |" * width)
    return "\n".join([*above, *lines])


def heading_rows(rows: Sequence[Sequence[str]]) -> int:
    """How many rows make up the heading of a table whose merged cells say the same in each place
    they cover: a name over several columns has their own names below it, and a name of one column
    stands over both rows."""
    depth = 1
    while depth < min(_HEADING_ROWS, len(rows) - 1):
        over, under = rows[depth - 1], rows[depth]
        wide = [
            n
            for n, name in enumerate(over)
            if name and name in (_at(over, n - 1), _at(over, n + 1))
        ]
        parted = [n for n in wide if _at(under, n) and _at(under, n) != over[n]]
        rest = [n for n in range(len(over)) if n not in wide]
        stand = all(_at(under, n) == over[n] for n in rest)
        if not (wide and rest and stand and len({under[n] for n in parted}) > 1):
            break
        depth += 1
    return depth


def one_heading(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows of headings as one: 标准（元）：城镇."""
    width = max(map(len, rows))
    return [
        "：".join(dict.fromkeys(filter(None, (_at(row, n) for row in rows)))) for n in range(width)
    ]


def _at(row: Sequence[str], place: int) -> str:
    return row[place] if 0 <= place < len(row) else ""


def _once(row: Sequence[str]) -> Sequence[str]:
    """A row that is one cell from edge to edge, a heading inside the table, says it once."""
    return [row[0], *("" for _ in row[1:])] if len(set(row)) == 1 else row


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "／")
