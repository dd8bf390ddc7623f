"""The units a place is made of: regions, towns, roads, estates, buildings, lines.

A unit is found by its last word (路, 小区, 医院 …) and read backwards to a word that no name
contains. Stand-ins of published letters (A市, B7县, XX小区) count as names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum

from actions.complaint import gazetteer
from actions.complaint.segment import segment
from actions.complaint.words import alternation, words


class Kind(IntEnum):
    """What a unit of a place is, from coarse to fine."""

    REGION = 1
    TOWN = 2
    ROAD = 3
    POI = 4


@dataclass(frozen=True, slots=True)
class Unit:
    """A stretch of the text that names something; ``sure`` is 0..1."""

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
_NEVER = words("place", "never")
_TYPES = words("place", "type_words") | words("place", "generic") | words("place", "never")
_STOPS = words("place", "stops")
RELATIONS = words("place", "relations")
_HEADS = _ADMIN | _ROAD | _POI
_LONG_HEADS = frozenset(head for head in _HEADS if len(head) > 2)
_NUMERALS = frozenset("一二三四五六七八九十")
_LONGEST_HEAD = max(len(head) for head in _HEADS)
_LONGEST_NAME = 12
_PRONOUNS = frozenset("我你您他她它俺咱")
_SIDES = frozenset("里内外上下前后旁边口")
_DIRECTIONS = frozenset("东西南北中")
_GATES = re.compile(r"[东西南北中前后][\u4e00-\u9fff]")
# Even right after a region these begin something else than a name.
_HARD_STOPS = frozenset("的在有是和与及跟到去来从被把说也都就不没要想请问我你您他她了着过这那一某个每各里内")
# Regions of these kinds are all in the gazetteer, or masked: 活动区 and 能省 are none.
_LISTED = frozenset("省市县区州旗盟弄道")
# 三家火锅店, 二十公里山路: counted, not named.
_COUNT = re.compile(
    r"[一二两三四五六七八九十几数百千0-9]+(?:多|来)?(?:家|所|个|条|座|处|块|片|间|名|位|趟|台|辆|公里|层|面|道|楼)"
    r"|[一二三四五六七八九十百0-9]+楼$"
)
_DONE_TO = frozenset("到进给着过了向")
_HOUSING = frozenset(["公租房", "廉租房", "经适房", "保障房", "安置房", "还建房", "棚户区", "项目", "线"])
_COUNTED = re.compile(r"[东西南北]?[一二三四五六七八九十]{1,2}(?:路|街|巷|弄)")
# 花卉园东一路 is a road, not a garden.
_ROAD_GOES_ON = re.compile(r"[东西南北中前后]?[一二三四五六七八九十]{0,2}(?:路(?![口灯人上边])|街(?![上头边])|巷|大道|大街)")
_BEGIN_NO_NAME = frozenset("在到去来从被把我你您他她各每这那该")

BUILDING_ANCHOR = re.compile(r"[0-9一二三四五六七八九十]+(?:栋|幢|号楼|期|单元)|[A-Z]座")
_MASK = r"[XxＸ×*某○]"
_MASKED_REGION = re.compile(
    r"(?<![A-Za-z0-9])[A-Z][0-9]{0,3}(?:(?:省|县|乡)(?!道)|市|区|镇|村|街道|社区)"
    rf"|{_MASK}{{1,4}}(?:省|市|县|区(?!间)|镇|乡|街道)|[东西南北]地省"
)
_MASKED = re.compile(rf"[A-Z]|{_MASK}")
_LINES = re.compile(
    r"(?:公交|地铁|轻轨|轨道交通)?(?<![0-9A-Za-z])[A-Z]?[0-9]{1,4}"
    r"(?:路(?:公交车|公交|公共汽车|车(?!上|里|道)|线)?(?![口灯段])|号线(?:地铁|轻轨)?)"
    r"|(?<![0-9A-Za-z])[GSXYgsxy][0-9]{2,4}(?:国道|省道|县道|乡道|高速公路|高速|线)?(?![0-9A-Za-z])"
    r"|(?<![0-9])[0-9]{3}(?:国道|省道|县道|乡道)"
    r"|[东西南北]?[一二三四五六七]环(?!节|境|保|比)(?:路|线|高架|快速路)?(?:[东南西北]{1,2}段|辅路)?"
)
_DWELLER = re.compile(
    r"(?:我是|我们是|本人是|家住|住在|居住在|现住|位于|坐落于|坐落在|本人系|我系|作为|购买了|购买的|买了|买的)"
    r"([\u4e00-\u9fffA-Za-z0-9·]{2,14}?)"
    r"(?:的)?(?=业主|居民|住户|村民|租户|商户|房子|商品房|住房|商铺|门面|一名|一个)"
)
_COMPANY_TAIL = re.compile(r"(?:集团|公司|物业|地产|置业|开发商|房产|房地产|有限|影|旅游)")
_DEVELOPER = re.compile(rf"(?:{alternation(words('place', 'developers'))})(?=[\u4e00-\u9fff·])")
_NAME_CHARACTER = re.compile(r"[\u4e00-\u9fffA-Za-z0-9XxＸ×*○·•\-]")


class Finder:
    """One pass over one folded text."""

    def __init__(self, text: str) -> None:
        self.text = text
        cuts = segment(text)
        self.regions = gazetteer.find_regions(text, {a for a, _ in cuts})
        self.masked = [m.span() for m in _MASKED_REGION.finditer(text)]
        self.towns = self._towns()
        whole = sorted(
            [
                *self.masked,
                *((r.start, r.end) for r in self.regions),
                *((t.start, t.end) for t in self.towns),
            ]
        )
        self.tokens = _recut(text, _kept_whole(cuts, whole))
        self.coarse_ends: set[int] = set()
        self.token_at = {start: k for k, (start, _) in enumerate(self.tokens)}
        self.kinds_of_place: list[tuple[int, int]] = []
        """Places named by their kind alone (幼儿园): better than nothing, if nothing is named."""

    def word_at(self, start: int) -> str | None:
        """The word that begins at an offset, or None inside a word."""
        k = self.token_at.get(start)
        return None if k is None else self.text[slice(*self.tokens[k])]

    def units(self) -> list[Unit]:
        """All units in the order of the text, not overlapping."""
        found = [
            Unit(r.start, r.end, Kind.REGION, r.codes, 1.0 if r.full else 0.85)
            for r in self.regions
        ]
        found += self.towns
        found += [Unit(start, end, Kind.REGION) for start, end in self.masked]
        found += [
            Unit(m.start(), m.end(), Kind.ROAD, (), 0.7) for m in _LINES.finditer(self.text)
        ]
        self.taken = [False] * (len(self.text) + 1)
        found = [unit for unit in found if self._take(unit)]
        for k in range(len(self.tokens)):
            named = self._named(k)
            if named is not None and self._take(named):
                found.append(named)
        for unit in (*self._dwellings(), *self._brands(), *self._numbered()):
            if self._take(unit):
                found.append(unit)
        return sorted(found, key=lambda u: u.start)

    def _take(self, unit: Unit) -> bool:
        """Claim the unit's characters; False when another unit has some of them."""
        if any(self.taken[unit.start : unit.end]):
            return False
        self.taken[unit.start : unit.end] = [True] * (unit.end - unit.start)
        if unit.kind < Kind.ROAD:
            self.coarse_ends.add(unit.end)
        return True

    def _towns(self) -> list[Unit]:
        """Towns named right after their county."""
        found = []
        begun = {region.start for region in self.regions}
        for region in self.regions:
            if region.level == 3 and region.end not in begun:
                end = gazetteer.town_after(self.text, region.end, region.codes)
                if end is not None:
                    codes = gazetteer.town_codes(self.text[region.end : end])
                    found.append(Unit(region.end, end, Kind.TOWN, codes, 0.95))
        return found

    def _named(self, k: int) -> Unit | None:
        """The unit whose last word is token ``k``, or None."""
        start, end = self.tokens[k]
        if self.taken[start] or self.text[start] < "0":
            return None
        word = self.text[start:end]
        head = _head_of(word)
        if head is None or head in _LISTED or (head not in _ROAD and _ROAD_GOES_ON.match(self.text, end)):
            return None
        left = self._reach_back(k)
        bare = word in _HEADS or word in _GENERIC
        follows = left > 0 and self.taken[left - 1]
        if not follows and _COUNT.match(self.text, left, end):
            return None
        name = start - left
        if bare and name == 0:
            if follows and word not in _HOUSING:
                return self._unit(start, end, head, 0.9)
            if word in _GENERIC:
                self.kinds_of_place.append((start, end))
            return None
        if not bare:
            if head in _WEAK and not follows:
                return None
            # 顺/园路: a name of one letter is a word wrongly cut.
            whole = name != 1 or follows or end - start == 2
            plain = self.text[start : end - len(head)] in _TYPES
            if plain and name == 0 and not follows:
                self.kinds_of_place.append((start, end))
                return None
            return self._unit(left if whole else start, end, head, 0.8)
        if not follows:
            if head in _WEAK and not self._certain(left, start, end):
                return None
            if name == 1 and head not in _ADMIN and not _MASKED.match(self.text, left):
                return None
        if not follows and head not in _ADMIN and self._only_kinds(left, start):
            self.kinds_of_place.append((left, end))
            return None
        return self._unit(left, end, head, 0.9)

    def _only_kinds(self, left: int, start: int) -> bool:
        """Whether the name before a kind of place only says more of its kind (养老公寓)."""
        tokens = self.tokens[self.token_at[left] : self.token_at[start]]
        return all(self.text[a:b] in _TYPES for a, b in tokens)

    def _unit(self, start: int, end: int, head: str, sure: float) -> Unit:
        if head not in _ADMIN:
            return Unit(start, end, Kind.ROAD if head in _ROAD else Kind.POI, (), sure)
        codes = gazetteer.town_codes(self.text[start:end])
        kind = Kind.REGION if head in ("省", "市", "县", "区") else Kind.TOWN
        return Unit(start, end, kind, codes, sure)

    def _certain(self, left: int, start: int, end: int) -> bool:
        """Whether a weak head truly ends a name: long enough, and something closes it."""
        if start - left < 2:
            return False
        after = self.text[end : end + 1]
        if not after or not _NAME_CHARACTER.match(after):
            return True
        word = self.word_at(end)
        closed = word is not None and (word in _STOPS or word in RELATIONS or word in _HEADS)
        return closed or BUILDING_ANCHOR.match(self.text, end) is not None

    def _reach_back(self, k: int) -> int:
        """Where the name before token ``k`` begins."""
        left, end = self.tokens[k]
        for a, b in reversed(self.tokens[:k]):
            word = self.text[a:b]
            if self.taken[a] or end - a > _LONGEST_NAME:
                break
            if b - a > 1 and (word[0] in _BEGIN_NO_NAME or word[-1] in _DONE_TO):
                break
            if word[0] in _PRONOUNS or not all(_NAME_CHARACTER.match(c) for c in word):
                break
            follows = a > 0 and self.taken[a - 1]
            inside = a in self.coarse_ends
            if word in _DIRECTIONS or (word in RELATIONS and _GATES.fullmatch(word)):
                # 南门街: a direction is part of a name unless it follows what it is a side of.
                if follows and not inside:
                    break
                left = a
                continue
            if word == "里" and b == self.tokens[k][0] and left == b:
                left = a  # 阳光里小区
                continue
            if word in _STOPS or word in RELATIONS:
                # 蜀山区上浦路, 青山区建设二路: right after a region even such words begin a name.
                short = b - a == 1 and word not in _HARD_STOPS
                if follows and left < end and (short or (inside and _COUNTED.match(self.text, b))):
                    left = a
                break
            left = a
        return left

    def _dwellings(self) -> list[Unit]:
        """Estates named by nothing but who lives there: 我是<name>的业主."""
        return [
            Unit(m.start(1), m.end(1), Kind.POI, (), 0.7)
            for m in _DWELLER.finditer(self.text)
            if self._clean(m.start(1), m.end(1))
        ]

    def _brands(self) -> list[Unit]:
        """Estates that begin with a builder's brand."""
        found = []
        for m in _DEVELOPER.finditer(self.text):
            if _COMPANY_TAIL.match(self.text, m.end()) or m.start() not in self.token_at:
                continue
            end = self._reach_forward(m.start())
            if end - m.end() >= 2:
                found.append(Unit(m.start(), end, Kind.POI, (), 0.6))
        return found

    def _numbered(self) -> list[Unit]:
        """Names that a building number follows: <name>3栋."""
        found = []
        for m in BUILDING_ANCHOR.finditer(self.text):
            k = self.token_at.get(m.start())
            if k is None or self.taken[m.start()]:
                continue
            left = self._reach_back(k)
            if 2 <= m.start() - left <= 10 and not self.text[left].isdecimal():
                found.append(Unit(left, m.start(), Kind.POI, (), 0.65))
        return found

    def _reach_forward(self, start: int) -> int:
        k = self.token_at[start]
        end = start
        for a, b in self.tokens[k : k + 4]:
            word = self.text[a:b]
            plain = all("\u4e00" <= c <= "\u9fff" or c == "·" for c in word)
            if not plain or word in _STOPS or word in RELATIONS or b - start > 10:
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


