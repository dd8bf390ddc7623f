"""One word of time read as days and hours, relative to the moment of writing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone

from actions.understanding.times.atoms import Atom
from actions.understanding.times.calendar_zh import PARTS, feast, holiday, month_days, number
from actions.understanding.times.recurring import Falls, falls, rule

BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")
_WEEKDAYS = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}
# A day without a year that is due within so long is the coming one (2月8号的票).
_AHEAD = timedelta(days=45)
_NEAR_DAYS = {"大前": -3, "前": -2, "昨": -1, "今": 0, "当": 0, "明": 1, "后": 2}
_YEARS = {"今年": 0, "去年": -1, "前年": -2, "大前年": -3, "本年度": 0, "当年": 0, "明年": 1}
_YEAR_PARTS = {
    "年初": (1, 2), "初": (1, 2), "年底": (11, 12), "年末": (11, 12), "底": (11, 12), "年中": (6, 7),
    "上半年": (1, 6), "下半年": (7, 12), "春天": (3, 5), "夏天": (6, 8), "夏季": (6, 8),
    "秋天": (9, 11), "冬天": (11, 12), "冬季": (11, 12),
}  # fmt: skip
_FUZZY_DAYS = {
    "最近": 30, "近期": 30, "近日": 7, "近来": 30, "近段时间": 30, "最近一段时间": 60, "这几天": 4,
    "这两天": 2, "这几日": 4, "近几天": 4, "近两天": 2, "近几日": 4, "前几天": 7, "前两天": 3,
    "前些天": 10, "前几日": 7, "前段时间": 60, "前一段时间": 60, "前阵子": 60, "前些日子": 30,
    "这段时间": 30, "这阵子": 30, "这些天": 10, "近几个月": 150, "近几年": 1825, "近年来": 1825,
    "近两年": 730, "前几年": 1825, "前些年": 2500, "前不久": 45, "这学期": 90, "本学期": 90, "上学期": 210, "上个学期": 210, "不久前": 45, "这些年": 2500,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Moment:
    """A day (or days) and hours within it; either may be unsaid.

    ``hours`` count from the first day's midnight; over 24 is the next morning. ``point`` means
    the hours are a clock time, not a stretch. ``falls`` says on which days what recurs falls.
    ``instant`` overrules all (三小时前).
    """

    start: int
    end: int
    days: tuple[date, date] | None = None
    hours: tuple[float, float] | None = None
    part: str = ""
    point: bool = False
    recurrence: str | None = None
    falls: Falls | None = None
    fuzzy: bool = False
    instant: datetime | None = None


def read(atom: Atom, now: datetime, before: Moment | None) -> Moment | None:
    """The atom as a moment, or None where it is no real date (13月40日)."""
    p = atom.parts
    today = now.date()
    make = Moment(atom.start, atom.end)
    match atom.kind:
        case "clock" | "hours":
            return _clock(atom, make)
        case "part":
            part = p.get("part") or p["part_of_day"]
            return replace(make, hours=PARTS[part], part=part)
        case "recur":
            return _recurrence(p["rec"], make)
        case "ago":
            return _ago(p, make, now)
        case "season" if "half" in p:
            return replace(make, days=_half_year(p["half"], today))
        case "season":
            name = p.get("sea") or p.get("sea_in") or p["sea_last"]
            return replace(make, days=_season(name, today, "sea_in" not in p))
        case "fuzzy":
            span = _FUZZY_DAYS.get(p["fz"])
            if span is None:
                return replace(make, instant=now, fuzzy=True)
            return replace(make, days=(today - timedelta(days=span), today), fuzzy=True)
        case "day":
            that = before.days[0] if before and before.days and p["day"][0] == "当" else today
            return _near_day(p["day"], make, that)
        case "stretch":
            return _stretch(p, make, now)
        case "dom":
            base = before.days[1] if before and before.days else today
            days = _day_of_month(base, p["dom"], today, known=before is not None)
        case "week":
            days = _week(p, today)
        case "month":
            days = _month(p, today)
        case "holiday":
            days = about_holiday(p, _holiday(p["hol_name"], today))
        case _:
            days = _calendar_date(p, today)
    return replace(make, days=days) if days else None


def _season(name: str, today: date, whole: bool) -> tuple[date, date]:
    """The latest season that has begun (整个冬天), or the month it began in (入夏)."""
    first_month = {"春": 3, "夏": 6, "秋": 9, "冬": 12}[name]
    year = today.year if today >= date(today.year, first_month, 1) else today.year - 1
    if not whole:
        return month_days(year, first_month)
    index = year * 12 + first_month + 1
    return date(year, first_month, 1), month_days(index // 12, index % 12 + 1)[1]


def _half_year(name: str, today: date) -> tuple[date, date]:
    """The latest first or second half of a year that has begun."""
    first, last = _YEAR_PARTS[name]
    year = today.year if today.month >= first else today.year - 1
    return date(year, first, 1), month_days(year, last)[1]


def clock_in_part(part: str, hour: float) -> float:
    """An hour said within a part of the day, on the 24 (or next morning's) scale."""
    low, high = PARTS[part]
    if high >= 24 and hour < 6:
        # 晚上2点 and 半夜3点 belong to the night that began the evening before.
        return hour + 24
    if low >= 17 and hour == 12:
        return 24.0
    if low >= 11 and 1 <= hour < 12 and not (low == 11 and hour == 11):
        return hour + 12
    return hour


def _clock(atom: Atom, make: Moment) -> Moment | None:
    p = atom.parts
    if atom.kind == "hours":
        first, last = float(p["hr_a"]), float(p["hr_b"])
        if first > 24 or last > 24:
            return None
        return replace(make, hours=(first, last if last > first else last + 24))
    hour = _hour(p["ck_h"])
    if hour is None or hour > 24:
        return None
    minutes = p.get("ck_m") or p.get("ck_m2") or p.get("ck_m3")
    if p.get("ck_half") == "半":
        hour += 0.5
    elif quarter := p.get("ck_q"):
        hour += (number(quarter) or 0) / 4
    elif minutes:
        value = number(minutes)
        hour += (value or 0) / 60 if value is not None and value < 60 else 0
    return replace(make, hours=(hour, hour), point=True)


def _hour(word: str) -> float | None:
    """The hour said; of 四五点 the first."""
    if word == "十几":
        return 15.0
    if len(word) == 3 and word[0] == "十" and word[2] != "十":  # 十一二点
        return number(word[:2])
    if len(word) == 2 and "十" not in word and not word.isascii():
        return number(word[0])
    return number(word)


def _recurrence(word: str, make: Moment) -> Moment:
    make = replace(make, recurrence=rule(word), falls=falls(word))
    if make.recurrence != "daily":
        return make
    if word.endswith("饭点"):
        return replace(make, hours=(11, 20))
    said = "" if word.endswith("到晚") else word.removesuffix("一到")  # 从早到晚: no hours
    part = next((p for p in sorted(PARTS, key=len, reverse=True) if said.endswith(p)), None)
    return replace(make, hours=PARTS[part], part=part) if part else make


def _ago(p: dict[str, str], make: Moment, now: datetime) -> Moment | None:
    count = number(p["ago_n"])
    if count is None:
        return None
    unit = p["ago_u"]
    if unit.endswith("小时") or unit.endswith("钟头"):
        return replace(make, instant=now - timedelta(hours=count))
    if unit == "分钟":
        return replace(make, instant=now - timedelta(minutes=count))
    if count > 150 or (unit == "年" and count > 100):
        return None
    today = now.date()
    if unit in ("天", "日"):
        day = today - timedelta(days=round(count))
    elif unit.endswith(("周", "星期", "礼拜")):
        day = today - timedelta(days=round(7 * count))
    elif unit == "年":
        day = _months_before(today, round(12 * count))
    elif count == 0.5:
        day = today - timedelta(days=15)
    else:
        day = _months_before(today, int(count))
        day -= timedelta(days=15) if unit == "个半月" else timedelta()
    return replace(make, days=(day, day), fuzzy=p["ago_n"] in ("几", "数"))


def _stretch(p: dict[str, str], make: Moment, now: datetime) -> Moment | None:
    """最近三个月: from so long ago until now."""
    ago = _ago({"ago_n": p["st_n"], "ago_u": p["st_u"]}, make, now)
    if ago is None or ago.days is None:
        return ago
    return replace(ago, days=(ago.days[0], now.date()), fuzzy=True)


def _months_before(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, month_days(year, month + 1)[1].day))


