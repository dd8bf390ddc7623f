"""The units a place is made of: regions, towns, roads, estates, buildings, lines.

A unit is found by its last word (路, 小区, 医院 …) and read backwards to a word that no name
contains. Stand-ins of published letters (A市, B7县, XX小区) count as names.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from actions.complaint import gazetteer
from actions.complaint.place_words import (
    ADMIN,
    BEGIN_NO_NAME,
    BUILDING_ANCHOR,
    COMMON,
    COMPANY_TAIL,
    COUNT,
    COUNTED,
    DEVELOPER,
    DIRECTIONS,
    DONE_TO,
    DWELLER,
    ESTATE,
    GATES,
    GENERIC,
    HARD_STOPS,
    HEADS,
    HOUSING,
    JOINED,
    LINES,
    LISTED,
    LONGEST_NAME,
    MASKED,
    MASKED_REGION,
    NAME_CHARACTER,
    NO_PLACE_AFTER,
    PRONOUNS,
    RELATIONS,
    ROAD,
    ROAD_GOES_ON,
    SINGLE,
    SO_MANY,
    STOPS,
    THERE,
    TYPES,
    WEAK,
    head_of,
    kept_whole,
    recut,
)
from actions.complaint.segment import segment


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


class Finder:
    """One pass over one folded text."""

    def __init__(self, text: str) -> None:
        self.text = text
        cuts = segment(text)
        self.regions = gazetteer.find_regions(text, {a for a, _ in cuts})
        self.masked = [m.span() for m in MASKED_REGION.finditer(text)]
        self.towns = self._towns()
        whole = sorted(
            [
                *self.masked,
                *((r.start, r.end) for r in self.regions),
                *((t.start, t.end) for t in self.towns),
            ]
        )
        self.tokens = recut(text, kept_whole(cuts, whole))
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
        found += [Unit(m.start(), m.end(), Kind.ROAD, (), 0.7) for m in LINES.finditer(self.text)]
        self.taken = [False] * (len(self.text) + 1)
        found = [unit for unit in found if self._take(unit)]
        for k in range(len(self.tokens)):
            named = self._named(k)
            if named is not None and self._take(named):
                found.append(named)
        for unit in (*self._dwellings(), *self._estates(), *self._brands(), *self._numbered()):
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
                    name = self.text[region.end : end]
                    # 花园路 of 花园路街道 is the road itself where 街道 is not said.
                    if name[-1] in "路街巷" or name.endswith("大道"):
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
            or head in LISTED
            or NO_PLACE_AFTER.match(self.text, end)
            or (head not in ROAD and ROAD_GOES_ON.match(self.text, end))
        ):
            return None
        left = self._reach_back(k)
        bare = word in HEADS or word in GENERIC
        follows = left > 0 and self.taken[left - 1]
        if not follows and COUNT.match(self.text, left, end):
            return None
        name = start - left
        if bare and name == 0:
            if follows and word not in HOUSING and not self._plain_after_region(start, word):
                return self._unit(start, end, head, 0.9)
            if word in SINGLE and THERE.search(self.text, max(0, start - 1), start):
                return Unit(start, end, Kind.REGION, (), 0.7)
            if word in GENERIC:
                self.kinds_of_place.append((start, end))
            return None
        if not bare:
            if head in WEAK and not follows:
                return None
            # 顺/园路: a name of one letter is a word wrongly cut.
            whole = name != 1 or follows or end - start == 2
            plain = self.text[start : end - len(head)] in TYPES
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
        if not follows and head not in ADMIN and self._only_kinds(left, start):
            self.kinds_of_place.append((left, end))
            return None
        return self._unit(left, end, head, 0.9)

    def _plain_after_region(self, start: int, word: str) -> bool:
        """Whether a word behind a region names nothing there: 某县街, 某市小区, but 某县人民医院."""
        plain = len(word) == 1 or word in COMMON
        return plain and any(region.end == start for region in self.regions)

    def _only_kinds(self, left: int, start: int) -> bool:
        """Whether the name before a kind of place only says more of its kind (养老公寓)."""
        tokens = self.tokens[self.token_at[left] : self.token_at[start]]
        return all(self.text[a:b] in TYPES for a, b in tokens)

    def _unit(self, start: int, end: int, head: str, sure: float) -> Unit:
        if head not in ADMIN:
            return Unit(start, end, Kind.ROAD if head in ROAD else Kind.POI, (), sure)
        codes = gazetteer.town_codes(self.text[start:end])
        kind = Kind.REGION if head in ("省", "市", "县", "区") else Kind.TOWN
        return Unit(start, end, kind, codes, sure)

    def _certain(self, left: int, start: int, end: int) -> bool:
        """Whether a weak head truly ends a name: long enough, and something closes it."""
        if start - left < 2:
            return False
        after = self.text[end : end + 1]
        if not after or not NAME_CHARACTER.match(after):
            return True
        word = self.word_at(end)
        closed = word is not None and (word in STOPS or word in RELATIONS or word in HEADS)
        return closed or BUILDING_ANCHOR.match(self.text, end) is not None

    def _reach_back(self, k: int) -> int:
        """Where the name before token ``k`` begins."""
        left, end = self.tokens[k]
        for a, b in reversed(self.tokens[:k]):
            word = self.text[a:b]
            if self.taken[a] or end - a > LONGEST_NAME:
                break
            if b - a > 1 and (word[0] in BEGIN_NO_NAME or word[-1] in DONE_TO):
                break
            if (
                SO_MANY.fullmatch(word)
                or word[0] in PRONOUNS
                or not all(NAME_CHARACTER.match(c) for c in word)
            ):
                break
            follows = a > 0 and self.taken[a - 1]
            inside = a in self.coarse_ends
            if word in DIRECTIONS or (word in RELATIONS and GATES.fullmatch(word)):
                # 南门街: a direction is part of a name unless it follows what it is a side of.
                if follows and not inside:
                    break
                left = a
                continue
            if word == "里" and b == self.tokens[k][0] and left == b:
                left = a  # 阳光里小区
                continue
            if word in STOPS or word in RELATIONS:
                # 蜀山区上浦路, 青山区建设二路: right after a region even such words begin a name.
                short = b - a == 1 and word not in HARD_STOPS
                if follows and left < end and (short or (inside and COUNTED.match(self.text, b))):
                    left = a
                break
            left = a
        return left

    def _dwellings(self) -> list[Unit]:
        """Estates named by nothing but who lives there: 我是<name>的业主."""
        return [
            Unit(m.start(1), m.end(1), Kind.POI, (), 0.7)
            for m in DWELLER.finditer(self.text)
            if self._clean(m.start(1), m.end(1))
        ]

    def _estates(self) -> list[Unit]:
        """Estates right after a region or town, ended by who lives there: <town><name>的业主."""
        found = []
        for start in sorted(self.coarse_ends):
            m = ESTATE.match(self.text, start)
            if m and not self.taken[start] and self._names(start, m.end()):
                found.append(Unit(start, m.end(), Kind.POI, (), 0.65))
        return found

    def _brands(self) -> list[Unit]:
        """Estates that begin with a builder's brand."""
        found = []
        for m in DEVELOPER.finditer(self.text):
            if COMPANY_TAIL.match(self.text, m.end()) or m.start() not in self.token_at:
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
            if not plain or word in STOPS or word in RELATIONS or b - start > 10:
                break
            if COMPANY_TAIL.match(word):
                return start
            end = b
        return end

    def _names(self, start: int, end: int) -> bool:
        """Whether the stretch may be a name behind a region: whole words, none that ends one."""
        k = self.token_at.get(start)
        while k is not None and k < len(self.tokens) and self.tokens[k][0] < end:
            a, b = self.tokens[k]
            word = self.text[a:b]
            if b > end or word in HARD_STOPS or (b - a > 1 and word in STOPS):
                return False
            k += 1
        return k is not None

    def _clean(self, start: int, end: int) -> bool:
        """Whether no word inside the stretch is one that ends a name."""
        k = self.token_at.get(start)
        while k is not None and k < len(self.tokens) and self.tokens[k][0] < end:
            a, b = self.tokens[k]
            if self.text[a:b] in STOPS or b > end:
                return False
            k += 1
        return k is not None