def _kept_whole(
    cuts: tuple[tuple[int, int], ...], spans: list[tuple[int, int]]
) -> list[tuple[int, int]]:
    """The words of a text with each of the spans as one word."""
    found: list[tuple[int, int]] = []
    queue = iter(spans)
    span = next(queue, None)
    for word, b in cuts:
        a = word
        while span is not None and span[1] <= a:
            span = next(queue, None)
        while span is not None and span[0] < b:
            if a < span[0]:
                found.append((a, span[0]))
            if span[1] > b:
                a = b
                break
            if span[1] > a:
                found.append(span)
                a = span[1]
            span = next(queue, None)
        if a < b:
            found.append((a, b))
    return found


def _recut(text: str, cuts: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Words cut so that the head of a name stands alone: 园/里, 一/路, but 村民组."""
    found: list[tuple[int, int]] = []
    for a, b in cuts:
        head = text[a : b - 1]
        if (b - a > 1 and text[b - 1] in _SIDES and head in _HEADS) or (b - a == 2 and text[a] in _NUMERALS and text[b - 1] in "路街巷弄"):
            found += [(a, b - 1), (b - 1, b)]
        else:
            while found and found[-1][1] == a and text[found[-1][0] : b] in _LONG_HEADS:
                a = found.pop()[0]
            found.append((a, b))
    return found


def _head_of(word: str) -> str | None:
    """The part of a word that makes it a kind of place, or None."""
    if word in _NEVER and word not in _HEADS:
        return None
    if word in _HEADS:
        return word
    if len(word) < 2 or (word in _STOPS and word not in _GENERIC):
        return None
    if word[0] in _BEGIN_NO_NAME:
        return None
    for width in range(min(len(word), _LONGEST_HEAD), 0, -1):
        if word[-width:] in _HEADS:
            return word[-width:]
    return None
