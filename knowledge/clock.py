"""The day in force: rules begin and end by the calendar of Beijing time."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

_ZONE = ZoneInfo("Asia/Shanghai")


def today() -> date:
    """Today where the rules are made."""
    return datetime.now(_ZONE).date()
