"""Structured logs: one event name per thing that happens, a trace id, and no personal data.

A line below the level costs nothing. One that is written is masked once more, as the last line of
defence: mobile numbers keep 3+4 digits, ID numbers 6+4, bank cards 4, by the masking rules of
``docs/privacy.md``. Tracebacks show places in the code, never the values of variables. Until
:func:`configure` is called, warnings and errors go to standard error, so that a command's output
stays its own. A log that cannot be written (a full disk, a closed pipe) stops nobody's work.
"""

from __future__ import annotations

import logging
import re
import sys
import threading
import time
from collections.abc import Callable, MutableMapping
from functools import lru_cache
from typing import Any, Final, Literal, TextIO

import structlog

from connectors.log_lines import render_console, render_json

_ID_NUMBER = re.compile(r"(?<![0-9])([1-9]\d{5})\d{8}(\d{3}[0-9Xx])(?![0-9])")
_MOBILE = re.compile(r"(?<![0-9])(1[3-9]\d)[ -]?\d{4}[ -]?(\d{4})(?![0-9])")
_CARD = re.compile(r"(?<![0-9])(\d{4})\d{8,11}(\d{4})(?![0-9])")
# Whatever one of the three can find has this in it; most lines have not.
_SUSPECT = re.compile(r"\d(?:[ -]?\d){10}")
_OUR_ID = re.compile(r"[a-z]_[0-9a-f]{32}")
_SUSPECT_LEAST: Final = 11  # characters; no shorter text holds such a number
_SUSPECT_NUMBER: Final = 10 ** (_SUSPECT_LEAST - 1)

_CHATTY: Final = ("aiohttp.access", "chromadb", "httpx", "sqlalchemy", "rasa_sdk", "asyncio")

_LEVELS: Final = ("debug", "info", "warning", "error", "critical")
_NAMES: Final = {"exception": "error", "warn": "warning", "fatal": "critical"}  # of methods

Level = Literal["debug", "info", "warning", "error"]
Event = MutableMapping[str, Any]


def mask(text: str) -> str:
    """The text with mobile, ID and bank card numbers made unreadable."""
    if not _SUSPECT.search(text):
        return text
    text = _ID_NUMBER.sub(r"\1********\2", text)
    text = _MOBILE.sub(r"\1****\2", text)
    return _CARD.sub(r"\1********\2", text)


def _is_clean(value: object) -> bool:
    """Whether there is nothing to mask: quickly told of nearly all there is in a line."""
    if type(value) is str:
        if len(value) < _SUSPECT_LEAST or _OUR_ID.fullmatch(value):
            return True
        return not _SUSPECT.search(value)
    if value is None or type(value) is bool:
        return True
    if type(value) is int and 0 <= value < _SUSPECT_NUMBER:
        return True
    return not _SUSPECT.search(str(value))


def _masked(value: object) -> object:
    match value:
        case str():
            return value if _OUR_ID.fullmatch(value) else mask(value)
        case bool() | None | float():
            return value
        case int():
            masked = mask(str(value))
            return value if masked == str(value) else masked
        case dict():
            return {_masked(key): _masked(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_masked(item) for item in value]
        case _:
            return mask(str(value))


class _Output:
    """Where lines go, and in which form."""

    def __init__(self, form: str, stream: TextIO | None) -> None:
        self._stream = stream
        self._lock = threading.Lock()
        self._json = form == "json"

    def write(self, level: str, name: str, event: Event) -> None:
        """Completes, masks, stamps, renders and writes an event."""
        event["event"] = name
        structlog.contextvars.merge_contextvars(None, level, event)
        event["level"] = level
        if "exc_info" in event:
            event = structlog.processors.format_exc_info(None, level, event)
        for key, value in event.items():
            if not _is_clean(value):
                event[key] = _masked(value)
        event["timestamp"] = _timestamp()
        stream = self._stream or sys.stderr
        line = render_json(event) if self._json else render_console(event, stream.isatty())
        try:
            with self._lock:
                stream.write(line + "\n")
                stream.flush()
        except (OSError, ValueError):  # no room, nobody reads, closed
            pass

    def take(self, _logger: object, method: str, event: Event) -> str:
        """An event of a package that logs through structlog: the only one of the processors."""
        self.write(_NAMES.get(method, method), str(event.pop("event", "")), event)
        raise structlog.DropEvent


def _timestamp() -> str:
    """The moment in UTC, to the microsecond."""
    second, rest = divmod(time.time_ns(), 1_000_000_000)
    return f"{_to_the_second(second)}.{rest // 1000:06d}Z"


@lru_cache(maxsize=1)  # many lines fall into one second
def _to_the_second(second: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))


class _Foreign(logging.Handler):
    """Lines of the standard library's loggers, in our form."""

    def __init__(self, output: _Output) -> None:
        super().__init__()
        self._output = output

    def emit(self, record: logging.LogRecord) -> None:
        try:
            event: Event = {"logger": record.name}
            if record.exc_info:
                event["exc_info"] = record.exc_info
            self._output.write(record.levelname.lower(), record.getMessage(), event)
        except Exception:
            self.handleError(record)


class Log:
    """A module's logger. It follows the configuration, whenever that is set."""

    __slots__ = ("debug", "error", "exception", "info", "warning")

    debug: Callable[..., None]
    info: Callable[..., None]
    warning: Callable[..., None]
    error: Callable[..., None]
    exception: Callable[..., None]


_logs: dict[str, Log] = {}


def configure(level: Level = "info", form: str = "console", stream: TextIO | None = None) -> None:
    """Sets up our loggers, and the standard library's and structlog's through the same masks.

    ``form`` is ``json`` (an object a line) or ``console``; ``stream`` is where lines go, standard
    error unless told otherwise.
    """
    global _output, _level
    _output, _level = _Output(form, stream), level
    for log in _logs.values():
        _attach(log)
    # Packages that log through structlog by themselves are heard when something is wrong.
    structlog.configure(
        processors=[_output.take],
        wrapper_class=structlog.make_filtering_bound_logger("warning"),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers[:] = [_Foreign(_output)]
    root.setLevel(level.upper())
    for chatty in _CHATTY:
        logging.getLogger(chatty).setLevel(logging.WARNING)


def trace_id() -> str | None:
    """The trace of the message being worked on, which every line written now carries."""
    found = structlog.contextvars.get_contextvars().get("trace_id")
    return None if found is None else str(found)


def get(name: str) -> Log:
    """The logger of the module ``name``."""
    log = _logs.get(name)
    if log is None:
        log = _logs[name] = Log()
        _attach(log)
    return log


def _attach(log: Log) -> None:
    for method in Log.__slots__:
        setattr(log, method, _method(_output, _level, method))


def _method(output: _Output, level: Level, method: str) -> Callable[..., None]:
    name = _NAMES.get(method, method)
    if _LEVELS.index(name) < _LEVELS.index(level):
        return _unheard
    failed = method == "exception"

    def say(event: str, **fields: Any) -> None:
        if failed:
            fields.setdefault("exc_info", True)
        output.write(name, event, fields)

    return say


def _unheard(_event: str, **_fields: object) -> None:
    """A line below the level."""


_output = _Output("console", None)
_level: Level = "warning"
