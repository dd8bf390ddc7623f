"""What is personal in a question, put aside before it leaves, and put back in what returns."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from actions.model.people import names_in
from actions.understanding.people.contact import find_name, find_phone

_DOOR = r"[0-9０-９零〇一二三四五六七八九十百A-Za-z]{1,6}"
_ADDRESS_KIND = "地址"
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_ADDRESS = re.compile(
    rf"(?:[一-鿿]{{2,10}}?(?:小区|花园|公寓|家园|苑|社区|村|路|街|大道|巷|弄)\s*)?"
    rf"(?:\d{{1,3}}[-—–]\d{{1,2}}[-—–]\d{{2,4}}(?!\d)"
    rf"|(?:{_DOOR}(?:号楼|号院|栋|幢|座|单元|支弄|弄|号|室|层|楼|户|房)[,，、\s-]*)+"
    rf"(?:{_DOOR}(?:室|户|房)?)?)"
)
# A number that stands alone is a bus, a floor or a document.
_NO_ADDRESS = re.compile(rf"{_DOOR}(?:号|层|楼)[,，、\s]*")
_SPOKEN = "零〇一二三四五六七八九幺两洞拐勾"
_SPOKEN_NUMBER = re.compile(rf"[{_SPOKEN}](?:[ ,，、-]?[{_SPOKEN}]){{6,}}")
_ACCOUNT = re.compile(
    r"(?<=微信|威信|[Vv]信|[Vv][Xx]|抖音|快手|微博|[Qq][Qq]|旺旺)号?(?:码|是|为)?\s*[:：]?\s*"
    r"[A-Za-z0-9_-]{5,20}"
)
_DAY = r"\d{4}\s*[年./-]\s*\d{1,2}\s*[月./-]\s*\d{1,2}日?"
_BORN = re.compile(
    rf"(?:(?<=生日)|(?<=出生)|(?<=生于))(?:日期)?(?:是|为|于|[:：])?\s*{_DAY}"
    rf"|{_DAY}(?=出?生|的?生日)"
)
_FORMS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("网址", re.compile(r"https?://\S+")),
    ("邮箱", re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}")),
    ("证件号", re.compile(r"(?<![0-9A-Za-z])[1-9]\d{16}[0-9Xx](?![0-9A-Za-z])")),
    ("信用代码", re.compile(r"(?<![0-9A-Za-z])[0-9A-HJ-NP-RT-UW-Y]{18}(?![0-9A-Za-z])")),
    ("证件号", re.compile(r"(?<![0-9A-Za-z])[EGDPHWC][A-Z]?\d{7,8}(?![0-9A-Za-z])")),
    ("工单号", re.compile(r"[Hh][Yy][\s-]?\d{8}[\s-]?\d{4,6}[\s-]?\d?")),
    ("车牌", re.compile(rf"[{_PROVINCES}][A-Za-z][\s·•.-]?[A-Za-z0-9]{{5,6}}(?![A-Za-z0-9])")),
    ("卡号", re.compile(r"(?<!\d)(?:\d[ -]?){15,18}\d(?!\d)")),
    ("电话", re.compile(r"(?<!\d)(?:\+?86[ -]?)?[(（]?1[3-9]\d[)）]?(?:[ .·—-]?\d){8}(?!\d)")),
    ("电话", re.compile(r"(?<!\d)0\d{2,3}[ -]?\d{7,8}(?!\d)")),
    ("号码", re.compile(r"(?<!\d)\d{7,}(?!\d)")),
    ("号码", _SPOKEN_NUMBER),
    ("账号", _ACCOUNT),
    ("尾号", re.compile(r"(?<=[后末尾])[四六4-6]位?(?:数字)?[是为:：]?\s*\d{3,5}[\dXx](?!\d)")),
    ("出生日期", _BORN),
    (_ADDRESS_KIND, _ADDRESS),
)  # fmt: skip
_LABEL = (
    r"(?:我的?|本人的?)?(?:居民身份证|身份证|证件|联系电话|电话|手机|联系方式|银行卡|卡)"
    r"(?:号码?|码)?\s*(?:是|为|[:：])?\s*"
)
_LABELLED = tuple(
    re.compile(rf"{_LABEL}(?:{form.pattern})(?=\s*(?:[,，。；;、\n]|$))")
    for kind, form in _FORMS
    if kind != _ADDRESS_KIND
)
"""A number that is only given, with what it is the number of: "身份证3401…，驾照丢了" asks about a
driving licence, "身份证3401…丢了" about the card."""


_INTRODUCED = re.compile(
    r"(?:我叫|我是|我姓|本人|名叫|姓名[是为:：]?)\s*([一-鿿·]{2,8})(?=[\s，,。；;！!（(]|$)"
)
_NOBODYS = ("〔网址", "〔工单号")  # what the office itself made, or anybody may open


@dataclass(frozen=True, slots=True)
class Aside:
    """``text``: without what is personal; ``kept``: what stands for what."""

    text: str
    kept: tuple[tuple[str, str], ...]

    @property
    def words(self) -> str:
        """What is left beside what was put aside."""
        left = self.text
        for mark, _ in self.kept:
            left = left.replace(mark, "")
        return left.strip()

    def back(self, text: str) -> str:
        """The text with what was put aside in its place again."""
        for mark, said in self.kept:
            text = text.replace(mark, said)
        return text


def put_aside(text: str) -> Aside:
    """Names, numbers, plates and addresses out of a text, each under a mark of its own."""
    kept: dict[str, str] = {}

    def hide(kind: str) -> Callable[[re.Match[str]], str]:
        def mark(found: re.Match[str]) -> str:
            if kind == _ADDRESS_KIND and _NO_ADDRESS.fullmatch(found[0]):
                return found[0]
            return _mark(kept, kind, found[0])

        return mark

    text = text.replace("〔", "[").replace("〕", "]")  # our own marks have these
    for said in sorted(set(names_in(text)), key=len, reverse=True):
        text = text.replace(said, _mark(kept, "姓名", said))
    for kind, form in _FORMS:
        text = form.sub(hide(kind), text)
    if phone := find_phone(text):  # said in words: 幺三八…
        text = text.replace(phone.text, _mark(kept, "电话", phone.text))
    return Aside(text, tuple(kept.items()))


def personal(text: str) -> tuple[str, ...]:
    """What leads to somebody in a text that is made to lead to nobody. Rather too much than too
    little: whoever says who they are ("我是…，") is taken at their word."""
    kept = [said for mark, said in put_aside(text).kept if not mark.startswith(_NOBODYS)]
    return (*kept, *(found[1] for found in _INTRODUCED.finditer(text)))


def searchable(text: str) -> str:
    """A question as it is searched for: without names and numbers of people, of which no rule
    speaks.  Addresses stay: a place in them decides whose rule holds."""
    for said in _names(text):
        text = text.replace(said, " ")
    for form in _LABELLED:
        text = form.sub(" ", text)
    for kind, form in _FORMS:
        if kind != _ADDRESS_KIND:
            text = form.sub(" ", text)
    return text


def _names(text: str) -> Iterable[str]:
    name = find_name(text)
    return (name.text,) if name and len(name.text) > 1 else ()


def _mark(kept: dict[str, str], kind: str, said: str) -> str:
    known = next((mark for mark, one in kept.items() if one == said), None)
    if known is not None:
        return known
    number = sum(mark.startswith(f"〔{kind}") for mark in kept) + 1
    mark = f"〔{kind}{number}〕"
    kept[mark] = said
    return mark
