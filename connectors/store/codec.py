"""How JSON columns are written and read, on both databases."""

from __future__ import annotations

import json
from typing import Any

from pydantic_core import PydanticSerializationError, from_json, to_json


def dumps(value: Any) -> str:
    """Compact JSON. Chinese stays readable; what UTF-8 cannot carry (half a pair) is escaped."""
    try:
        return to_json(value).decode()
    except PydanticSerializationError:
        return json.dumps(value, separators=(",", ":"))


def loads(text: str | bytes) -> Any:
    """The value, or ``None`` when the column holds no JSON: the row's reader decides what then.

    One damaged row must not make a whole list unreadable.
    """
    try:
        return from_json(text)
    except ValueError:
        pass
    try:
        return json.loads(text)  # knows the escapes of half a pair
    except ValueError:
        return None
