"""The days a question asks about where it asks about the past: 去年, 2023年5月, 三年前, 上个月."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from knowledge.lexicon import lexicon

_YEAR = re.compile(r"(?<!\d)(20[0-4]\d) ?年(?: ?(\d{1,2}) ?月)?")
_YEARS_AGO = re.compile(
    r"(?<![\d一二两三四五六七八九十])(\d|[一二两三四五六七八九十]) ?年(?:以|之)?前"
)
_YEARS = {"去年": 1, "上一年": 1, "上年度": 1, "前年": 2, "大前年": 3}
_YEAR_WORD = re.compile("大前年|上一年|上年度|去年|(?<!以)(?<!之)前年")
_LAST_MONTH = re.compile("上个?月(?!底前)")
_DAYS = {"昨天": 1, "前天": 2, "大前天": 3}
_DAY_WORD = re.compile("大前天|昨天|前天")
_DIGITS = "〇一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class Days:
    """From the first to the last day meant, both included."""

    first: date
    last: date


def past_asked(folded: str, today: date) -> Days | None:
    """The days before ``today`` a folded question asks about: some year, month or day it names, or
    all of them ("以前的规定"); ``None`` where it asks about nothing past."""
    named = _YEAR.search(folded)
    if named and int(named[1]) < today.year:
        return _month(int(named[1]), int(named[2])) if named[2] else _year(int(named[1]))
    if word := _YEAR_WORD.search(folded):
        return _year(today.year - _YEARS[word[0]])
    if ago := _YEARS_AGO.search(folded):
        number = int(ago[1]) if ago[1].isdecimal() else _DIGITS.index(ago[1].replace("两", "二"))
        return _year(today.year - number)
    if _LAST_MONTH.search(folded):
        before = today.replace(day=1) - timedelta(days=1)
        return Days(before.replace(day=1), before)
    if word := _DAY_WORD.search(folded):
        day = today - timedelta(days=_DAYS[word[0]])
        return Days(day, day)
    if any(said in folded for said in lexicon().past):
        return Days(date.min, today)
    return None


def _year(year: int) -> Days:
    return Days(date(year, 1, 1), date(year, 12, 31))


def _month(year: int, month: int) -> Days:
    if not 1 <= month <= 12:
        return _year(year)
    return Days(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))
