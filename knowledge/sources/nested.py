"""JSON of whatever shape made into rows: lists inside answers, talks, questions under a passage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from knowledge.lexicon.columns import part_named
from knowledge.sources.mapping import FieldMap

_DEEPEST = 5
_ASKS = frozenset({"user", "human", "question", "客户", "用户", "市民"})
_ANSWERS = frozenset({"assistant", "gpt", "bot", "answer", "客服", "坐席"})
_ROLE_KEYS, _SAID_KEYS = ("role", "from", "speaker"), ("content", "value", "text")
Row = Mapping[str, Any]


def rows_in(data: Any) -> list[Row]:
    """The rows of a JSON file: its list of objects or of lists, wherever it lies in it; an object
    of id → object; an object of question → answer; or the one object it is."""
    if isinstance(data, list):
        return _listed(data)
    if not isinstance(data, dict) or not data:
        return []
    if has_part(data, "text") or "sections" in data:
        return [data]
    if inner := _list_within(data):
        return _listed(inner)
    if all(isinstance(value, dict) for value in data.values()):
        return [{"id": key, **value} for key, value in data.items()]
    plain = all(isinstance(value, str) for value in data.values())
    if plain and not any(part_named(key) for key in data):
        return [{"question": key, "answer": value} for key, value in data.items()]
    return [data]


def _listed(data: list[Any]) -> list[Row]:
    if data and all(isinstance(row, list) for row in data):
        if len(data[0]) == 2 and not any(part_named(str(cell)) for cell in data[0]):
            return [dict(zip(("question", "answer"), row, strict=False)) for row in data]
        return [dict(zip(map(str, data[0]), row, strict=False)) for row in data[1:]]
    return [row for row in data if isinstance(row, dict)]


def _list_within(data: Row, depth: int = 0) -> list[Any]:
    """The longest list of objects in an envelope such as ``{"code": 0, "data": {"list": …}}``."""
    found: list[Any] = []
    for value in data.values():
        inner: list[Any] = []
        if isinstance(value, list) and any(isinstance(one, (dict, list)) for one in value):
            inner = value
        elif isinstance(value, dict) and depth < _DEEPEST:
            inner = _list_within(value, depth + 1)
        found = max(found, inner, key=len)
    return found


def unfolded(row: Row, field_map: FieldMap | None) -> Iterator[Row]:
    """The rows one object holds: itself; the questions and answers of a talk; the passages under a
    document, each with what the document says of itself and as a part of it."""
    if field_map or has_part(row, "text") or "sections" in row:
        yield _plain(row) if not field_map else row
        return
    for value in row.values():
        turns = [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
        if turns and (pairs := _pairs(turns)):
            yield from pairs
            return
    for key, value in row.items():
        parts = [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
        if any(has_part(one, "text") for one in parts):
            above = {k: v for k, v in row.items() if k != key}
            yield from (_under(above, part, n) for n, part in enumerate(parts, 1))
            return
    yield _plain(row)


def _plain(row: Row) -> Row:
    """An instruction with its input is one question; questions listed under a passage are ways to
    ask for it."""
    said = dict(row)
    if said.get("instruction") and isinstance(said.get("input"), str):
        said["instruction"] = f"{said['instruction']} {said.pop('input')}".strip()
    asked = said.pop("qas", None)
    if isinstance(asked, list):
        ways = [one.get("question") for one in asked if isinstance(one, dict)]
        said["questions"] = [way for way in ways if way]
    return said


def _under(above: Row, part: Row, number: int) -> Row:
    own = _plain(part)
    document = next((above[k] for k in above if _is(k, "id") or _is(k, "part_of")), None)
    if document is not None:
        above = {k: v for k, v in above.items() if not _is(k, "id") and not _is(k, "part_of")}
        above |= {"id": f"{document}-{number}", "part_of": document}
    told = {part_of[0] for k in own if (part_of := part_named(k))}
    return {**{k: v for k, v in above.items() if _part(k) not in told}, **own}


def _pairs(turns: Sequence[Row]) -> list[Row]:
    found: list[Row] = []
    asked = ""
    for turn in turns:
        role = next((str(turn[key]).lower() for key in _ROLE_KEYS if key in turn), "")
        said = next((turn[key] for key in _SAID_KEYS if isinstance(turn.get(key), str)), "")
        if role in _ASKS:
            asked = said
        elif role in _ANSWERS and asked and said:
            found.append({"question": asked, "answer": said})
            asked = ""
    return found


def has_part(row: Row, part: str) -> bool:
    """Whether a key of a row means this part of an entry and says something."""
    return any(_is(key, part) and row[key] not in (None, "", [], {}) for key in row)


def _is(key: str, part: str) -> bool:
    return _part(key) == part


def _part(key: str) -> str:
    known = part_named(str(key))
    return known[0] if known else str(key)
