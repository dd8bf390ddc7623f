"""Markdown with front matter: the form the shipped corpus has and editors write."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from knowledge.sources.decode import UnreadableError, read_text
from knowledge.sources.raw import Problem, Raw
from knowledge.sources.statute import articles_of

_FRONT = re.compile(r"\A\ufeff?---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.S)
_HEADING = re.compile(r"^(#{1,6})[ \t]+(.+?)[ \t]*#*$", re.M)
_FENCE = re.compile(r"^(```|~~~).*?^\1[ \t]*$", re.M | re.S)
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_LOADER):  # type: ignore[misc, valid-type]
    """Safe YAML in which scalars stay as written: 000000 is a region, not the number zero."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in resolvers if tag.rsplit(":", 1)[1] in ("bool", "null")]
    for first, resolvers in _LOADER.yaml_implicit_resolvers.items()
}


def read_markdown(path: Path) -> Iterator[Raw | Problem]:
    """One entry; front matter gives its fields, headings its sections."""
    text = read_text(path)
    front = _FRONT.match(text)
    values: dict[str, Any] = {}
    if front:
        try:
            loaded = yaml.load(front[1], Loader=_Loader)  # noqa: S506 a safe loader
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = f"第 {mark.line + 2} 行" if mark else ""
            raise UnreadableError(f"文件头（front matter）写错了{line}") from error
        if not isinstance(loaded, dict):
            raise UnreadableError("文件头（front matter）应当是“字段: 值”")
        values = {str(k): v for k, v in loaded.items()}
        text = text[front.end() :]
    title, sections = split_sections(text)
    values.setdefault("id", path.stem)
    if title and not values.get("title"):
        values["title"] = title
    values.setdefault("title", path.stem)
    statute = articles_of(text) if values.get("kind") in (None, "", "statute") else ()
    if statute:
        values["kind"] = "statute"
        sections = statute
    values["sections"] = sections
    yield Raw(str(path), values)


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
