"""A Markdown body cut at its headings."""

from __future__ import annotations

import re

_HEADING = re.compile(r"^(#{1,6})[ \t]+(.+?)[ \t]*#*$", re.M)
_FENCE = re.compile(r"^(```|~~~).*?^\1[ \t]*$", re.M | re.S)


def split_sections(text: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """(title, sections) of a Markdown body.  A first-level heading at the top is the title.

    A heading below another is shown with it ("费用：港澳居民"), for it rarely stands alone.
    """
    fenced = [match.span() for match in _FENCE.finditer(text)]
    heads = [
        m
        for m in _HEADING.finditer(text)
        if not any(start <= m.start() < end for start, end in fenced)
    ]
    title = ""
    if heads and len(heads[0][1]) == 1 and not text[: heads[0].start()].strip():
        title = heads[0][2]
    sections: list[tuple[str, str]] = []
    lead = text[: heads[0].start()] if heads else text
    if lead.strip():
        sections.append(("", lead.strip("\n")))
    above: list[tuple[int, str]] = []
    for n, head in enumerate(heads):
        level, name = len(head[1]), head[2]
        above = [pair for pair in above if pair[0] < level]
        end = heads[n + 1].start() if n + 1 < len(heads) else len(text)
        body = text[head.end() : end].strip("\n")
        is_title = n == 0 and bool(title)
        if body.strip():
            path = [other for _, other in above] + ([] if is_title else [name])
            sections.append(("：".join(path), body))
        if not is_title:
            above.append((level, name))
    return title, tuple(sections)
