"""How JSON columns are written and read, on both databases."""

from __future__ import annotations

import json
from typing import Any

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def dumps(value: Any) -> str:
    """Compact JSON. Chinese stays readable; what UTF-8 cannot carry (half a pair) is escaped."""
    text = _encode(value)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":"))
    return text


def loads(text: str | bytes) -> Any:
    """The value, or ``None`` when the column holds no JSON: the row's reader decides what then.

    One damaged row must not make a whole list unreadable.
    """
    try:
        return json.loads(text)
    except ValueError:
        return None
