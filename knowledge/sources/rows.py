"""Files of many entries: JSON lines, CSV and XLSX, one entry a row."""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

from knowledge.sources.columns import NoColumnsError, check_columns
from knowledge.sources.decode import UnreadableError, read_bytes, read_text
from knowledge.sources.delimited import rows_of
from knowledge.sources.listing import is_listing, listing
from knowledge.sources.mapping import FieldMap
from knowledge.sources.nested import rows_in, unfolded
from knowledge.sources.official import region_of_office, taken_for
from knowledge.sources.paths import id_of, said
from knowledge.sources.raw import Problem, Raw
from knowledge.sources.table import place_above, table_of
from knowledge.sources.unmapped import without_map
from knowledge.sources.values import as_lines, as_text

_TITLE = 40  # characters of the text that stand in for a title where the file has none
_LISTS = ("materials", "process", "condition")  # what has a row each where an item has several
_LOOK = 200  # rows by which the columns of a file are judged
# Half a character as JSON escapes it, without its other half.
_HALVES = re.compile(
    r"(?<!\\)\\ud[89ab][0-9a-f]{2}(?!\\ud[c-f])|(?<!\\ud[89ab][0-9a-f]{2})(?<!\\)\\ud[c-f][0-9a-f]{2}",
    re.I,
)


_Rows = Iterable[tuple[str, Mapping[str, Any]] | Problem]


def read_jsonl(path: Path, field_map: FieldMap | None) -> Iterator[Raw | Problem]:
    """One JSON object a line; a broken line is named and the rest goes on."""
    yield from _entries(path, _json_lines(path), field_map)


def _json_lines(path: Path) -> _Rows:
    for number, line in enumerate(io.StringIO(read_text(path)), 1):
        if not line.strip():
            continue
        where = f"{said(path)}:{number}"
        try:
            row = _loaded(line)
        except (json.JSONDecodeError, RecursionError):
            yield Problem(where, "不是一行完整的 JSON")
            continue
        if isinstance(row, list) and len(row) == 2 and all(isinstance(one, str) for one in row):
            row = {"question": row[0], "answer": row[1]}
        yield (where, row) if isinstance(row, dict) else Problem(where, "这一行不是 JSON 对象")


def _loaded(text: str) -> Any:
    """JSON, with what is no number (NaN) as nothing and no half characters."""
    return json.loads(_HALVES.sub("", text), parse_constant=lambda _: None)


def read_json(path: Path, field_map: FieldMap | None) -> Iterator[Raw | Problem]:
    """Objects in whatever way a file holds them (:func:`~knowledge.sources.nested.rows_in`)."""
    text = read_text(path)
    try:
        data = _loaded(text)
    except json.JSONDecodeError as error:
        if "\n{" in text.lstrip():  # JSON lines under another name
            yield from read_jsonl(path, field_map)
            return
        raise UnreadableError(f"JSON 写错了：第 {error.lineno} 行") from error
    except RecursionError as error:
        raise UnreadableError("JSON 嵌套太深") from error
    rows = [(f"{said(path)}:[{n}]", row) for n, row in enumerate(rows_in(data))]
    if not rows:
        raise UnreadableError("JSON 里没有条目（应为对象的数组）")
    yield from _entries(path, rows, field_map)


def read_csv(path: Path, field_map: FieldMap | None) -> Iterator[Raw | Problem]:
    """A table with a heading line; comma, semicolon or tab separated, in any usual encoding."""
    lines, broken = rows_of(read_text(path))
    for number in broken:
        yield Problem(f"{said(path)}:{number}", "引号没有配对，这一行没有收；请补上或删去引号")
    yield from _table(path, lines, field_map)


