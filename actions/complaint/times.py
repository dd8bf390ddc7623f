"""When it happened: dates, clocks, ranges and repetitions, absolute and in Beijing time.

Atoms of time that touch are read as one moment (昨晚 + 9点), two moments joined by 到 as a range.
What is written without a year or week is the latest that is not after ``now``: people report what
has happened. A whole day ends at 23:59:59; a point in time begins and ends at once.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from actions.complaint.fields import When
from actions.complaint.time_atoms import Atom, atoms
from actions.complaint.time_reading import BEIJING, Moment, clock_in_part, holiday_in, read

_GAP = re.compile(r"(?:的|，| |都|里|那天|当天|、|在|，?大概|，?大约|约|左右|又|就|会|（|）)?")
_TO = re.compile(
    r"(?: |左右|的时候|开始)?(?:一直|持续)?(?:到|至|-|~|直到|持续到)(?:了|次日|第二天|隔天|次)?的?"
)
_SINCE = re.compile(r"(?:份|的时候|左右)?(?:就?开始|起(?!诉|来|火|码)|以来|至今|到现在|到今天|到如今|到目前)")
_UNTIL_NOW = re.compile(r"(?:至今|到现在|到今天|到如今|到目前|以来)")
_NOT_WHEN = re.compile(
    r"(?:出生|生人|毕业|参军|入伍|版|级|届|年级|修订|印发|颁布|第\d+号|施行|实施|退休|结婚|建成|建造|竣工)"
)


def find_times(text: str, now: datetime) -> tuple[When, ...]:
    """Every time named in a folded text, in its order.

    Args:
        text: the folded text.
        now: the moment of writing; naive is taken as Beijing time.
    """
    here = now.astimezone(BEIJING) if now.tzinfo else now.replace(tzinfo=BEIJING)
    moments = _moments(text, here)
    found: list[When] = []
    k = 0
    while k < len(moments):
        first = moments[k]
        second = moments[k + 1] if k + 1 < len(moments) else None
        if second and _TO.fullmatch(text, first.end, second.start):
            joined = _range(first, second, text, here)
            if joined is not None:
                found.append(joined)
                k += 2
                continue
        found.append(_single(first, text, here))
        k += 1
    return tuple(found)


def main_time(text: str, times: tuple[When, ...]) -> When | None:
    """The time of the matter itself: the most definite, the earlier in the text on a tie."""
    best: tuple[float, When] | None = None
    for when in times:
        if _NOT_WHEN.match(text, when.end):
            continue
        score = when.confidence - 0.3 * when.start / (len(text) + 20)
        if best is None or score > best[0]:
            best = (score, when)
    return best[1] if best else None


def _moments(text: str, now: datetime) -> list[Moment]:
    moments: list[Moment] = []
    for atom in atoms(text):
        before = moments[-1] if moments else None
        if atom.kind == "dom" and not _dom_is_date(text, atom, before):
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
        return replace(moment, days=holiday_in(atom.parts["hol_name"], days[0].year))
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
    if first.instant or second.instant or text[first.end : second.start] == "、":
        return None
    comma = "，" in text[first.end : second.start]
    if second.days and first.days:
        wide = first.days[0] <= second.days[0] and second.days[1] <= first.days[1]
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
        return replace(first, end=second.end, hours=(low, high), point=second.point)
    if comma and not (first.days and second.hours):
        return None
    return Moment(
        first.start,
        second.end,
        second.days or first.days,
        second.hours or first.hours,
        second.part or first.part,
        first.point or second.point,
        first.recurrence or second.recurrence,
        first.fuzzy and second.days is None,
    )


def _at(day: date, hours: float) -> datetime:
    """Midnight of the day plus hours (over 24 is the next morning); 24 itself is 23:59:59."""
    if hours == 24:
        return datetime.combine(day, time(23, 59, 59), BEIJING)
    return datetime.combine(day, time(), BEIJING) + timedelta(minutes=round(hours * 60))


def _interval(moment: Moment, now: datetime) -> tuple[datetime | None, datetime | None]:
    if moment.instant:
        return moment.instant.replace(microsecond=0), moment.instant.replace(microsecond=0)
    if moment.days is None and moment.hours is None:
        return None, None
    hours = moment.hours or (0.0, 24.0)
    if moment.days is None:
        day = now.date()
        if _at(day, hours[0]) > now:
            day -= timedelta(days=1)
        return _at(day, hours[0]), _at(day, hours[1])
    first, last = moment.days
    if first != last and moment.hours:
        return _at(first, hours[0]), _at(last, hours[1])
    return _at(first, hours[0]), _at(last, hours[1])


def _single(moment: Moment, text: str, now: datetime) -> When:
    begin, finish = _interval(moment, now)
    end = moment.end
    since = _SINCE.match(text, end)
    if since is not None and moment.days:
        end = since.end()
        finish = now.replace(microsecond=0) if _UNTIL_NOW.search(since.group()) else None
    elif text.startswith("从", moment.start - 1) or text.startswith("自", moment.start - 1):
        finish = None if moment.days and not moment.hours else finish
    return When(
        text[moment.start : end],
        moment.start,
        end,
        _confidence(moment),
        begin,
        finish,
        _with_hours(moment.recurrence, moment),
    )


def _range(first: Moment, second: Moment, text: str, now: datetime) -> When | None:
    if first.instant or second.instant:
        return None
    if not (first.days or first.hours) or not (second.days or second.hours):
        return None
    if bool(first.days) != bool(second.days) and not (first.days and second.hours):
        if not (first.hours and second.days):
            return None
        first = replace(first, days=second.days)
    if second.hours and second.point and not second.part and first.part and not second.days:
        # 晚上9点到11点: the second hour is in the same part of the day.
        low = first.hours[1] if first.hours else 0.0
        hour = clock_in_part(first.part, second.hours[0])
        if hour < low and second.hours[0] + 24 > low:
            hour = second.hours[0] + 24
        second = replace(second, hours=(hour, hour))
    begin, _ = _interval(first, now)
    if second.days is None:
        second = replace(second, days=(begin.date(), begin.date()) if begin else None)
    _, finish = _interval(second, now)
    if begin is None or finish is None:
        return None
    if finish < begin:
        if first.days and second.days and first.days[0] != second.days[0]:
            return None
        finish += timedelta(days=1)
    recurrence = first.recurrence or second.recurrence
    return When(
        text[first.start : second.end],
        first.start,
        second.end,
        min(0.97, _confidence(first) + 0.08),
        begin,
        finish,
        recurrence and f"{recurrence};BYHOUR={begin.hour}",
    )


def _with_hours(rule: str | None, moment: Moment) -> str | None:
    if rule is None or moment.hours is None:
        return rule
    return f"{rule};BYHOUR={int(moment.hours[0]) % 24}"


def _confidence(moment: Moment) -> float:
    if moment.fuzzy:
        return 0.6 if moment.hours or moment.recurrence else 0.5
    if moment.recurrence:
        return 0.8 if moment.hours else 0.65
    if moment.instant:
        return 0.85
    if moment.days is None:
        return 0.6 if moment.point else 0.55
    long = moment.days[1] - moment.days[0] > timedelta(days=40)
    return (0.62 if long else 0.82) + (0.1 if moment.hours else 0.0)
