"""How long it has gone on: 已经半个月了, 拖了三年多, 三天没水, 大半年了."""

from __future__ import annotations

import re

from actions.understanding.fields import Duration
from actions.understanding.times.calendar_zh import number

_NUMERAL = r"(?:\d{1,4}(?:\.\d)?|[一二两三四五六七八九十几数百半好]{1,4}|个把)"
_UNIT_DAYS = {"天": 1.0, "日": 1.0, "周": 7.0, "星期": 7.0, "礼拜": 7.0, "月": 30.0, "年": 365.0,
              "小时": 1 / 24, "钟头": 1 / 24, "晚上": 1.0, "夜": 1.0, "宿": 1.0}  # fmt: skip
_NOT_A_COUNT = "第前每近满初大号日月.0123456789"
_LENGTH = re.compile(
    rf"(?P<n>[大小](?=半)|)(?P<count>{_NUMERAL})(?:多|几|来)?个?(?:多|(?P<half>半))?整?"
    r"(?P<unit>天|日|周|星期|礼拜|月|年|小时|钟头|晚上|夜|宿)"
    rf"(?:(?<=天)[一两二三四五六七]夜)?(?:(?<=年)(?:零|又)?(?P<months>{_NUMERAL})个(?P<half_month>半)?月|(?<=[天年])(?P<and_half>半))?(?:多|有余|左右)?"
)
_PART = {"大": 0.7, "小": 0.4}  # of a whole: 大半年, 小半年
# 停水第三天了: two days ago it began.
_NTH_DAY = re.compile(
    r"第(?P<count>[二三四五六七八九十两]{1,3}|[2-9]|[1-9][0-9])(?P<unit>天|个?(?:星期|礼拜|周|月|年)|年)(?=了|[，。！]|$)"
)
_LASTING_BEFORE = re.compile(
    r"(?:已经?|都|长达|持续了?|快|将近|近|整整|足足|拖欠?了?|等了?|历时|超过|(?:停|断|坏|忍|住|欠|闹|吵|堵|漏|臭|关|跑|找|催|放|晾|搁|荒|推|批|锁|喊|过|没|占|耗|熬|霸|空|黑|淹|塌|裂|封|围|挂|卡|旱|折腾)了(?:有|快|将近|整整|足足)?|连续|一连|连着|接连|不见|没法用|没人管|没有?水|没有?电|停水|停电|没热水)\s*$"
)
_LASTING_AFTER = re.compile(
    r"(?:的时间)?(?:了|没(?!有?关系)|都没|还没|仍|未|至今|以来|来(?=一直|都|从|，)|之久|之多|不(?!是|到|等|长)|哒|啦|咧|咯|一直|都(?:是|在|不)|连着|下来)"
)
_NOT_LASTING = re.compile(
    r"(?:前|后|内|之内|以内|以上|以下|期|级|前后|工期|保修|合同|一次|之后|以后|才|就(?:要|是|可|能)|左右(?:的|就)|工资|年级|龄|假|班|租|房租|的(?:工资|房租|社保|会员|卡|合同|养老|租金|物业|钱|费|娃|孩|老|小))"
)
_LONG = re.compile(
    r"(?:长年累月|常年|长期|一直以来|多年来?|好几年|好多年|很久了?|好久了?|好长时间|许久|长时间|年复一年)"
)
_ABOUT = re.compile(r"([一二两三四五六七八九])([二三四五六七八九])(十?)")


def find_duration(text: str) -> Duration | None:
    """The length of time a folded text says the matter has lasted; the surest of several."""
    best: Duration | None = None
    for hit in _LENGTH.finditer(text):
        before = _LASTING_BEFORE.search(text, max(0, hit.start() - 5), hit.start())
        after = _LASTING_AFTER.match(text, hit.end())
        if not (before or after) or _NOT_LASTING.match(text, hit.end()):
            continue
        if hit.start() and text[hit.start() - 1] in _NOT_A_COUNT:
            continue
        unit = hit["unit"]
        if unit == "月" and "个" not in hit.group() and hit["count"] not in ("半", "两"):
            continue  # 11月以来, 三月停的
        count = _count(hit["count"])
        if count is None or (unit == "年" and count > 100) or (unit == "日" and not after):
            continue
        if hit["n"]:
            count = _PART[hit["n"]]
        days = (count + (0.5 if hit["half"] or hit["and_half"] else 0)) * _UNIT_DAYS[unit]
        if hit["months"]:
            more = _count(hit["months"]) or 0.0
            days += (more + (0.5 if hit["half_month"] else 0)) * _UNIT_DAYS["月"]
        sure = 0.8 if before and after else 0.72
        if best is None or sure > best.confidence:
            best = Duration(hit.group(), hit.start(), hit.end(), sure, round(days, 2))
    if best is None and (nth := _NTH_DAY.search(text)) and (nth_count := number(nth["count"])):
        since = (nth_count - 1) * _UNIT_DAYS[nth["unit"].removeprefix("个")]
        best = Duration(nth.group(), nth.start(), nth.end(), 0.72, round(since, 2))
    if best is None:
        hit_long = _LONG.search(text)
        if hit_long:
            return Duration(hit_long.group(), hit_long.start(), hit_long.end(), 0.5, None)
    return best


def _count(said: str) -> float | None:
    """The number meant; of 两三 and 四五十 the middle."""
    about = _ABOUT.fullmatch(said)
    if about is not None:
        low, high = number(about[1]), number(about[2])
        if low is not None and high is not None and 0 < high - low <= 2:
            return (low + high) / 2 * (10 if about[3] else 1)
    if said == "个把":  # 个把月: about one
        return 1.0
    return number(said.replace("好几", "几").replace("好", "几"))
