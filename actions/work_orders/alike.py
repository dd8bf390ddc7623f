"""Whether two orders are about the same matter, and why: by what it is, where, when and its words.

Never by exact text alone: the same person says a thing anew each time, and many people say it each
in their own words.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from itertools import pairwise

from connectors.store.order_matters import Sketch

REPEATED_WITHIN = timedelta(days=60)
"""How long a person's order counts as the one they mean."""
CLUSTER_WITHIN = timedelta(days=7)
"""How far apart orders of different people may lie."""
_SAME_PLACE, _SAME_WORDS, _ALIKE_WORDS, _TOLD_AGAIN = 0.55, 0.5, 0.12, 0.2
_VERY_PLACE = 0.65
_NEAR = 200.0  # metres between two points of one place
_LEAST_PLACE = 5  # characters; a shorter one is a region, shared by too many


class Reason(StrEnum):
    """What two orders have in common."""

    CATEGORY = "category"
    PLACE = "place"
    TIME = "time"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class Alike:
    """An order about the same matter; ``score`` is 0..1, higher is more alike."""

    sketch: Sketch
    score: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Likeness:
    """What two orders have in common, in numbers: the beginning of the category they share, how
    much of the place and of the words (0..1), how long lies between them."""

    category: tuple[str, ...]
    place: float
    apart: timedelta
    words: float
    reasons: tuple[Reason, ...]


def likeness(one: Sketch, other: Sketch) -> Likeness:
    """Why two orders count, or do not count, as one matter; by the same measures."""
    shared = []
    for mine, theirs in zip(one.category, other.category, strict=False):
        if mine != theirs:
            break
        shared.append(mine)
    place = _place(one, other, _within)
    words = _overlap(one.words, other.words)
    found = _alike(other, _same_category(one, other), place, words)
    return Likeness(tuple(shared), place, abs(one.at - other.at), words, found.reasons)


def told_again(one: Sketch, earlier: Iterable[Sketch]) -> Alike | None:
    """Which of a person's ``earlier`` orders ``one`` is about, or None.

    One place is no other; where a place is missing, the words must do. A few words are easily put
    in another category: at the very place one thing named in both (电梯) will do, as the person is
    asked.
    """
    found = []
    for other in earlier:
        if one.at - other.at > REPEATED_WITHIN:
            continue
        category, words = _same_category(one, other), _overlap(one.words, other.words)
        placed = bool(one.place and other.place)
        place = _place(one, other, _within)
        if placed and place < _SAME_PLACE:
            continue
        told = _ALIKE_WORDS if placed else _TOLD_AGAIN
        same_thing = place >= _VERY_PLACE and _same_things(one, other)
        if words >= _SAME_WORDS or (category and words >= told) or same_thing:
            found.append(_alike(other, category, place, words))
    return max(found, key=lambda alike: alike.score, default=None)


def cluster(one: Sketch, others: Iterable[Sketch]) -> tuple[Alike, ...]:
    """The orders of other people about the same matter, most alike first.

    Category and place must agree, and the words a little: next door is another matter.
    """
    found = []
    for other in others:
        words = _overlap(one.words, other.words)
        if (
            abs(one.at - other.at) <= CLUSTER_WITHIN
            and _same_category(one, other)
            and min(len(one.place), len(other.place)) >= _LEAST_PLACE
            and _may_lie_together(one.region, other.region)
            and (place := _place(one, other, _overlap)) >= _SAME_PLACE
            and words >= _ALIKE_WORDS
        ):
            found.append(_alike(other, True, place, words))
    return tuple(sorted(found, key=lambda alike: (-alike.score, alike.sketch.number)))


def _may_lie_together(one: str | None, other: str | None) -> bool:
    """Whether two places may be in one region: they are, one holds the other (340100 and 340104),
    or of one it was not said (贵池路, and 蜀山区贵池路)."""
    if one is None or other is None:
        return True
    trunks = [code.rstrip("0") if code.endswith("00") else code for code in (one, other)]
    return trunks[0].startswith(trunks[1]) or trunks[1].startswith(trunks[0])


