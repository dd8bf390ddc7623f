"""Deadlines counted in working days."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.clock import CHINA
from connectors.worktime import WorkCalendar


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


@pytest.mark.parametrize(
    ("since", "days", "day"),
    [
        ("2026-11-18T09:00", 1, "2026-11-19"),  # a Wednesday
        ("2026-11-20T17:59", 1, "2026-11-23"),  # a Friday: the weekend does not count
        ("2026-11-21T09:00", 1, "2026-11-23"),  # filed on a Saturday
        ("2026-09-30T09:00", 1, "2026-10-08"),  # National Day, 1 to 7 October
        ("2026-10-09T09:00", 1, "2026-10-10"),  # the Saturday worked for it
        ("2026-11-18T09:00", 0, "2026-11-18"),
    ],
)
def test_a_deadline_falls_on_a_working_day(since: str, days: int, day: str) -> None:
    due = WorkCalendar().deadline(at(since), days)
    assert due.date() == date.fromisoformat(day)
    assert (due.hour, due.minute) == (23, 59)


def test_the_office_may_decide_otherwise() -> None:
    friday, saturday = date(2026, 11, 20), date(2026, 11, 21)
    own = WorkCalendar(off=[friday], on=[saturday])
    assert own.deadline(at("2026-11-19T09:00"), 1).date() == saturday


def test_a_year_not_announced_yet_has_its_weekends() -> None:
    assert WorkCalendar().deadline(at("2093-01-02T09:00"), 1).date() == date(2093, 1, 5)


def test_the_day_is_chinas() -> None:
    late = datetime.fromisoformat("2026-11-18T17:00:00+00:00")  # already Thursday in China
    assert WorkCalendar().deadline(late, 1).date() == date(2026, 11, 20)


@given(st.dates(date(2015, 1, 1), date(2040, 1, 1)), st.times(), st.integers(1, 60))
def test_one_more_day_is_always_later(day: date, clock: time, days: int) -> None:
    calendar, since = WorkCalendar(), datetime.combine(day, clock, CHINA)
    due = calendar.deadline(since, days)
    assert calendar.is_workday(due.date())
    assert since + timedelta(days=days - 1) < due < calendar.deadline(since, days + 1)
