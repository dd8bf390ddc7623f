"""Files of many entries: JSON lines, CSV and XLSX, one entry a row."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from knowledge.sources.decode import UnreadableError, read_bytes, read_text
from knowledge.sources.mapping import FieldMap, without_map
from knowledge.sources.raw import Problem, Raw

_TITLE = 40  # characters of the text that stand in for a title where the file has none


_Rows = Iterable[tuple[str, Mapping[str, Any]] | Problem]


def read_jsonl(path: Path, field_map: FieldMap | None) -> Iterator[Raw | Problem]:
    """One JSON object a line; a broken line is named and the rest goes on."""
    yield from _entries(path, _json_lines(path), field_map)


def _json_lines(path: Path) -> _Rows:
    for number, line in enumerate(io.StringIO(read_text(path)), 1):
        if not line.strip():
            continue
        where = f"{path}:{number}"
        try:
            row = json.loads(line)
        except (json.JSONDecodeError, RecursionError):
            yield Problem(where, "不是一行完整的 JSON")
            continue
        yield (where, row) if isinstance(row, dict) else Problem(where, "这一行不是 JSON 对象")


def read_json(path: Path, field_map: FieldMap | None) -> Iterator[Raw | Problem]:
    """A JSON array of objects, one object, or an object of id → object."""
    text = read_text(path)
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        if "\n{" in text.lstrip():  # JSON lines under another name
            yield from read_jsonl(path, field_map)
            return
        raise UnreadableError(f"JSON 写错了：第 {error.lineno} 行") from error
    except RecursionError as error:
        raise UnreadableError("JSON 嵌套太深") from error
    if isinstance(data, dict):
        nested = data and all(isinstance(v, dict) for v in data.values())
        items = [{"id": k, **v} for k, v in data.items()] if nested else [data]
    else:
        items = data if isinstance(data, list) else []
    rows: list[tuple[str, Mapping[str, Any]]]
    rows = [(f"{path}:[{n}]", row) for n, row in enumerate(items) if isinstance(row, dict)]
    if not rows:
        raise UnreadableError("JSON 里没有条目（应为对象的数组）")
    yield from _entries(path, rows, field_map)


def read_csv(path: Path, field_map: FieldMap | None) -> Iterator[Raw | Problem]:
    """A table with a heading line; comma, semicolon or tab separated, in any usual encoding."""
    text = read_text(path)
    head = text.split("\n", 1)[0]
    delimiter = max(",\t;", key=head.count)
    try:
        table = csv.reader(io.StringIO(text), delimiter=delimiter, strict=False)
        lines = [(table.line_num, row) for row in table]
    except csv.Error as error:
        raise UnreadableError(f"表格读不出来：{error}") from error
    yield from _table(path, lines, field_map)


def read_xlsx(path: Path, field_map: FieldMap | None) -> Iterator[Raw | Problem]:
    """Every sheet whose first row is a heading."""
    from knowledge.sources.office import sheets

    for name, lines in sheets(read_bytes(path)):
        yield from _table(path, lines, field_map, sheet=name)


def _table(
    path: Path,
    lines: list[tuple[int, list[Any]]],
    field_map: FieldMap | None,
    sheet: str = "",
) -> Iterator[Raw | Problem]:
    lines = [(n, row) for n, row in lines if any(str(c or "").strip() for c in row)]
    place = f"{path}[{sheet}]" if sheet else str(path)
    if len(lines) < 2:
        yield Problem(place, "表格是空的（需要一行表头和至少一行内容）")
        return
    head = [str(cell or "").strip() for cell in lines[0][1]]
    rows: list[tuple[str, Mapping[str, Any]]] = []
    for number, cells in lines[1:]:
        row = {key: value for key, value in zip(head, cells, strict=False) if key}
        rows.append((f"{place}:{number}", row))
    yield from _entries(path, rows, field_map)


def _entries(path: Path, rows: _Rows, field_map: FieldMap | None) -> Iterator[Raw | Problem]:
    unused: set[str] = set()
    untitled = seen = 0
    for item in rows:
        seen += 1
        if isinstance(item, Problem):
            yield item
            continue
        where, row = item
        if field_map:
            values = field_map.apply(row)
        else:
            values, unknown = without_map(row)
            unused.update(unknown)
        if not values.get("title"):
            text = str(values.get("text") or "").strip()
            values["title"] = text.split("\n")[0][:_TITLE]
            untitled += bool(text)
        if values.get("id") in (None, ""):
            # The question is the row's identity: its answer may change between versions.
            digest = hashlib.sha256(str(values["title"]).encode()).hexdigest()[:12]
            values["id"] = f"{path.stem}-{digest}"
        yield Raw(where, values)
    if unused:
        yield Problem(str(path), f"没有用到的列：{'、'.join(sorted(unused))}", taken=True)
    if untitled:
        yield Problem(str(path), f"{untitled} 条没有标题，用正文开头代替", taken=True)
    if not seen:
        yield Problem(str(path), "文件里没有条目")
