"""Chinese numerals, holidays and parts of the day: what the time grammar counts with."""

from __future__ import annotations

from datetime import date, timedelta

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "俩": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10000}

# First day of the lunar year (春节); from the national calendar.
_SPRING_FESTIVAL = {
    2015: (2, 19),
    2016: (2, 8),
    2017: (1, 28),
    2018: (2, 16),
    2019: (2, 5),
    2020: (1, 25),
    2021: (2, 12),
    2022: (2, 1),
    2023: (1, 22),
    2024: (2, 10),
    2025: (1, 29),
    2026: (2, 17),
    2027: (2, 6),
    2028: (1, 26),
    2029: (2, 13),
    2030: (2, 3),
    2031: (1, 23),
    2032: (2, 11),
    2033: (1, 31),
    2034: (2, 19),
    2035: (2, 8),
}
_DRAGON_BOAT = {
    2015: (6, 20),
    2016: (6, 9),
    2017: (5, 30),
    2018: (6, 18),
    2019: (6, 7),
    2020: (6, 25),
    2021: (6, 14),
    2022: (6, 3),
    2023: (6, 22),
    2024: (6, 10),
    2025: (5, 31),
    2026: (6, 19),
    2027: (6, 9),
    2028: (5, 28),
    2029: (6, 16),
    2030: (6, 5),
    2031: (6, 24),
    2032: (6, 12),
    2033: (6, 1),
    2034: (6, 20),
    2035: (6, 10),
}
_MID_AUTUMN = {
    2015: (9, 27),
    2016: (9, 15),
    2017: (10, 4),
    2018: (9, 24),
    2019: (9, 13),
    2020: (10, 1),
    2021: (9, 21),
    2022: (9, 10),
    2023: (9, 29),
    2024: (9, 17),
    2025: (10, 6),
    2026: (9, 25),
    2027: (9, 15),
    2028: (10, 3),
    2029: (9, 22),
    2030: (9, 12),
    2031: (10, 1),
    2032: (9, 19),
    2033: (9, 8),
    2034: (9, 27),
    2035: (9, 16),
}
_FIXED = {
    "元旦": ((1, 1), 1),
    "妇女节": ((3, 8), 1),
    "立春": ((2, 4), 1),  # solar terms fall on the day given or the next
    "清明": ((4, 4), 3),
    "立夏": ((5, 5), 1),
    "夏至": ((6, 21), 1),
    "立秋": ((8, 7), 1),
    "立冬": ((11, 7), 1),
    "冬至": ((12, 21), 1),
    "五一": ((5, 1), 5),
    "劳动节": ((5, 1), 5),
    "儿童节": ((6, 1), 1),
    "六一": ((6, 1), 1),
    "教师节": ((9, 10), 1),
    "国庆": ((10, 1), 7),
    "圣诞": ((12, 25), 1),
    "高考": ((6, 7), 3),
    "双十一": ((11, 11), 1),
    "暑假": ((7, 1), 62),
    "寒假": ((1, 15), 35),
    "暑期": ((7, 1), 62),
}
_LUNAR = {
    "春节": (_SPRING_FESTIVAL, -1, 8),
    "过年": (_SPRING_FESTIVAL, -1, 8),
    "大年初一": (_SPRING_FESTIVAL, 0, 1),
    "除夕": (_SPRING_FESTIVAL, -1, 1),
    "大年三十": (_SPRING_FESTIVAL, -1, 1),
    "年三十": (_SPRING_FESTIVAL, -1, 1),
    "元宵": (_SPRING_FESTIVAL, 14, 1),
    "端午": (_DRAGON_BOAT, 0, 3),
    "中秋": (_MID_AUTUMN, 0, 3),
}
_NUMERALS = "一二三四五六七八九十"
_TO_TWENTY = (*_NUMERALS, *(f"十{n}" for n in _NUMERALS[:9]), "二十")
_TO_THIRTY = (*_TO_TWENTY, *(f"二十{n}" for n in _NUMERALS[:9]), "三十")
# Days of the first and last month of the lunar year. The last has 29 or 30 days: each is one of two.
_LUNAR |= {
    f"{month}初{n}": (_SPRING_FESTIVAL, k, 1)
    for k, n in enumerate(_NUMERALS)
    for month in ("正月", "大年")
}
_LUNAR |= {f"正月{n}": (_SPRING_FESTIVAL, k, 1) for k, n in enumerate(_TO_TWENTY) if k > 9}
_LUNAR |= {f"腊月{n}": (_SPRING_FESTIVAL, k - 30, 2) for k, n in enumerate(_TO_THIRTY) if k > 9}
_LUNAR |= {"年前": (_SPRING_FESTIVAL, -31, 30), "年后": (_SPRING_FESTIVAL, 7, 30)}
_LUNAR |= {"正月": (_SPRING_FESTIVAL, 0, 29), "腊月": (_SPRING_FESTIVAL, -29, 29)}
HOLIDAYS = tuple({**_FIXED, **_LUNAR})

