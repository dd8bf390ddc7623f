"""When it happened: dates, clocks, ranges and repetitions, absolute and in Beijing time.

Atoms of time that touch are read as one moment (昨晚 + 9点), two moments joined by 到 as a range.
What is written without a year or week is the latest that is not after ``now``: people report what
has happened. A whole day ends at 23:59:59; a point in time begins and ends at once.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from actions.understanding.fields import Duration, When
from actions.understanding.times.atoms import Atom, atoms
from actions.understanding.times.calendar_zh import PARTS
from actions.understanding.times.reading import BEIJING, Moment, clock_in_part, holiday_in, read
from actions.understanding.times.recurring import AGAIN, falls

_GAP = re.compile(r"(?:的|，| |都|里|那天|当天|、|在|，?大概|，?大约|约|左右|又|就|会|（|）)?")
# 昨晚一场雨下到今早六点: what went on may stand between the two ends.
_TO = re.compile(
    r"(?: |左右|的时候|开始)?(?:[\u4e00-\u9fff]{0,8}?(?:到|至)|-|~)(?:了|次日|第二天|隔天|次)?的?"
)
_SINCE = re.compile(
    r"(?:份|的时候|左右)?(?:就?开始|起(?!诉|来|火|码)|以来|[\u4e00-\u9fff]{0,2}?(?:至今|(?:到|至)(?:现在|今天|如今|目前|今)))"
)
_UNTIL_NOW = re.compile(r"(?:至今|[到至](?:现在|今天|如今|目前|今)|以来)")
_FROM = re.compile(r"(?:自从|从|自)$")
_ONWARD = re.compile(r"(?:以后|之后|后|以前|之前|前)(?!夫|妻|期|者|面)")
# 国庆节之后就不能用了: from then on; not 三天后去看.
_FROM_THEN_ON = re.compile(r"(?:以后|之后|过后)(?=，?(?:就|一直|都|又|每|天天|开始|再也|还|便))")
_UNSURE = 0.45
_A_YEAR = 367  # days
# 国庆以后每天半夜, 从上个月开始每天晚上: since when, and how often.
_SINCE_THEN = re.compile(
    r"(?:份|的时候)?(?P<since>以后|之后|过后|后|起|以来|就?开始|(?:到|至)(?:现在|今天|今)|至今)?(?:，|就|都|又|一直|基本上?|几乎|差不多)*"
)
# 延长到十二点, 改成早上八点: what is wished for, not when it was.
# From a part of the day until now: 从早上到现在.
# Said of anybody: how long it has lasted says more.
_LOOSELY = frozenset(["天天", "年年", "月月", "每年"])
_TODAY_SINCE = re.compile(r"(?:就|一直)?(?:到|至)(?:现在|今|目前|如今)")
_WISHED = re.compile(
    r"(?:成立|建|始建|生|出生)于$|(?:保质期|有效期)(?:到|至)$|(?:延长|延迟|推迟|提前|提早|调整|调|改|放宽|延|定)(?:到|至|为|成|在)$"
)
# 有一点问题, 一时: no clock.
_IDLE = re.compile(r"(?:一|两|几)(?:点|时)")
_NOT_WHEN = re.compile(
    # 今年八十三, 今年上一年级: of a person; 过年都回不去: what is feared
    r"(?<=年)(?:都|已经|已|才|刚|快|都快|刚满)?(?:[一二三四五六七八九十]{2,3}|[0-9]{1,2})(?:多?岁|[了，。]|的人|周岁)"
    r"|(?<=年)(?:要|准备|刚|该|就要|马上|正)?(?:上|读|念|升)(?:小学|初|高|大[一二三四学]|[一二三四五六七八九]年级|幼儿园|[小中大]班)"
    r"|(?<=过年)(?:都|也)?(?:回不|没法回|不能回)"
    r"|(?<=[年月日号])(?:的?(?:去世|过世)|生(?!活|产|病|意|效|长)|满[0-9一二三四五六七八九十]|的(?:老?楼|老?房子?|老小区|车)(?=[，。]))"
    r"|(?<=[时钟分天])(?:之?内|以内)?(?:免费|不收费|不要钱|半价|打折|优惠)"
    r"|(?:出生|生人|毕业|参军|入伍|版|级|届|年级|修订|印发|颁布|第\d+号|施行|实施|退休|结婚|建成|建造|竣工)"
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
        joined = _again_since(first, second, text, here) if second else None
        if joined is not None and second:
            k += 2
            until = _until(second, moments[k], text, here) if k < len(moments) else None
            if until is not None:  # 自3月起每天早晨五点半至七点
                joined = replace(joined, text=text[joined.start : until.end], end=until.end)
                k += 1
            found.append(joined)
            continue
        if second and _TO.fullmatch(text, first.end, second.start):
            joined = _range(first, second, text, here)
            if joined is not None:
                found.append(joined)
                k += 2
                continue
        if not _IDLE.fullmatch(text, first.start, first.end):
            found.append(_single(first, text, here))
        k += 1
    return tuple(found)


def _until(first: Moment, second: Moment, text: str, now: datetime) -> When | None:
    """The range of two hours, or None where they are none."""
    if not (first.point and second.point and _TO.fullmatch(text, first.end, second.start)):
        return None
    return _range(first, second, text, now)


def _again_since(first: Moment, second: Moment, text: str, now: datetime) -> When | None:
    """国庆以后每天半夜: a day from which on something recurs; None where the two are no such."""
    gap = _SINCE_THEN.fullmatch(text, first.end, second.start)
    origin = _FROM.search(text, max(0, first.start - 2), first.start)
    if first.days is None or first.recurrence or second.recurrence is None or gap is None:
        return None
    if second.days is not None or not (gap["since"] or origin):
        return None
    begin, _ = _interval(first, now)
    start = origin.start() if origin else first.start
    sure = round(min(0.97, _confidence(second) + 0.1), 3)
    return When(text[start : second.end], start, second.end, sure, begin, None, second.recurrence)


def main_time(
    text: str, times: tuple[When, ...], duration: Duration | None, now: datetime
) -> When | None:
    """The time of the matter itself: the most definite, the earlier in the text on a tie.

    How long it has gone on (停水三天了) says when too, if nothing says it better.
    """
    best: tuple[float, When] | None = None
    for when in times:
        if when.confidence < _UNSURE or _NOT_WHEN.match(text, when.end):
            continue
        if _WISHED.search(text, max(0, when.start - 4), when.start):
            continue
        score = when.confidence - 0.3 * when.start / (len(text) + 20)
        if best is None or score > best[0]:
            best = (score, when)
    better = best is not None and (
        best[1].confidence >= 0.7 or (best[1].recurrence is not None and best[1].confidence > 0.6)
    )
    if duration is not None and duration.days and not better:
        return _lasting(duration, now)
    return best[1] if best else None


def _lasting(duration: Duration, now: datetime) -> When:
    here = now.astimezone(BEIJING) if now.tzinfo else now.replace(tzinfo=BEIJING)
    begin = here - timedelta(days=duration.days or 0)
    if (duration.days or 0) >= 1:
        begin = datetime.combine(begin.date(), time(), BEIJING)
    return When(
        duration.text,
        duration.start,
        duration.end,
        duration.confidence,
        begin.replace(microsecond=0),
        here.replace(microsecond=0),
    )


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


def _next_day(first: Moment, second: Moment) -> bool:
    """周六周日早上: two days in a row, named one after the other."""
    days = (first.days or ())[1:] + (second.days or ())[:1]
    return len(days) == 2 and days[1] - days[0] == timedelta(days=1) and not first.hours


def _at(day: date, hours: float) -> datetime:
    """Midnight of the day plus hours (over 24 is the next morning); 24 itself is 23:59:59."""
    if hours == 24:
        return datetime.combine(day, time(23, 59, 59), BEIJING)
    return datetime.combine(day, time(), BEIJING) + timedelta(minutes=round(hours * 60))


def _interval(moment: Moment, now: datetime) -> tuple[datetime | None, datetime | None]:
    """First and last instant; a clock time alone lasts as long as it is exact."""
    if moment.instant:
        return moment.instant.replace(microsecond=0), moment.instant.replace(microsecond=0)
    if moment.days is None and moment.hours is None:
        return None, None
    low, high = moment.hours or (0.0, 24.0)
    if moment.days is None:
        if moment.point and not moment.part and low < 12 and _at(now.date(), low + 12) <= now:
            low, high = low + 12, high + 12
        latest = _latest(moment, low, now)
        if latest is None:
            return None, None
        first = last = latest
    else:
        first, last = moment.days
    finish = _at(last, high)
    if moment.point and low == high:
        exact = timedelta(minutes=1) if low % 1 else timedelta(hours=1)
        finish = _at(last, high) + exact - timedelta(seconds=1)
    return _at(first, low), finish


def _latest(moment: Moment, hours: float, now: datetime) -> date | None:
    """The latest day on which the hours have come; of what recurs, one it falls on. None where
    nobody can tell (隔三差五晚上)."""
    if moment.recurrence is not None and moment.falls is None:
        return None
    day = now.date()
    for _ in range(_A_YEAR):
        if _at(day, hours) <= now and (moment.falls is None or moment.falls(day)):
            return day
        day -= timedelta(days=1)
    return None


def _single(moment: Moment, text: str, now: datetime) -> When:
    if moment.hours and not moment.days and not moment.recurrence and AGAIN.match(text, moment.end):
        moment = replace(moment, recurrence="irregular")
    if moment.part and not moment.days and not moment.recurrence:
        if _TODAY_SINCE.match(text, moment.end):
            moment = replace(moment, days=(now.date(), now.date()))
        elif moment.part.endswith("高峰"):
            moment = replace(moment, recurrence="weekdays", falls=falls("工作日"))
    begin, finish = _interval(moment, now)
    start, end = moment.start, moment.end
    since = None if moment.recurrence else _SINCE.match(text, end)
    if since is not None and (moment.days or moment.point):
        end = since.end()
        origin = _FROM.search(text, max(0, start - 2), start)
        start = origin.start() if origin else start
        finish = now.replace(microsecond=0) if _UNTIL_NOW.search(since.group()) else None
    elif moment.days and not moment.recurrence and (then := _FROM_THEN_ON.match(text, end)):
        end, finish = then.end(), None
    elif moment.point and (onward := _ONWARD.match(text, end)):
        end = onward.end()
    return When(
        text[start:end],
        start,
        end,
        round(_confidence(moment) - 0.1 * (text[start:end] in _LOOSELY), 3),
        begin,
        finish,
        moment.recurrence,
    )


def _range(first: Moment, second: Moment, text: str, now: datetime) -> When | None:
    if first.instant or second.instant:
        return None
    if not (first.days or first.hours) or not (second.days or second.hours):
        return None
    if first.recurrence and first.hours and second.days:
        second = replace(second, days=None)  # 每周五晚上十点到周六早上六点
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
        last = first.days[1] if first.days and first.recurrence else begin and begin.date()
        second = replace(second, days=(last, last) if last else None)
    if second.point and second.hours and second.days:
        finish: datetime | None = _at(second.days[1], second.hours[1])
    else:
        _, finish = _interval(second, now)
    if begin is None or finish is None:
        return None
    if finish < begin:
        if first.days and second.days and first.days[0] != second.days[0]:
            return None
        finish += timedelta(days=1)
    origin = _FROM.search(text, max(0, first.start - 2), first.start)
    start = origin.start() if origin else first.start
    return When(
        text[start : second.end],
        start,
        second.end,
        round(min(0.97, _confidence(first) + 0.1), 3),
        begin,
        finish,
        first.recurrence or second.recurrence,
    )


def _confidence(moment: Moment) -> float:
    if moment.fuzzy:
        return 0.6 if moment.hours or moment.recurrence else 0.5
    if moment.recurrence:
        return 0.8 if moment.hours else 0.65
    if moment.instant:
        return 0.85
    if moment.days is None:
        if moment.part and not moment.point:
            return 0.5 if PARTS[moment.part][1] > 24 or moment.part == "凌晨" else 0.4
        return 0.6
    long = moment.days[1] - moment.days[0] > timedelta(days=40)
    return (0.62 if long else 0.82) + (0.1 if moment.hours else 0.0)
