"""Who or what is complained of, reported or praised: the likeliest of the parties mentioned.

What speaks for a party and how much was fitted on the labelled texts that are worked with, by a
logistic regression over all parties they mention; the held-back ones were not looked at.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Sequence

from actions.understanding.fields import AppealType, Place, Span, span
from actions.understanding.people.parties import find_parties

_ACTED = re.compile(r"(?:被|遭|让|由)$")
_BEGINS = frozenset("，。！？；：\n ")
_ASKED = re.compile(
    r"(?:打电话给|打电话到|打给|打|找|去找|问|联系|给|跟|向|和|投诉到|反映给|反映到)(?:了|过)?$"
)
# What follows a party that is to blame, one that answers for it, and one that only stands there.
_DOES = re.compile(
    r"(?:的?人)?(?:就|还|都|却|也|又|竟然?|居然|一直|长期|总是?|经常|天天|每天|至今|仍|硬是?|非){0,6}"
    r"(?:拒|不(?!知|清楚)|没|把|将|强|私自|擅自|违|乱收|收(?!到|入)|骗|拖|欠|占|强|任意|"
    r"利用|逼|偷|排|扣|态度|服务|迟迟|承诺|答应|通知|威胁|打人|骂|敷衍|跑路)"
)
_STANDS = re.compile(
    r"(?:的)?(?:门口|旁边?|对面|附近|周边|大厅|大堂|操场|宿舍|后面|前面|楼下|楼上|路口|周围|隔壁|里面?(?!的人)|内|上班|工作|打工|读书|上学|住院|看病|就诊)"
)
_SAYS = re.compile(
    r"(?:那边|方面|的人)?(?:都|也|就|却|又|总是?|一直|还)?(?:说|称|推|讲|回复|答复|让我|叫我|喊我|要求|来人|"
    r"告诉|表示|解释|一会儿|一口|就是不|置之|无人|没人|不管|不理|态度)"
)
# 村里说归水利局管: who passes a matter on, and to whom, is rarely what it is about.
_PASSES_ON = re.compile(r"(?:又|也|都|就)?(?:说|讲|推)(?:是|这|要|应该|得)*(?:归|该|找|属于)")
_PASSED_ON = re.compile(r"(?:(?<!不)归|推给|踢给|甩给|(?<!不)属于)了?$")
# Who is called to judge more often than blamed.
_BODIES = re.compile(
    r"局|委|办|街道|社区|派出所|政府|城管|交警|民警|警察|公安|法院|检察院|消防|大队|纪委|热线|12345|居委|村委|银行"
)
# A kind of car in passing is scenery, the one with a number or a line is not.
_ANY_CAR = re.compile(
    r"^(?:那个|一辆)?(?:公交车|大?货车|面包车|渣土车|泥头车|洒水车|大巴|中巴|出租车)$"
)
# 隔壁 of 隔壁村 is where, not who.
_ELSEWHERE = re.compile(r"(?:隔壁|对面|旁边)(?:的)?(?:[村镇县乡]|小区|单元|街|楼栋)")
# 对面楼上有个老师: where, and then who.
_UPSTAIRS = re.compile(r"(?:楼[上下]|隔壁|对门|对面)$")
_SOMEBODY_THERE = re.compile(r"有(?:一?[个家位户帮群伙]|人|几)")
_BIAS, _LEAST = -1.58, -1.0
_LATE, _FIRST, _ALL_OF_PLACE = -2.1, 0.95, -0.8
_LETTER, _MOST_LETTERS, _TWO_LETTERS = 0.38, 12, -0.74
_OF_KIND = {AppealType.HELP: -1.58, AppealType.PRAISE: -0.7, AppealType.REPORT: -0.55}
_ABOUT = (AppealType.COMPLAINT, AppealType.REPORT, AppealType.PRAISE, AppealType.HELP)


def find_subject(
    text: str, kind: AppealType | None, bounds: Collection[int], places: Sequence[Place]
) -> Span | None:
    """The party an appeal is about, or None; questions and suggestions are about nobody.

    Args:
        text: the folded text.
        kind: the kind of appeal.
        bounds: offsets where a region's name ends: a firm's name begins after it.
        places: the places named: what is but a part of one is rarely to blame.
    """
    if kind not in _ABOUT:
        return None
    best: tuple[float, int, int] | None = None
    for number, (start, end) in enumerate(find_parties(text, bounds)):
        score = _BIAS + _OF_KIND.get(kind, 0.0) + _said_of(text, start, end)
        score += _FIRST if number == 0 else 0.0
        if any(place.named and place.start <= start and end <= place.end for place in places):
            score += _ALL_OF_PLACE
        if best is None or score > best[0]:
            best = (score, start, end)
    if best is None or best[0] < _LEAST:
        return None
    start, end = best[1:]
    if text[start] == "下" and any(place.start == start + 1 for place in places):
        start += 1  # 表扬下滨湖派出所
    return span(text, start, end, round(1 / (1 + math.exp(-best[0] - 1)), 3))


def _said_of(text: str, start: int, end: int) -> float:
    """What the text says for a party: where it stands, how it is named, what is told of it."""
    score = _LATE * start / (len(text) + 30)
    score += _LETTER * min(_MOST_LETTERS, end - start)
    score += _TWO_LETTERS if end - start == 2 else 0.0
    score += 0.8 if start == 0 or text[start - 1] in _BEGINS else 0.0
    score += 0.44 if _ACTED.search(text, max(0, start - 1), start) else 0.0
    score += 0.46 if _ASKED.search(text, max(0, start - 5), start) else 0.0
    score += 0.6 if _DOES.match(text, end) else 0.0
    score += 0.37 if _SAYS.match(text, end) else 0.0
    score -= 1.5 if _PASSED_ON.search(text, max(0, start - 6), start) else 0.0
    score -= 2.5 if _PASSES_ON.match(text, end) else 0.0
    score -= 1.25 if _STANDS.match(text, end) else 0.0
    if _ANY_CAR.match(text[start:end]):
        score -= 3.0 if text[end : end + 1] in ("上", "里") else 1.0
    score -= 3.0 if _SOMEBODY_THERE.match(text, end) and _UPSTAIRS.search(text, start, end) else 0.0
    score -= 3.0 if _ELSEWHERE.match(text, start) else 0.0
    score -= 0.5 if _BODIES.search(text, start, end) else 0.0
    return score
