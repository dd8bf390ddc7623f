"""What the tagger found, joined with what the rules found.

The rules know regions, and what ends in a word for a place; the tagger knows where a name stands,
however it ends. What either sees is taken, and where they touch it is one name.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from operator import attrgetter

from actions.understanding.places import gazetteer
from actions.understanding.places.tagger import Tagged
from actions.understanding.places.unit import Kind, Unit
from actions.understanding.places.words import (
    A_LITTLE,
    ADMIN,
    DOINGS,
    GENERIC,
    ONE_WAY,
    RELATIONS,
    SIDES,
    STOPS,
    TYPES,
)
from actions.understanding.text.words import alternation

SURE, SURE_ALONE = 0.5, 0.6
"""Names the tagger is less sure of are left; surer it must be where neither a unit touches the
name nor a word before it says that a place will follow."""
SURE_OF_START = 0.9
SURE_OF_VESSEL = 0.9
SURE_WITHIN_A_WORD = 0.97
SURE_OF_WHOLE = 0.8
# What many a town has, and which tells the place only together with what follows at once.
_ZONE = re.compile(
    r"(?:经济(?:技术)?|高新(?:技术)?(?:产业)?|旅游|综合)?(?:开发区|工业园区?|产业园区?|保税区|度假区|示范区)"
)
# Sides (交汇处) are added to whatever they are a side of, and what joins two names is none.
_SIDE = re.compile(
    rf"(?:{alternation(frozenset(w for w in RELATIONS if len(w) > 1))})|[与和及的、到至]$"
)
_AT = re.compile(r"(?:[在住位于到去往从至叫沿经把离]|[对靠挨]着|址[是：])$")
_SO_OFTEN = re.compile(
    r"[0-9一两三四五六七八九十几俩]+(?:趟|次|回|个|月|天|年|点|块|元|岁|人|名|位|辆|台|只|所|家|间|大)"
)
_COUNTED_BEHIND = re.compile(
    r"[一两二三四五六七八九十几俩]+(?:趟|次|回|个月|条[路街道巷]|个[村镇区站]|个小区)$"
)
_LEADS = frozenset("到在从被把至往于系与离")
_CLAUSE = re.compile(r"(?:(?!被|没有|有人|由于|因为)[^，。；！？：\n])+")
_NO_NAME = re.compile(
    r"^[\u4e00-\u9fff]?[XxＸ×*某]{1,3}$|^.(.)\1$|^月[0-9]|[0-9]{5}|[A-Z][·•. ]?[A-Z0-9]{4}|先生|女士"
)
_I_AM_CALLED = re.compile(r"(?:我叫|本人|姓名：?|(?<![站村区街路巷寨屯组院店])名叫)$")
# 高三的小孩 is how old the child is; 初一 is a day or a class.
_CLASS = re.compile(
    r"[初高大][一二三四](?=的|学生|孩子|小孩|娃|年级|[，。；！？\s]|$)|[一二三四五六七八九]年级"
)
_NUMBERED_PART = re.compile(r"[0-9一二三四五六七八九十](?:号?街坊|号楼?|单元|[栋幢座期室层楼组])$")
# 二十一世纪国际公寓, 市第三人民医院
_COUNTED = re.compile(r"[省市县区州]?第?[一二三四五六七八九十百]+")
# 大|王庄村: what names of villages and roads begin with, and rules take for a word of its own.
_BEGINS_MANY = frozenset("大小老新上下前后东西南北")
_HAS_IN_IT = re.compile(r"里面?(?:有|吃出|喝出|发现|夹|掺)")
"""What has something in it is food as often as a place: 汉堡里有头发."""
_CROSSING = re.compile(r"(?<=[路街道巷线])的?交(?:叉|汇|界|会)?(?:路口|口|处|点)?$")
_FROM_TO = re.compile(r"(..+?)[到至](..+)")
_STRETCH = re.compile(r"之间|的?(?:这|那)?一?段|的?(?:路段|公交|班车|客车|地铁|高铁|大巴|线路)")
"""What is said of the way from one place to another."""
_CLOSED = frozenset("局所队院厅处站校园苑店厂场社村镇路街巷桥区")
"""A name that ends so has ended before 和."""
_NO_SIDE = _CLOSED | frozenset("门口组")
_JOINS_NEXT = frozenset("与和及至、（")
_NEVER_BEGINS = frozenset("与和及至、到的之在（）() -的上里内往向")
_OF_A_REGION = re.compile(r"[江河湖溪]?(?:[江河湖溪镇乡路街巷]|大[道街桥堤]|水库)")
_OURS = re.compile(r"[我俺咱]们?[村庄屯寨组社镇乡县市区厂校院楼]")
_AT_A_ROAD = ("店", "站", "校")
"""What is called after a road by one character more: 华润万家解放西路|店."""
_IS_ROAD = re.compile(
    r"(?![^与和及]*[与和及])[\u4e00-\u9fff]{2,6}(?:(?<![铁公马道])路|大道|大街|(?<![市集大])街|巷)(?:[东西南北中]段)?"
)
_BEGINS_WITH = (
    (
        Kind.TOWN,
        re.compile(r"[\u4e00-\u9fff]{2,4}?(?:(?<![古小城集])镇|街道|苏木)(?![政卫中派医小])"),
    ),
    (
        Kind.ROAD,
        re.compile(
            r"[\u4e00-\u9fff]{2,5}?(?:(?<![铁公马道])路|大道|大街)(?:[东西南北中]段(?=.)|(?=[0-9一二三四五六七八九十]+号))"
        ),
    ),
)
"""Towns and roads that a name begins with."""
_NUMBER = re.compile(r"[0-9一二三四五六七八九十百]+.?")


def joined(
    text: str, units: Sequence[Unit], names: Iterable[Tagged], tokens: Sequence[tuple[int, int]]
) -> list[Unit]:
    """The units by the rules with the names by the tagger, in the order of the text.

    ``units`` are in the order of the text too, and none overlaps another; ``tokens`` are the
    ``(start, end)`` of its words.
    """
    found = list(units)
    for name in _in_clauses(text, names):
        low = bisect_left(found, name.start, key=attrgetter("end"))
        high = bisect_right(found, name.end, key=attrgetter("start"))
        told = low < high or _AT.search(text, max(0, name.start - 2), name.start) is not None
        least = SURE if told else SURE_ALONE
        if _HAS_IN_IT.match(text, name.end - 1) or _HAS_IN_IT.match(text, name.end):
            least = SURE_OF_VESSEL
        if name.sure >= least and not _is_person(text, name):
            found[low:high] = _joined_with(text, found[low:high], name, tokens)
    return found


def _joined_with(
    text: str, near: Sequence[Unit], name: Tagged, tokens: Sequence[tuple[int, int]]
) -> list[Unit]:
    """The units a name touches, in the order of the text, with what the name adds to them."""
    found = [
        _begun_with(text, unit, name, tokens)
        for unit in near
        if not _part_of_name(text, unit, name, near)
    ]
    name = _from_region(name, found)
    name = replace(name, end=_uncounted(text, name.start, name.end))
    name = replace(name, end=_ended(text, name, found, tokens))
    found = [_begun_with_join(text, unit, name, found) for unit in found]
    found = _without_gaps(text, found, name)
    for start, end in _uncovered(name, [u for u in found if u.kind < Kind.POI]):
        if any(u.start == end for u in found):
            end = _unjoined(text, start, end)
        if (mouth := _CROSSING.search(text, start, end)) and mouth.start() - start > 2:
            end = mouth.start()  # 与|长夏门街|交汇处
        if text[start] in "和与跟及" and gazetteer.codes_of(text[start + 1 : end]):
            start += 1  # 2路公交|和|溧水
        road = next((u for u in found if u.end == start and u.kind == Kind.ROAD), None)
        if road and text[start:end] in _AT_A_ROAD and name.sure >= SURE_OF_START:
            found[found.index(road)] = Unit(road.start, end, Kind.POI, (), road.sure)
            continue
        if name.sure >= SURE_OF_START and _ZONE.fullmatch(text, start, end):
            found.append(Unit(start, end, Kind.TOWN, (), 0.7))
            continue
        if road and text[start] == "上" and end - start > 3:
            start += 1  # 江津西路上|安良百货
        village = next((u for u in found if u.start == end and u.kind == Kind.TOWN), None)
        if village and max(end - start, village.end - end) < 4 and text[end - 1] not in _CLOSED:
            found[found.index(village)] = replace(village, start=start)
            continue  # 佐各|庄村
        same = [u for u in found if u.start < end and start < u.end]
        follows = any(u.end == start for u in found)
        if not same and not _names(text[start:end], follows):
            continue
        words = tokens[bisect_left(tokens, (start, 0)) : bisect_left(tokens, (end, 0))]
        start, end = _bare(text, start, end, words)
        within = [text[a:b] for a, b in words if start <= a and b <= end]
        if end - start < 2 or (not same and _tells_nothing(within, name.sure, follows)):
            continue
        found = [u for u in found if u not in same]
        for first, last in _apart(text, start, end, words):
            of_it = [u for u in same if u.start < last and first < u.end]
            low = min([first, *(u.start for u in of_it)])
            high = max([last, *(u.end for u in of_it)])
            sure = max([0.4 + 0.5 * name.sure, *(u.sure for u in of_it)])
            found += _by_kind(text, low, high, sure)
    return sorted(found, key=attrgetter("start"))


def _apart(
    text: str, start: int, end: int, words: Sequence[tuple[int, int]]
) -> list[tuple[int, int]]:
    """The names of a stretch in which two are joined: 教体局|和|泉山派出所, 望江门|到|城站|之间."""
    if (way := _FROM_TO.fullmatch(text, start, end)) and _STRETCH.match(text, end):
        return [way.span(1), way.span(2)]
    for a, b in words:
        ended = a - start > 1 and text[a - 1] in _CLOSED
        if ended and text[a:b] in ("和", "与", "及", "、") and end - b > 1:
            return [(start, a), (b, end)]
    return [(start, end)]


def _by_kind(text: str, start: int, end: int, sure: float) -> list[Unit]:
    """The units of a name found whole: the town or the road that it begins with is one of its own
    (巧报镇|前巧报村, 剑门路西段|1号公馆), and all of it may be a road."""
    if _IS_ROAD.fullmatch(text, start, end):
        return [Unit(start, end, Kind.ROAD, (), sure)]
    for kind, begins in _BEGINS_WITH:
        if (hit := begins.match(text, start, end)) and end - hit.end() > 2:
            rest = Unit(hit.end(), end, Kind.POI, (), sure)
            return [Unit(start, hit.end(), kind, (), sure), rest]
    return [Unit(start, end, Kind.POI, (), sure)]


def _without_gaps(text: str, units: Sequence[Unit], name: Tagged) -> list[Unit]:
    """The units, those begun one character earlier that stand so far behind another in one sure name:
    共和镇|来苏村委会."""
    if name.sure < SURE_OF_START:
        return list(units)
    ends = {u.end for u in units if u.kind < Kind.ROAD and u.end > name.start}
    return [
        replace(u, start=u.start - 1)
        if u.start - 1 in ends and text[u.start - 1] not in _NEVER_BEGINS and u.end <= name.end
        else u
        for u in units
    ]


def _a_little(text: str, at: int) -> bool:
    """Whether a 下 says that something is done a little: 请问|下|虹桥火车站."""
    return at > 0 and text[at] == "下" and text[at - 1] in A_LITTLE


def _unjoined(text: str, start: int, end: int) -> int:
    """Where a stretch ends without what joins it to the next: 清和南街|与, 村道|（."""
    while end - start > 2 and text[end - 1] in _JOINS_NEXT:
        end -= 1
    return end


def _is_person(text: str, name: Tagged) -> bool:
    """Whether it is what somebody is called: 我叫李桂芳."""
    called = _I_AM_CALLED.search(text, max(0, name.start - 3), name.start)
    return called is not None and 2 <= name.end - name.start <= 3


def _is_class(text: str, start: int, words: str) -> bool:
    """Whether words say no more than which class a pupil is in."""
    found = _CLASS.match(text, start)
    return found is not None and len(found.group()) == len(words)


def _uncounted(text: str, start: int, end: int) -> int:
    """Where a name ends without what is counted behind it: 政务中心六趟, 万寿路、正源北街两条路."""
    counted = _COUNTED_BEHIND.search(text, start + 2, end)
    return counted.start() if counted else end


def _ended(
    text: str, name: Tagged, units: Sequence[Unit], tokens: Sequence[tuple[int, int]]
) -> int:
    """Where a name ends that goes on behind a place by a part of a word or up to a side of it: 码头|台阶,
    公园|上山."""
    for unit in units:
        rest = text[unit.end : name.end]
        if unit.start < name.end and unit.kind >= Kind.ROAD and 0 < len(rest) <= 2:
            k = bisect_left(tokens, (unit.end, 0))
            cut = k < len(tokens) and tokens[k][0] == unit.end and tokens[k][1] > name.end
            if rest in RELATIONS:
                return unit.end
            if (cut or rest[0] in SIDES) and rest[-1] not in _NO_SIDE:
                return unit.end
    return name.end


def _names(words: str, follows: bool) -> bool:
    """Whether the words can name something, behind a unit or by themselves."""
    if len(words) < 2 or words[0] in "此该" or _OURS.fullmatch(words):
        return False
    if _SIDE.match(words) or ONE_WAY.fullmatch(words):
        return False
    return follows or not _NUMBER.fullmatch(words)


def _in_clauses(text: str, names: Iterable[Tagged]) -> Iterator[Tagged]:
    """The names cut where clauses end, without those that hold a number to dial or of a car."""
    for name in names:
        for part in _CLAUSE.finditer(text, name.start, name.end):
            clause = part.group()
            if _NO_NAME.search(clause) is None and not _is_class(text, part.start(), clause):
                yield replace(name, start=part.start(), end=part.end())


def _bare(text: str, start: int, end: int, words: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """A stretch without the words that begin no name (途经, 到, 时候), and the doing behind it: 排,
    23号街坊 + 冒水."""
    for a, b in words:
        if a == start and b < end:
            word = text[a:b]
            led = word in _LEADS or (b - a == 1 and _a_little(text, a))
            if not led and not (len(word) > 1 and word in STOPS):
                break
            start = b
    for a, b in reversed(words):
        doing = b == end or (end - b == 1 and _NUMBERED_PART.search(text, start, a))
        if doing and a - start > 1 and text[a:b] in DOINGS:
            end = a
    return start, end


def _tells_nothing(within: Sequence[str], sure: float, follows: bool) -> bool:
    """Whether words no rule takes for a name only go on with the sentence: 种花生, 农村, 六趟."""
    if not within:
        return False
    if follows and all(word in STOPS or word in TYPES for word in within):
        # 湖坊镇 + 进顺村
        return sure < SURE_OF_START or len(within) < 3 or within[-1] not in ADMIN
    goes_on = within[0] in DOINGS or within[0] in "哪那每各"
    goes_on = goes_on or (len(within[0]) > 1 and within[0] in STOPS)
    if follows and goes_on and sure < SURE_OF_START:
        return True
    if not follows and (
        within[-1] in GENERIC or within[-1] in RELATIONS | SIDES or len(within) == 1
    ):
        # 大医院, 镇上, but 五一桥
        plain = all(word in STOPS or word in TYPES for word in within)
        return plain and (sure < SURE_OF_START or len(within) == 1)
    return _SO_OFTEN.match("".join(within)) is not None


def _part_of_name(text: str, unit: Unit, name: Tagged, units: Sequence[Unit]) -> bool:
    """Whether a short region's name is but a part of a name and says no region: the end of one
    (御景江山), what follows its first character (临江门地铁站), or what a river, a road or a town is
    called after (嘉陵江路, 玉山镇)."""
    if unit.kind != Kind.REGION or not unit.codes:
        return False
    if (
        unit.start == name.start
        and unit.sure < 1
        and _OF_A_REGION.fullmatch(text, unit.end, name.end)
    ):
        return True
    if unit.end < name.end and unit.start == name.start + 1:
        return unit.sure < 1 and unit.end - unit.start == 2 and name.sure >= SURE_OF_WHOLE
    if unit.end != name.end:
        return False
    if unit.sure >= 1 and unit.end - unit.start > 2:
        return False  # but 香榭里花都西区 is no 西区
    return unit.start - name.start >= 2 and not any(
        u.kind < Kind.POI and u.end > name.start and u.end <= unit.start for u in units
    )


def _begun_with(text: str, unit: Unit, name: Tagged, tokens: Sequence[tuple[int, int]]) -> Unit:
    """The unit from where the name begins: 合肥南站, where the rules saw 昨天晚上合肥南站."""
    short_of = name.start == unit.start - 1 and text[name.start] in _BEGINS_MANY
    short_of = short_of and not _a_little(text, name.start)
    if short_of and unit.kind in (Kind.TOWN, Kind.ROAD) and name.sure >= SURE_OF_START:
        return replace(unit, start=name.start)
    early = unit.kind >= Kind.ROAD and unit.start < name.start < unit.end <= name.end
    if early and _COUNTED.fullmatch(text, unit.start, name.start):
        return unit
    within = any(a < name.start < b for a, b in tokens) and name.sure < SURE_WITHIN_A_WORD
    trimmed = early and not within and name.sure >= SURE_OF_START
    return replace(unit, start=name.start) if trimmed else unit


def _begun_with_join(text: str, unit: Unit, name: Tagged, units: Sequence[Unit]) -> Unit:
    """The unit with the 和 its name begins with (水西镇|和乐村): no name goes on behind a real one,
    but that of a crossing."""
    begins = name.start < unit.start - 1 and text[unit.start - 1] in "和与"
    if not begins or unit.kind == Kind.ROAD or name.sure < SURE_OF_START or unit.end > name.end:
        return unit
    behind = any(u.end == unit.start - 1 and u.kind < Kind.ROAD for u in units)
    return replace(unit, start=unit.start - 1) if behind else unit


def _from_region(name: Tagged, units: Sequence[Unit]) -> Tagged:
    """The name from the first region in it: nothing that names a place stands before its region."""
    starts = [
        unit.start
        for unit in units
        if unit.kind == Kind.REGION and name.start < unit.start < name.end
    ]
    if not starts or any(u.start <= name.start < u.end for u in units if u.kind < Kind.POI):
        return name
    return replace(name, start=min(starts))


def _uncovered(name: Tagged, coarse: Sequence[Unit]) -> list[tuple[int, int]]:
    """The stretches of a name that no region, town or road takes."""
    stretches = []
    at = name.start
    for unit in coarse:
        if unit.end <= at or unit.start >= name.end:
            continue
        if unit.start > at:
            stretches.append((at, unit.start))
        at = max(at, unit.end)
    if at < name.end:
        stretches.append((at, name.end))
    return stretches
