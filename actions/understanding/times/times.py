"""When it happened: dates, clocks, ranges and repetitions, absolute and in Beijing time.

Atoms of time that touch are read as one moment (昨晚 + 9点), two moments joined by 到 as a range.
What is written without a year or week is the latest that is not after ``now``: people report what
has happened. A whole day ends at 23:59:59; a point in time begins and ends at once.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from actions.understanding.fields import When
from actions.understanding.times.calendar_zh import PARTS
from actions.understanding.times.merging import TO, moments_of
from actions.understanding.times.reading import BEIJING, Moment, clock_in_part
from actions.understanding.times.recurring import AGAIN, SO_EVERY_DAY, falls

# 七点停的电，停到今早六点: a range, where 接到今早的电话 and 说到今早 are none.
_ON_TO = re.compile(
    r"[\u4e00-\u9fff]{0,6}，(?:一直)?[\u4e00-\u9fff]?(?<![说收接看听找拿送寄感遇碰见买约回来去赶改推延])到了?"
)
_AND = re.compile("[、和及跟]")
_SINCE = re.compile(
    r"(?:份|的时候|左右)?(?:就?开始|起(?!诉|来|火|码)|以来|[\u4e00-\u9fff]{0,2}?(?:至今|(?:到|至)(?:现在|今天|如今|目前|今)))"
)
_UNTIL_NOW = re.compile(r"(?:至今|[到至](?:现在|今天|如今|目前|今)|以来)")
_FROM = re.compile(r"(?:自从|从|自|打从|打)$")
# 从昨天就没水: since then, and still.
_ALREADY = re.compile(r"，?(?:就|一直|便|都|没|不)")
_ONWARD = re.compile(r"(?:以后|之后|后|以前|之前|前)(?!夫|妻|期|者|面)")
# 国庆节之后就不能用了: from then on; not 三天后去看.
_FROM_THEN_ON = re.compile(
    r"(?:以后|之后|过后)(?=，?[\u4e00-\u9fff]{0,3}?(?:就|一直|都|又|每|天天|开始|再也|还|便))"
)
_A_YEAR = 367  # days
# 国庆以后每天半夜, 从上个月开始每天晚上: since when, and how often.
_SINCE_THEN = re.compile(
    r"(?:份|的时候)?(?P<since>以后|之后|过后|后|起|以来|就?开始|(?:到|至)(?:现在|今天|今)|至今)?(?:，|就|都|又|一直|基本上?|几乎|差不多)*"
)
# Said of anything: how long it has lasted says more.
_LOOSELY = frozenset(["天天", "年年", "月月", "每年"])
# From a part of the day until now: 从早上到现在.
_TODAY_SINCE = re.compile(r"(?:就|一直)?(?:到|至)(?:现在|今|目前|如今)")
# 有一点问题, 一时: no clock.
_IDLE = re.compile(r"(?:一|两|几)(?:点|时)")


def find_times(text: str, now: datetime) -> tuple[When, ...]:
    """Every time named in a folded text, in its order.

    Args:
        text: the folded text.
        now: the moment of writing; naive is taken as Beijing time.
    """
    here = now.astimezone(BEIJING) if now.tzinfo else now.replace(tzinfo=BEIJING)
    moments = moments_of(text, here)
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
        if second and (
            TO.fullmatch(text, first.end, second.start)
            or _ON_TO.fullmatch(text, first.end, second.start)
        ):
            joined = _range(first, second, text, here)
            if joined is not None:
                found.append(joined)
                k += 2
                continue
        if not _IDLE.fullmatch(text, first.start, first.end):
            listed, k = _listed(moments, k, text)
            found.append(_single(listed, text, here))
        k += 1
    if SO_EVERY_DAY.search(text):
        return tuple(_every_day(when, moments) for when in found)
    return tuple(found)


def _listed(moments: list[Moment], k: int, text: str) -> tuple[Moment, int]:
    """5号、12号和19号: the list of days that begins at ``k`` as one moment, and where it ends."""
    listed = moments[k]
    last = _one_day(listed)
    while k + 1 < len(moments):
        following = _one_day(moments[k + 1])
        between = _AND.fullmatch(text, listed.end, moments[k + 1].start)
        if last is None or following is None or between is None or following <= last:
            return listed, k
        first = listed.days[0] if listed.days else last
        listed, last = replace(listed, end=moments[k + 1].end, days=(first, following)), following
        k += 1
    return listed, k


def _one_day(moment: Moment) -> date | None:
    """The day of a moment that is one whole day."""
    if moment.days is None or moment.hours or moment.recurrence or moment.instant:
        return None
    return moment.days[0] if moment.days[0] == moment.days[1] else None


def _every_day(when: When, moments: list[Moment]) -> When:
    """Hours of no day, where the text says that it is so every day."""
    first = next(moment for moment in moments if moment.end > when.start)
    if first.days or first.instant or not first.hours or when.recurrence:
        return when
    return replace(when, recurrence="daily")


def _until(first: Moment, second: Moment, text: str, now: datetime) -> When | None:
    """The range of two hours, or None where they are none."""
    if not (first.point and second.point and TO.fullmatch(text, first.end, second.start)):
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
    elif _goes_on(moment, text, begin, now):
        origin = _FROM.search(text, max(0, start - 2), start)
        start, finish = origin.start() if origin else start, None
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


def _goes_on(moment: Moment, text: str, begin: datetime | None, now: datetime) -> bool:
    """从昨天就没水: it began then, and nothing says that it is over."""
    if moment.days is None or moment.recurrence or begin is None or begin > now:
        return False
    origin = _FROM.search(text, max(0, moment.start - 2), moment.start)
    return origin is not None and _ALREADY.match(text, moment.end) is not None


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
