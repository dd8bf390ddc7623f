"""Column types that mean the same on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import JSON, DateTime, TypeDecorator
from sqlalchemy.engine import Dialect

# A value of JSON, or NULL for None: never the JSON word "null".
Json = JSON(none_as_null=True)


class Moment(TypeDecorator[datetime]):
    """A moment in time: aware in Python, UTC in the store. Naive moments are refused.

    On SQLite the processors are our own: the same text SQLAlchemy would write, six times as fast,
    and every message has three moments.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else _utc(value)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def bind_processor(self, dialect: Dialect) -> Any:
        return _to_text if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        if dialect.name == "sqlite":
            return _from_text
        return super().result_processor(dialect, coltype)


def _utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return value.astimezone(UTC)


def _to_text(value: datetime | None) -> str | None:
    """``2026-03-02 04:00:00.000000``, always in this length, so that texts sort as moments do."""
    if value is None:
        return None
    at = value if value.tzinfo is UTC else _utc(value)
    second = _to_the_second(at.year, at.month, at.day, at.hour, at.minute, at.second)
    return f"{second}.{at.microsecond:06d}"


@lru_cache(maxsize=256)  # what is written in a while falls into few seconds
def _to_the_second(year: int, month: int, day: int, hour: int, minute: int, second: int) -> str:
    return f"{year:04d}-{month:02d}-{day:02d} {hour:02d}:{minute:02d}:{second:02d}"


def _from_text(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value).replace(tzinfo=UTC)
