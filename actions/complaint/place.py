"""Where it happened: places in the words of the person, as complete as said.

A place is a chain of named units (region, town, road, estate, building …) and what is said about
it (门口, 交口, 以东). A unit is found by its last word (路, 小区, 医院 …) and read backwards to a
word no name contains. Stand-ins of published letters (A市, B7县, XX小区) count as names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import IntEnum

from actions.complaint import gazetteer
from actions.complaint.fields import Place
from actions.complaint.segment import segment
from actions.complaint.words import alternation, word_lists, words


class Kind(IntEnum):
    """What a unit of a place is; the value is how much it narrows the place down."""

    REGION = 1
    TOWN = 2
    ROAD = 3
    POI = 4


@dataclass(frozen=True, slots=True)
class _Unit:
    start: int
    end: int
    kind: Kind
    codes: tuple[str, ...] = ()
    sure: float = 1.0


_ADMIN = words("place", "admin_heads")
_ROAD = words("place", "road_heads")
_POI = words("place", "poi_heads")
_WEAK = words("place", "weak_heads")
_GENERIC = words("place", "generic")
_STOPS = words("place", "stops")
_RELATIONS = words("place", "relations")
_HEADS = _ADMIN | _ROAD | _POI
_LONGEST_HEAD = max(len(head) for head in _HEADS)
_LONGEST_NAME = 12

_NUMBER = r"(?:第?[0-9一二三四五六七八九十百]+)"
_BUILDING = (
    rf"(?:{_NUMBER}(?:期|栋|幢|号楼|号院|号线|号|座|单元|室|层|楼|组|队|弄|支弄|门|户|区|巷|标段|#楼|#)"
    r"|[A-Za-z][0-9]*(?:座|栋|区|幢|馆|口|期|单元|地块)|[0-9]+(?:-[0-9]+)+(?:号|室)?"
    r"|[东西南北](?:区|苑|院|段|门|园)(?![\u4e00-\u9fff]{0,1}域))"
)
_BUILDINGS = re.compile(rf"{_BUILDING}(?:[与和、及到至\-]?{_BUILDING})*")
_BUILDING_ANCHOR = re.compile(r"[0-9一二三四五六七八九十]+(?:栋|幢|号楼|期|单元)|[A-Z]座")
_DISTANCE = re.compile(r"(?:大约|约)?[0-9一二两三四五六七八九十百千]+多?(?:米|公里)(?:处|左右)?")
_MASKED_REGION = re.compile(
    r"(?<![A-Za-z0-9])[A-Z][0-9]{0,3}(?:省|市|县|区|镇|乡|村|街道|社区)"
    r"|(?:[XxＸ×*某]{1,4}|○{1,4})(?:省|市|县|区(?!间)|镇|乡|街道)"
)
_LINES = re.compile(
    r"(?:公交|地铁|轻轨|轨道交通)?(?<![0-9A-Za-z])[A-Z]?[0-9]{1,4}(?:路(?:公交车|公交|公共汽车|车|线)?|号线)"
    r"|(?<![0-9A-Za-z])[GSXYgsxy][0-9]{2,4}(?:国道|省道|县道|乡道|高速公路|高速|线)?(?![0-9A-Za-z])"
    r"|(?<![0-9])[0-9]{3}(?:国道|省道|县道|乡道)"
)
_DEICTIC = re.compile(
    rf"(?:{alternation(words('place', 'deictic'))})(?:的|这边|那边)?"
    rf"(?:{alternation(words('place', 'relations'))})"
    r"|(?:我家|我们小区|我们村|我们单位|咱小区|本小区|我们学校|我们楼|俺村|我村|小区|单位|学校)(?:里|内|这边|这里|这儿)"
)
_DWELLER = re.compile(
    r"(?:我是|我们是|本人是|家住|住在|居住在|现住|位于|坐落于|坐落在|本人系|我系|作为|购买了|购买的|买了|买的)"
    r"([\u4e00-\u9fffA-Za-z0-9·]{2,14}?)(?:的)?(?=业主|居民|住户|村民|租户|商户|房子|商品房|住房|商铺|门面|一名|一个)"
)
_COMPANY_TAIL = re.compile(r"(?:集团|公司|物业|地产|置业|开发商|房产|房地产|有限)")
_DEVELOPER = re.compile(rf"(?:{alternation(words('place', 'developers'))})(?=[\u4e00-\u9fff·])")
_NAME_CHARACTER = re.compile(r"[\u4e00-\u9fffA-Za-z0-9XxＸ×*○·•\-]")
_JOINS = frozenset("与 和 及 跟 、 - 到 至".split())
_LOCATIVE = re.compile(r"(?:在|位于|坐落于|坐落在|地处|家住|住在|居住在|地址|地点|位置|我是|路过|经过|到)(?:是|为|：)?$")


def find_places(text: str, home_region: str | None = None) -> tuple[Place, ...]:
    """Every place named in a folded text, best first; deictic ones (我家楼下) come last."""
    finder = _Finder(text)
    chains = finder.chains()
    regions = finder.regions
    context = tuple(
        code for r in regions if len(r.codes) == 1 for code in r.codes if gazetteer.level_of(code) > 1
    ) + tuple(r.codes[0] for r in regions if len(r.codes) == 1 and r.level == 1)
    scored = [_judge(text, chain, context, home_region) for chain in chains]
    scored.sort(key=lambda pair: (-pair[0], pair[1].start))
    places = [place for _, place in scored]
    covered = [(p.start, p.end) for p in places]
    for hit in _DEICTIC.finditer(text):
        if not any(start < hit.end() and hit.start() < end for start, end in covered):
            places.append(
                Place(hit.group(), hit.start(), hit.end(), 0.45, region=None, named=False)
            )
    return tuple(places)


class _Finder:
    """One pass over one text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.regions = gazetteer.find_regions(text)
        self.tokens = self._tokens()
        self.token_at = {start: k for k, (start, _) in enumerate(self.tokens)}

    def _tokens(self) -> list[tuple[int, int]]:
        """Words of the text, with region names kept whole."""
        cuts: list[tuple[int, int]] = []
        regions = iter(self.regions)
        region = next(regions, None)
        for a, b in segment(self.text):
            while region is not None and a >= region.end:
                region = next(regions, None)
            if region is None or b <= region.start:
                cuts.append((a, b))
                continue
            if a < region.start:
                cuts.append((a, region.start))
            if b >= region.end:
                cuts.append((region.start, region.end))
                if b > region.end:
                    cuts.append((region.end, b))
        return cuts

    def chains(self) -> list[list[_Unit]]:
        """Units joined where they touch, extended by buildings and relations."""
        units = self._units()
        chains: list[list[_Unit]] = []
        for unit in units:
            if chains and self._joins(chains[-1], unit):
                chains[-1].append(unit)
            else:
                chains.append([unit])
            chains[-1][-1] = self._extended(chains[-1][-1])
        return chains

    def _units(self) -> list[_Unit]:
        units = [
            _Unit(r.start, r.end, Kind.REGION, r.codes, 1.0 if r.full else 0.8)
            for r in self.regions
        ]
        units += [
            _Unit(m.start(), m.end(), Kind.REGION) for m in _MASKED_REGION.finditer(self.text)
        ]
        units += [
            _Unit(m.start(), m.end(), Kind.ROAD, (), 0.8) for m in _LINES.finditer(self.text)
        ]
        taken = [False] * (len(self.text) + 1)
        for unit in units:
            taken[unit.start : unit.end] = [True] * (unit.end - unit.start)
        for k in range(len(self.tokens)):
            found = self._named(k, taken)
            if found is not None:
                taken[found.start : found.end] = [True] * (found.end - found.start)
                units.append(found)
        for found in (*self._dwellings(), *self._brands(), *self._numbered()):
            if not any(taken[found.start : found.end]):
                taken[found.start : found.end] = [True] * (found.end - found.start)
                units.append(found)
        return sorted(units, key=lambda u: u.start)

    def _named(self, k: int, taken: list[bool]) -> _Unit | None:
        """The unit whose last word is token ``k``, or None."""
        start, end = self.tokens[k]
        if taken[start] or self.text[start] < "0":
            return None
        word = self.text[start:end]
        head = _head_of(word)
        if head is None:
            return None
        bare = word in _HEADS or word in _GENERIC
        left = self._reach_back(k, taken)
        name = start - left
        if bare and name == 0:
            if start > 0 and taken[start - 1]:
                return self._unit(start, end, head, 0.9)
            return None
        if name == 1 and not bare:
            left = start if word in _GENERIC else left
        if bare and head in _WEAK and not self._certain(left, start, end):
            return None
        if bare and name == 1 and head not in _ADMIN and head not in _ROAD:
            return None
        return self._unit(left, end, head, 0.9 if name else 0.75)

    def _unit(self, start: int, end: int, head: str, sure: float) -> _Unit:
        name = self.text[start:end]
        if head in _ADMIN:
            codes = gazetteer.town_codes(name)
            kind = Kind.REGION if head in ("省", "市", "县", "区") else Kind.TOWN
            return _Unit(start, end, kind, codes, sure)
        return _Unit(start, end, Kind.ROAD if head in _ROAD else Kind.POI, (), sure)

    def _certain(self, left: int, start: int, end: int) -> bool:
        """Whether a weak head truly ends a name: long enough, and something closes it."""
        if start - left < 2:
            return False
        after = self.text[end : end + 1]
        closed = not after or not _NAME_CHARACTER.match(after)
        following = self.token_at.get(end)
        if following is not None and not closed:
            a, b = self.tokens[following]
            word = self.text[a:b]
            closed = word in _STOPS or word in _RELATIONS or word in _HEADS
        return closed or _BUILDING_ANCHOR.match(self.text, end) is not None

    def _reach_back(self, k: int, taken: list[bool]) -> int:
        """Where the name before token ``k`` begins."""
        left = self.tokens[k][0]
        end = self.tokens[k][1]
        j = k - 1
        while j >= 0:
            a, b = self.tokens[j]
            word = self.text[a:b]
            if taken[a] or word in _STOPS or word in _RELATIONS or end - a > _LONGEST_NAME:
                break
            if not all(_NAME_CHARACTER.match(c) for c in word):
                break
            left = a
            j -= 1
        return left

    def _dwellings(self) -> list[_Unit]:
        """Estates named by nothing but who lives there: 我是<name>的业主."""
        found = []
        for m in _DWELLER.finditer(self.text):
            if self._clean(m.start(1), m.end(1)):
                found.append(_Unit(m.start(1), m.end(1), Kind.POI, (), 0.7))
        return found

    def _brands(self) -> list[_Unit]:
        """Estates that begin with a builder's brand."""
        found = []
        for m in _DEVELOPER.finditer(self.text):
            if _COMPANY_TAIL.match(self.text, m.end()) or m.start() not in self.token_at:
                continue
            end = self._reach_forward(m.start())
            if end - m.end() >= 2:
                found.append(_Unit(m.start(), end, Kind.POI, (), 0.6))
        return found

    def _numbered(self) -> list[_Unit]:
        """Names that a building number follows: <name>3栋."""
        found = []
        for m in _BUILDING_ANCHOR.finditer(self.text):
            k = self.token_at.get(m.start())
            if k is None:
                continue
            left = self._reach_back(k, [False] * (len(self.text) + 1))
            if 2 <= m.start() - left <= 10:
                found.append(_Unit(left, m.start(), Kind.POI, (), 0.65))
        return found

    def _reach_forward(self, start: int) -> int:
        k = self.token_at[start]
        end = start
        for a, b in self.tokens[k : k + 4]:
            word = self.text[a:b]
            plain = all("\u4e00" <= c <= "\u9fff" or c == "·" for c in word)
            if not plain or word in _STOPS or word in _RELATIONS or b - start > 10:
                break
            if _COMPANY_TAIL.match(word):
                return start
            end = b
        return end

    def _clean(self, start: int, end: int) -> bool:
        """Whether no word inside the stretch is one that ends a name."""
        k = self.token_at.get(start)
        while k is not None and k < len(self.tokens) and self.tokens[k][0] < end:
            a, b = self.tokens[k]
            if self.text[a:b] in _STOPS or b > end:
                return False
            k += 1
        return k is not None

    def _joins(self, chain: list[_Unit], unit: _Unit) -> bool:
        last = chain[-1]
        gap = self.text[last.end : unit.start]
        if gap in ("", " "):
            return gap == "" or unit.kind > last.kind
        if gap in ("的", "，", "， "):
            return last.kind == Kind.REGION and unit.kind > Kind.REGION
        return gap in _JOINS and last.kind == unit.kind == Kind.ROAD

    def _extended(self, unit: _Unit) -> _Unit:
        """The unit with buildings, distances and relations that follow it at once."""
        end = unit.end
        kind = unit.kind
        if kind == Kind.REGION:
            return unit
        for _ in range(5):
            hit = _BUILDINGS.match(self.text, end) or _DISTANCE.match(self.text, end)
            if hit is not None:
                end = hit.end()
                continue
            skip = 1 if self.text[end : end + 1] == "的" else 0
            k = self.token_at.get(end + skip)
            if k is None or self.text[slice(*self.tokens[k])] not in _RELATIONS:
                break
            end = self.tokens[k][1]
        return replace(unit, end=end)


