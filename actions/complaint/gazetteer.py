"""Provinces, cities, counties and towns by name: GB/T 2260 codes for what people write.

The tables are JioNLP's (Apache-2.0), read once from the installed package into plain dicts. Many
names are shared: a lookup gives every code a name may mean, and :func:`settle` narrows them by
what else is known.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from actions.complaint.segment import read_table

_ROW = re.compile(r"^(\t{0,2})([^\t\n]+)\t(\d{6})\t([^\t\n]*)$|^\t\t\t([^\t\n]+)$", re.M)
_LONGEST = 15
# Short names that are ordinary words, road names or surnames far more often than regions.
_NEVER_SHORT = frozenset(
    "城区 郊区 市中 新城 新区 管理区 经开区 高新区 开发区 省直辖 市直辖 市辖区 大同 东方 朝阳 和平 新华 "
    "解放 建设 平安 安定 长安 大安 吉安 永安 中山 城关 城中 城东 城西 城北 城南 桥东 桥西 路南 路北 "
    "南山 东山 西山 中原 河口 东风 红旗 向阳 前进 光明 友谊 文化 普陀 海洋 港口 通道 安居 和县 "
    "安乐 资源 东区 西区 海港 宝山 方正 安全 大方 从化 高明 丰满 自流 阳光 振兴 兴业 兴安 太平 "
    "天天 长治 长宁 安宁 永新 新建 新民 新兴 龙华 龙山 盐田 青山 石门 武功 大英 石化 永和 永丰".split()
)


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
    towns: dict[str, tuple[str, ...]]
    starts: frozenset[str]
    names: dict[str, str]


@cache
def tables() -> _Tables:
    """The name tables, built on first use (about 0.4 s)."""
    full: defaultdict[str, set[str]] = defaultdict(set)
    short: defaultdict[str, set[str]] = defaultdict(set)
    towns: defaultdict[str, set[str]] = defaultdict(set)
    names: dict[str, str] = {}
    county = ""
    for tabs, name, code, shorts, town in _ROW.findall(read_table("china_location", ".txt")):
        if town:
            if len(town) > 2 and county:
                towns[town].add(county)
            continue
        county = code if len(tabs) == 2 else ""
        if name.endswith("行政区划"):
            continue
        full[name].add(code)
        names.setdefault(code, name)
        for one in shorts.split("/"):
            if len(one) > 1 and one != name and one not in _NEVER_SHORT:
                short[one].add(code)
    starts = frozenset(name[:2] for name in (*full, *short))
    return _Tables(_freeze(full), _freeze(short), _freeze(towns), starts, names)


def _freeze(sets: dict[str, set[str]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(sorted(codes)) for name, codes in sets.items()}


def name_of(code: str) -> str | None:
    """The region's own name (without its parents'), or None for an unknown code."""
    return tables().names.get(code)


def codes_of(name: str) -> tuple[str, ...]:
    """Every code a full or short name may mean; empty for an unknown name."""
    known = tables()
    return known.full.get(name) or known.short.get(name) or ()


def town_codes(name: str) -> tuple[str, ...]:
    """The county codes that have a town, township or subdistrict of this name."""
    return tables().towns.get(name, ())


def find_regions(text: str) -> list[RegionName]:
    """Region names in a folded text, longest first at each position, not overlapping."""
    known = tables()
    found: list[RegionName] = []
    i, size = 0, len(text)
    while i < size - 1:
        if text[i : i + 2] not in known.starts:
            i += 1
            continue
        hit = _longest(text, i, known, found[-1] if found and found[-1].end == i else None)
        if hit is None:
            i += 1
        else:
            found.append(hit)
            i = hit.end
    return found


_NOT_A_SHORT_NAME = re.compile(
    r"[东西南北中一二三四五六七八九十]{0,2}(?:路|街|大道|大街|巷|弄|桥|大桥|立交|公园|广场|大厦|小区|花园|苑|湾|府|城)"
    r"|[人话菜面饭酒]"
)


def _longest(text: str, i: int, known: _Tables, before: RegionName | None) -> RegionName | None:
    for width in range(min(_LONGEST, len(text) - i), 1, -1):
        name = text[i : i + width]
        if name in known.full:
            return RegionName(i, i + width, known.full[name], True)
        codes = known.short.get(name)
        if codes and not _NOT_A_SHORT_NAME.match(text, i + width):
            if before is not None:
                inside = tuple(
                    c for c in codes if any(c.startswith(trunk(p)) for p in before.codes)
                )
                if inside:
                    return RegionName(i, i + width, inside, False)
            upper = tuple(c for c in codes if level_of(c) < 3)
            if upper:
                return RegionName(i, i + width, upper, False)
    return None


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
