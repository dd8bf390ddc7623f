"""Provinces, cities, counties and towns by name: GB/T 2260 codes for what people write.

The tables are JioNLP's (Apache-2.0), read once from the installed package into plain dicts. Many
names are shared: a lookup gives every code a name may mean, and :func:`settle` narrows them by
what else is known.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache

from actions.understanding.dictionary import read_table
from actions.understanding.text.words import words

_ROW = re.compile(r"^(\t{0,2})([^\t\n]+)\t(\d{6})\t([^\t\n]*)$|^\t\t\t([^\t\n]+)$", re.M)
_LONGEST = 15
# Short names that are ordinary words, road names or surnames far more often than regions.
_NEVER_SHORT = words("region", "never_short")
_RECODED = dict(pair.split(">") for pair in words("region", "recoded"))
_SELF_GOVERNING = re.compile(r"[\u4e00-\u9fff]*?自治([县州区旗])$")


@dataclass(frozen=True, slots=True)
class RegionName:
    """A region's name found in a text: which codes it may mean, and whether it was complete."""

    start: int
    end: int
    codes: tuple[str, ...]
    full: bool

    @property
    def level(self) -> int:
        """1 province, 2 city, 3 county: the finest any candidate code says."""
        return max(level_of(code) for code in self.codes)


def level_of(code: str) -> int:
    """1 for a province's code, 2 for a city's, 3 for a county's."""
    if code.endswith("0000"):
        return 1
    return 2 if code.endswith("00") else 3


def trunk(code: str) -> str:
    """The significant digits of a code: 340000 → 34, 340100 → 3401."""
    return code[: 2 * level_of(code)]


@dataclass(frozen=True, slots=True)
class _Tables:
    full: dict[str, tuple[str, ...]]
    short: dict[str, tuple[str, ...]]
    behind: dict[str, tuple[str, ...]]
    """Short names that are a region only right behind the one they lie in: 深圳龙华."""
    towns: dict[str, tuple[str, ...]]
    cities: frozenset[str]
    starts: frozenset[str]
    names: dict[str, str]


@cache
def tables() -> _Tables:
    """The name tables, built on first use (about 0.4 s)."""
    full: defaultdict[str, set[str]] = defaultdict(set)
    short: defaultdict[str, set[str]] = defaultdict(set)
    behind: defaultdict[str, set[str]] = defaultdict(set)
    towns: defaultdict[str, set[str]] = defaultdict(set)
    names: dict[str, str] = {}
    cities: set[str] = set()
    county = ""
    for tabs, name, code, shorts, town in _ROW.findall(read_table("china_location", ".txt")):
        if town:
            if len(town) > 2 and county:
                towns[town].add(county)
            continue
        code = _RECODED.get(code, code)
        county = code if len(tabs) == 2 else ""
        if name.endswith("行政区划"):
            continue
        full[name].add(code)
        names.setdefault(code, name)
        governed = _SELF_GOVERNING.match(name)
        for one in shorts.split("/"):
            if governed:  # people write 民和县 for 民和回族土族自治县
                full[one + governed.group(1)].add(code)
            if len(one) < 2 or one == name:
                continue
            if one in _NEVER_SHORT:
                behind[one].add(code)
            else:
                short[one].add(code)
                if name.endswith("市"):
                    cities.add(one)
    for name in words("region", "also_full"):
        one, code = name.split("=")
        full[one].add(code)
        names[code] = one
    starts = frozenset(name[:2] for name in (*full, *short, *behind))
    return _Tables(
        _freeze(full),
        _freeze(short),
        _freeze(behind),
        _freeze(towns),
        frozenset(cities),
        starts,
        names,
    )