def read_xlsx(path: Path, field_map: FieldMap | None) -> Iterator[Raw | Problem]:
    """Every sheet that has a heading row; sheets without are named, and left out."""
    from knowledge.sources.office import sheets

    found = False
    others: list[Problem] = []
    for name, lines, uncounted in sheets(read_bytes(path)):
        if lines is None:
            others.append(
                Problem(f"{said(path)}[{name}]", "隐藏的工作表，没有收；要收请先取消隐藏")
            )
            continue
        if uncounted:
            some = f"{uncounted} 格是公式，没有存下结果，当作空白；请用 Excel 或 WPS 保存一次"
            yield Problem(f"{said(path)}[{name}]", some, taken=True)
        for item in _table(path, lines, field_map, sheet=name):
            if isinstance(item, Raw):
                found = True
            if isinstance(item, Problem) and "[" in item.where and item.where.endswith("]"):
                others.append(item)  # about the sheet as a whole
            else:
                yield item
    # A cover sheet beside sheets of entries is no mistake.
    yield from (Problem(one.where, one.reason, taken=found) for one in others)
    if not found and not others:
        yield Problem(said(path), "工作簿是空的")


def _table(
    path: Path,
    lines: list[tuple[int, list[Any]]],
    field_map: FieldMap | None,
    sheet: str = "",
) -> Iterator[Raw | Problem]:
    place = f"{said(path)}[{sheet}]" if sheet else said(path)
    found, wider = table_of(lines, field_map)
    if wider:
        some = "、".join(map(str, wider[:5])) + ("……" if len(wider) > 5 else "")
        doubt = f"{len(wider)} 行比表头宽（第 {some} 行），多出的格没有收；内容里的逗号要用引号括住"
        yield Problem(place, doubt, taken=True)
    if not found:
        yield Problem(place, "表格是空的（需要一行表头和至少一行内容）")
        return
    if field_map is None and is_listing([row for _, row in found]):
        yield from listing(path, lines, place, sheet)
        return
    rows = [(f"{place}:{n}", row) for n, row in found]
    yield from _entries(path, rows, field_map, place, *place_above(lines, found))


def _entries(
    path: Path,
    rows: _Rows,
    field_map: FieldMap | None,
    place: str = "",
    title: str = "",
    region: str = "",
) -> Iterator[Raw | Problem]:
    """``region``: whose the rows are by the ``title`` above them, where they do not say."""
    place = place or said(path)
    looked: list[tuple[str, Mapping[str, Any]] | Problem] = []
    waiting = iter(rows)
    for item in waiting:
        looked.append(item)
        if len(looked) >= _LOOK:
            break
    if not looked:
        yield Problem(place, "文件里没有条目")
        return
    sample = [
        row for item in looked if isinstance(item, tuple) for row in unfolded(item[1], field_map)
    ]
    try:
        odd = check_columns(sample, field_map) if sample else ""
    except NoColumnsError as error:
        yield from (item for item in looked if isinstance(item, Problem))
        yield Problem(place, str(error))
        return
    if odd:
        yield Problem(place, odd, taken=True)
    taken = _Taken(path, field_map, region)
    made = (raw for item in chain(looked, waiting) for raw in taken.of(item))
    yield from joined(made, f"{id_of(path)}-")
    yield from taken.remarks(place, title)


def joined(rows: Iterable[Raw | Problem], made: str) -> Iterator[Raw | Problem]:
    """Rows of a table of service items in which an item goes over several, each with one more of
    its materials or steps and the rest the same, as one; ids that begin as ``made`` are ours."""
    last: Raw | None = None
    for item in rows:
        both = _as_one(last, item, made) if last and isinstance(item, Raw) else None
        if both is not None:
            last = both
            continue
        if isinstance(item, Raw):
            if last is not None:
                yield last
            last = item
        else:
            yield item
    if last is not None:
        yield last


def _as_one(one: Raw, other: Raw, made: str) -> Raw | None:
    a, b = dict(one.values), dict(other.values)
    first, further = a.pop("facts", None), b.pop("facts", None)
    if not all(str(row.pop("id", "")).startswith(made) for row in (a, b)):
        return None
    if a != b or a.get("text") or not isinstance(first, dict) or not isinstance(further, dict):
        return None
    differ = [key for key in {**first, **further} if first.get(key) != further.get(key)]
    shared = [key for key in first if key not in differ and key in further]
    if len(differ) != 1 or differ[0] not in _LISTS or not (shared or a.get("issuer")):
        return None
    values = [said for row in (first, further) for said in _several(row.get(differ[0]))]
    return Raw(one.where, {**one.values, "facts": {**first, differ[0]: values}})


