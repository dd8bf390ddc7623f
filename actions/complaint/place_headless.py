"""Places whose name ends in no word for a place: told by who lives there, what stands beside, whose
brand they carry, or known to everybody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from actions.complaint.place_unit import Kind, Unit
from actions.complaint.place_words import (
    AT,
    BUILDING_ANCHOR,
    COMPANY_TAIL,
    DEVELOPER,
    DWELLER,
    ESTATE,
    HARD_STOPS,
    HEADS,
    LANDMARKS,
    POINTED_AT,
    RELATIONS,
    STOPS,
    TYPES,
)

if TYPE_CHECKING:
    from actions.complaint.place_units import Finder


def headless(finder: Finder) -> tuple[Unit, ...]:
    """All of them, the surest ways first; they may overlap."""
    return (
        *_dwellings(finder),
        *_estates(finder),
        *_brands(finder),
        *_numbered(finder),
        *_landmarks(finder),
        *_pointed_at(finder),
    )


def _dwellings(finder: Finder) -> list[Unit]:
    """Estates named by nothing but who lives there: 我是<name>的业主."""
    return [
        Unit(m.start(1), m.end(1), Kind.POI, (), 0.7)
        for m in DWELLER.finditer(finder.text)
        if _clean(finder, m.start(1), m.end(1))
    ]


def _estates(finder: Finder) -> list[Unit]:
    """Estates right after a region or town, ended by who lives there: <town><name>的业主."""
    found = []
    for start in sorted(finder.coarse_ends):
        m = ESTATE.match(finder.text, start)
        if m and not finder.taken[start] and _names(finder, start, m.end()):
            found.append(Unit(start, m.end(), Kind.POI, (), 0.65))
    return found


def _brands(finder: Finder) -> list[Unit]:
    """Estates that begin with a builder's brand."""
    found = []
    for m in DEVELOPER.finditer(finder.text):
        if COMPANY_TAIL.match(finder.text, m.end()) or m.start() not in finder.token_at:
            continue
        end = _reach_forward(finder, m.start())
        if end - m.end() >= 2:
            found.append(Unit(m.start(), end, Kind.POI, (), 0.6))
    return found


def _numbered(finder: Finder) -> list[Unit]:
    """Names that a building number follows: <name>3栋."""
    found = []
    for m in BUILDING_ANCHOR.finditer(finder.text):
        k = finder.token_at.get(m.start())
        if k is None or finder.taken[m.start()]:
            continue
        left = finder.reach_back(k)
        if 2 <= m.start() - left <= 10 and not finder.text[left].isdecimal():
            found.append(Unit(left, m.start(), Kind.POI, (), 0.65))
    return found


def _landmarks(finder: Finder) -> list[Unit]:
    """Places everybody knows by a name without a head."""
    return [
        Unit(a, b, Kind.POI, (), 0.7) for a, b in finder.tokens if finder.text[a:b] in LANDMARKS
    ]


def _pointed_at(finder: Finder) -> list[Unit]:
    """Names that end in no word for a place, between "at" and "over there"."""
    found = []
    for k, (a, b) in enumerate(finder.tokens):
        if finder.text[a:b] not in POINTED_AT or k == 0 or finder.taken[a - 1]:
            continue
        left = finder.reach_back(k)
        name = finder.text[left:a]
        if 2 <= len(name) <= 6 and AT.search(finder.text, max(0, left - 1), left):
            words = [finder.text[c:d] for c, d in finder.tokens if left <= c and d <= a]
            if not any(w in TYPES or w in HEADS or (len(w) > 1 and w in STOPS) for w in words):
                found.append(Unit(left, a, Kind.POI, (), 0.5))
    return found


def _reach_forward(finder: Finder, start: int) -> int:
    k = finder.token_at[start]
    end = start
    for a, b in finder.tokens[k : k + 4]:
        word = finder.text[a:b]
        plain = all("\u4e00" <= c <= "\u9fff" or c == "·" for c in word)
        if not plain or word in STOPS or word in RELATIONS or b - start > 10:
            break
        if COMPANY_TAIL.match(word):
            return start
        end = b
    return end


def _names(finder: Finder, start: int, end: int) -> bool:
    """Whether the stretch may be a name behind a region: whole words, none that ends one."""
    k = finder.token_at.get(start)
    while k is not None and k < len(finder.tokens) and finder.tokens[k][0] < end:
        a, b = finder.tokens[k]
        word = finder.text[a:b]
        if b > end or word in HARD_STOPS or (b - a > 1 and word in STOPS):
            return False
        k += 1
    return k is not None


def _clean(finder: Finder, start: int, end: int) -> bool:
    """Whether no word inside the stretch is one that ends a name."""
    k = finder.token_at.get(start)
    while k is not None and k < len(finder.tokens) and finder.tokens[k][0] < end:
        a, b = finder.tokens[k]
        if finder.text[a:b] in STOPS or b > end:
            return False
        k += 1
    return k is not None
