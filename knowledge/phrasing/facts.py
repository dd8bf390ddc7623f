"""The hard facts of a sentence: amounts with units, numbers, codes, names of places and rules.

Written in characters or digits, with or without blanks and separators, they come out the same:
"十五个工作日" and "15 个工作日", "1.5万元" and "15,000元".
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge.phrasing.words import words
from knowledge.text import fold

_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_POWERS = {"十": 10, "百": 100, "千": 1000}
_UNITS = (
    "个工作日|工作日|个自然日|自然日|个月|周岁|小时|分钟|公里|千米|平方米|平方公里|公斤|万元|亿元|"
    "元|块|日|天|月|年|周|岁|次|份|张|人|户|倍|成|米|级|类|项|条|款|章|号|期|档|层|楼|页|寸|秒|"
    "度|吨|亩|件|名|家|科|分|元整|%|‰|个"
)
_SAME_UNIT = {
    "个工作日": "工作日", "个自然日": "天", "自然日": "天", "日": "天", "块": "元", "元整": "元",
    "周岁": "岁", "千米": "公里", "名": "人",
}  # fmt: skip
_CHINESE_NUMBER = re.compile(
    rf"(?<![\d.零〇一二三四五六七八九十百千万亿两])([零〇一二三四五六七八九十百千万亿两]+)(?={_UNITS})"
)
_PERCENT = re.compile(r"百分之([零〇一二三四五六七八九十百两]+|\d+(?:\.\d+)?)")
_ORDINAL = re.compile(r"第([零〇一二三四五六七八九十百千两]+)")
_SEPARATOR = re.compile(r"(?<=\d)[,，](?=\d{3}(?!\d))")
_AMOUNT = re.compile(rf"(\d+(?:\.\d+)?)(万|亿)?({_UNITS})?")
_PHONE = re.compile(r"(?<!\d)(?:\(?0\d{2,3}\)?[ -]?)?\d{3,4}[ -]?\d{4}(?!\d)|(?<!\d)1\d{10}(?!\d)")
_LATIN = re.compile(r"[a-z][a-z0-9._@:/+-]*")
_TITLE = re.compile(r"[《〈“\"「『]([^》〉”\"」』]{1,60})[》〉”\"」』]")
_PLACE = re.compile(
    r"[一-鿿]{2,7}?(?:省|市|自治区|区|县|镇|乡|街道|社区|村|路|大道|街|巷|广场|大厦|园区)"
)
_OFFICE = re.compile(
    r"[一-鿿]{2,8}?(?:委员会|管理局|局|法院|检察院|派出所|街道办|办事处|民政厅|厅|税务所|服务中心|中心|"
    r"医院|银行|大厅|窗口|公司|学校|大学)"
)


@dataclass(frozen=True, slots=True)
class Facts:
    """``amounts``: (number, unit or ""); ``codes``: telephone numbers and Latin words; ``names``:
    titles and quotations as written, places and offices without words of wrapping."""

    amounts: frozenset[tuple[str, str]]
    codes: frozenset[str]
    names: frozenset[str]

    @property
    def any(self) -> bool:
        return bool(self.amounts or self.codes or self.names)


def facts_of(text: str) -> Facts:
    """The hard facts of a text."""
    plain = plain_numbers(fold(text))
    phones = {re.sub(r"\D", "", phone) for phone in _PHONE.findall(plain)}
    rest = _PHONE.sub(" ", plain)
    amounts = {_amount(*found) for found in _AMOUNT.findall(rest)}
    names = {name for name in _TITLE.findall(plain) if name.strip()}
    unwrapped = bare(plain)
    names |= set(_PLACE.findall(unwrapped)) | set(_OFFICE.findall(unwrapped))
    return Facts(
        frozenset(amounts),
        frozenset(phones | set(_LATIN.findall(plain))),
        frozenset(names),
    )


def bare(folded: str) -> str:
    """A folded text with a blank for every word of wrapping."""
    return words().glue.sub(" ", folded)


def plain_numbers(folded: str) -> str:
    """A folded text with its Chinese numbers as digits, where they count something."""
    text = re.sub(r"(?<=[\d零〇一二三四五六七八九十百千万亿两]) +(?=[一-鿿%])", "", folded)
    text = _SEPARATOR.sub("", text)
    text = _PERCENT.sub(lambda m: f"{_value(m[1])}%", text)
    text = _ORDINAL.sub(lambda m: f"第{_value(m[1])}", text)
    return _CHINESE_NUMBER.sub(lambda m: _value(m[1]), text)


def _amount(number: str, scale: str, unit: str) -> tuple[str, str]:
    value = float(number)
    if unit in ("万元", "亿元"):
        scale, unit = unit[0], "元"
    value *= {"万": 1e4, "亿": 1e8, "": 1}[scale]
    return f"{value:g}" if value < 1e6 else f"{value:.0f}", _SAME_UNIT.get(unit, unit)


def _value(written: str) -> str:
    """A Chinese number as digits; digit by digit ("二〇二六") where no power is named."""
    if written[0].isdigit():
        return written
    if not any(c in "十百千万亿" for c in written):
        return "".join(str(_DIGITS[c]) for c in written)
    total = section = digit = 0
    for char in written:
        if char in _DIGITS:
            digit = _DIGITS[char]
        elif char in _POWERS:
            section += (digit or 1) * _POWERS[char]
            digit = 0
        else:
            total = (total + section + digit) * {"万": 10**4, "亿": 10**8}[char]
            section = digit = 0
    return str(total + section + digit)
