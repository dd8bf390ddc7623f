"""Moments as the embedded store writes them: texts that sort as they do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from connectors.store.types import Moment

_DIALECT = sqlite.dialect()
_write: Any = Moment().bind_processor(_DIALECT)
_read: Any = Moment().result_processor(_DIALECT, None)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_zones = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
_moments = st.builds(
    lambda since, zone: (_EPOCH + since).astimezone(zone),
    st.timedeltas(timedelta(days=-1_969 * 365), timedelta(days=8_000 * 365)),
    st.just(UTC) | _zones,
)


@given(_moments)
def test_comes_back_as_the_same_moment_in_utc(moment: datetime) -> None:
    read = _read(_write(moment))
    assert read == moment
    assert read.tzinfo is UTC


@given(_moments)
def test_is_written_as_sqlalchemy_would(moment: datetime) -> None:
    theirs = sqlite.DATETIME().bind_processor(_DIALECT)  # type: ignore[no-untyped-call]
    assert theirs is not None
    assert _write(moment) == theirs(moment.astimezone(UTC))


@given(_moments, _moments)
def test_sorts_as_the_moments_do(one: datetime, other: datetime) -> None:
    assert (_write(one) < _write(other)) is (one < other)


def test_a_moment_without_its_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        _write(_EPOCH.replace(tzinfo=None))
