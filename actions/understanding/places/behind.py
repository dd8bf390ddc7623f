"""What stands behind a unit of a place: its buildings and floors, how far away, on which side of it.

Numbers, gates, and where roads cross are of the name (3号楼, 北门, 交叉口东北角); whatever else is said
of where it is (门口, 附近, 楼下的烧烤店) is not, though it tells where to go.
"""

from __future__ import annotations

import re
from dataclasses import replace

from actions.understanding.places.unit import Kind, Unit
from actions.understanding.places.units import Finder
from actions.understanding.places.words import RELATIONS
from actions.understanding.text.words import alternation, words

_NUMBER = r"(?:(?:第|负)?[0-9一二三四五六七八九十百]+)"
_BUILDING = (
    rf"(?!一户)(?:{_NUMBER}(?:期|栋|幢|号楼|号院|号线|号口|号出口|号门(?!口)|号街坊|号大院|号地块|号(?!窗口|柜台|令|文件)|座|单元|室|层|楼|组|社(?![区保])|队|弄|支弄|街坊|门(?!口)|户(?![村屯庄人口])|区|巷|标段|#楼|#)"
    r"|[东西南北中]?[一二三四五六七八九十]段(?!时|话|路)"
    r"|[Kk][0-9]{1,4}(?:\+[0-9]{1,3}(?:米|公里)?处?|处)|[0-9]{1,4}公里(?:加)?[0-9]{0,3}(?:米)?处"
    r"|[A-Za-z][0-9]*(?:座|栋|区|幢|馆|口|出口|期|单元|地块|组团|号楼)| ?[A-Z][0-9]{1,2}(?![0-9A-Za-z·.]|路|线|号)|[0-9]+(?:-[0-9]+)+(?:号|室)?"
    r"|[甲乙丙丁](?:单元|栋|座|幢|区)"
    r"|[东西南北](?:区|苑|院|段|门|园|广场|里(?![面边头程侧]))(?!域))"
)
_ROOM = r"(?:(?<=元|栋|幢|座|楼|厦)[0-9]{3,4}(?![0-9年月日元块米人户个多次度号平]))"
NUMBERS = re.compile(rf"{_BUILDING}(?:[与和、及到至\-]?{_BUILDING})*{_ROOM}?|{_ROOM}")
_NUMBERED = re.compile(r"[0-9一二三四五六七八九十]+(?:号楼?|栋|幢|座|期|单元|标)?$")
# 312国道枫林段
_PART_OF_WAY = re.compile(
    r"(?<=国道|省道|县道|乡道|高速|公路)(?![这那某一全整有的])[\u4e00-\u9fff]{2,4}?段(?!时间|路)"
)
_PART_OF_ROAD = re.compile(r"[\u4e00-\u9fff]{2}[路街道]段$")
# Behind a highway: 洛阳往郑州方向K672+300处.
_STAKE = re.compile(
    r"(?:[\u4e00-\u9fff]{1,6}?段|[\u4e00-\u9fff]{2,4}?(?=[往向至]))?(?:[往向至]?[\u4e00-\u9fff]{1,5}?方向)?"
    r"(?:[Kk][0-9]{1,4}(?:\+[0-9]{1,3})?|[0-9]{1,4}公里(?:\+?[0-9]{1,3}米)?)(?:米|公里)?(?:处|附近)?(?![0-9])"
)
_DISTANCE = re.compile(
    r"(?:[往向朝以]?[东西南北]{1,2}(?:走|去|方向|约|大约)?)?(?:大约|约)?[0-9一二两三四五六七八九十百千]+多?(?:米|公里)(?:处|左右|的地方)?"
)
_EDGE = re.compile(
    r"(?:江|河|海|湖)边(?:上)?|一带|境内|段(?!时间|话|路)|城区|市区|郊区|县城|(?<=市)区(?![0-9])|(?<=县)城(?![市管关乡建投区])|老城区|周边|附近"
)
_THAT_ONE = re.compile(
    r"(?:上|里|边)?的?(?:那个|那家|那条|那座|那栋)(?!月|人|多|星期|礼拜|小时|女|男)"
)
# 玉林西路那家清吧: of what kind it is, no list knows.
_THAT_SHOP = re.compile(
    r"(?:上|里|边)?的?那家(?:(?![的在是了有不没给把被])[\u4e00-\u9fff]){1,4}?[吧店馆厅坊铺摊厂行](?!子)"
)
_ITS = re.compile(r"(?:上|里|边)?的(?:一家|一个|一处|某)?")
# 的楼道 says what is broken, not where; 电梯 does so even without 的.
_RELATION = re.compile(
    rf"(?!的(?:{alternation(words('place', 'fixtures'))})|的?(?:{alternation(words('place', 'installed'))}))"
    rf"的?(?:{alternation(frozenset(w for w in RELATIONS if len(w) > 1))})"
)
# 盛泽实验小学 + 舜新校区
_CAMPUS = re.compile(
    r"(?:(?![的在和与及等各其两三是有到都])[\u4e00-\u9fff]){1,5}?(?:校区|院区|分校|分院)"
)
# 村里的水泥路, 这一带的老小区: of these a place has many.
_EVERYWHERE = re.compile(r"[路道街桥楼]$|小区$")
_ATTACHED = re.compile(
    r"(?:第[一二三四五六七八九十])?附属(?:第[一二三四五六七八九十])?[\u4e00-\u9fff]{0,4}?(?:医院|中学|小学|学校|幼儿园)"
)
# Sides that are of the name: of roads where they cross, of other places their gates and stops.
_MOUTH = (
    r"的?(?:(?:十字|丁字|三岔|交叉|交汇|交会|交界)?(?:路口|道口)|(?:交叉|交汇|交会|交界|交)(?:口|处)?|三岔口|岔路口|十字|(?<=[路街道巷])口)"
    r"(?:[东西南北]{1,2}[角侧])?|(?:中段|路段|段)"
)
_GATE = (
    r"(?:[东西南北]大?门|正门|后门|(?<=站)[出入进]?[出入]口|公交(?:车)?站|地铁站|[东西南北]?广场)"
)
_STOREYS = re.compile(r"(?<=[栋幢座号])楼(?=[上下道顶])")
_OF_THE_NAME = {
    Kind.REGION: re.compile(r"(?!)"),
    Kind.TOWN: re.compile(rf"{_GATE}|段|路段|[东西南北]?路口"),
    Kind.ROAD: re.compile(rf"{_MOUTH}|{_GATE}"),
    Kind.POI: re.compile(rf"{_GATE}|段|路段|路口"),
}