def _several(said: Any) -> list[Any]:
    return [one for one in (said if isinstance(said, list) else [said]) if one not in (None, "")]


class _Taken:
    """What was made of a file's rows so far: which ids were given, which columns left unused."""

    def __init__(self, path: Path, field_map: FieldMap | None, region: str = "") -> None:
        self._path = path
        self._region = region
        self._placed = False
        self._map = field_map
        self._unused: set[str] = set()
        self._untitled = 0
        self._repeated = 0
        self._given: dict[str, dict[str, str]] = {}
        self._documents: dict[str, str] = {}  # the title first given of each

    def of(self, item: tuple[str, Mapping[str, Any]] | Problem) -> Iterator[Raw | Problem]:
        if isinstance(item, Problem):
            yield item
            return
        where, row = item
        for part in unfolded(row, self._map):
            values = self._values(part)
            asked = as_lines(values.get("questions"))
            title = as_text(values.get("title")) or (asked[0] if asked else "")
            text = str(as_text(values.get("text")) or "").strip()
            document = as_text(values.get("part_of"))
            own = values.get("id") not in (None, "")
            if not title and document and not own:
                title = self._documents.get(document, "")
            if not title:
                title = text.split("\n")[0][:_TITLE]
                self._untitled += bool(text)
            values["title"] = title
            if not own and document:
                values["id"] = self._piece(str(document), str(title))
            elif not own and (title or text):
                made = self._id(str(title), text, values)
                if made is None:
                    self._repeated += 1
                    continue
                values["id"] = made
            if not title and not text and not values.get("facts"):
                yield Problem(where, "这一行没有标题也没有正文，没有收")
                continue
            office = region_of_office(str(as_text(values.get("issuer")) or ""))
            if self._region and values.get("region") in (None, "") and not office:
                values["region"] = self._region
                self._placed = True
            yield Raw(where, values)

    def remarks(self, place: str, title: str) -> Iterator[Problem]:
        if self._placed:
            yield Problem(place, taken_for(self._region, "表格上方的标题", title), taken=True)
        if self._unused:
            yield Problem(place, f"没有用到的列：{'、'.join(sorted(self._unused))}", taken=True)
        if self._untitled:
            yield Problem(place, f"{self._untitled} 条没有标题，用正文开头代替", taken=True)
        if self._repeated:
            yield Problem(place, f"{self._repeated} 行和前面的一字不差，没有再收", taken=True)

    def _values(self, row: Mapping[str, Any]) -> dict[str, Any]:
        if self._map:
            return self._map.apply(row)
        values, unknown = without_map(row)
        self._unused.update(unknown)
        return values

    def _piece(self, document: str, title: str) -> str:
        """The id of a row that says only of which document it is: the document's, for the title the
        document was first given; rows that share both are pieces of one entry."""
        first = self._documents.setdefault(document, title)
        return document if title == first else f"{document}-{_digest(title)}"

    def _id(self, title: str, text: str, values: Mapping[str, Any]) -> str | None:
        """The question is the row's identity: its answer may change between versions.  Where one
        question has two answers, or two offices have an item of one name, that is part of the
        second's id; ``None`` for the same row again."""
        own = _digest(title)
        whose = [str(values[key]) for key in ("issuer", "region") if values.get(key)]
        facts = json.dumps(values.get("facts") or {}, ensure_ascii=False, default=str)
        seen = self._given.setdefault(own, {})
        words = _digest(text, *whose, facts)
        if words in seen:
            return None
        further = _digest(title, text, *whose) if seen else own
        if further in seen.values():
            further = _digest(title, text, *whose, facts)
        seen[words] = further
        return f"{id_of(self._path)}-{further}"


def _digest(*said: str) -> str:
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:12]
