"""Whether two orders are about the same matter, and why: by what it is, where, when and its words.

Never by exact text alone: the same person says a thing anew each time, and many people say it each
in their own words.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from difflib import SequenceMatcher
from enum import IntEnum, StrEnum
from functools import lru_cache
from itertools import pairwise

from actions.understanding.matter.outages import outages
from connectors.store.order_matters import Sketch

REPEATED_WITHIN = timedelta(days=60)
"""How long a person's order counts as the one they mean."""
CLUSTER_WITHIN = timedelta(days=7)
"""How far apart orders of different people may lie."""
_SAME_PLACE, _ALIKE_WORDS, _MANY_WORDS = 0.55, 0.12, 0.35
_NEAR = 200.0  # metres between two points of one place
_LEAST_PLACE = 5  # characters; a shorter one is a region, shared by too many


class Where(IntEnum):
    """How the places of two orders stand to each other, the nearer the greater."""

    ELSEWHERE = 0
    UNSAID = 1
    """One of them names no place."""
    WIDE = 2
    """Both in one town or district, and no more is said of one of them."""
    PARTLY = 3
    """One road or estate, and then each a place of its own in it (1栋 and 3栋)."""
    SAME = 4


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
    place = _place(one, other)
    words = _shared_words(one, other)
    found = _alike(other, _same_category(one, other), place, words)
    return Likeness(tuple(shared), place, abs(one.at - other.at), words, found.reasons)


def told_again(one: Sketch, earlier: Iterable[Sketch]) -> Alike | None:
    """Which of a person's ``earlier`` orders ``one`` is about, or None.

    One place is no other. What the places share says nothing of the matter, so the words are
    compared without it. A few words are easily put in another category: who says that it goes on
    (还是, 又, 怎么还没) means something told before, and is asked with less in common.
    """
    found = []
    for other in earlier:
        if one.at - other.at > REPEATED_WITHIN:
            continue
        where, words = _where(one, other), _shared_words(one, other)
        if where is not Where.ELSEWHERE and _same_matter(one, other, where, words):
            place = _place(one, other)
            found.append(_alike(other, _same_category(one, other), place, words))
    return max(found, key=lambda alike: alike.score, default=None)


def spoken_of(one: Sketch, earlier: Iterable[Sketch]) -> Alike | None:
    """Which of a person's ``earlier`` orders is meant by words said of an order they handed in, or
    None where none is, or several are as likely: 洗车店的事反映了没有用啊."""
    found = []
    for other in earlier:
        if _where(one, other) is not Where.ELSEWHERE and (things := _same_things(one, other)):
            alike = _alike(
                other, _same_category(one, other), _place(one, other), _shared_words(one, other)
            )
            found.append(((things, alike.score), alike))
    found.sort(key=lambda pair: pair[0], reverse=True)
    if not found or (len(found) > 1 and found[0][0] == found[1][0]):
        return None
    return found[0][1]


def pointed_at(text: str, earlier: Sequence[Sketch]) -> Sketch | None:
    """Which of a person's ``earlier`` orders a few words call (菜市场那个), by whatever they share
    with what it says, its place among the rest; None where none does, or several do as much."""
    said = {pair: sum(sign not in _ANY for sign in pair) for pair in _pairs(text) - _ANYWHERE}
    found = sorted(
        (
            (sum(said[pair] for pair in said.keys() & _pairs(f"{one.words}，{one.place}")), at)
            for at, one in enumerate(earlier)
        ),
        reverse=True,
    )
    if not found or found[0][0] < _LEAST_CALLED or (len(found) > 1 and found[0][0] == found[1][0]):
        return None
    return earlier[found[0][1]]


_LEAST_CALLED = 2  # signs that are not of any matter: 厕所 and 所灯, or 市场


def _same_matter(one: Sketch, other: Sketch, where: Where, words: float) -> bool:
    """Whether what is told of ``one`` goes on from ``other``, told before."""
    level = _shared_level(one, other)
    things = _same_things(one, other) + _same_outage(one, other)
    goes_on = _GOES_ON.search(one.words) is not None
    if where is Where.SAME:
        if level >= 2:
            return goes_on or things >= 1 or (words >= _ALIKE_WORDS and level > 2)
        if (goes_on and _same_signs(one, other)) or _TOLD_BEFORE.search(one.words):
            return True
        return words >= _MANY_WORDS or things >= (1 if goes_on else 2)
    if where is Where.UNSAID and goes_on and _same_signs(one, other):
        named = _pairs(_name(other.place)) & _pairs(one.words)
        if len(named) >= _LEAST_NAME:  # 车又被滴了一身，保利香槟国际的车库你们不管吗
            return True
    if where is Where.UNSAID:
        return (level >= 2 and (words >= _MANY_WORDS or things >= 2 - goes_on)) or (
            goes_on and things >= 2
        )
    if where is Where.PARTLY:
        return goes_on and things >= 1
    return goes_on and things >= 1 and (level >= 2 or things >= 2)


