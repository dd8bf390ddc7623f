"""Days as documents and spreadsheets write them: 2024-01-31, 二〇二四年七月一日, 45474, 长期."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone
from typing import Any

_DAY = r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)\s*日?"
_DATE = re.compile(_DAY)
_EIGHT = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)(?!\d)")
_DIGITS = str.maketrans(
    "〇零○Ｏ一二三四五六七八九０１２３４５６７８９", "0000123456789" + "0123456789"
)
_CHINESE = re.compile(
    r"[二一][〇零○Ｏ一二三四五六七八九]{3}年[一二三四五六七八九十]{1,3}月[一二三四五六七八九十廿]{1,3}日"
)
_OPEN = frozenset(
    {"", "-", "—", "/", "无", "暂无", "长期", "长期有效", "永久", "至今", "null", "none"}
)
_DAY_NOUGHT = date(1899, 12, 30)
_CHINA = timezone(timedelta(hours=8))


def with_plain_digits(text: str) -> str:
    """Dates in Chinese numerals (二〇二四年七月一日) as dates in digits, all else as it was."""
    return _CHINESE.sub(lambda m: _in_digits(m[0]), text)


def _in_digits(said: str) -> str:
    year, rest = said.split("年")
    month, day = rest.removesuffix("日").split("月")
    return f"{year.translate(_DIGITS)}年{_number(month)}月{_number(day)}日"


def _number(said: str) -> int:
    tens, ten, ones = said.replace("廿", "二十").partition("十")
    if not ten:
        return int(said.translate(_DIGITS))
    return (int(tens.translate(_DIGITS)) if tens else 1) * 10 + int(ones.translate(_DIGITS) or 0)


def as_day(value: Any) -> Any:
    """A day; what is open ("长期") is ``None``.  Raises :class:`ValueError` in editors' words."""
    if value is None or value in ([], ()):
        return None
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    said = with_plain_digits(str(value).strip())
    if said.lower() in _OPEN:
        return None
    if day := _counted_day(said):
        return day
    match = _DATE.match(said) or _EIGHT.match(said)
    if not match:
        raise ValueError(f"日期看不懂：{value}（请写成 2024-01-31）")
    try:
        return date(*map(int, match.groups()))
    except ValueError as error:
        raise ValueError(f"没有这一天：{value}") from error


def _counted_day(said: str) -> date | None:
    """The day a number means as spreadsheets (days since 1900) and computers (milliseconds) count;
    ``None`` for what is no such number."""
    number = said.removesuffix(".0")
    if re.fullmatch(r"[3-7]\d{4}", number):
        return _DAY_NOUGHT + timedelta(days=int(number))
    if re.fullmatch(r"1\d{12}", number):
        return datetime.fromtimestamp(int(number) / 1000, _CHINA).date()
    return None


def after_years(first: date, years: int) -> date:
    """The last day of a validity of so many years that begins on ``first``."""
    try:
        return first.replace(year=first.year + years) - timedelta(days=1)
    except ValueError:  # the 29th of February
        return date(first.year + years, 2, 28)
