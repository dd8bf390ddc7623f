"""Deadlines counted in working days."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.clock import CHINA
from connectors.worktime import OfficeHours, WorkCalendar


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


SPLIT = {"mon-fri": ["08:30-12:00", "14:00-17:30"], "sat": ["09:00-12:00"]}


@pytest.mark.parametrize(
    ("moment", "is_open", "next_open"),
    [
        ("2026-11-18T09:00", True, "2026-11-18T09:00"),
        ("2026-11-18T08:29", False, "2026-11-18T08:30"),
        ("2026-11-18T12:00", False, "2026-11-18T14:00"),  # the midday break
        ("2026-11-18T17:30", False, "2026-11-19T08:30"),
        ("2026-11-21T11:59", True, "2026-11-21T11:59"),  # a Saturday
        ("2026-11-21T12:00", False, "2026-11-23T08:30"),
        ("2026-10-01T09:00", False, "2026-10-08T08:30"),  # National Day
        ("2026-10-10T15:00", True, "2026-10-10T15:00"),  # the Saturday worked for it: a Monday's
    ],
)
def test_somebody_is_there_in_the_offices_hours(moment: str, is_open: bool, next_open: str) -> None:
    hours = OfficeHours(SPLIT, WorkCalendar())
    assert hours.is_open(at(moment)) is is_open
    assert hours.opens_next(at(moment)) == at(next_open)


def test_without_hours_somebody_is_always_there() -> None:
    assert OfficeHours({}, WorkCalendar()).is_open(at("2026-10-01T03:00"))


def test_a_holiday_may_have_hours_of_its_own_and_a_night_ends_at_24() -> None:
    hours = OfficeHours({"mon-sun": ["00:00-24:00"], "holiday": ["09:00-12:00"]}, WorkCalendar())
    assert hours.is_open(at("2026-11-18T23:59"))
    assert not hours.is_open(at("2026-10-01T13:00"))


def test_a_day_the_office_is_closed_is_a_holiday_to_it() -> None:
    closed = WorkCalendar(off=[date(2026, 11, 18)])
    assert not OfficeHours(SPLIT, closed).is_open(at("2026-11-18T09:00"))


def test_an_office_that_never_opens_says_so() -> None:
    assert OfficeHours({"mon": []}, WorkCalendar()).opens_next(at("2026-11-18T09:00")) is None


@pytest.mark.parametrize(
    "shifts",
    [
        {"monday": ["08:00-12:00"]},
        {"fri-mon": ["08:00-12:00"]},
        {"mon": ["8-12"]},
        {"mon": ["12:00-08:00"]},
        {"mon": ["08:00-25:00"]},
    ],
)
def test_hours_that_make_no_sense_are_refused(shifts: dict[str, list[str]]) -> None:
    with pytest.raises(ValueError, match=r"write|before"):
        OfficeHours(shifts, WorkCalendar())
