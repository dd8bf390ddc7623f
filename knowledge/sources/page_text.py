"""An article of a web page as text: headings, lists, tables, labels with their values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from knowledge.lexicon.columns import part_named
from knowledge.sources.grid import markdown_table
from knowledge.sources.guide import HEAD
from knowledge.sources.official import form, is_furniture

if TYPE_CHECKING:
    from bs4 import Tag

_BLOCKS = ("p", "li", "tr", "div", "dt", "dd", "section", "article", "ul", "ol", "center")
_INNER = (*_BLOCKS, "table")
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_LABEL_MOST = 12  # characters
_LAYOUT_SHARE = 0.6  # of a table's words in one cell, which has blocks of its own: no table of data
_LAYOUT_BLOCKS = 4
_BOLD_MOST = 20  # characters of a line in bold that heads what follows
_NEIGHBOUR = re.compile(r"^[上下]一[篇条页个]\s*[:：]")
_WHERE = re.compile(r"^(?:您|你)?(?:现在|当前)?的?(?:所在)?位置\s*[:：]")


def text_of(root: Tag) -> str:
    """The text of an article, which is changed by this."""
    from bs4.element import NavigableString

    for string in list(root.find_all(string=True)):
        if string.find_parent("pre") is None:
            # A line's end in the source is a blank; between Chinese characters it is nothing.
            plain = re.sub(r"(?<=[^\x00-\x7f])\s*[\r\n]\s*(?=[^\x00-\x7f])", "", str(string))
            string.replace_with(NavigableString(re.sub(r"\s+", " ", plain)))
    _tables(root)
    _terms(root)
    _labels(root)
    if not root.find(_HEADINGS[1:]):
        _bold_headings(root)
    for level, name in enumerate(_HEADINGS, 1):
        for heading in root.find_all(name):
            words = heading.get_text(" ", strip=True)
            heading.replace_with(f"\n\n{'#' * level} {words}\n\n" if words else "\n")
    for number, item in _items(root):
        item.insert(0, f"{number}. " if number else "- ")
    for broken in root.find_all("br"):
        broken.replace_with("\n")
    for block in root.find_all(_BLOCKS):
        block.insert(0, "\n")
        block.append("\n")
    said = (re.sub(r"[ \t\xa0\u3000]+", " ", line).strip() for line in root.get_text().split("\n"))
    frame = (_WHERE.match, _NEIGHBOUR.match, is_furniture)
    kept = (line for line in said if not any(of_it(line) for of_it in frame))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def _tables(root: Tag) -> None:
    """Tables of data in the place of their elements, innermost first; a table inside a cell of
    another becomes the words of that cell.  Tables that only lay out the page are left."""
    tables = list(root.find_all("table"))
    data = {id(table) for table in tables if _of_data(table)}
    for table in reversed(tables):
        if id(table) not in data:
            continue
        rows = _grid(table)
        outer = table.find_parent("table")
        if outer is not None and id(outer) in data and table.find_parent(["td", "th"]):
            lines = ("，".join(dict.fromkeys(filter(None, row))) for row in rows)
            table.replace_with(f" {'；'.join(lines)} ")
        else:
            table.replace_with("\n\n" + markdown_table(rows) + "\n\n")


def _of_data(table: Tag) -> bool:
    rows = [row.find_all(["td", "th"], recursive=False) for row in _rows(table)]
    if sum(bool(row) for row in rows) < 2 or max(map(len, rows), default=0) < 2:
        return False
    whole = len("".join(table.get_text().split()))
    for cell in (cell for row in rows for cell in row):
        large = len("".join(cell.get_text().split())) >= _LAYOUT_SHARE * whole
        if large and len(cell.find_all(_INNER)) >= _LAYOUT_BLOCKS and not _lined(table):
            return False
    return True


def _lined(table: Tag) -> bool:
    """Whether the table says that its lines are to be seen."""
    return str(table.get("border", "0")) not in ("", "0")


def _rows(table: Tag) -> Iterator[Tag]:
    return (row for row in table.find_all("tr") if row.find_parent("table") is table)


def _grid(table: Tag) -> list[list[str]]:
    """Cells by row and column; a merged cell says the same in each place it covers."""
    rows: list[list[str]] = []
    held: dict[int, tuple[int, str]] = {}  # column → rows still to go, what it says
    for row in _rows(table):
        line: list[str] = []

        def from_above(line: list[str] = line) -> None:
            while len(line) in held:
                left, words = held.pop(len(line))
                if left > 1:
                    held[len(line)] = (left - 1, words)
                line.append(words)

        for cell in row.find_all(["td", "th"], recursive=False):
            from_above()
            words = cell.get_text(" ", strip=True)
            down, across = (_span(cell.get(name)) for name in ("rowspan", "colspan"))
            for _ in range(across):
                if down > 1:
                    held[len(line)] = (down - 1, words)
                line.append(words)
        from_above()
        rows.append(line)
    return [row for row in rows if any(row)]


def _span(said: object) -> int:
    return min(max(int(str(said)), 1), 100) if said and str(said).isdecimal() else 1


def _terms(root: Tag) -> None:
    """Terms with what is said of them (<dt>费用</dt><dd>免费</dd>) as labels with their values, and
    as headings where much is said."""
    for listed in root.find_all("dl"):
        terms = [part for part in listed.find_all("dt") if part.find_parent("dl") is listed]
        pairs = [(term, said) for term in terms if (said := term.find_next_sibling())]
        if len(pairs) != len(terms) or any(said.name != "dd" for _, said in pairs):
            continue
        plain = [not said.find(_INNER) and "|" not in said.get_text() for _, said in pairs]
        names = [" ".join(term.get_text(" ").split()).rstrip("：: ") for term, _ in pairs]
        if not any(part_named(name) or name in form().labels for name in names):
            continue
        if all(plain) and all(0 < len(name) <= _LABEL_MOST for name in names):
            values = [" ".join(said.get_text(" ").split()) for _, said in pairs]
            listed.replace_with(_label_table(zip(names, values, strict=True)))
            continue
        for term, _ in pairs:
            term.name = "h3"


def _labels(root: Tag) -> None:
    """Labels beside their values (<span>费用</span><span>免费</span>), which only the page's style
    keeps apart, as tables of two columns."""
    groups: dict[tuple[int, str, str], list[Tag]] = {}
    for pair in root.find_all(["div", "li", "p", "section"]):
        if not _pair(pair):
            continue
        key = (id(pair.parent), pair.name, " ".join(map(str, pair.get_attribute_list("class"))))
        groups.setdefault(key, []).append(pair)
    for pairs in groups.values():
        if not any(_known(pair) for pair in pairs):
            continue
        rows = [tuple(part.get_text(" ", strip=True) for part in _parts(pair)) for pair in pairs]
        for pair in pairs[1:]:
            pair.decompose()
        pairs[0].replace_with(_label_table(rows))


def _label_table(rows: Iterable[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(HEAD)} |", "| --- | --- |"]
    lines += [f"| {name.rstrip('：: ')} | {' '.join(value.split())} |" for name, value in rows]
    return "\n\n" + "\n".join(lines) + "\n\n"


def _parts(pair: Tag) -> list[Tag]:
    return list(pair.find_all(True, recursive=False))


def _pair(part: Tag) -> bool:
    parts = _parts(part)
    loose = any(str(one).strip() for one in part.find_all(string=True, recursive=False))
    if len(parts) != 2 or loose or parts[0].name in ("a", "p", *_HEADINGS):
        return False
    name, value = (one.get_text(" ", strip=True) for one in parts)
    plain = not parts[1].find(_INNER) and "|" not in value
    return bool(value) and 2 <= len(name.rstrip("：: ")) <= _LABEL_MOST and plain


def _known(pair: Tag) -> bool:
    name = _parts(pair)[0].get_text("", strip=True).rstrip("：: ")
    return part_named(name) is not None or name in form().labels


def _bold_headings(root: Tag) -> None:
    """Lines in bold as headings, where there are several: many pages have no other."""
    found = [
        part
        for part in root.find_all(["p", "div", "section"])
        if not part.find(_INNER) and _in_bold(part)
    ]
    if len(found) < 2:
        return
    for part in found:
        part.name = "h2"


def _in_bold(part: Tag) -> bool:
    words = "".join(part.get_text().split())
    bold = "".join("".join(one.get_text().split()) for one in part.find_all(["strong", "b"]))
    return 2 <= len(words) <= _BOLD_MOST and words == bold and not re.search(r"[。；，：:]$", words)


def _items(root: Tag) -> Iterator[tuple[int, Tag]]:
    """Every item of a list, with its number in a numbered one, else 0."""
    for listed in root.find_all(["ol", "ul"]):
        for number, item in enumerate(listed.find_all("li", recursive=False), 1):
            bare = item.get_text(" ", strip=True)
            counted = listed.name == "ol" and not re.match(r"[\d一二三四五六七八九十（(]", bare)
            if not (listed.name == "ol" and not counted):
                yield number if counted else 0, item
