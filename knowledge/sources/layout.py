"""How the pages of a PDF are to be read: columns one after the other, tables whole and joined over
pages, without what stands in the margin of every page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import median
from typing import TYPE_CHECKING, Any

from knowledge.sources.values import without_radicals

if TYPE_CHECKING:
    from pdfplumber.page import Page

_PAGE_NUMBER = re.compile(
    r"^\s*(?:[-—–·•]?\s*\d{1,4}\s*[-—–·•]?|第\s*\d+\s*页(?:\s*[/，,]?\s*共\s*\d+\s*页)?|\d+\s*/\s*\d+)\s*$"
)
# What browsers print at the edges of a page: day and hour, its name; its address, its number.
_PRINTED = re.compile(
    r"^\s*(?:\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}[,，]?\s*(?:[上下]午)?\s*\d{1,2}:\d\d|(?:https?|file)://\S)"
)
_LETTERHEAD = re.compile(r"(?:文件|[局委厅部院府会署办处])$")
_CHINESE = re.compile("[一-鿿]{4}")
_TITLE_SIZE = 1.25  # of the usual height of words: the name of a document is set larger
_TITLE_LINES = 12  # from the top of the first page
_LIKE = 0.15  # of a line's height by which the next may differ and still go on with it
_MARGIN_LINES = 2  # at the head and foot of a page that may be the same on every page
_MARGIN_SHARE = 0.6  # of the pages
_GUTTER = 10.0  # points, the least blank between two columns
_CROSSED = 0.25  # of the lines that may run across it: names and headings
_COLUMN_LINES = 6  # lines on either side; fewer are no column
_FILLED = 0.5  # of a column's width that its lines fill: the cells of a list of pairs do not
_INDENT = 8.0  # points from the edge at which a line begins a paragraph
_APART = 0.9  # of a letter's height; a blank between Chinese words is as wide as a letter
_SHORT = 30.0  # points from the right edge at which a line ends one


@dataclass(frozen=True, slots=True)
class _Word:
    """A piece of text without a gap; places in points from the upper left corner.  ``size``: the
    height of most of its letters, of which those of two fonts stand on different lines."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float


@dataclass(frozen=True, slots=True)
class Block:
    """A line, or a table (``rows``).  ``indented``: it begins a paragraph; ``full``: it reaches the
    right edge, so the next line may go on with it; ``height``: of its words, in points."""

    text: str
    rows: list[list[str]] = field(default_factory=list)
    indented: bool = False
    full: bool = False
    height: float = 0.0


@dataclass(slots=True)
class _Sheet:
    words: list[_Word]
    tables: list[tuple[float, float, list[list[str]]]]  # left, top, rows
    width: float


def blocks_of(pages: Iterable[Page]) -> list[Block]:
    """What stands on the pages, in reading order."""
    sheets = [_sheet(page) for page in pages]
    _drop_margins(sheets)
    found: list[Block] = []
    before: float | None = None
    for sheet in sheets:
        gutter = _gutter(sheet)
        if gutter is None and before and not _crossed(sheet, before):
            gutter = before  # the last page of columns has too few lines to tell
        before = gutter
        for at, block in enumerate(_in_order(sheet, gutter)):
            last = found[-1] if found else None
            if at == 0 and last and last.rows and block.rows and _goes_on(last, block):
                again = block.rows[0] == last.rows[0]
                found[-1] = replace(last, rows=last.rows + block.rows[int(again) :])
            else:
                found.append(block)
    return found


def like(one: float, other: float) -> bool:
    """Whether two lines are set in one size."""
    return abs(one - other) <= _LIKE * max(one, other)