def _head_of(word: str) -> str | None:
    if word in _HEADS:
        return word
    if word in _GENERIC:
        for width in range(min(len(word), _LONGEST_HEAD), 0, -1):
            if word[-width:] in _HEADS:
                return word[-width:]
        return None
    if len(word) < 2:
        return None
    for width in range(min(len(word) - 1, _LONGEST_HEAD), 0, -1):
        tail = word[-width:]
        if tail in _HEADS:
            return None if tail in _WEAK or word in _STOPS else tail
    return None


def _judge(
    text: str, chain: list[_Unit], context: tuple[str, ...], home: str | None
) -> tuple[float, Place]:
    start, end = chain[0].start, chain[-1].end
    kinds = {unit.kind for unit in chain}
    score = float(sum(kinds)) + 0.04 * min(end - start, 25)
    score += 0.8 if _LOCATIVE.search(text, max(0, start - 8), start) else 0.0
    score -= 1.5 * start / (len(text) + 40)
    sure = max(unit.sure for unit in chain)
    named = [unit.codes for unit in chain if unit.kind == Kind.REGION and unit.codes]
    towns = [unit.codes for unit in chain if unit.kind == Kind.TOWN and unit.codes]
    code, candidates = gazetteer.settle([*named, *towns], context, home)
    if code is None and not named and not candidates and context:
        code = context[0]
    confidence = min(0.97, sure * (0.55 + 0.06 * score))
    place = Place(
        text[start:end], start, end, round(confidence, 3), region=code, candidates=candidates
    )
    return score * sure, place
