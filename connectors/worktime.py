"""Working days and office hours: China's holidays, the weekends worked for them, the office's own.

The State Council decides each year's days off in the autumn before; ``chinesecalendar`` carries
them. Of a year it does not know yet, Monday to Friday are taken as worked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta

import chinese_calendar

from connectors.clock import CHINA, in_china

_SATURDAY = 5
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LOOK_AHEAD = 400  # days in which an office opens, or never
Shift = tuple[time, time]


class WorkCalendar:
    """``off`` and ``on`` are days the office decides otherwise than the country."""

    def __init__(self, off: Iterable[date] = (), on: Iterable[date] = ()) -> None:
        self._off = frozenset(off)
        self._on = frozenset(on)

    def is_workday(self, day: date) -> bool:
        if day in self._on or day in self._off:
            return day in self._on
        try:
            return bool(chinese_calendar.is_workday(day))
        except NotImplementedError:
            return day.weekday() < _SATURDAY

    def is_holiday(self, day: date) -> bool:
        """A public holiday, not an ordinary weekend; a day the office is closed counts as one."""
        if day in self._on or day in self._off:
            return day in self._off
        try:
            off, name = chinese_calendar.get_holiday_detail(day)
        except NotImplementedError:
            return False
        return bool(off and name)

    def deadline(self, since: datetime, days: int) -> datetime:
        """The end, in China, of the ``days``-th working day after the one ``since`` falls on."""
        day = in_china(since).date()
        while days > 0:
            day += timedelta(days=1)
            days -= self.is_workday(day)
        return datetime.combine(day, time(23, 59, 59), CHINA)


class OfficeHours:
    """When people answer: shifts by weekday, none at all meaning day and night.

    A public holiday has the hours of ``holiday`` (none given: closed), a weekend worked for one
    those of Monday.
    """

    def __init__(self, shifts: Mapping[str, list[str]], calendar: WorkCalendar) -> None:
        """``shifts``: ``{"mon-fri": ["08:30-12:00", "14:00-17:30"], "sat": ["09:00-12:00"]}``.

        Raises ``ValueError`` with what is wrong.
        """
        self._calendar = calendar
        self._always = not shifts
        self._shifts: dict[str, tuple[Shift, ...]] = {}
        for days, spans in shifts.items():
            parsed = tuple(_shift(span) for span in spans)
            for day in _days(days):
                self._shifts[day] = parsed

    def is_open(self, at: datetime) -> bool:
        """Whether somebody is there at that moment."""
        if self._always:
            return True
        local = in_china(at)
        clock = local.time().replace(tzinfo=None)
        return any(start <= clock < end for start, end in self._of(local.date()))

    def opens_next(self, at: datetime) -> datetime | None:
        """When somebody is there next; ``at`` itself while open, None if that is never."""
        if self.is_open(at):
            return at
        local = in_china(at)
        for ahead in range(_LOOK_AHEAD):
            day = local.date() + timedelta(days=ahead)
            for start, _ in sorted(self._of(day)):
                opening = datetime.combine(day, start, CHINA)
                if opening > local:
                    return opening
        return None

    def after(self, since: datetime, work: timedelta) -> datetime:
        """The moment by which so much time has been worked; hours day and night: that much later.

        An office that never opens again gets the plain time.
        """
        if self._always:
            return since + work
        local, left = in_china(since), work
        for ahead in range(_LOOK_AHEAD):
            day = local.date() + timedelta(days=ahead)
            for start, end in sorted(self._of(day)):
                begins = max(local, datetime.combine(day, start, CHINA))
                spare = datetime.combine(day, end, CHINA) - begins
                if spare >= left:
                    return begins + left
                left -= max(spare, timedelta(0))
        return since + work

    def _of(self, day: date) -> tuple[Shift, ...]:
        if self._calendar.is_holiday(day):
            return self._shifts.get("holiday", ())
        worked_weekend = day.weekday() >= _SATURDAY and self._calendar.is_workday(day)
        return self._shifts.get("mon" if worked_weekend else _DAYS[day.weekday()], ())


def _days(text: str) -> tuple[str, ...]:
    first, dash, last = text.strip().lower().partition("-")
    if text.strip().lower() == "holiday":
        return ("holiday",)
    if first not in _DAYS or (dash and last not in _DAYS):
        raise ValueError(f"{text!r} is no day: write mon, mon-fri, sat or holiday")
    start, end = _DAYS.index(first), _DAYS.index(last or first)
    if end < start:
        raise ValueError(f"{text!r} ends before it begins")
    return _DAYS[start : end + 1]


def _shift(text: str) -> Shift:
    try:
        start, end = text.split("-")
        begins = time.fromisoformat(start.strip())
        ends = time.max if end.strip() == "24:00" else time.fromisoformat(end.strip())
    except ValueError:
        raise ValueError(f"{text!r} is no shift: write 08:30-12:00") from None
    if ends <= begins:
        raise ValueError(f"{text!r} ends before it begins")
    return begins, ends
