"""Several matters told in one breath, taken apart: each becomes an order of its own.

Careful on purpose: a letter that numbers its grievances about one thing stays one matter. Parts
are split off only where the person marks them (第二, 还有一件事, 另外) and each is clearly of
another category.
"""

from __future__ import annotations

import re

from actions.complaint.appeal import judge_appeal
from actions.complaint.category import categorise
from actions.complaint.fields import AppealType
from actions.complaint.folding import fold

MOST = 4
_SHORTEST = 8  # characters of a part
_SURE = 0.6
_OTHERWISE = re.compile(
    r"[，。；！\s](?:还有(?:(?:一|个|另外)+(?:件|个)?(?:事情?|问题|情况)?|(?![人的些点很许待没钱几多]))|另外(?:还有)?(?:一|个|件|再|想)*(?:事情?|问题|反映|投诉|说)?(?:一下|的是)?|"
    r"再(?:有|一个)(?:就是|问题)?|顺便(?:再)?(?:反映|投诉|说)(?:一下|下)?|第二件事?)(?:是|就是|，|：|,)*"
)
_LISTED = re.compile(
    r"(?:^|(?<=[，。；：！\n\s]))(?:第[一二三四](?:件事?|个问题|点)?[，、：是]|[一二三四](?:是|、)|[（(]?[1-4１-４][)）、.．])\s*"
)
_ANNOUNCED = re.compile(
    r"(?:我|我们)?(?:要|想)?(?:反映|投诉|说|讲|举报)?(?:有)?(?:以下)?(?:两|三|四|几)(?:件|个|点)(?:事情?|问题|情况)[，：:。,\s]*$"
)
_ABOUT_ONESELF = re.compile(
    r"[，。；！\s]?(?:我们?家?|本人)(?:就?住在?|是|叫|姓|的?(?:电话|手机|地址))[^，。；！\s]*"
)
_MATTERS = (AppealType.COMPLAINT, AppealType.REPORT, AppealType.HELP)


def apart(text: str) -> tuple[str, ...]:
    """The matters of a text, in its own words; the text itself when it is one.

    What stands before a numbered list belongs to each of its items.
    """
    folded = fold(text)
    for parts in (_listed(text, folded), _joined(text, folded)):
        if 1 < len(parts) <= MOST and _differ(parts):
            return parts
    return (text,)


def _listed(text: str, folded: str) -> tuple[str, ...]:
    marks = list(_LISTED.finditer(folded))
    if len(marks) < 2:
        return ()
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    before = _ANNOUNCED.sub("", text[: marks[0].start()])
    return tuple(
        before + text[mark.end() : end].strip() for mark, end in zip(marks, ends, strict=True)
    )


def _joined(text: str, folded: str) -> tuple[str, ...]:
    marks = list(_OTHERWISE.finditer(folded))
    if not marks:
        return ()
    starts = [0, *(mark.end() for mark in marks)]
    ends = [*(mark.start() + 1 for mark in marks), len(text)]
    return tuple(text[a:b].strip() for a, b in zip(starts, ends, strict=True))


def _differ(parts: tuple[str, ...]) -> bool:
    """Whether each part is a matter, and each of another first level than the others."""
    firsts = set()
    for part in parts:
        said = _ABOUT_ONESELF.sub("", fold(part))
        category = categorise(said)
        if len(said) < _SHORTEST or not category.path or category.confidence[0] < _SURE:
            return False
        if judge_appeal(said, (), category).kind not in _MATTERS:
            return False
        firsts.add(category.path[0])
    return len(firsts) == len(parts)