def _alike(other: Sketch, category: bool, place: float, words: float) -> Alike:
    reasons = (
        *((Reason.CATEGORY,) if category else ()),
        *((Reason.PLACE,) if place >= _SAME_PLACE else ()),
        Reason.TIME,
        *((Reason.WORDS,) if words >= _ALIKE_WORDS else ()),
    )
    return Alike(other, round(0.3 * category + 0.35 * place + 0.35 * words, 3), reasons)


def _same_category(one: Sketch, other: Sketch) -> bool:
    return len(one.category) > 1 and one.category[:2] == other.category[:2]


def _place(one: Sketch, other: Sketch, measure: Callable[[str, str], float]) -> float:
    """0..1. Points on a map are compared as such: their words are digits, alike everywhere."""
    if one.point is not None and other.point is not None:
        return float(_metres(one.point, other.point) <= _NEAR)
    if not one.place or not other.place:
        return 0.0
    crossing = _roads(one.place)
    if len(crossing) > 1 and crossing == _roads(other.place):
        return 1.0  # 贵池路和科学大道口, 科学大道贵池路路口
    return measure(one.place, other.place)


_ROAD = re.compile(r"[\u4e00-\u9fff]{1,4}?(?:大道|路|街|巷)")
_BEFORE_ROAD = re.compile(r"^(?:.*[区县市镇省])?(?:和|与|跟|同|靠近|近|到|在)?")


def _roads(place: str) -> frozenset[str]:
    """The roads a place names, without the region before them and the words between."""
    named = (_BEFORE_ROAD.sub("", road) for road in _ROAD.findall(place))
    return frozenset(road for road in named if len(road) > 2 or road.endswith("街"))


def _metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """As the crow flies; exact enough within a city."""
    east = (one[1] - other[1]) * math.cos(math.radians((one[0] + other[0]) / 2))
    return 111_200 * math.hypot(one[0] - other[0], east)


# Characters of words that are about any matter, and words of whoever is concerned in many.
_ANY = frozenset(
    "的了没有不是在我你他她它们人这那个就都也还又很太被把给来去到说一二两三四五六七八九十几半多少天日月年周时点次号"
    "上下里外前后大小好坏修管要会能可请望求快总老直从向和跟对为因所以什么怎样啊吗吧呢"
)
_ANYWHERE = frozenset(
    {
        "物业", "小区", "业主", "邻居", "单位", "公司", "工作", "投诉", "反映",
        "解决", "问题", "门口", "附近", "旁边", "对面", "隔壁", "马路", "路边",
        "街边", "楼道", "家里", "家门", "孩子", "老人", "晚上", "半夜", "早上",
        "白天", "影响", "休息", "安全", "严重", "希望", "要求", "部门", "情况",
        "居民", "群众",
    }
)  # fmt: skip


def _same_things(one: Sketch, other: Sketch) -> frozenset[str]:
    """Pairs of characters in both that name a thing, and not where it is: 电梯, 垃圾, 路灯."""
    where = _pairs(one.place) & _pairs(other.place)
    named = (_pairs(one.words) & _pairs(other.words)) - where - _ANYWHERE
    return frozenset(pair for pair in named if _ANY.isdisjoint(pair) and not pair.isascii())


def _pairs(text: str) -> frozenset[str]:
    letters = [c for c in text if c.isalnum()]
    return frozenset(a + b for a, b in pairwise(letters))


def _overlap(one: str, other: str) -> float:
    """Shared pairs of characters over the mean of both (Dice)."""
    a, b = _pairs(one), _pairs(other)
    return 2 * len(a & b) / (len(a) + len(b)) if a and b else 0.0


def _within(one: str, other: str) -> float:
    """Shared pairs over the smaller: 黄山路工地 lies within 蜀山区黄山路工地."""
    a, b = _pairs(one), _pairs(other)
    return len(a & b) / min(len(a), len(b)) if a and b else float(one == other)
