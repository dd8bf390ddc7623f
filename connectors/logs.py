"""Structured logs: one event name per thing that happens, a trace id, and no personal data.

Whatever reaches a log line is masked here once more, as the last line of defence: mobile numbers
keep 3+4 digits, ID numbers 6+4, bank cards 4, by the masking rules of ``docs/privacy.md``.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

_ID_NUMBER = re.compile(r"(?<![0-9])([1-9]\d{5})\d{8}(\d{3}[0-9Xx])(?![0-9])")
_MOBILE = re.compile(r"(?<![0-9])(1[3-9]\d)[ -]?\d{4}[ -]?(\d{4})(?![0-9])")
_CARD = re.compile(r"(?<![0-9])(\d{4})\d{8,11}(\d{4})(?![0-9])")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def mask(text: str) -> str:
    """The text with mobile, ID and bank card numbers made unreadable."""
    text = _ID_NUMBER.sub(r"\1********\2", text)
    text = _MOBILE.sub(r"\1****\2", text)
    return _CARD.sub(r"\1********\2", text)


def _mask_value(value: object) -> object:
    match value:
        case str():
            return _CONTROL.sub(" ", mask(value))
        case dict():
            return {key: _mask_value(item) for key, item in value.items()}
        case list() | tuple():
            return [_mask_value(item) for item in value]
        case _:
            return value


def _mask_event(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    for key, value in event.items():
        event[key] = _mask_value(value)
    return event


def configure(level: str = "info", form: str = "console", stream: TextIO | None = None) -> None:
    """Sets up structlog and routes the standard library's loggers through the same masks.

    ``stream`` is where lines go, standard error unless told otherwise.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        _mask_event,
    ]
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for chatty in ("aiohttp.access", "chromadb", "httpx", "sqlalchemy", "rasa_sdk", "asyncio"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def get(name: str) -> structlog.stdlib.BoundLogger:
    logger: structlog.stdlib.BoundLogger = structlog.get_logger(name)
    return logger
