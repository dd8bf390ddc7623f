"""Which of the times a text names is that of its matter."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta

from actions.understanding.fields import Duration, When
from actions.understanding.times.reading import BEIJING

_UNSURE = 0.45
# 延长到十二点, 改成早上八点: what is wished for, not when it was; nor is what was promised.
_WISHED = re.compile(
    r"(?:成立|建|始建|生|出生)于$|(?:保质期|有效期)(?:到|至)$|(?:延长|延迟|推迟|提前|提早|调整|调|改|放宽|延|定)(?:到|至|为|成|在)$"
)
_PROMISED = re.compile(r"(?:说好|答应|承诺|约好|约定|保证|讲好|商定)[^，。！？； ]{0,6}$")
_THEN_AGAIN = re.compile(r"再(?:来|说|办|去|看|打|修)")  # 让我明天再来
_SAID = re.compile(r"说[^，。！？； ]{0,6}$")  # 说下个月退, but not 说昨天停水是因为检修
# 末班车说是十点半, 营业到九点: of every day, not of the matter.
_SCHEDULED = re.compile(
    r"(?:[末首头]班车?|营业时?间?|办公时间|开放时间|规定|写着)[^，。！？； ]{0,4}$"
)
_NOT_WHEN = re.compile(
    # 今年八十三, 今年上一年级: of a person; 过年都回不去: what is feared
    r"(?<=年)(?:都|已经|已|才|刚|快|都快|刚满)?(?:[一二三四五六七八九十]{2,3}|[0-9]{1,2})(?:多?岁|[了，。]|的人|周岁)"
    r"|(?<=年)(?:要|准备|刚|该|就要|马上|正)?(?:上|读|念|升)(?:小学|初|高|大[一二三四学]|[一二三四五六七八九]年级|幼儿园|[小中大]班)"
    r"|(?<=过年)(?:都|也)?(?:回不|没法回|不能回)"
    r"|(?<=[年月日号])(?:的?(?:去世|过世)|生(?!活|产|病|意|效|长)|满[0-9一二三四五六七八九十]|的(?:老?楼|老?房子?|老小区|车)(?=[，。]))"
    r"|(?<=[时钟分天])(?:之?内|以内)?(?:免费|不收费|不要钱|半价|打折|优惠)"
    r"|(?:出生|生人|毕业|参军|入伍|版|级|届|年级|修订|印发|颁布|第\d+号|施行|实施|退休(?!金|工资|费|教师|人员)|结婚|建成|建造|竣工)"
)


def main_time(
    text: str, times: tuple[When, ...], duration: Duration | None, now: datetime
) -> When | None:
    """The time of the matter itself: the most definite, the earlier in the text on a tie.

    How long it has gone on (停水三天了) says when too, if nothing says it better.
    """
    here = now.astimezone(BEIJING) if now.tzinfo else now.replace(tzinfo=BEIJING)
    best: tuple[float, When] | None = None
    for when in times:
        if when.confidence < _UNSURE or _is_another(when, text, here):
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
    if (duration.days or 0) >= 1 and "小时" not in duration.text and "钟头" not in duration.text:
        begin = datetime.combine(begin.date(), time(), BEIJING)
    return When(
        duration.text,
        duration.start,
        duration.end,
        duration.confidence,
        begin.replace(microsecond=0),
        here.replace(microsecond=0),
    )


def _is_another(when: When, text: str, now: datetime) -> bool:
    """Whether a time is of something else: of an age, a wish, a promise, a timetable."""
    if _NOT_WHEN.match(text, when.end) or _WISHED.search(text, max(0, when.start - 4), when.start):
        return True
    lead = max(0, when.start - 10), when.start
    if _PROMISED.search(text, *lead) or (not when.recurrence and _SCHEDULED.search(text, *lead)):
        return True
    if when.begin is None or when.begin <= now:
        return False
    return bool(_SAID.search(text, *lead) or _THEN_AGAIN.match(text, when.end))
