"""The text of a Word file, in reading order: headings, numbers that Word counts, tables, boxes.

Walked is the file's own XML: what the library calls a paragraph's text leaves out insertions,
content controls and text boxes, and every number of an automatic list — in a statute, 第三条.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from knowledge.sources.grid import markdown_table

if TYPE_CHECKING:
    from docx.document import Document

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_BOX = f"{_W}txbxContent"
_SKIPPED = frozenset({f"{_W}del", f"{_W}moveFrom", _FALLBACK, _BOX, f"{_W}instrText"})
_HOLDERS = frozenset(
    f"{_W}{name}" for name in ("sdt", "sdtContent", "ins", "customXml", "smartTag")
)
_HEADING = re.compile(r"(?:heading|标题)\s*(\d)", re.I)
_BODY_END = re.compile(r"[。；，,;：:]$")
_HEADING_MOST = 40  # characters of a line in bold that may be a heading
_DIGITS = "零一二三四五六七八九"
_CHINESE = ("chinese", "japaneseCounting", "ideograph", "taiwanese")


def text_of(document: Document) -> str:
    """The text, headings marked as in Markdown, each table whole, notes where they belong."""
    _put_notes_in(document)
    return "\n".join(_Walk(document).blocks(document.element.body)).strip()


def _put_notes_in(document: Document) -> None:
    """Footnotes and endnotes as words in brackets in the place of their numbers."""
    from docx.oxml import OxmlElement, parse_xml

    for kind in ("footnote", "endnote"):
        rels = document.part.rels.values()
        part = next((rel.target_part for rel in rels if rel.reltype.endswith(f"/{kind}s")), None)
        if part is None:
            continue
        notes = parse_xml(part.blob)
        said = {note.get(f"{_W}id"): _words(note).strip() for note in notes}
        for number in list(document.element.body.iter(f"{_W}{kind}Reference")):
            if words := said.get(number.get(f"{_W}id"), ""):
                shown = OxmlElement("w:t")
                number.getparent().append(shown)
                shown.text = f"（注：{words.rstrip('。')}）"


class _Walk:
    def __init__(self, document: Document) -> None:
        self._lists = _Lists(document)
        styles = document.styles.element.findall(f"{_W}style")
        self._styles = {style.get(f"{_W}styleId"): style for style in styles}

    def blocks(self, parent: Any) -> Iterator[str]:
        for child in parent:
            if child.tag == f"{_W}p":
                yield from self._paragraph(child)
            elif child.tag == f"{_W}tbl":
                yield from self._table(child)
            elif child.tag in _HOLDERS:
                yield from self.blocks(child)

    def _paragraph(self, paragraph: Any) -> Iterator[str]:
        words = _words(paragraph).strip()
        style = paragraph.find(f"{_W}pPr/{_W}pStyle")
        style_id = style.get(f"{_W}val") if style is not None else None
        number = self._lists.number(paragraph, self._styles.get(style_id)) if words else ""
        words = "\n".join(line.strip() for line in f"{number}{words}".split("\n") if line.strip())
        name = self._name(style_id)
        level = _HEADING.search(name)
        if not words:
            pass
        elif name.lower() in ("title", "标题"):
            yield f"# {words}"
        elif level and "\n" not in words:
            yield f"\n{'#' * min(int(level[1]) + 1, 6)} {words}\n"
        elif _in_bold(paragraph) and _may_head(words):
            yield f"\n## {words}\n"
        else:
            yield words
        for box in paragraph.iter(_BOX):
            if not any(above.tag == _FALLBACK for above in box.iterancestors()):
                yield from self.blocks(box)

    def _name(self, style_id: str | None) -> str:
        style = self._styles.get(style_id)
        name = style.find(f"{_W}name") if style is not None else None
        return str(name.get(f"{_W}val")) if name is not None else ""

    def _table(self, table: Any) -> Iterator[str]:
        rows = self._grid(table)
        if max((len(set(row)) for row in rows), default=0) <= 1:  # a frame round some text
            yield from dict.fromkeys(cell for row in rows for cell in row if cell)
            return
        captions = 0
        while captions < len(rows) - 1 and len(set(rows[captions])) == 1:
            yield rows[captions][0]  # one cell as wide as the table stands above it
            captions += 1
        yield "\n" + markdown_table(rows[captions:]) + "\n"

    def _grid(self, table: Any) -> list[list[str]]:
        """Cells by row and column; a merged cell says the same in each place it covers."""
        rows: list[list[str]] = []
        for row in table.iter(f"{_W}tr"):
            if next(row.iterancestors(f"{_W}tbl")) is not table:
                continue  # of a table inside a cell
            line: list[str] = []
            for cell in row.iter(f"{_W}tc"):
                if next(cell.iterancestors(f"{_W}tr")) is not row:
                    continue
                span = cell.find(f"{_W}tcPr/{_W}gridSpan")
                merged = cell.find(f"{_W}tcPr/{_W}vMerge")
                goes_on = merged is not None and merged.get(f"{_W}val") != "restart"
                above = rows[-1] if rows else []
                words = above[len(line)] if goes_on and len(above) > len(line) else self._cell(cell)
                line += [words] * (int(span.get(f"{_W}val")) if span is not None else 1)
            rows.append(line)
        return rows

    def _cell(self, cell: Any) -> str:
        parts: list[str] = []
        for child in cell:
            if child.tag == f"{_W}tbl":
                inner = (list(dict.fromkeys(c for c in row if c)) for row in self._grid(child))
                parts += ["，".join(row) for row in inner if row]
            elif child.tag in (f"{_W}p", f"{_W}sdt"):
                parts += [part.strip("# \n") for part in self.blocks([child])]
        said = dict.fromkeys(part.replace("\n", "；").rstrip("；") for part in parts if part)
        return "；".join(said)


class _Lists:
    """The numbers Word shows before paragraphs of a list, which stand nowhere in their text."""

    def __init__(self, document: Document) -> None:
        self._levels: dict[str, dict[str, Any]] = {}
        self._counts: dict[str, dict[int, int]] = defaultdict(dict)
        self._of: dict[str, str] = {}
        try:
            numbering = document.part.numbering_part.element
        except (KeyError, NotImplementedError, AttributeError):
            return
        for abstract in numbering.findall(f"{_W}abstractNum"):
            own = str(abstract.get(f"{_W}abstractNumId"))
            levels = abstract.findall(f"{_W}lvl")
            self._levels[own] = {str(level.get(f"{_W}ilvl")): level for level in levels}
        for number in numbering.findall(f"{_W}num"):
            abstract = number.find(f"{_W}abstractNumId")
            if abstract is not None:
                self._of[str(number.get(f"{_W}numId"))] = str(abstract.get(f"{_W}val"))

    def number(self, paragraph: Any, style: Any) -> str:
        """What stands before this paragraph, "" if it is in no list; counts it."""
        listed = paragraph.find(f"{_W}pPr/{_W}numPr")
        if listed is None and style is not None:
            listed = style.find(f"{_W}pPr/{_W}numPr")
        if listed is None:
            return ""
        which, depth = (_value(listed.find(f"{_W}{name}")) for name in ("numId", "ilvl"))
        abstract = self._of.get(which or "")
        level = self._levels.get(abstract or "", {}).get(depth or "0")
        if abstract is None or level is None:
            return ""
        at = int(depth or 0)
        counts = self._counts[abstract]
        first = int(_value(level.find(f"{_W}start")) or 1)
        counts[at] = counts.get(at, first - 1) + 1
        levels = self._levels[abstract]
        for deeper in [one for one in counts if one > at]:
            if (
                _value(levels[str(deeper)].find(f"{_W}lvlRestart")) != "0"
            ):  # 第…条 over all chapters
                del counts[deeper]
        if _value(level.find(f"{_W}numFmt")) == "bullet":
            return "- "
        shown = _value(level.find(f"{_W}lvlText")) or ""
        said = re.sub(r"%(\d)", lambda m: self._counted(abstract, int(m[1]) - 1), shown)
        return f"{said} " if said and said[-1] not in "、）)" else said

    def _counted(self, abstract: str, depth: int) -> str:
        level = self._levels[abstract].get(str(depth))
        form = _value(level.find(f"{_W}numFmt")) if level is not None else None
        number = self._counts[abstract].get(depth, 1)
        return in_chinese(number) if (form or "").startswith(_CHINESE) else _plain(number, form)


def in_chinese(number: int) -> str:
    """A number below a thousand as Chinese writes it: 12 → 十二, 105 → 一百零五."""
    if number >= 1000:
        return str(number)
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    said = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        said += ("" if tens == 1 and not hundreds else _DIGITS[tens]) + "十"
    elif hundreds and ones:
        said += "零"
    return said + (_DIGITS[ones] if ones else "") or "零"


def _plain(number: int, form: str | None) -> str:
    if form in ("lowerLetter", "upperLetter") and number <= 26:
        return chr((97 if form == "lowerLetter" else 65) + number - 1)
    if form == "decimalEnclosedCircle" and number <= 20:
        return chr(0x2460 + number - 1)
    return "" if form == "none" else str(number)


def _value(element: Any) -> str | None:
    return None if element is None else element.get(f"{_W}val")


def _words(element: Any) -> str:
    """The words of a paragraph, insertions, links and fields included, its boxes not."""
    said: list[str] = []
    for child in element:
        if child.tag in _SKIPPED:
            continue
        if child.tag == f"{_W}t":
            said.append(child.text or "")
        elif child.tag == f"{_W}tab":
            said.append(" ")
        elif child.tag in (f"{_W}br", f"{_W}cr"):
            said.append("\n")
        elif child.tag != f"{_W}pPr":
            said.append(_words(child))
    return "".join(said)


def _in_bold(paragraph: Any) -> bool:
    runs = [run for run in paragraph.iter(f"{_W}r") if _words(run).strip()]
    marks = [run.find(f"{_W}rPr/{_W}b") for run in runs]
    return bool(runs) and all(
        mark is not None and mark.get(f"{_W}val") not in ("0", "false") for mark in marks
    )


def _may_head(words: str) -> bool:
    numbered = re.match(r"[（(]?[一二三四五六七八九十]{1,3}[）)、]|[0-9]{1,2}[.、]", words)
    return bool(numbered) and len(words) <= _HEADING_MOST and not _BODY_END.search(words)