def cluster(one: Sketch, others: Iterable[Sketch]) -> tuple[Alike, ...]:
    """The orders of other people about the same matter, most alike first.

    Category and place must agree, and the words a little: next door is another matter. That the
    same has failed (停水, 水龙头一滴没有) is as much as both.
    """
    found = []
    for other in others:
        if (
            abs(one.at - other.at) <= CLUSTER_WITHIN
            and _is_a_spot(one.place)
            and _is_a_spot(other.place)
            and _may_lie_together(one.region, other.region)
            and _where(one, other) is Where.SAME
            and (place := _place(one, other)) >= _SAME_PLACE
            and (_same_category(one, other) or _same_outage(one, other))
            and ((words := _shared_words(one, other)) >= _ALIKE_WORDS or _same_outage(one, other))
        ):
            found.append(_alike(other, _same_category(one, other), place, words))
    return tuple(sorted(found, key=lambda alike: (-alike.score, alike.sketch.number)))


def _is_a_spot(place: str) -> bool:
    """Whether a place is narrow enough for people who name it to mean the same: no mere region, and
    no road without more."""
    name = _name(place)
    return len(place) >= _LEAST_PLACE or (len(name) > _LEAST_NAME and not _ROAD.fullmatch(name))


def _same_outage(one: Sketch, other: Sketch) -> bool:
    return not outages(one.words).isdisjoint(outages(other.words))


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
    return _shared_level(one, other) > 1


def _shared_level(one: Sketch, other: Sketch) -> int:
    """How many levels of the category both have."""
    level = 0
    for mine, theirs in zip(one.category, other.category, strict=False):
        if mine != theirs:
            break
        level += 1
    return level


def _place(one: Sketch, other: Sketch) -> float:
    """0..1. Points on a map are compared as such: their words are digits, alike everywhere."""
    if one.point is not None and other.point is not None:
        return float(_metres(one.point, other.point) <= _NEAR)
    if not one.place or not other.place:
        return 0.0
    crossing = _roads(one.place)
    if len(crossing) > 1 and crossing == _roads(other.place):
        return 1.0  # 贵池路和科学大道口, 科学大道贵池路路口
    return _within(one.place, other.place)


def _where(one: Sketch, other: Sketch) -> Where:
    """How the two places stand to each other."""
    if one.point is not None and other.point is not None:
        near = _metres(one.point, other.point) <= _NEAR
        return Where.SAME if near else Where.ELSEWHERE
    if not one.place or not other.place:
        return Where.UNSAID
    crossing = _roads(one.place)
    if len(crossing) > 1 and crossing == _roads(other.place):
        return Where.SAME
    mine, theirs = _name(one.place), _name(other.place)
    if not mine or not theirs:
        return Where.WIDE if _may_lie_together(one.region, other.region) else Where.ELSEWHERE
    towns = _names(_name(one.place, _AREAS), _name(other.place, _AREAS))  # 水湖镇第二中学, 水湖二中
    return Where.SAME if towns is Where.SAME else _names(mine, theirs)


@lru_cache(maxsize=4096)
def _names(mine: str, theirs: str) -> Where:
    """How two names stand to each other: one may leave out what the other says (菜市场, 菜场), but
    where each says something else instead (振徽苑, 福徽苑) it is another place."""
    blocks = SequenceMatcher(None, mine, theirs, autojunk=False)
    shared = sum(block.size for block in blocks.get_matching_blocks())
    if not any(code[0] == "replace" for code in blocks.get_opcodes()):
        shorter = min(len(mine), len(theirs))
        return (
            Where.SAME if shared >= min(2, shorter) and shared >= shorter / 2 else Where.ELSEWHERE
        )
    first = next(iter(blocks.get_matching_blocks()))
    begins = max(first.a, first.b) == 0 and first.size >= _LEAST_NAME
    within = first.size > _LEAST_NAME  # 全椒路锦江小区西门, 锦江小区垃圾站
    return Where.PARTLY if begins or within or _roads(mine) & _roads(theirs) else Where.ELSEWHERE