def carried_on(finder: Finder, unit: Unit, starts: frozenset[int]) -> Unit:
    """The unit with the buildings, distances and relations that follow it at once.

    ``starts`` are where units begin: what is a unit itself is joined, not swallowed.
    """
    text = finder.text
    end = unit.end
    if text[end - 1] == "学":
        end = _to(_ATTACHED, text, end)
    if text[end - 1] in "学院校园":
        end = _to(_CAMPUS, text, end)
    called = end - bool(unit.kind == Kind.ROAD and _PART_OF_ROAD.search(text, unit.start, end))
    if unit.kind == Kind.ROAD:
        end = _to(_STAKE, text, _to(_PART_OF_WAY, text, end))
    number = _NUMBERED.search(text, unit.start, end)
    if number is not None and unit.kind == Kind.POI:
        end = max(end, _to(NUMBERS, text, number.start()))
    named = end
    for _ in range(5):
        after = end
        if unit.kind > Kind.REGION:
            end = _to(NUMBERS, text, end)
            if end > after:
                named = end if named == after else named
                continue
            end = _to(_DISTANCE, text, end)
            if end > after:
                continue
            if end not in starts:
                end = related(finder, end)
        else:
            end = _to(_EDGE, text, end)
        if text[end - 1] == "楼" and text[end : end + 1] in tuple("上下道顶"):
            end += 1
        if end == after:
            end = _kind_of_it(finder, unit, end)
            named = end if named == after else named
        if end == after:
            end = _that_one(finder, unit.kind, end, starts)
        if end == after:
            break
    if _STOREYS.match(text, named - 1) and (unit.kind == Kind.ROAD or text[named - 2] != "号"):
        named -= 1  # 3栋|楼下, 黄山路12号|楼下, but 小区12号楼|下
    named = min(end, _to(_OF_THE_NAME[unit.kind], text, named))
    return replace(unit, end=end, called=called, named=named)


def _to(pattern: re.Pattern[str], text: str, start: int) -> int:
    """Where the pattern's match at an offset ends; the offset itself where there is none."""
    hit = pattern.match(text, start)
    return hit.end() if hit else start


def related(finder: Finder, end: int) -> int:
    """Where a relation ends that follows at ``end`` (门口, 的东侧); ``end`` itself if none does."""
    hit = _RELATION.match(finder.text, end)
    if hit is not None:
        return hit.end()
    word = finder.word_at(end)
    return end + 1 if word is not None and len(word) == 1 and word in RELATIONS else end


def _kind_of_it(finder: Finder, unit: Unit, end: int) -> int:
    """Where the kind of place ends that follows the part of an estate at once: 城北区 + 幼儿园."""
    if unit.kind == Kind.POI and end > unit.end and finder.text[end - 1] in "区期园苑":
        for start, stop in finder.kinds_of_place:
            if start == end and stop - start > 2:
                return stop
    return end


def _that_one(finder: Finder, kind: Kind, end: int, starts: frozenset[int]) -> int:
    """Where a place ends whose last part is told by its kind: 玉林西路那家清吧, 石湾镇的五金厂."""
    hit = _THAT_ONE.match(finder.text, end)
    slack, meant = 4, hit is not None
    if hit is None and kind > Kind.REGION:
        hit, slack = _ITS.match(finder.text, end), 0
    if hit is None:
        return end
    for start, stop in finder.kinds_of_place:
        if start in starts:
            continue
        if hit.end() <= start <= hit.end() + slack and stop - start >= 2:
            many = _EVERYWHERE.search(finder.text, start, stop) and finder.text[end - 1] != "间"
            return end if many and not meant else stop
    return _to(_THAT_SHOP, finder.text, end) if meant else end
