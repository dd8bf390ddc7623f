"""Whether the columns of a file can be understood, and what to pass where they can't."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from knowledge.lexicon import fact_labels
from knowledge.sources.mapping import FieldMap, built_in_maps, looked_up, named, parse_map
from knowledge.sources.nested import has_part
from knowledge.sources.values import as_text

_MOSTLY = 0.6  # of the columns of a ready-made map
_SHOWN = 15  # columns named in a message
_BODY = ("text", "sections", "document", *fact_labels())
_NAMED_BY = ("title", "questions", "text", "sections", "document", "part_of")


class NoColumnsError(Exception):
    """No column is known to hold what an entry says; the message names the map to pass."""


def check_columns(rows: Sequence[Mapping[str, Any]], field_map: FieldMap | None) -> str:
    """A remark on columns of the map that are in none of the rows, "" without.

    Raises :class:`NoColumnsError` where nothing would be taken from any row.
    """
    if field_map:
        return _check_map(rows, field_map)
    names = _names(rows)
    if any(has_part(row, part) for row in rows for part in _BODY):
        if any(has_part(row, part) for row in rows for part in _NAMED_BY):
            return ""
        raise NoColumnsError(
            f"认不出哪一列是标题（现有列：{_listed(names)}）。请用 --map 指明，例如 --map"
            " 'title=事项名称列,…'，把要收的列都写上"
        )
    raise NoColumnsError(f"认不出哪一列是答案或正文（现有列：{_listed(names)}）。{_advice(rows)}")


def _check_map(rows: Sequence[Mapping[str, Any]], field_map: FieldMap) -> str:
    missing = [
        column
        for _, columns in field_map.columns
        for column in columns
        if all(looked_up(row, column) is None for row in rows)
    ]
    names = _listed(_names(rows))
    body = [field for field, columns in field_map.columns if field in _BODY for _ in columns]
    if not any(
        field_map.apply(row).get(field) not in (None, "", []) for row in rows for field in _BODY
    ):
        why = f"映射里的列 {'、'.join(missing)} 文件里没有" if missing else "映射没有指明正文"
        hint = "" if body and missing else "，请加上 text=列名"
        raise NoColumnsError(f"{why}（现有列：{names}）{hint}")
    return f"映射里的列 {'、'.join(missing)} 文件里没有（现有列：{names}）" if missing else ""


def _advice(rows: Sequence[Mapping[str, Any]]) -> str:
    """The ready-made map most of whose columns are there; else the two columns with the longest
    values in Chinese, of which the longer is likely the answer."""
    names = _names(rows)
    for known in built_in_maps():
        columns = {column for _, wanted in parse_map(known).columns for column in wanted}
        if len(columns & set(names)) > _MOSTLY * len(columns):
            return f"这些列像是现成映射 {known} 的，请加 --map {known}"
    length = {name: _mean(_chinese(looked_up(row, name)) for row in rows) for name in names}
    texts = sorted((n for n in names if length[n] >= 2), key=lambda n: -length[n])[:2]
    if len(texts) < 2:
        return "请用 --map 指明，例如 --map 'title=问题列,text=答案列'"
    return f"请用 --map 指明，例如 --map 'title={texts[1]},text={texts[0]}'"


def _chinese(value: Any) -> int:
    return len(re.findall("[一-鿿]", str(as_text(value) or "")))


def _mean(lengths: Iterable[int]) -> float:
    found = list(lengths)
    return sum(found) / len(found)


def _names(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in named(row)))


def _listed(names: Sequence[str]) -> str:
    more = "……" if len(names) > _SHOWN else ""
    return "、".join(names[:_SHOWN]) + more
