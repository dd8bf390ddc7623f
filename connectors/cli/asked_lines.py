"""The lines ``huiying understand`` is given: each a text, or what is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

from connectors.clock import CHINA, SystemClock

TEXT_MOST = 20_000
"""Characters of one text."""
LINE_MOST = 1 << 20
"""Bytes of one line."""
_FORM = '{"id": "a1", "text": "…"} or the bare text'


@dataclass(frozen=True, slots=True)
class AskedLine:
    """An input line: what was asked, or what is wrong with it."""

    id: Any
    text: str
    now: datetime
    error: str | None = None


class _Unusable(ValueError):
    """The line cannot be used; the message says why and what to do. ``id``: if it was read."""

    def __init__(self, why: str, name: Any = None) -> None:
        super().__init__(why)
        self.id = name


def read_lines(source: BinaryIO) -> Iterator[AskedLine]:
    """Every line that is not blank, in order; one that cannot be used says so in its place."""
    clock = SystemClock()
    for number, raw in enumerate(_lines(source), 1):
        if not raw.strip():
            continue
        now = clock.now().astimezone(CHINA)
        try:
            yield _asked(raw, number, now)
        except _Unusable as error:
            yield AskedLine(error.id, "", now, f"line {number}: {error}")


def _asked(raw: bytes, number: int, now: datetime) -> AskedLine:
    if len(raw) > LINE_MOST:
        raise _Unusable(f"longer than {LINE_MOST} bytes; write one text a line")
    held = _held(_decoded(raw), number)
    name = held.get("id")
    if "text" not in held:
        raise _Unusable(f'has no "text"; write {_FORM}', name)
    text = held["text"]
    if not isinstance(text, str):
        raise _Unusable(f'"text" must be a string; write {_FORM}', name)
    if len(text) > TEXT_MOST:
        raise _Unusable(
            f'"text" has {len(text)} characters, at most {TEXT_MOST} are read;'
            " shorten it or send it in parts",
            name,
        )
    if given := held.get("now"):
        now = _moment(given, name)
    # Lone surrogates become "?".
    return AskedLine(name, text.encode("utf-8", "replace").decode("utf-8"), now)


def _decoded(raw: bytes) -> str:
    """UTF-8, or GB 18030 where it is not."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            line = raw.decode(encoding).strip()
        except UnicodeDecodeError:
            continue
        if not line.isprintable() and "\x00" in line:
            raise _Unusable("holds binary data; save the file as UTF-8 text, one text a line")
        return line
    raise _Unusable("is neither UTF-8 nor GB 18030; save the file as UTF-8")


def _held(line: str, number: int) -> dict[str, Any]:
    """What a line holds: an object as it is, or a bare text with the line's number as its id.

    A text is a JSON string, or whatever is no JSON at all.
    """
    try:
        held = json.loads(line)
    except RecursionError:
        raise _Unusable(f"is JSON nested too deep; write {_FORM}") from None
    except ValueError as error:
        if line.startswith("{"):
            raise _Unusable(f"is broken JSON ({error}); write {_FORM}") from None
        return {"id": number, "text": line}
    if isinstance(held, dict):
        return held
    if isinstance(held, str):
        return {"id": number, "text": held}
    if isinstance(held, int | float):
        return {"id": number, "text": line}
    kind = "list" if isinstance(held, list) else line
    raise _Unusable(f"is a JSON {kind}, not one text; write {_FORM}")


def _moment(given: Any, name: Any) -> datetime:
    """When it was written; without a zone in China's time."""
    try:
        moment = datetime.fromisoformat(given)
    except (TypeError, ValueError):
        raise _Unusable(
            '"now" must be a time as 2026-01-31T09:00:00+08:00; write it so or leave it out', name
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=CHINA)


def _lines(source: BinaryIO) -> Iterator[bytes]:
    """The lines of the input; of one without an end only so much that it shows."""
    while raw := source.readline(LINE_MOST + 1):
        yield raw
        while not raw.endswith(b"\n") and len(raw) > LINE_MOST:
            raw = source.readline(LINE_MOST + 1)