_LEAST_NAME = 3
_DIGITS = str.maketrans("一二三四五六七八九两", "1234567892")
_AREAS = re.compile(
    r"^(?:[\u4e00-\u9fff]{2,5}?省)?(?:[\u4e00-\u9fff]{2,4}?市(?![场府政民]))?"
    r"(?:[\u4e00-\u9fff]{1,4}?(?<![小社园厂景校])[区县](?!域|[东西南北]?[路街巷]))?"
)
_REGIONS = re.compile(
    _AREAS.pattern + r"(?:[\u4e00-\u9fff]{1,4}?(?:镇|乡|街道)(?![东西南北]?[路街巷]))?"
)
_BESIDE = re.compile(
    r"[的那这个家边条处里内外面]{0,3}?(?:[旁周]边|隔壁|附近|门口|外面|里面|对面|下面|上面|楼[下上]"
    r"|交叉口|交汇处|[交路]口|一带|[那这][里边])|[那这][个家条边片里]|[的下上里内外处边]$"
)


@lru_cache(maxsize=4096)
def _name(place: str, areas: re.Pattern[str] = _REGIONS) -> str:
    """What a place is called, without the ``areas`` it lies in and what only says beside it."""
    name = _BESIDE.sub("", areas.sub("", place)).translate(_DIGITS)
    return re.sub("[第的]", "", name)  # 金色池塘小区地下室, 金色池塘的地下室


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
        "物业", "小区", "业主", "邻居", "开发", "发商", "老板", "商家", "单位", "公司", "工作",
        "投诉", "反映",
        "解决", "问题", "门口", "附近", "旁边", "对面", "隔壁", "马路", "路边",
        "街边", "楼道", "家里", "家门", "孩子", "老人", "晚上", "半夜", "早上",
        "白天", "影响", "休息", "安全", "严重", "希望", "要求", "部门", "情况",
        "居民", "群众",
    }
)  # fmt: skip


_GOES_ON = re.compile(
    r"又|还是|还在|还没|还不|还要|还敢|仍|依旧|依然|怎么还|照样|老样子|再次|反映过|第[二三四五六七八九十几\d]+[次回遍]|[几两三四五六七八九十\d][次回遍]了|管不管|到底管"
    r"|一直(?:没|不)|到现在|到今天|至今|上次|的事|没动静|没下文|到底|什么时候(?:能|才|修|给|退)|了没有?[吗啊呢]?$|还[^，。！？]{1,3}着"
)
"""Who says so speaks of something that was there before."""
_TOLD_BEFORE = re.compile(
    r"(?:反映|投诉|举报|打电话|说)(?:过|了)?(?:第)?[几两二三四五六七八九十\d]+[次回遍]"
)
"""Who counts how often they have told it means an order there is."""


def _same_things(one: Sketch, other: Sketch) -> int:
    """How many things both name, and not only where they are: 电梯, 垃圾; 安置房 is one."""
    where = _pairs(one.place) & _pairs(other.place)
    named = (_pairs(one.words) & _pairs(other.words)) - where - _ANYWHERE
    things = {pair for pair in named if _ANY.isdisjoint(pair) and not pair.isascii()}
    return len(things) - sum(a[1] == b[0] for a in things for b in things)


def _same_signs(one: Sketch, other: Sketch) -> bool:
    """Whether both say what happens by one character, beside where it is: 还在漏, 漏水."""
    said = (set(one.words) & set(other.words)) - set(one.place) - set(other.place)
    return any("\u4e00" <= sign <= "\u9fff" and sign not in _ANY for sign in said)


def _pairs(text: str) -> frozenset[str]:
    letters = [c for c in text if c.isalnum()]
    return frozenset(a + b for a, b in pairwise(letters))


def _shared_words(one: Sketch, other: Sketch) -> float:
    """Shared pairs of characters over the mean of both (Dice), without those of the place."""
    where = _pairs(one.place) & _pairs(other.place)
    a, b = _pairs(one.words) - where, _pairs(other.words) - where
    return 2 * len(a & b) / (len(a) + len(b)) if a and b else 0.0


def _within(one: str, other: str) -> float:
    """Shared pairs over the smaller: 黄山路工地 lies within 蜀山区黄山路工地."""
    a, b = _pairs(one), _pairs(other)
    return len(a & b) / min(len(a), len(b)) if a and b else float(one == other)
