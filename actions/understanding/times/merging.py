"""Words of time that touch, read as one moment: 昨晚 + 9点, 去年 + 国庆, 上个月 + 5号."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

from actions.understanding.times.atoms import Atom, atoms
from actions.understanding.times.calendar_zh import PARTS
from actions.understanding.times.reading import (
    Moment,
    about_holiday,
    clock_in_part,
    holiday_in,
    read,
)

_GAP = re.compile(
    r"(?:的|，| |都|里?头|里|那天|当天|、|在|，?大概|，?大约|约|左右|又|就|会|（|）)?"
)
# 昨晚一场雨下到今早六点: what went on may stand between the two ends.
TO = re.compile(
    r"(?: |左右|的时候|开始)?(?:[\u4e00-\u9fff]{0,8}?(?:到|至)|-|~)(?:了|次日|第二天|隔天|次)?的?"
)


def moments_of(text: str, now: datetime) -> list[Moment]:
    moments: list[Moment] = []
    for atom in atoms(text):
        before = moments[-1] if moments else None
        if atom.kind == "dom" and not _dom_is_date(text, atom, before):
            continue
        if atom.kind == "holiday" and _only_until(atom, before, text):
            continue
        moment = read(atom, now, before)
        if moment is None:
            continue
        if before is not None and atom.kind == "holiday" and before.days:
            moment = _holiday_of(before, moment, atom, text)
        merged = _merge(before, moment, text) if before else None
        if merged is not None:
            moments[-1] = merged
        else:
            moments.append(moment)
    return moments


def _holiday_of(before: Moment, moment: Moment, atom: Atom, text: str) -> Moment:
    """去年国庆: the holiday of the year said just before it."""
    days = before.days
    if days and days[1] - days[0] > timedelta(days=300) and atom.start - before.end <= 1:
        its = holiday_in(atom.parts["hol_name"], days[0].year)
        return replace(moment, days=about_holiday(atom.parts, its))
    return moment


def _dom_is_date(text: str, atom: Atom, before: Moment | None) -> bool:
    """A bare 5号 is a date after 到 or before hours; else it is a house, a line, a shop."""
    if before and before.days and before.end >= atom.start - 2:
        return text[atom.start - 1] in "到至-~、和"
    after = text[atom.end : atom.end + 2]
    return after in ("早上", "上午", "中午", "下午", "晚上", "凌晨", "夜里", "半夜", "开始")


def _merge(first: Moment, second: Moment, text: str) -> Moment | None:
    """The two as one moment, or None where they are two."""
    if second.start < first.end or not _GAP.fullmatch(text, first.end, second.start):
        return None
    if first.fuzzy and first.instant and second.point and second.start == first.end:
        return replace(second, start=first.start)  # 刚才两点五十
    if first.instant or second.instant or text[first.end : second.start] == "、":
        return None
    if _of_the_night_before(first, second, text):
        low, high = second.hours or (0.0, 0.0)
        second = replace(second, hours=(low + 24, high + 24))
    comma = "，" in text[first.end : second.start]
    if second.days and first.days:
        if text[first.end : second.start] in ("", "和") and _next_day(first, second):
            return replace(second, start=first.start, days=(first.days[0], second.days[1]))
        wide = first.days[0] <= second.days[0] and second.days[1] <= first.days[1]
        wide = wide or text.startswith("腊月", second.start)  # 去年腊月 ends in this year
        if comma or not (first.fuzzy or wide):
            return None
        return replace(second, start=first.start)
    if second.days and first.hours and not first.recurrence:
        return None
    if first.hours and second.hours:
        if not first.part or first.point or comma:
            return None
        if not second.point and second.part:
            return replace(first, end=second.end, hours=second.hours, part=second.part)
        low, high = (clock_in_part(first.part, h) for h in second.hours)
        if first.hours[0] >= 24 > low:  # in what is the next morning already
            low, high = low + 24, high + 24
        return replace(first, end=second.end, hours=(low, high), point=second.point)
    if comma and not (first.days and second.hours):
        return None
    return replace(
        first,
        end=second.end,
        days=second.days or first.days,
        hours=second.hours or first.hours,
        part=second.part or first.part,
        point=first.point or second.point,
        recurrence=first.recurrence or second.recurrence,
        falls=first.falls or second.falls,
        fuzzy=first.fuzzy and second.days is None,
    )


def _of_the_night_before(first: Moment, second: Moment, text: str) -> bool:
    """昨晚凌晨, 3号后半夜: the hours after midnight of the night that began on that day."""
    if second.point or not second.part or first.point:
        return False
    evening = bool(first.part) and PARTS[first.part][1] >= 24
    if second.part == "后半夜":
        return evening or (first.days is not None and text[first.start] != "今")
    return second.part == "凌晨" and evening


def _next_day(first: Moment, second: Moment) -> bool:
    """周六周日早上: two days in a row, named one after the other."""
    days = (first.days or ())[1:] + (second.days or ())[:1]
    return len(days) == 2 and days[1] - days[0] == timedelta(days=1) and not first.hours


def _only_until(atom: Atom, before: Moment | None, text: str) -> bool:
    """拖到春节: the holiday is no end of a range."""
    until = atom.start > 0 and text[atom.start - 1] == "到"
    return until and (before is None or TO.fullmatch(text, before.end, atom.start) is None)
