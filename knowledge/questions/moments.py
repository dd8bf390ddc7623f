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
_RULE = "规定|政策|标准|办法|规则|条例|条款|要求|内容|版本?|做法"
_ONCE = "以前|之前|从前|早先|原先|过去|原来|当初"
# A word of the past asks for a rule of then where one opens with it: 以前要带户口本吗, and not
# 我以前在外地交社保.
_BEFORE = re.compile(
    rf"(?:^|[,。?? ]|那么?|[和跟与同比]|请问)(?:{_ONCE})"
    rf"(?=的?(?:时候)?(?:呢|$|[,。?? ]|[是要能该需有都也怎咋多几]|可以|相?比|{_RULE}|什么|啥"
    r"|[^的,。]{1,6}[吗么]?[?？]?$))"
)
# 农机补贴以前怎么领, 以前孩子教育专项每月扣多少: as it was then; not 满16岁以前怎么办, and
# not 以前办的证怎么换, 以前我没交过.
_ASKED = "怎么|怎样|咋|多少|什么|哪|几[天个年岁次月]"
_THEN = re.compile(
    rf"(?:(?<=[一-鿿])(?<![日月号年天岁时点周期之])(?:{_ONCE})(?=[是都]?[一-鿿]?(?:{_ASKED}))"
    rf"|(?:^|[,。?? ])(?:{_ONCE})(?![^,。]*[我过的没有])(?=[^,。]{{2,20}}(?:{_ASKED}|吗?[?？]?$)))"
)
_CHANGED = re.compile(
    "(?:修?改[革版动制]?|修订|调整|变动?|[上下]调|提高|降低|涨价?|降价|出台|实施|生效|没有这[个条]|新规(?:定|出来|实施)?)(?:之|以)?前|没改(?:革)?(?:的?时候)?"
    "|上一?[版次](?=呢|是|的|规定|怎|$)"
    "|(?:什么时候|啥时候|几时|哪[年天]|几号)(?:开始)?(?:改|变|调整|实[行施])"
    f"|新[旧老](?:{_RULE})*|[旧老]的?(?:{_RULE})|几年(?:之|以)?前"
)
_WRAPPING = re.compile(
    f"(?:怎[么样]?[说写算]?|{_RULE}|时候|当时|相?比|变[化了]?|改[了的动革]?|开始|实[行施]|新的?|区别|不同|不一样|哪[里儿些]"
    "|现在|大吗|[和跟与同从的是那这个样]|[0-9一二三四五六七八九十]+ ?[年月])"
)


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
    if _all_past(folded):
        return Days(date.min, today)
    return None


def _all_past(folded: str) -> bool:
    if any(form.search(folded) for form in (_BEFORE, _THEN, _CHANGED)):
        return True
    return any(said in folded for said in lexicon().past)


def without_past(folded: str) -> str:
    """A folded question that asks about the past without the words that do so ("原来的标准是多少":
    多少); as it is where it does not."""
    if past_asked(folded, date.max) is None:
        return folded
    for pattern in (
        _CHANGED,
        _BEFORE,
        _THEN,
        _YEAR,
        _YEAR_WORD,
        _YEARS_AGO,
        _LAST_MONTH,
        _DAY_WORD,
    ):
        folded = pattern.sub(" ", folded)
    for said in lexicon().past:
        folded = folded.replace(said, " ")
    return _WRAPPING.sub(" ", folded)


def _year(year: int) -> Days:
    return Days(date(year, 1, 1), date(year, 12, 31))


def _month(year: int, month: int) -> Days:
    if not 1 <= month <= 12:
        return _year(year)
    return Days(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))