def _near_day(word: str, make: Moment, today: date) -> Moment:
    stem = next(s for s in sorted(_NEAR_DAYS, key=len, reverse=True) if word.startswith(s))
    day = today + timedelta(days=_NEAR_DAYS[stem])
    make = replace(make, days=(day, day))
    part = word[len(stem) :]
    if part in ("晚", "夜", "早", "晨"):
        return replace(make, hours=PARTS[part], part=part)
    return make


def _week(p: dict[str, str], today: date) -> tuple[date, date]:
    monday = today - timedelta(days=today.weekday())
    relation = p.get("wk_rel", "")
    shift = -2 if relation.startswith("上上") else {"上": -1, "下": 1}.get(relation[:1], 0)
    monday += timedelta(days=7 * shift)
    name = p.get("wk_d") or p.get("wk_d2")
    if name is None:
        return monday, monday + timedelta(days=6)
    if name == "末":
        return monday + timedelta(days=5), monday + timedelta(days=6)
    day = monday + timedelta(days=_WEEKDAYS[name])
    if not relation and day > today:
        day -= timedelta(days=7)
    return day, day


def _third(first: date, last: date, part: str) -> tuple[date, date]:
    cuts = {"上": (1, 10), "中": (11, 20), "下": (21, 31)}
    if part.endswith("旬"):  # 中下旬: from the one's first to the other's last
        low, high = min(cuts[one][0] for one in part[:-1]), max(cuts[one][1] for one in part[:-1])
    else:
        low, high = (1, 7) if part.endswith("初") else (24, 31)
    return first.replace(day=low), first.replace(day=min(high, last.day))


