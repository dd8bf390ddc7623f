"""The two forms of a log line: an object for collectors, words for people."""

from __future__ import annotations

import json
import re
from collections.abc import MutableMapping
from typing import Any

from pydantic_core import PydanticSerializationError, to_json

_PLAIN = re.compile(r"[^\s\"'=\\]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# pydantic quotes what it was given, which may be what a person said.
_QUOTED_INPUT = re.compile(r"input_value=.*?, input_type=", re.DOTALL)
_COLOURS = {"debug": "2", "info": "32", "warning": "33", "error": "31", "critical": "31"}


def render_json(event: MutableMapping[str, Any]) -> str:
    """One object on one line, whatever the values are."""
    if "exception" in event:
        event = {**event, "exception": without_values(event["exception"])}
    try:
        return to_json(event, fallback=str).decode()
    except (PydanticSerializationError, ValueError):  # half a surrogate pair
        return json.dumps(event, default=str)


def render_console(event: MutableMapping[str, Any], colours: bool) -> str:
    """Time, level, event, and the rest as ``key=value``; a traceback follows on its own lines."""
    rest = dict(event)
    time, level = str(rest.pop("timestamp", "")), str(rest.pop("level", ""))
    name = str(rest.pop("event", ""))
    traceback = rest.pop("exception", None)
    shown = f"{level:<7}"
    if colours:
        shown = f"\x1b[{_COLOURS.get(level, '0')}m{shown}\x1b[0m"
    # A line break within a value would let whoever wrote it forge a line.
    name = name if name.isprintable() else repr(name)[1:-1]
    words = [time[:19], shown, name, *(f"{_word(key)}={_word(rest[key])}" for key in rest)]
    line = " ".join(words).encode("utf-8", "backslashreplace").decode()
    if traceback is None:
        return line
    indented = _CONTROL.sub(" ", without_values(str(traceback))).replace("\n", "\n    ")
    return f"{line}\n    {indented}".encode("utf-8", "backslashreplace").decode()


def without_values(traceback: str) -> str:
    """A traceback without the values pydantic quotes."""
    return _QUOTED_INPUT.sub("input_value=…, input_type=", traceback)


def _word(value: object) -> str:
    text = str(value)
    return text if text.isprintable() and _PLAIN.fullmatch(text) else repr(text)