def _freeze(sets: dict[str, set[str]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(sorted(codes)) for name, codes in sets.items()}


def name_of(code: str) -> str | None:
    """The region's own name (without its parents'), or None for an unknown code."""
    return tables().names.get(code)


def codes_of(name: str) -> tuple[str, ...]:
    """Every code a full or short name may mean; empty for an unknown name."""
    known = tables()
    return known.full.get(name) or known.short.get(name) or ()


@cache
def undivided() -> frozenset[str]:
    """The codes of cities that have towns and no counties: 东莞市, 儋州市."""
    owners = {code for codes in tables().towns.values() for code in codes}
    return frozenset(code for code in owners if level_of(code) < 3)


def town_codes(name: str) -> tuple[str, ...]:
    """The county codes that have a town, township or subdistrict of this name."""
    return tables().towns.get(name, ())


def town_after(text: str, start: int, codes: tuple[str, ...]) -> int | None:
    """Where a town's name ends that begins at ``start`` right after its county's, or None.

    The kind may be left off: 回龙观 after 昌平区 is 回龙观街道.
    """
    towns = tables().towns
    for width in range(min(8, len(text) - start), 1, -1):
        name = text[start : start + width]
        for kind in _TOWN_KINDS:
            owners = towns.get(name + kind)
            if not kind and name[-1] == "街":
                owners = owners or towns.get(name + "道")
            if kind and _NOT_A_SHORT_NAME.match(text, start + width):
                continue
            if owners and any(o.startswith(trunk(c)) for o in owners for c in codes):
                end = start + width
                # 南强镇, which by now is a 街道.
                other = None if name.endswith(_TOWN_KINDS[1:]) else _TOWN_KIND.match(text, end)
                return other.end() if other else end
    return None


_TOWN_KINDS = ("", "街道", "镇", "乡", "地区")
_TOWN_KIND = re.compile("街道|[镇乡]")
_A_TOWN = re.compile(r"(?![的各所])[\u4e00-\u9fff]{2,3}(?:街道|[镇乡])")


def find_regions(
    text: str, word_starts: Collection[int], home: str | None = None
) -> list[RegionName]:
    """Region names in a folded text, longest first at each position, not overlapping.

    Args:
        text: the folded text.
        word_starts: where its words begin; a short name (厦门) inside other words (大厦门口) is none.
        home: the code of the city served, whose counties are named by their short names alone.
    """
    known = tables()
    found: list[RegionName] = []
    i, size = 0, len(text)
    while i < size - 1:
        if text[i : i + 2] not in known.starts:
            i += 1
            continue
        before = found[-1] if found and i - found[-1].end <= 1 else None
        hit = _longest(text, i, known, before, i in word_starts, home)
        if hit is None:
            i += 1
        else:
            found.append(hit)
            i = hit.end
    return found


_PLAINLY_ONE = 3  # characters; 南区, 城区, 郊区 are names only behind their city's
_COUNTY_OF_ITS_PROVINCE = "90"  # 新星 and its like, too little known to be meant by two characters
_NOT_A_SHORT_NAME = re.compile(
    r"[东西南北中一二三四五六七八九十]{0,2}(?:路|街|大道|大街|巷|弄|桥|大桥|立交|公园|广场|大厦|小区|花园|苑|湾|府|城(?!区)|站|机场|村|社区)"
    r"|[东西南北]?门(?![头店户诊面票禁牌窗])|道(?=街|早市|夜市|[0-9交与和及，。口]|$)|[话菜面饭酒装服岸局]|部门|大学|银行|[省市县区州](?!里|内|民|中心|场|政)"
    # 巨野河, 嘉陵江路; but 合肥江淮, 天津河西
    r"|[江河湖溪](?:[，。！？；、的]|路|街|大[道桥堤]|[一二三四五六七八九十]桥|$)"
)
_WHERE_FROM = re.compile(r"(?:在|到|去|来|住|是|于|从|至|回|离|往|老家)$")


def _longest(
    text: str,
    i: int,
    known: _Tables,
    before: RegionName | None,
    word_start: bool,
    home: str | None,
) -> RegionName | None:
    for width in range(min(_LONGEST, len(text) - i), 1, -1):
        name = text[i : i + width]
        codes = known.full.get(name)
        plainly = width >= _PLAINLY_ONE or before is not None
        if codes and (plainly or (word_start and _is_county(text, i, i + width))):
            return RegionName(i, i + width, codes, True)
        codes = known.short.get(name) or (known.behind.get(name) if before is not None else None)
        if not codes:
            continue
        if _NOT_A_SHORT_NAME.match(text, i + width) and not _of_its_own(text, i + width, codes):
            continue
        if before is not None:
            inside = tuple(c for c in codes if any(c.startswith(trunk(p)) for p in before.codes))
            if inside:
                return RegionName(i, i + width, inside, False)
        if not word_start or name not in known.short:
            continue
        if home is not None and level_of(home) == 2:
            near = tuple(c for c in codes if c.startswith(trunk(home)))
            if near:
                return RegionName(i, i + width, near, False)
        known_far = tuple(c for c in codes if c[2:4] != _COUNTY_OF_ITS_PROVINCE)
        bare = tuple(c for c in known_far if level_of(c) < 3)
        said_where = _WHERE_FROM.search(text, max(0, i - 2), i) is not None
        if not bare and ((known_far and name in known.cities) or said_where):
            bare = codes
        if bare:
            return RegionName(i, i + width, bare, False)
    return None


def _is_county(text: str, start: int, end: int) -> bool:
    """Whether two characters name a county: 应县 + 臧寨乡, 在雄县."""
    if text[end - 1] != "县":
        return False
    return (
        _A_TOWN.match(text, end) is not None
        or _WHERE_FROM.search(text, max(0, start - 2), start) is not None
    )


def _of_its_own(text: str, start: int, codes: tuple[str, ...]) -> bool:
    """Whether a region of one of the codes' own begins here by its full name: 西宁 + 城东区."""
    full = tables().full
    inside = (
        code
        for width in range(3, min(_LONGEST, len(text) - start) + 1)
        for code in full.get(text[start : start + width], ())
    )
    return any(code.startswith(trunk(c)) and code != c for code in inside for c in codes)


def settle(
    names: Iterable[tuple[str, ...]], context: Iterable[str] = (), home: str | None = None
) -> tuple[str | None, tuple[str, ...]]:
    """One code for a chain of names, coarse to fine, or the candidates it may mean.

    Args:
        names: for each name of the chain the codes it may mean.
        context: codes of regions named elsewhere in the text.
        home: the code of the city the hotline serves.

    Returns:
        ``(code, ())`` when settled, ``(None, candidates)`` when not.
    """
    options: tuple[str, ...] = ()
    for codes in names:
        if not options:
            options = codes
            continue
        finer = tuple(c for c in codes if any(c.startswith(trunk(p)) for p in options))
        if finer:
            options = finer
    if len(options) <= 1:
        return (options[0], ()) if options else (None, ())
    for known in (*context, *((home,) if home else ())):
        for digits in (6, 4, 2):
            if digits > len(trunk(known)):
                continue
            near = tuple(c for c in options if c.startswith(known[:digits]))
            if len(near) == 1:
                return near[0], ()
    # 上海市 is a province and its only city under one name: the coarser one is meant.
    coarse = min(options, key=len) if len({o[:2] for o in options}) == 1 else None
    if coarse is not None and all(o.startswith(trunk(min(options))) for o in options):
        return min(options), ()
    return None, options
