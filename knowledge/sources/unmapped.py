"""Rows understood by the names their own columns have."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from knowledge.lexicon.columns import part_named
from knowledge.sources.nested import has_part
from knowledge.sources.raw import EntryIn, canonical

_NAME_MOST = 120  # characters of the name of a document; longer is its text
_UNITS = {"工作日": "个工作日", "个工作日": "个工作日", "天": "天", "日": "天", "元": "元"}
_UNIT = re.compile(r"[（(](?:单位\s*[：:])?\s*([^（）()]{1,4})[）)]\s*$")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
# What data sets of statutes call the law and the number of its article.
_LAW = re.compile("law(?:name|title)?|statute(?:name)?|act|(?:法律|法规)(?:名称)?")
_ARTICLE = re.compile("article(?:no|num|number|title)?|条[号款目次]?|条文号")
_NUMBERED = re.compile(r"第?\s*([零〇一二三四五六七八九十百千]+|\d{1,4})\s*(?:条|$)(之.{1,3})?")


def without_map(row: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """(what is understood of a row by its own column names, columns that are not)."""
    row = _of_a_law({str(k): v for k, v in row.items() if k})
    named = canonical(_lifted({k: _with_unit(k, v) for k, v in row.items()}))
    unknown = tuple(k for k in named if k not in EntryIn.model_fields)
    values = {k: v for k, v in named.items() if k not in unknown}
    if set(values.get("facts") or ()) == {"notes"}:  # beside an answer they are the office's own
        unknown += tuple(k for k in row if (part_named(k) or ("",))[0] == "notes")
        del values["facts"]
    rest = str(values.get("document") or "")
    if len(rest) > _NAME_MOST and not values.get("text") and not values.get("sections"):
        values["text"] = values.pop("document")  # in data sets a "document" is often all of it
    return values, unknown


def _of_a_law(row: dict[str, Any]) -> dict[str, Any]:
    """The row of one article with the law's name and the article's number as its title; any other
    as it is."""
    article = _key(row, _ARTICLE)
    number = _NUMBERED.fullmatch(str(row[article]).strip()) if article else None
    law = _key(row, _LAW)
    own = next((key for key in row if (part_named(key) or ("",))[0] == "title"), "")
    name = str(row.get(law or own) or "").strip().strip("《》")
    if number is None or not name:
        return row
    called = f"第{number[1]}条{number[2] or ''}"
    said = [name, *([] if called in name else [called]), str(row[own]) if law and own else ""]
    rest = {key: value for key, value in row.items() if key not in (article, law, own)}
    return {"kind": "statute", **rest, "title": " ".join(said), "document": name}


def _key(row: dict[str, Any], name: re.Pattern[str]) -> str:
    return next((k for k in row if name.fullmatch(re.sub(r"[\s_-]+", "", k).lower())), "")


def _lifted(row: dict[str, Any]) -> dict[str, Any]:
    """The row with what its objects say of an entry (``{"meta": {"dept": …}}``) beside the rest,
    where the row does not say so itself."""
    found = dict(row)
    for key, inside in row.items():
        if not isinstance(inside, Mapping) or key in ("facts", "sections"):
            continue
        own = part_named(key)
        known = {str(k): v for k, v in inside.items() if part_named(str(k))}
        for name, value in known.items():
            part = part_named(name)
            if not (own and part and part[0] in ("text", "title")) and not has_part(found, name):
                found.setdefault(name, value)
        if own is None and known and len(known) == len(inside):
            del found[key]
    return found


def _with_unit(name: str, value: Any) -> Any:
    """A bare number with the unit its column's name has: 承诺时限（工作日）."""
    unit = _UNIT.search(name)
    said = str(value).strip().removesuffix(".0")
    if unit and unit[1].strip() in _UNITS and _NUMBER.fullmatch(said):
        return f"{said}{_UNITS[unit[1].strip()]}"
    return value
