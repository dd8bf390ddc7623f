"""The Markdown of the repository: its code, its links, its headings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.structure.source import ROOT, repository_files

_FENCE = re.compile(r"^(```+|~~~+)[^\n]*\n(.*?)^\1[ \t]*$", re.M | re.S)
_INLINE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#{1,6} +(.+?) *$", re.M)


@dataclass(frozen=True, slots=True)
class Page:
    """A Markdown file. ``prose``: its text without what stands in fences."""

    path: Path
    text: str

    @property
    def name(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @property
    def prose(self) -> str:
        return _FENCE.sub("", self.text)

    def fences(self) -> list[str]:
        return [found[2] for found in _FENCE.finditer(self.text)]

    def inline_code(self) -> list[str]:
        return _INLINE.findall(self.prose)

    def code_lines(self) -> Iterator[str]:
        """Every line of code, in fences and between backticks."""
        for fence in self.fences():
            yield from fence.splitlines()
        yield from self.inline_code()

    def links(self) -> list[str]:
        return _LINK.findall(_INLINE.sub("", self.prose))

    def anchors(self) -> frozenset[str]:
        """What ``#…`` may follow a link to this page, as GitHub makes it from headings."""
        return frozenset(_anchor(heading) for heading in _HEADING.findall(self.prose))


def _anchor(heading: str) -> str:
    words = re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
    return re.sub(r"[^\w\- ]", "", words).strip().replace(" ", "-")


@cache
def pages() -> tuple[Page, ...]:
    """Every page but the entries of the knowledge base, which are data."""
    return tuple(
        Page(file, file.read_text(encoding="utf-8"))
        for file in repository_files()
        if file.suffix == ".md" and "knowledge/corpus/national" not in file.as_posix()
    )
