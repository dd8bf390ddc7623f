"""The letter a rule is sent out with (现将…印发给你们，请认真贯彻执行): no part of the rule."""

from __future__ import annotations

import re
from collections.abc import Sequence

LETTER = "印发说明"
"""The heading a letter stands under, which tells people nothing."""
_MOST_LINES = 15
_MOST = 400  # characters
_SENT = re.compile(
    r"印发(?:给)?(?:你们|各地|各单位)|(?:现|特)(?:予以?|将[^。]{2,120})?(?:印发|下发|转发)"
)
_ASKED = re.compile(
    r"请[^。，；]{0,20}(?:认真|遵照|抓好|按照|严格|结合实际)[^。；]{0,20}(?:执行|落实|实施)"
)
# Who reads it is told something: then it is no mere letter.
_TELLS = re.compile(r"\d(?:\.\d+)?\s*(?:元|%|万|周岁|个?工作日|天|个月)")
# What a letter ends with: who signs, the day, what is enclosed.
_END = re.compile(
    r"附件?\s*[:：]?.{0,60}|[^，。；：|]{2,30}|.{0,10}\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日.{0,4}"
    r"|[（(]此件.{0,20}"
)
_ANNOUNCED_LINES = 6
_FOLLOWS = re.compile(
    r"(?:通知|公告|通告|公布|公示|解读|说明|解答|明确|规定|要求|事项|意见|安排)如下[：:。]?$"
)
_DAY = re.compile(r"\d{1,2}月\d{1,2}日")
_SIGNED = re.compile(r"[〇○零一二三四五六七八九\d]{4}\s*年.{1,8}月.{1,8}日\s*$|[（(]此件.{0,20}")

Sections = tuple[tuple[str, str], ...]


def letter_last(sections: Sequence[tuple[str, str]]) -> Sections:
    """The sections with the letter, where one stands before a rule, behind it under a heading of
    its own: what a rule opens with is shown to people, and the letter tells them nothing."""
    if not sections or sections[0][0]:
        return tuple(sections)
    lines = sections[0][1].split("\n")
    end = _end_of_letter(lines) or _end_of_announcement(lines)
    letter, rest = "\n".join(lines[:end]).strip(), "\n".join(lines[end:]).strip()
    if not letter or len(letter) > _MOST or _TELLS.search(letter) or not (rest or sections[1:]):
        return tuple(sections)
    lead = (("", rest),) if rest else ()
    return (*lead, *sections[1:], (LETTER, letter))


def _end_of_announcement(lines: Sequence[str]) -> int:
    """After which line an announcement of what follows ends (各单位：… 有关事项通知如下：), 0 if
    there is none."""
    for at, line in enumerate(lines[:_ANNOUNCED_LINES]):
        said = line.strip()
        if _FOLLOWS.search(said) and not _DAY.search(said):
            return at + 1
        if said and not said.endswith(("：", ":")):
            break
    return 0


def _end_of_letter(lines: Sequence[str]) -> int:
    """After which line the letter ends, its signature and day included; 0 if there is none."""
    sent = [n for n, line in enumerate(lines[:_MOST_LINES]) if _SENT.search(line)]
    if not sent:
        return 0
    end = sent[-1] + 1
    for at in range(end, min(end + 8, len(lines))):
        line = lines[at].strip()
        asked = _ASKED.search(line)
        if line and not asked and not _END.fullmatch(line):
            break
        if asked or _SIGNED.search(line):
            end = at + 1
    return end
