"""The units a place is made of: regions, towns, roads, estates, buildings, lines.

A unit is found by its last word (路, 小区, 医院 …) and read backwards to a word that no name
contains. Stand-ins of published letters (A市, B7县, XX小区) count as names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from actions.understanding.places import gazetteer
from actions.understanding.places.features import Clues, clues
from actions.understanding.places.hamlet import hamlet_behind
from actions.understanding.places.tagged import joined
from actions.understanding.places.tagger import OUT, Likelihoods, load_tagger, names_in
from actions.understanding.places.unit import Kind, Unit
from actions.understanding.places.words import (
    A_LITTLE,
    ADMIN,
    BEGIN_NO_NAME,
    BEHIND_A_ROAD,
    BRANCH,
    BUILDING_ANCHOR,
    BY_NUMBER,
    CALLED_AFTER_COUNTIES,
    COMMON,
    COUNT,
    COUNTED,
    CROSSED,
    DIRECTIONS,
    DOINGS,
    DONE_TO,
    ESTATES,
    GATE_STREET,
    GATES,
    GENERIC,
    HARD_STOPS,
    HEADS,
    HOUSING,
    ITS_OWN,
    JOINED,
    LANES,
    LINES,
    LISTED,
    LONGEST_NAME,
    MASKED,
    MASKED_REGION,
    NAME_CHARACTER,
    NO_PLACE_AFTER,
    NO_WATER,
    OF_A_TOWN,
    OLD_ESTATES,
    ON_THE_WAY,
    ONE_WAY,
    OURS,
    PRONOUNS,
    RELATIONS,
    RIVER,
    ROAD,
    ROAD_GOES_ON,
    ROAD_NAMES,
    SINGLE,
    SO_MANY,
    STOPS,
    THERE,
    TRIED,
    TYPES,
    WATERS,
    WEAK,
    WHOLE_WORDS,
    apart,
    head_of,
    kept_whole,
    recut,
)
from actions.understanding.text.segment import UNKNOWN, rarity, segment

# What tells of a place to come: 到八字墙小学, 乐平镇的一家铝型材厂, 北京路与府右路.
_TOLD = re.compile(r"(?:[在住位于到去往从至叫与和及、]|的[一某那]?[家个所处]?|[这那][家个所处])$")
_WAY_ALONG = re.compile(r"[走沿经绕]$|经过$|路过$")
_WHEN = re.compile(
    r"[早晚]上|[白夜半]天|[半深]夜|夜[里间]|[上下中]午|凌晨|每[天日晚年月]|天天|[昨今前]天|[今去前]年|上个?月|最近|长期|常年|经常|现在|目前"
)
"""When it happens is said behind a name, and is none of it."""
# Words that end the name before them, if it has not ended in one.
_ENDS = frozenset(["小区", "社区", "街", "路", "大道", "巷", "桥"])
_OF_TOWNS = frozenset(["镇政府", "乡政府"])
_ENDS_A_ROAD = frozenset(["街", "路", "大道", "巷"])
_TOWN = frozenset(["镇", "乡"])
_SEASONS = frozenset(["春天", "夏天", "秋天", "冬天"])
_CLOSED = frozenset("期栋幢号楼座元室层路街道巷桥门口区店厂站")
_JOINS_ANOTHER = re.compile(r"(?:路?口)?[到至与和及、]")
_OF_WATER = re.compile(r"[河江湖渠溪](?:上游|下游|两岸|流域|河道|大堤|沿岸|边|水|里)")
"""What is said of rivers: 支脉河上游."""
_SCHOOL = re.compile(r"(?:小学|中学|高中|初中|幼儿园)(?=老师|教师|学生|校长|生)")
_THE_SECOND = re.compile(r"第[一二三四五六七八九十]{1,2}$")
_NO_NAME, _DOUBTFUL = 0.05, 0.6
"""Less sure than this that any character is a name's, the tagger sees none; how sure one is still."""


