"""A Markdown body cut at its headings."""

from __future__ import annotations

import re

_HEADING = re.compile(r"^(#{1,6})[ \t]+(.+?)[ \t]*#*$", re.M)
# A heading that says something by itself: numbered, or a sentence.
_TELLING = re.compile(
    r"^(?:[（(]?[一二三四五六七八九十]+[）)、]|[（(]?\d+[）)、.．])|[，。；：！？\d]|.{13}"
)
_FENCE = re.compile(r"^(```|~~~).*?^\1[ \t]*$", re.M | re.S)


def split_sections(text: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """(title, sections) of a Markdown body.  A first-level heading at the top is the title.

    A heading below another is shown with it ("费用：港澳居民"), for it rarely stands alone.  Below
    which nothing stands, it is an item of the text above ("二、户口簿"), not a heading.
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
        parted = n + 1 < len(heads) and len(heads[n + 1][1]) > level
        if not (body.strip() or parted or is_title) and _TELLING.search(name):
            under = "：".join(other for _, other in above)
            if sections and sections[-1][0] == under:
                sections[-1] = (under, f"{sections[-1][1]}\n{name}")
            else:
                sections.append((under, name))
            continue
        if body.strip():
            path = [other for _, other in above] + ([] if is_title else [name])
            sections.append(("：".join(path), body))
        if not is_title:
            above.append((level, name))
    return title, tuple(sections)
