"""Markdown as plain words, for channels that would show its signs.

Only what the knowledge base and the bot write is treated: headings, emphasis, marks, links, images,
lists, quotes, code, rules and tables. Signs that are no markup stay: 5*8*3, file_name, #1.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_FENCE = re.compile(r"^\s*(?:```|~~~)")
_HEADING = re.compile(r"^\s{0,3}#{1,6}\s+(\S.*)$")
_RULE = re.compile(r"^\s{0,3}(?:(?:-\s*){3,}|(?:\*\s*){3,})$")
_QUOTE = re.compile(r"^\s{0,3}(?:>\s?)+")
_BULLET = re.compile(r"^(\s*)[-*+]\s+(?:\[[ xX]\]\s+)?(?=\S)")
_RULED = r"(?::?-{2,}:?|:-:?|-:)"  # a single "-" without a colon is a cell that says none
_TABLE_RULE = re.compile(rf"^\s*\|?\s*{_RULED}\s*(?:\|\s*{_RULED}\s*)*\|?\s*$")
_TABLE_ROW = re.compile(r"^\s*\|(.+)\|\s*$")

_CODE = re.compile(r"(`{1,3})(?!`)(.{1,500}?)(?<!`)\1(?!`)")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+\-.!~=|<>])")
_TARGET = r"\(<?((?:[^()\s<>]|\([^()\s]{0,100}\)){1,500})>?(?:\s+\"[^\"]{0,200}\")?\)"
_IMAGE = re.compile(r"!\[([^\]]{0,200})\]" + _TARGET)
_LINK = re.compile(r"(?<!!)\[([^\]]{1,200})\]" + _TARGET)
_AUTOLINK = re.compile(r"<((?:https?://|mailto:)[^>\s]{1,500})>")
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,15}://[!-~]+")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_PAIRS = (
    re.compile(r"(?<![A-Za-z0-9])(\*{2,3}|==)(?=[^\s*=])(.{1,500}?)(?<=[^\s*=])\1(?![A-Za-z0-9])"),
    re.compile(r"(?<!\w)(_{2,3})(?=[^\s_])(.{1,500}?)(?<=[^\s_])\1(?!\w)"),
    re.compile(r"(?<![\w*])(\*)(?=[^\s*])([^*]{1,500}?)(?<=[^\s*])\1(?![\w*])"),
    re.compile(r"(?<!\w)(_)(?=[^\s_])([^_]{1,500}?)(?<=[^\s_])\1(?!\w)"),
)


def plain(text: str) -> str:
    """The text without Markdown's signs; its words, numbers and addresses are all still there."""
    lines: list[str] = []
    fenced = False
    for line in text.split("\n"):
        if _FENCE.match(line):
            fenced = not fenced
        elif fenced:
            lines.append(line)
        elif not (_RULE.match(line) or ("|" in line and _TABLE_RULE.match(line))):
            lines.append(_line(line))
    return "\n".join(lines)


def _line(line: str) -> str:
    line = _QUOTE.sub("", line)
    if heading := _HEADING.match(line):
        line = heading[1].rstrip().rstrip("#").rstrip() or heading[1]
    line = _BULLET.sub(r"\1· ", line)
    if row := _TABLE_ROW.match(line):
        line = "  ".join(cell.strip() for cell in row[1].split("|"))
    return _spans(line)


def _spans(line: str) -> str:
    if not any(sign in line for sign in "`\\[<*_="):
        return line
    kept: list[str] = []

    def keep(words: str) -> str:
        """Sets words aside that the rules after it must not touch."""
        kept.append(words)
        return f"\x00{len(kept) - 1}\x00"

    line = line.replace("\x00", "")
    line = _CODE.sub(lambda found: keep(found[2].strip()), line)
    line = _ESCAPED.sub(lambda found: keep(found[1]), line)
    line = _IMAGE.sub(r"\1", line)
    line = _LINK.sub(lambda found: _named(found[1], found[2], keep), line)
    line = _AUTOLINK.sub(lambda found: keep(found[1].removeprefix("mailto:")), line)
    line = _ADDRESS.sub(lambda found: keep(found[0]), line)
    line = _BREAK.sub("\n", line)
    for pair in _PAIRS:
        line = pair.sub(r"\2", line)
    for number in reversed(range(len(kept))):  # what was kept later may hold what was kept earlier
        line = line.replace(f"\x00{number}\x00", kept[number])
    return line


def _named(label: str, target: str, keep: Callable[[str], str]) -> str:
    """A link as its words, and its address where that leads anywhere outside the text."""
    if not _ADDRESS.match(target) or target in label:
        return label
    return f"{label}（{keep(target)}）"