_KINDS = HEADS | GENERIC
_TAIL = re.compile(r"(?:街道(?:办(?:事处)?)?|社区|[村镇乡路街])$")


def _all_of(text: str, part: str) -> list[int]:
    """Where a part stands in a text, each time."""
    return [hit.start() for hit in re.finditer(re.escape(part), text)]


class Finder:
    """One pass over one folded text."""

    def __init__(self, text: str, home: str | None = None) -> None:
        """``home`` is the code of the city served, if there is one."""
        self.text = text
        cuts = segment(text)
        self.masked = [m.span() for m in MASKED_REGION.finditer(text)]
        # D4镇江家冲: the 镇 is the stand-in's.
        self.regions = [
            region
            for region in gazetteer.find_regions(text, {a for a, _ in cuts}, home)
            if not any(a < region.end and region.start < b for a, b in self.masked)
        ]
        self.towns = self._towns()
        # 路桥区金清镇 does not speak of 清镇, nor 三水区乐平镇 of 乐平.
        self.regions = [
            region
            for region in self.regions
            if region.full
            or not any(t.start < region.end and region.start < t.end for t in self.towns)
        ]
        named = [
            *self.masked,
            *((region.start, region.end) for region in self.regions),
            *((town.start, town.end) for town in self.towns),
            *(hit.span() for hit in BEHIND_A_ROAD.finditer(text)),
            *(hit.span() for hit in WHOLE_WORDS.finditer(text)),
        ]
        self.tokens = recut(text, kept_whole(cuts, apart(named)))
        self.coarse_ends: set[int] = set()
        self.token_at = {start: k for k, (start, _) in enumerate(self.tokens)}
        self.kinds_of_place: list[tuple[int, int]] = []
        """Places named by their kind alone (幼儿园): better than nothing, if nothing is named."""

    def clues(self) -> Clues:
        """What the tagger of names looks at."""
        regions = {start: "M" for start, _ in self.masked}
        regions |= {unit.start: "T" for unit in self.towns}
        regions |= {region.start: "R" for region in self.regions}
        return clues(self.text, self.tokens, regions)

    def word_at(self, start: int) -> str | None:
        """The word that begins at an offset, or None inside a word."""
        k = self.token_at.get(start)
        return None if k is None else self.text[slice(*self.tokens[k])]

    def units(self) -> list[Unit]:
        """All units in the order of the text, not overlapping."""
        chances = load_tagger().likelihoods(self.clues())
        names, ruled = names_in(chances), self.ruled()
        doubted = self._doubted(ruled, chances, frozenset(name.end for name in names))
        left_out = {unit.start for unit in doubted}
        believed = [unit for unit in ruled if unit.start not in left_out]
        units = joined(self.text, believed, names, self.tokens)
        if doubted and not units:
            units = joined(self.text, doubted, names, self.tokens)
        kinds = dict(self.kinds_of_place)
        units = self._counted(units)
        nexts = [*(unit.start for unit in units[1:]), len(self.text)]
        return [
            self._to(unit, end) if (end := self._with_its_kind(unit, kinds)) <= follows else unit
            for unit, follows in zip(units, nexts, strict=False)
        ]

    def _counted(self, units: list[Unit]) -> list[Unit]:
        """The units with the number that a factory or a school has before its kind: 第二|毛纺厂."""
        ends = [0, *(unit.end for unit in units)]
        return [
            replace(unit, start=hit.start())
            if unit.kind == Kind.POI and (hit := _THE_SECOND.search(self.text, before, unit.start))
            else unit
            for unit, before in zip(units, ends, strict=False)
        ]

    def _to(self, unit: Unit, end: int) -> Unit:
        """The unit up to an offset, a road where it ends as one: 九都|路."""
        road = unit.end < end and self.word_at(unit.end) in _ENDS_A_ROAD
        return replace(unit, end=end, kind=Kind.ROAD if road else unit.kind)

    def _doubted(
        self, ruled: list[Unit], chances: Likelihoods, named: frozenset[int]
    ) -> list[Unit]:
        """The units that stand alone, are told by their last word only, and in which the tagger sees
        no name at all: 一下大雨|院, 要盖|幼儿园. They are places only where nothing else is one.

        ``named`` are where names by the tagger end."""
        starts, ends = {unit.start for unit in ruled}, {unit.end for unit in ruled} | named
        return [
            replace(unit, sure=_DOUBTFUL)
            for unit in ruled
            if unit.start in self.by_last_word
            and unit.start not in ends
            and unit.end not in starts
            and _TOLD.search(self.text, max(0, unit.start - 5), unit.start) is None
            and _JOINS_ANOTHER.match(self.text, unit.end) is None
            and _OF_WATER.match(self.text, unit.end - 1) is None
            and 1 - float(chances[unit.start : unit.end, OUT].min()) < _NO_NAME
        ]

    def _with_its_kind(self, unit: Unit, kinds: Mapping[int, int]) -> int:
        """Where a unit ends with the kind of place that follows its name at once: 泉塘昌和 + 商业中心,
        耿家坪 + 小区. ``kinds`` are where kinds of places begin and end."""
        if unit.kind != Kind.POI:
            return unit.end
        if self.text.startswith("4S店", unit.end):
            return unit.end + 3
        if self.text.startswith("畔", unit.end):
            return unit.end + 1  # 天鹅湖畔
        word = self.word_at(unit.end)
        if hit := _SCHOOL.match(self.text, unit.end):
            return hit.end()  # C4县实验|中学老师
        if word in _OF_TOWNS:
            return unit.end + len(word or "")  # 大民屯|镇政府
        if word in _ENDS and self.text[unit.end - 1] not in _CLOSED:
            return unit.end + len(word or "")
        return kinds.get(unit.end, unit.end)

    def ruled(self) -> list[Unit]:
        """The units that the rules find, in the order of the text, not overlapping."""
        # 京沪高速新沂出口: no region where the way leaves for it.
        on_the_way = [hit.span("place") for hit in ON_THE_WAY.finditer(self.text)]
        found = [Unit(*span, Kind.POI, (), 0.9) for span in on_the_way]
        found += [
            Unit(r.start, r.end, Kind.REGION, r.codes, 1.0 if r.full else 0.85)
            for r in self.regions
        ]
        found += self.towns
        found += [Unit(start, end, Kind.REGION) for start, end in self.masked]
        found += [Unit(m.start(), m.end(), Kind.ROAD, (), 0.7) for m in LINES.finditer(self.text)]
        found += [Unit(*m.span("place"), Kind.POI, (), 0.75) for m in ITS_OWN.finditer(self.text)]
        found += [Unit(*m.span(), Kind.POI, (), 0.75) for m in OF_A_TOWN.finditer(self.text)]
        found += [Unit(*m.span(), Kind.POI, (), 0.75) for m in BY_NUMBER.finditer(self.text)]
        found += [Unit(*m.span(), Kind.POI, (), 0.7) for m in RIVER.finditer(self.text)]
        found += [Unit(*m.span(), Kind.ROAD, (), 0.8) for m in GATE_STREET.finditer(self.text)]
        self.taken = [False] * (len(self.text) + 1)
        self.by_last_word = set[int]()
        found = [unit for unit in found if self._take(unit)]
        found += [unit for unit in self._branches() if self._take(unit)]
        for number in range(len(self.tokens)):
            named = self._named(number)
            if named is not None and self._take(named):
                if self.text[named.start : named.end] in _TOWN and (
                    found[-1].end == named.start and found[-1].kind == Kind.TOWN
                ):
                    named = replace(named, start=found.pop().start)  # 臧寨|乡
                found.append(named)
                self.by_last_word.add(named.start)
                k = self.token_at.get(named.end)
                hamlet = k and hamlet_behind(self.text, named, self.tokens[k:])
                if hamlet and self._take(hamlet):
                    found.append(hamlet)
        found += [unit for unit in self._called_again(found) if self._take(unit)]
        return sorted(found, key=lambda u: u.start)

    def _called_again(self, found: Sequence[Unit]) -> list[Unit]:
        """What is called after a place that is named too, by words that begin no name: 人和派出所, of
        人和街道."""
        again = []
        for unit in found:
            stem = _TAIL.sub("", self.text[unit.start : unit.end])
            if not 2 <= len(stem) <= 3 or HARD_STOPS.isdisjoint(stem) or unit.kind == Kind.REGION:
                continue
            for at in _all_of(self.text, stem):
                k = self.token_at.get(at + len(stem))
                if k is not None and self.text[slice(*self.tokens[k])] in _KINDS:
                    again.append(Unit(at, self.tokens[k][1], Kind.POI, (), 0.7))
        return again

    def _branches(self) -> list[Unit]:
        """Shops with the branch they are behind them: 老码头火锅（解放碑店）."""
        found = []
        for branch in BRANCH.finditer(self.text):
            k = self.token_at.get(branch.start())
            if k is not None:
                found.append(Unit(self.reach_back(k), branch.end(), Kind.POI, (), 0.8))
        return found

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
        begun = {region.start for region in self.regions if region.full}
        for region in self.regions:
            has_towns = region.level == 3 or not gazetteer.undivided().isdisjoint(region.codes)
            if has_towns and region.end not in begun:
                end = gazetteer.town_after(self.text, region.end, region.codes)
                if end is not None:
                    name = self.text[region.end : end]
                    if name[-1] == "街" and self.text.startswith("办", end):
                        name, end = name + "道", end + 1  # 城关街办
                    # 花园路 of 花园路街道 is the road itself where 街道 is not said.
                    if name[-1] in "路街巷道" and not name.endswith("街道"):
                        found.append(Unit(region.end, end, Kind.ROAD, (), 0.95))
                    else:
                        codes = gazetteer.town_codes(name)
                        found.append(Unit(region.end, end, Kind.TOWN, codes, 0.95))
        return found

    def _named(self, k: int) -> Unit | None:
        """The unit whose last word is token ``k``, or None."""
        start, end = self.tokens[k]
        if self.taken[start] or self.text[start] < "0":
            return None
        word = self.text[start:end]
        head = head_of(word)
        if (
            head is None
            or (head in LISTED and not (head in LANES and self._is_lane(k)))
            or NO_PLACE_AFTER.match(self.text, end)
            or (head not in ROAD and ROAD_GOES_ON.match(self.text, end))
        ):
            return None
        left = self.reach_back(k)
        bare = word in HEADS or word in GENERIC
        if word.endswith("政府") and not self.taken[start - 1]:
            return None
        follows = left > 0 and self.taken[left - 1]
        if COUNT.match(self.text, left, end) and (not follows or self.text[left] in "两几"):
            return None
        name = start - left
        if bare and name == 0:
            if follows and word not in HOUSING and not self._plain_after_region(start, word):
                return self._unit(start, end, head, 0.9)
            if word in SINGLE and THERE.search(self.text, max(0, start - 1), start):
                return Unit(start, end, Kind.REGION, (), 0.7)
            if word in GENERIC or end - start > 1:
                self.kinds_of_place.append((start, end))
            return None
        if not bare:
            if head in WEAK and not follows:
                if head in WATERS and name == 0 and self._is_water(word) and self._closed(end):
                    return Unit(start, end, Kind.POI, (), 0.7)
                self.kinds_of_place.append((start, end))
                return None
            # 顺/园路: a name of one letter is a word wrongly cut.
            told = _TOLD.search(self.text, max(0, left - 5), left) is not None
            whole = (
                name != 1 or follows or told or end - start == 2 or self.text[left] in DIRECTIONS
            )
            name_of_it = self.text[start : end - len(head)]
            called = name_of_it in ROAD_NAMES and (head in ROAD or head in OLD_ESTATES)
            plain = name_of_it in TYPES and not (called and word not in GENERIC)
            if plain and name == 0 and not follows:
                self.kinds_of_place.append((start, end))
                return None
            return self._unit(left if whole else start, end, head, 0.8)
        if not follows:
            if head in WEAK and not self._certain(left, start, end):
                return None
            crossing = (
                head in ROAD and self.text[left - 1 : left] in JOINED and self.taken[left - 2]
            )
            if (
                name == 1
                and head not in ADMIN
                and not crossing
                and not MASKED.match(self.text, left)
            ):
                return None
            if head not in ADMIN and not crossing and self._only_kinds(left, start):
                self.kinds_of_place.append((left, end))
                return None
        return self._unit(left, end, head, 0.9)

    def _is_lane(self, k: int) -> bool:
        """Whether a name before token ``k`` is that of a road: right behind a region (南开区长江道),
        or where it crosses another (福州道与河北路)."""
        left, end = self.reach_back(k), self.tokens[k][1]
        return end - left >= 3 and (
            left in self.coarse_ends or CROSSED.match(self.text, end) is not None
        )

    def _plain_after_region(self, start: int, word: str) -> bool:
        """Whether a word behind a region names nothing there: 某县街, 某市小区, but 某县人民医院."""
        plain = len(word) == 1 or word in COMMON
        return plain and any(
            region.end == start
            and (region.full or region.level < 3 or word not in CALLED_AFTER_COUNTIES)
            for region in self.regions
        )

    def _only_kinds(self, left: int, start: int) -> bool:
        """Whether the name before a kind of place only says more of its kind (养老公寓)."""
        tokens = self.tokens[self.token_at[left] : self.token_at[start]]
        return all(self.text[a:b] in TYPES for a, b in tokens)

    def _unit(self, start: int, end: int, head: str, sure: float) -> Unit:
        if head not in ADMIN:
            return Unit(start, end, Kind.ROAD if head in ROAD else Kind.POI, (), sure)
        codes = gazetteer.town_codes(self.text[start:end])
        if head in ("省", "市", "县", "区"):
            return Unit(start, end, Kind.REGION, codes, sure)
        return Unit(start, end, Kind.POI if head in ESTATES else Kind.TOWN, codes, sure)

    def _certain(self, left: int, start: int, end: int) -> bool:
        """Whether a weak head truly ends a name: long enough, and something closes it."""
        return start - left >= 2 and self._closed(end)

    def _is_water(self, word: str) -> bool:
        """Whether a word that ends in 湖 or 河 is its name: 太湖, but no 人工湖 and no 过河."""
        return len(word) > 1 and word[0] not in NO_WATER and word not in TYPES

    def _closed(self, end: int) -> bool:
        """Whether no name goes on at an offset."""
        after = self.text[end : end + 1]
        if not after or not NAME_CHARACTER.match(after):
            return True
        word = self.word_at(end)
        if _WHEN.match(self.text, end):
            return True
        closed = word is not None and (word in STOPS or word in RELATIONS or word in HEADS)
        return closed or BUILDING_ANCHOR.match(self.text, end) is not None

    def reach_back(self, k: int) -> int:
        """Where the name before token ``k`` begins."""
        start, end = self.tokens[k]
        left = start
        ends_in_road = head_of(self.text[start:end]) in ("路", "街", "大道", "巷")
        for a, b in reversed(self.tokens[:k]):
            word = self.text[a:b]
            if self.taken[a] or end - a > LONGEST_NAME:
                break
            if b - a > 1 and (
                word[0] in BEGIN_NO_NAME or word[-1] in DONE_TO or TRIED.fullmatch(word)
            ):
                break
            if (
                SO_MANY.fullmatch(word)
                or ONE_WAY.fullmatch(word)
                or word[0] in PRONOUNS
                or not all(NAME_CHARACTER.match(c) for c in word)
            ):
                break
            if word in GENERIC and left == b == start and self.text[start:end] == "大道":
                return a  # 花园大道
            if word in GENERIC and left < end and ends_in_road and not self._sides(left, start):
                break  # 超市|东风路
            if word in GENERIC and self.text[a - 1 : a] in OURS:
                break  # 我们小区中海国际社区
            follows = a > 0 and self.taken[a - 1]
            inside = a in self.coarse_ends
            if word == "下" and self.text[a - 1] in A_LITTLE:
                break  # 请问下虹桥火车站
            if word == "区" and self.text[a - 1 : a] == "市" and inside:
                break  # 金华市区|双龙南街
            if word == "近" and self.text[a - 1 : a] in _ENDS_A_ROAD:
                break  # 双龙南街|近|丹溪路
            if left < start and word in _SEASONS and self.text[b] != "里":
                break  # 春天|辽河大堤
            if word == "头" and self.text[a - 1] in "村庄街巷桥":
                break  # 小李庄村头养猪场
            if word in "上下" and self.text[a - 1 : a] in HEADS and not inside:
                break  # 小区楼下工地: what is down there is not called so
            if word in DIRECTIONS or (word in RELATIONS and GATES.fullmatch(word)):
                # 南门街: a direction is part of a name unless it follows what it is a side of.
                if follows and not inside:
                    break
                left = a
                continue
            if word == "里" and b == self.tokens[k][0] and left == b:
                left = a  # 阳光里小区
                continue
            if word == "口" and left == b and b - a == 1 and self._mouth(a):
                left = a  # 沌口小区
                continue
            if word == "经" and COUNTED.match(self.text, b):
                left = a  # 经二路
                break
            if word in ROAD_NAMES and ends_in_road and left == b == start:
                left = a  # 国庆路: a day, and what roads are called after
                continue
            if word in STOPS or word in RELATIONS:
                if word in "大小老新" and left == b and self._begins(a) and not self._plain(b, end):
                    left = a  # 大铺头站
                    break
                # 蜀山区上浦路, 青山区建设二路: right after a region even such words begin a name.
                short = b - a == 1 and word not in HARD_STOPS
                short = short and not (word in DOINGS and self._whole_word(b))
                crosses = self.text[a - 1 : a] in JOINED and a > 1 and self.taken[a - 2]
                crosses = crosses or _WAY_ALONG.search(self.text, max(0, a - 2), a) is not None
                if ends_in_road and crosses and short and start > left:
                    left = a  # 漓江路与会仙路
                plain_road = ends_in_road and inside and left == b == start and b - a == 2
                plain_village = inside and left == b == start and self.text[start:end] == "村"
                if (
                    (plain_road or (plain_village and b - a == 2))
                    and word[0] not in HARD_STOPS
                    and word not in RELATIONS
                ):
                    left = a  # 怀柔区开放路, 六亩塘镇增加村
                    break
                if follows and left < end and (short or (inside and COUNTED.match(self.text, b))):
                    left = a
                break
            left = a
        return left

    def _sides(self, left: int, start: int) -> bool:
        """Whether a stretch only says on which side: 火车站|东|路."""
        return all(c in DIRECTIONS for c in self.text[left:start])

    def _begins(self, start: int) -> bool:
        """Whether a clause begins at an offset."""
        return start == 0 or not NAME_CHARACTER.match(self.text, start - 1)

    def _plain(self, start: int, end: int) -> bool:
        """Whether a stretch only says what kind of place it is."""
        return self.text[start:end] in GENERIC or self.text[start:end] in HEADS

    def _whole_word(self, start: int) -> bool:
        word = self.word_at(start)
        return word is not None and len(word) > 1 and rarity(word) < UNKNOWN

    def _mouth(self, start: int) -> bool:
        """Whether a 口 ends the name of a place (沌口) and is no opening of what stands before."""
        before = self.text[start - 1 : start] if start else ""
        alone = (start - 1) in self.token_at
        return alone and "\u4e00" <= before <= "\u9fff" and before not in HEADS | STOPS | RELATIONS