def titled(blocks: Sequence[Block]) -> list[Block]:
    """The blocks with the lines set largest at the top as one title, if they are larger than most.

    The name of an office over its paper (…文件) is set larger still, and is no title.
    """
    heights = sorted(block.height for block in blocks for _ in block.text if not block.rows)
    usual = heights[len(heights) // 2] if heights else 0.0
    top = [
        at
        for at, block in enumerate(blocks[:_TITLE_LINES])
        if not block.rows and not _LETTERHEAD.search(block.text) and _CHINESE.search(block.text)
    ]
    largest = max((blocks[at].height for at in top), default=0.0)
    if not usual or largest < _TITLE_SIZE * usual:
        return list(blocks)
    first = next(at for at in top if like(blocks[at].height, largest))
    last = first
    while last + 1 in top and like(blocks[last + 1].height, largest):
        last += 1
    name = "".join(block.text.strip() for block in blocks[first : last + 1])
    return [Block(f"# {name}"), *blocks[:first], *blocks[last + 1 :]]


def _sheet(page: Page) -> _Sheet:
    tables = [t for t in page.find_tables() if len(t.rows) > 1 and len(t.rows[0].cells) > 1]
    kept: list[tuple[float, float, list[list[str]]]] = []
    for table in tables:
        rows = [[without_radicals(c.replace("\n", "")) for c in row] for row in cells_of(table)]
        kept.append((table.bbox[0], table.bbox[1], rows))
    boxes = [table.bbox for table in tables]
    rest = page.filter(lambda thing: not any(inside(thing, box) for box in boxes))
    words = [
        _Word(without_radicals(w["text"]), w["x0"], w["x1"], w["top"], w["bottom"], _size(w))
        for w in rest.extract_words(x_tolerance=3, use_text_flow=False, return_chars=True)
    ]
    width = float(page.width)
    page.close()
    return _Sheet(words, kept, width)


def _size(word: Mapping[str, Any]) -> float:
    return float(median(char["bottom"] - char["top"] for char in word["chars"]))


def inside(thing: Mapping[str, Any], box: tuple[float, float, float, float]) -> bool:
    """Whether the middle of something is in a box: what only touches its edge is outside."""
    across, down = (thing["x0"] + thing["x1"]) / 2, (thing["top"] + thing["bottom"]) / 2
    return bool(box[0] <= across <= box[2] and box[1] <= down <= box[3])


def cells_of(table: Any) -> list[list[str]]:
    """The words of a table; a merged cell says the same in each place it covers."""
    said: dict[Any, str] = {}
    for row, texts in zip(table.rows, table.extract(), strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            if cell is not None:
                said[cell] = text or ""
    lefts = sorted({cell[0] for cell in said})

    def at(left: float, top: float) -> str:
        over = (
            words
            for (x0, y0, x1, y1), words in said.items()
            if x0 <= left + 1 < x1 and y0 <= top + 1 < y1
        )
        return next(over, "")

    return [[at(left, row.bbox[1]) for left in lefts] for row in table.rows]


def _drop_margins(sheets: Sequence[_Sheet]) -> None:
    """Leave out page numbers, and lines that come again at the head or foot of most pages."""
    ends = [_ends(_lines(sheet.words, None)) for sheet in sheets]
    least = max(2, _MARGIN_SHARE * len(sheets))
    gone: list[set[_Word]] = [set() for _ in sheets]
    for place in (0, 1):
        often = Counter(said for two in ends for said in {_plain(line) for line in two[place]})
        for two, words in zip(ends, gone, strict=True):
            for line in two[place]:
                said = _joined(line)
                margin = _PAGE_NUMBER.match(said) or _PRINTED.match(said)
                if not margin and often[_plain(line)] < least:
                    break  # what lies further in is no margin
                words.update(line)
    for sheet, words in zip(sheets, gone, strict=True):
        sheet.words = [word for word in sheet.words if word not in words]


def _ends(lines: list[list[_Word]]) -> tuple[list[list[_Word]], list[list[_Word]]]:
    """The first and the last lines of a page, from the edge of the paper inwards."""
    return lines[:_MARGIN_LINES], lines[: -_MARGIN_LINES - 1 : -1]


def _plain(line: Sequence[_Word]) -> str:
    return re.sub(r"[\d\s]+", "", _joined(line))


def _in_order(sheet: _Sheet, gutter: float | None) -> list[Block]:
    """The page's blocks; what runs across both columns cuts the page into bands, and in each the
    left column comes before the right."""
    placed: list[tuple[float, int, Block]] = []  # top, side, block
    lines = _lines(sheet.words, gutter)
    for side in (-1, 0, 1):
        column = [line for line in lines if _side(line, gutter) == side]
        edge = min((line[0].x0 for line in column), default=0.0)
        right = max((line[-1].x1 for line in column), default=0.0)
        for line in column:
            indented = line[0].x0 - edge > _INDENT
            full = right - line[-1].x1 < _SHORT
            height = median(word.size for word in line for _ in word.text)
            block = Block(_joined(line), indented=indented, full=full, height=height)
            placed.append((line[0].top, side, block))
    for left, top, rows in sheet.tables:
        words = " ".join(cell for row in rows for cell in row)
        side = -1 if gutter is None else int(left >= gutter)
        placed.append((top, side, Block(words, rows)))
    found: list[Block] = []
    columns: tuple[list[Block], list[Block]] = ([], [])
    for _, side, block in sorted(placed, key=lambda one: one[0]):
        if side >= 0:
            columns[side].append(block)
            continue
        found += [*columns[0], *columns[1], block]
        columns = ([], [])
    return [*found, *columns[0], *columns[1]]


def _gutter(sheet: _Sheet) -> float | None:
    """The middle of the blank strip between two columns, ``None`` on a page of one column."""
    words = sheet.words
    best: tuple[int, float] | None = None
    for at in range(int(sheet.width * 0.3), int(sheet.width * 0.7), 3):
        left = {_row(w) for w in words if w.x1 <= at}
        right = {_row(w) for w in words if w.x0 >= at + _GUTTER}
        beside = _beside(left, right)
        if beside < max(_COLUMN_LINES, 0.5 * min(len(left), len(right))):
            continue
        crossing = sum(w.x0 < at + _GUTTER and w.x1 > at for w in words)
        if crossing > _CROSSED * len(left | right):
            continue
        if min(_filling(words, 0, at), _filling(words, at, sheet.width)) < _FILLED:
            continue
        if best is None or crossing < best[0]:
            best = (crossing, at + _GUTTER / 2)
    return best[1] if best else None


def _beside(left: Collection[int], right: Collection[int]) -> int:
    """How many lines of the shorter column have the other one beside them.  Lines of two columns
    need not be level: one may begin half a line lower."""
    if not left or not right:
        return 0
    top, bottom = max(min(left), min(right)) - 1, min(max(left), max(right)) + 1
    return min(sum(top <= row <= bottom for row in rows) for rows in (left, right))


def _crossed(sheet: _Sheet, gutter: float) -> bool:
    crossing = sum(w.x0 < gutter < w.x1 for w in sheet.words)
    return crossing > _CROSSED * max(len({_row(w) for w in sheet.words}), 1)


def _row(word: _Word) -> int:
    return round((word.top + word.bottom) / 8)


def _filling(words: Sequence[_Word], left: float, right: float) -> float:
    """How much of a strip's lines is covered by words."""
    inside = [w for w in words if w.x0 >= left - 1 and w.x1 <= right + 1]
    if not inside:
        return 0.0
    covered = sum(float(w.x1 - w.x0) for w in inside)
    wide = float(max(w.x1 for w in inside) - min(w.x0 for w in inside))
    return covered / (len({_row(w) for w in inside}) * max(wide, 1.0))


def _lines(words: Sequence[_Word], gutter: float | None) -> list[list[_Word]]:
    """Words on one line, left to right; a line is cut where it meets the gutter."""
    lines: list[list[_Word]] = []
    for word in sorted(words, key=lambda w: (w.top, w.x0)):
        for line in reversed(lines[-8:]):
            apart = abs(line[0].top + line[0].bottom - word.top - word.bottom)
            level = apart < line[0].bottom - line[0].top
            if level and _side(line, gutter) == _side([word], gutter):
                line.append(word)
                break
        else:
            lines.append([word])
    return [sorted(line, key=lambda w: w.x0) for line in lines]


def _side(line: Sequence[_Word], gutter: float | None) -> int:
    """-1: across, or no columns; 0: left of the gutter; 1: right of it."""
    if gutter is None:
        return -1
    if min(word.x0 for word in line) >= gutter:
        return 1
    return 0 if max(word.x1 for word in line) <= gutter else -1


def _joined(line: Sequence[_Word]) -> str:
    """A line's words; a blank between two that are not Chinese, or that stand well apart."""
    said = ""
    for at, word in enumerate(line):
        if at:
            latin = said[-1:].isascii() and word.text[:1].isascii()
            apart = word.x0 - line[at - 1].x1 > _APART * word.size
            said += " " if latin or apart else ""
        said += word.text
    return said


def _goes_on(one: Block, other: Block) -> bool:
    return len(one.rows[0]) == len(other.rows[0])
