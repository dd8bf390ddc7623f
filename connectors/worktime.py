"""Working days: China's public holidays and the weekends worked for them, and the office's own.

The State Council decides each year's days off in the autumn before; ``chinesecalendar`` carries
them. Of a year it does not know yet, Monday to Friday are taken as worked.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

import chinese_calendar

from connectors.clock import CHINA, in_china

_SATURDAY = 5


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

    def deadline(self, since: datetime, days: int) -> datetime:
        """The end, in China, of the ``days``-th working day after the one ``since`` falls on."""
        day = in_china(since).date()
        while days > 0:
            day += timedelta(days=1)
            days -= self.is_workday(day)
        return datetime.combine(day, time(23, 59, 59), CHINA)
