"""What recurs: how often (每天凌晨, 隔三差五, 每两天), and on which days it falls."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from actions.understanding.times.calendar_zh import number

Falls = Callable[[date], bool]
"""Whether something falls on a day."""

_WEEKDAYS = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}
_WEEK, _DAY = "(?:周|星期|礼拜)", "[一二三四五六日天]"
_TIMES = "[次回趟遍]"
_COUNT = r"[一二两三四五六七八九十几半\d]{1,3}"
_PART = "凌晨|半夜|大?晚上|深夜|夜里|夜间|早上|早晨|清晨|中午|下午|傍晚"
_SEASON = "夏天|夏季|冬天|冬季|春天|秋天|雨季|梅雨季|汛期"
_RAIN = "(?:下|落)[大暴小阵]?雨天?|雨天|刮[大]?风"
_COMES = f"周末|双休日|节假日|饭点|天黑|{_PART}|{_SEASON}|{_RAIN}"
_RUSH = "上学放学|上放学|上下学|上下班|早晚接送(?:孩子)?"
_THEN = "(?=就|便|必|都|总|老|又|准|，|$)"

RECURRING = "|".join(
    (
        "每天|每日|每晚|每夜|每一天|天天|夜夜|日夜|日日夜夜|日日|晚晚|没日没夜|24小时|一天到[晚黑]|从早[^，。]{0,2}到(?:晚|黑|半夜)|赶[集场圩墟](?:天|日|的?时候|的?日子)|不分昼夜|不分白天黑夜|[白整][天日][黑整]夜",
        rf"(?:每|一)个?(?:天|周|星期|礼拜|月)(?:都|要|得|至少|起码|能)?{_COUNT}{_TIMES}",
        rf"(?:{_RUSH})(?:时间|时段|高峰期?|期间|(?=的时候))",
        rf"每?个?{_WEEK}一[到至-]{_WEEK}?[五六日天]",
        rf"(?:每个?|每逢|逢){_WEEK}(?:{_DAY}(?!{_TIMES}|年)(?:(?:、|和|、?{_WEEK})?{_DAY}(?!点|{_TIMES}|个|块|百|十)){{0,5}}|末)|每个?{_WEEK}",
        "周周|每个?周末|双休日|非工作日|每?个?工作日|每个?节假日|节假日|周末",
        f"每逢(?:{_COMES}|初一、?十五|节日|过年|过节|赶集|开学|放假|[单双]号)?|逢(?:{_COMES}|年过节|集|雨)就?|初一、?十五",
        rf"(?:每|一)到了?(?:{_COMES}|[一二三四五六七八九十]{{1,2}}月)|每到|每当(?:{_COMES})|到了(?:{_COMES}){_THEN}",
        rf"(?:{_SEASON}|周末)一到|天一黑|(?:{_PART})一到(?=[\d一二三四五六七八九十])",
        rf"(?:每次|每回|只要|但凡|一)一?(?:{_RAIN})|(?:{_RAIN}){_THEN}|[下落]雨天",
        rf"每个?月(?:初|底|末|[上中下]旬|{_COUNT}[日号]?[到至-]{_COUNT}[日号]|{_COUNT}[日号])?|月月|每个?(?:季度|学期)|每年(?:{_SEASON})?|年年|岁岁年年",
        rf"每隔?{_COUNT}(?:来|多)?个?(?:天|日|小时|钟头|分钟|周|星期|礼拜|月|半月|年)|隔(?:天|日|{_COUNT}(?:天|日|周|个?星期|个月))(?=就|来|又|停|一|才)",
        rf"隔三差五|隔三岔五|三天两头|三不五时|时不时|隔段时间|动不动|(?:经常|总是|老是|时常|常常|往往|有时候?)(?=在?(?:{_PART}))",
    )
)

AGAIN = re.compile(
    r"(?:[会就又还]|一直|基本|几乎)*(?:都|经常|总是|老是|常常|时常|往往|隔三差五|时不时)"
)
"""Behind an hour: it is so again and again (半夜经常施工)."""

SO_EVERY_DAY = re.compile(
    "(?:每天|天天|每晚|夜夜|每日|每夜|日日)(?:都|也)?(?:是|在)?(?:如此|这样|这个样|这么|一样)"
)
"""What was said of some hours is so every day (凌晨三点，天天如此)."""

_UNEVEN = re.compile(
    "隔|三天两头|三不五时|时不时|动不动|经常|总是|老是|时常|常常|往往|有时|每逢$|每到$|季度|学期|赶集|集|开学|放假|号$|雨|风|节假日|节日|过节|双号"
)
_EVERY_SO_MANY = re.compile(
    rf"每隔?(?P<count>{_COUNT})(?:来|多)?个?(?P<unit>天|日|小时|钟头|分钟|周|星期|礼拜|半?月|年)$"
)
_SOME_DAYS = re.compile(rf"{_WEEK}(?P<days>{_DAY}(?:(?:、|和|、?{_WEEK})?{_DAY})*)$")
_MONTH_DAY = re.compile(rf"月(?P<day>{_COUNT})[日号]?(?:[到至-](?P<last>{_COUNT})[日号])?$")
_MONTH_PARTS = {"初": (1, 7), "底": (24, 31), "末": (24, 31), "上旬": (1, 10), "中旬": (11, 20), "下旬": (21, 31)}  # fmt: skip
_MONTHS = {"春": (3, 4, 5), "夏": (6, 7, 8), "秋": (9, 10, 11), "冬": (12, 1, 2)}


def rule(word: str) -> str:
    """How often: daily, weekdays, weekends, weekly, monthly, yearly, or irregular."""
    if so_many := _EVERY_SO_MANY.match(word):
        return _every(so_many["count"], so_many["unit"])
    if "非工作日" in word or "双休" in word or "周末" in word or word.endswith(("周末", "拜末")):
        return "weekends"
    if word.endswith("工作日") or re.match(_RUSH, word):
        return "weekdays"
    if re.search(rf"一[到至-]{_WEEK}?[五六日天]$", word):
        return {"五": "weekdays", "六": "weekly"}.get(word[-1], "daily")
    if "初一" in word:
        return "monthly"
    if _UNEVEN.search(word) and not _MONTH_DAY.search(word):
        return "irregular"
    if re.search(_WEEK, word):
        return "weekly"
    if "月" in word and not word.startswith("一到") and not re.match("每到.+月", word):
        return "monthly"
    if any(sign in word for sign in ("年", "春", "夏", "秋", "冬", "季", "汛", "月")):
        return "yearly"
    return "daily"


def _every(count: str, unit: str) -> str:
    if unit in ("小时", "钟头", "分钟"):
        return "daily"
    if number(count) != 1 or unit == "半月":
        return "irregular"
    return {"天": "daily", "日": "daily", "月": "monthly", "年": "yearly"}.get(unit, "weekly")


def falls(word: str) -> Falls | None:
    """On which days what recurs falls; None where the word does not tell."""
    often = rule(word)
    if often == "daily":
        return lambda day: True
    if often in ("weekdays", "weekends"):
        return lambda day: (day.weekday() < 5) == (often == "weekdays")
    if often == "weekly" and re.search("一[到至-]", word):
        return lambda day: day.weekday() < 6  # 周一到周六
    if often == "weekly" and (some := _SOME_DAYS.search(word)):
        on = {_WEEKDAYS[one] for one in some["days"] if one in _WEEKDAYS}
        return lambda day: day.weekday() in on
    if often == "monthly" and (dated := _MONTH_DAY.search(word)):
        first_day = number(dated["day"]) or 0
        last_day = number(dated["last"] or dated["day"]) or 0
        return lambda day: first_day <= day.day <= last_day
    for part, (first, last) in _MONTH_PARTS.items():
        if often == "monthly" and word.endswith(part):
            return lambda day, first=first, last=last: first <= day.day <= last  # type: ignore[misc]
    for season, months in _MONTHS.items():
        if often == "yearly" and season in word:
            return lambda day, months=months: day.month in months  # type: ignore[misc]
    return None
