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
from collections.abc import Callable, MutableMapping
from datetime import UTC, datetime
from typing import Any, Final, Literal, TextIO

import structlog
from structlog.typing import Processor

from connectors.log_lines import render_console, render_json

_ID_NUMBER = re.compile(r"(?<![0-9])([1-9]\d{5})\d{8}(\d{3}[0-9Xx])(?![0-9])")
_MOBILE = re.compile(r"(?<![0-9])(1[3-9]\d)[ -]?\d{4}[ -]?(\d{4})(?![0-9])")
_CARD = re.compile(r"(?<![0-9])(\d{4})\d{8,11}(\d{4})(?![0-9])")
# Whatever one of the three can find has this in it; most lines have not.
_SUSPECT = re.compile(r"\d(?:[ -]?\d){10}")
_OUR_ID = re.compile(r"[a-z]_[0-9a-f]{32}")
_SUSPECT_LEAST: Final = 11  # characters; no shorter text holds such a number

_CHATTY: Final = ("aiohttp.access", "chromadb", "httpx", "sqlalchemy", "rasa_sdk", "asyncio")

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

    def write(self, _logger: object, _method: str, event: Event) -> str:
        """Masks, stamps, renders and writes an event: the last of the processors."""
        stream = self._stream or sys.stderr
        for key, value in event.items():
            if not _is_clean(value):
                event[key] = _masked(value)
        event["timestamp"] = datetime.now(UTC).isoformat(timespec="microseconds")[:26] + "Z"
        line = self._render(event, stream)
        try:
            with self._lock:
                stream.write(line + "\n")
                stream.flush()
        except (OSError, ValueError):  # no room, nobody reads, closed
            pass
        raise structlog.DropEvent

    def _render(self, event: Event, stream: TextIO) -> str:
        return render_json(event) if self._json else render_console(event, stream.isatty())


class _Foreign(logging.Handler):
    """Lines of the standard library's loggers, in our form."""

    def __init__(self, processors: list[Processor]) -> None:
        super().__init__()
        self._processors = processors

    def emit(self, record: logging.LogRecord) -> None:
        try:
            event: Any = {"event": record.getMessage(), "logger": record.name}
            if record.exc_info:
                event["exc_info"] = record.exc_info
            for processor in self._processors:
                event = processor(None, record.levelname.lower(), event)
        except structlog.DropEvent:
            pass
        except Exception:
            self.handleError(record)


class Log:
    """A module's logger. It follows the configuration, whenever that is set."""

    __slots__ = ("debug", "error", "exception", "info", "warning")

    debug: Callable[..., Any]
    info: Callable[..., Any]
    warning: Callable[..., Any]
    error: Callable[..., Any]
    exception: Callable[..., Any]


_logs: dict[str, Log] = {}


def configure(level: Level = "info", form: str = "console", stream: TextIO | None = None) -> None:
    """Sets up our loggers, and the standard library's and structlog's through the same masks.

    ``form`` is ``json`` (an object a line) or ``console``; ``stream`` is where lines go, standard
    error unless told otherwise.
    """
    global _bound
    processors = _processors(form, stream)
    _bound = _bind(level, processors)
    for log in _logs.values():
        _attach(log)
    # Packages that log through structlog by themselves are heard when something is wrong.
    structlog.configure(
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger("warning"),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers[:] = [_Foreign(processors)]
    root.setLevel(level.upper())
    for chatty in _CHATTY:
        logging.getLogger(chatty).setLevel(logging.WARNING)


def get(name: str) -> Log:
    """The logger of the module ``name``."""
    log = _logs.get(name)
    if log is None:
        log = _logs[name] = Log()
        _attach(log)
    return log


def _processors(form: str, stream: TextIO | None) -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.format_exc_info,
        _Output(form, stream).write,
    ]


def _bind(level: str, processors: list[Processor]) -> structlog.typing.FilteringBoundLogger:
    kind = structlog.make_filtering_bound_logger(level)
    bound: structlog.typing.FilteringBoundLogger = structlog.wrap_logger(
        None, processors=processors, wrapper_class=kind, cache_logger_on_first_use=True
    ).bind()
    return bound


def _attach(log: Log) -> None:
    for method in Log.__slots__:
        setattr(log, method, getattr(_bound, method))


_bound = _bind("warning", _processors("console", None))