# Part of the day: first hour, last hour (over 24 is the next morning).
PARTS = {
    "凌晨": (0, 6), "后半夜": (0, 6), "清晨": (5, 8), "清早": (5, 8), "一大早": (5, 8), "大清早": (5, 8),
    "早晨": (6, 9), "早上": (6, 9), "早": (6, 9), "早高峰": (7, 9), "上午": (8, 12), "中午": (11, 14),
    "午间": (11, 14), "午休": (12, 14), "午后": (13, 17), "下午": (12, 18), "傍晚": (17, 19),
    "晚高峰": (17, 19), "晚上": (18, 24), "晚间": (18, 24), "晚": (18, 24), "大晚上": (18, 24),
    "夜晚": (18, 30), "夜里": (22, 30), "夜间": (22, 30), "夜": (22, 30), "深夜": (22, 28),
    "半夜": (22, 30), "大半夜": (22, 30), "三更半夜": (22, 30), "半夜三更": (22, 30), "深更半夜": (22, 30), "午夜": (23, 26),
    "白天": (7, 19), "上班时间": (9, 17), "早晚高峰": (7, 19), "上下班高峰": (7, 19), "晨": (5, 8), "通宵": (22, 30), "整夜": (22, 30),
    "天不亮": (4, 6), "天没亮": (4, 6), "天刚亮": (5, 7), "朝早": (5, 9), "晚黑": (18, 24),
}  # fmt: skip


def number(text: str) -> float | None:
    """The value of a Chinese or Arabic numeral: 二十三, 两百, 15, 半, 1.5; None if it is none.

    几十 and 十几 count as their middle (50, 15): people mean "about".
    """
    if not text:
        return None
    if text.replace(".", "", 1).isdecimal() and text.isascii():
        return float(text)
    if text == "半":
        return 0.5
    if text in ("几", "数"):
        return 5.0
    if all(c in _DIGITS for c in text):
        return float("".join(str(_DIGITS[c]) for c in text))
    total = section = 0.0
    for c in text:
        if c in _DIGITS:
            section = float(_DIGITS[c])
        elif c in "几数":
            section = 5.0
        elif c in _UNITS:
            unit = _UNITS[c]
            total = (total + section) * unit if unit == 10000 else total + (section or 1) * unit
            section = 0.0
        else:
            return None
    return total + section


def holiday(name: str, year: int) -> tuple[date, date] | None:
    """First and last day of a holiday in a year; None where the table does not reach."""
    if name in _FIXED:
        (month, day), days = _FIXED[name]
        first = date(year, month, day)
        return first, first + timedelta(days=days - 1)
    table, offset, days = _LUNAR[name]
    if year not in table:
        return None
    first = date(year, *table[year]) + timedelta(days=offset)
    return first, first + timedelta(days=days - 1)


def feast(name: str, days: tuple[date, date]) -> date:
    """The day itself a holiday is named after (春节 begins on its eve)."""
    return days[0] + timedelta(days=1) if name in ("春节", "过年") else days[0]


def month_days(year: int, month: int) -> tuple[date, date]:
    """First and last day of a month."""
    after = date(year + month // 12, month % 12 + 1, 1)
    return date(year, month, 1), after - timedelta(days=1)
