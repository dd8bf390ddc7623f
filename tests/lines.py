"""The log as a test reads it."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from connectors import logs
from tests.conftest import _stream


class _Heard(io.TextIOBase):
    def __init__(self) -> None:
        self.lines: list[dict[str, Any]] = []

    def write(self, text: str) -> int:
        self.lines.append(json.loads(text))
        return _stream.write(text)

    def flush(self) -> None:
        _stream.flush()


@contextmanager
def heard() -> Iterator[list[dict[str, Any]]]:
    """The lines written meanwhile, as objects; they go where they went before, too."""
    stream = _Heard()
    logs.configure("debug", "json", stream)
    try:
        yield stream.lines
    finally:
        logs.configure("debug", "json", _stream)