def _last_month(today: date) -> tuple[date, date]:
    before = today.replace(day=1) - timedelta(days=1)
    return month_days(before.year, before.month)


def _month(p: dict[str, str], today: date) -> tuple[date, date] | None:
    if bare := p.get("mon_bare"):  # 月初: this month's, or the one before where that is to come
        days = _third(*month_days(today.year, today.month), bare)
        return days if days[0] <= today else _third(*_last_month(today), bare)
    relation = p["mon_rel"]
    shift = 2 if relation.startswith("上上") else {"上": 1, "下": -1}.get(relation[0], 0)
    index = today.year * 12 + today.month - 1 - shift
    first, last = month_days(index // 12, index % 12 + 1)
    if part := p.get("mon_x"):
        return _third(first, last, part)
    if day := p.get("mon_d"):
        value = int(number(day) or 0)
        if not 1 <= value <= last.day:
            return None
        return first.replace(day=value), first.replace(day=value)
    return first, last


def _holiday(name: str, today: date) -> tuple[date, date] | None:
    name = "国庆" if name == "十一" else name
    for year in (today.year + 1, today.year):
        found = holiday(name, year)
        if found and found[0] <= today + timedelta(days=15):
            return found
    this_year = holiday(name, today.year)
    return holiday(name, today.year - 1) or this_year


def about_holiday(p: dict[str, str], days: tuple[date, date] | None) -> tuple[date, date] | None:
    """The week before it (国庆前) or after it (国庆后上班), the day itself (端午那天, 中秋晚上), or all its days."""
    if days is None:
        return None
    if "hol_before" in p:
        return days[0] - timedelta(days=7), days[0] - timedelta(days=1)
    if "hol_after" in p:
        return days[1] + timedelta(days=1), days[1] + timedelta(days=7)
    short = days[1] - days[0] < timedelta(days=3)
    if "hol_day" in p or ("hol_part" in p and short):
        day = feast(p["hol_name"], days)
        return day, day
    return days


def holiday_in(name: str, year: int) -> tuple[date, date] | None:
    """The holiday in a given year (去年国庆)."""
    # The last month of a lunar year is most often in the next of ours.
    return holiday("国庆" if name == "十一" else name, year + name.startswith("腊月"))


def _day_of_month(base: date, word: str, today: date, *, known: bool) -> tuple[date, date] | None:
    value = int(number(word) or 0)
    first, last = month_days(base.year, base.month)
    if not known and value > today.day:
        index = base.year * 12 + base.month - 2
        first, last = month_days(index // 12, index % 12 + 1)
    if not 1 <= value <= last.day:
        return None
    return first.replace(day=value), first.replace(day=value)


def _calendar_date(p: dict[str, str], today: date) -> tuple[date, date] | None:
    relative = p.get("ymd_rel")
    word = p.get("iso_y") or p.get("ymd_y")
    month_word = next(
        (p[name] for name in ("iso_m", "ymd_m", "md_m", "md_m2", "md_m3", "md_m4") if name in p),
        None,
    )
    day_word = p.get("iso_d") or p.get("ymd_d") or p.get("md_d")
    part = p.get("ymd_x") or p.get("md_x") or p.get("md_x2")
    year = today.year
    if relative:
        year += _YEARS[relative]
    elif word:
        value = number(word)
        if value is None:
            return None
        year = int(value) if value > 99 else 2000 + int(value)
        if not 1900 <= year <= 2100:
            return None
    if month_word is None:
        if stretch := _YEAR_PARTS.get(p.get("ymd_part", "")):
            return date(year, stretch[0], 1), month_days(year, stretch[1])[1]
        return date(year, 1, 1), date(year, 12, 31)
    month = int(number(month_word) or 0)
    if not 1 <= month <= 12:
        return None
    first, last = month_days(year, month)
    if day_word:
        day = int(number(day_word) or 0)
        if not 1 <= day <= last.day:
            return None
        first = last = first.replace(day=day)
    elif part:
        first, last = _third(first, last, part)
    if not (relative or word) and first > today + (_AHEAD if day_word else timedelta()):
        # Written without a year, the latest one that is not to come.
        first = _months_before(first, 12)
        last = first if day_word else _months_before(last, 12)
    return first, last
