"""Markdown with front matter: the form the shipped corpus has and editors write."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from knowledge.sources.decode import UnreadableError, read_text
from knowledge.sources.document import entry_of_document
from knowledge.sources.paths import id_of, said
from knowledge.sources.raw import Problem, Raw, canonical
from knowledge.yaml_file import SAFE_LOADER

_FRONT = re.compile(r"\A\ufeff?---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.S)


class _Loader(SAFE_LOADER):  # type: ignore[misc, valid-type]
    """Safe YAML in which scalars stay as written: 000000 is a region, not the number zero."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in resolvers if tag.rsplit(":", 1)[1] in ("bool", "null")]
    for first, resolvers in SAFE_LOADER.yaml_implicit_resolvers.items()
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
        values = canonical({str(k): v for k, v in loaded.items()})
        text = text[front.end() :]
    yield from entry_of_document(text, id_of(path), said(path), values)
