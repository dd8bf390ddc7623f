"""Region codes (GB/T 2260): the chain above a place, its name, and places named in a question.

The table of names comes from the ``jionlp`` package's data file, read directly: importing the
package would cost a second and names are all we need.  Without it codes still work; names are
then shown as codes and a question cannot name another place.
"""

from __future__ import annotations

import importlib.util
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from knowledge.lexicon import lexicon
from knowledge.model import NATIONAL, RegionCode
from knowledge.text import fold

_LENGTHS = (2, 4, 6, 9, 12)
_ELSEWHERE = frozenset({"71", "81", "82"})
# A province, city and county that do not exist, for the sample base; GB/T 2260 has no 99.
_SAMPLE = [
    (0, "示例省", "990000", "示例省"),
    (1, "示例市", "990100", "示例市"),
    (2, "示例县", "990102", "示例县"),
]
_DIRECTIONS = frozenset("东南西北中")
_ROW = re.compile(rb"(\t{0,2})([^\t]+)\t(\d{6})\t([^\t]*)$")
_CODE = re.compile(r"\d{6}(?:\d{3}){0,2}")


def is_region_code(code: str) -> bool:
    """Six digits, or nine or twelve for a township or village."""
    return _CODE.fullmatch(code) is not None


def significant(code: str) -> str:
    """The digits of a code that say something: ``440100`` → ``4401``, ``000000`` → empty."""
    for length in _LENGTHS:
        if not code[length:].strip("0"):
            head = code[:length]
            return "" if not head.strip("0") else head
    return code


def shortest(code: str) -> RegionCode:
    """The code as chains have it: ``340104000000`` → ``340104``."""
    return RegionCode(significant(code).ljust(6, "0"))


@lru_cache(maxsize=4096)
def chain(code: str) -> tuple[RegionCode, ...]:
    """The place and all above it, nation first: ``440113`` → 000000, 440000, 440100, 440113."""
    digits = significant(code)
    found = [NATIONAL]
    for length in _LENGTHS:
        if len(digits) < length:
            break
        head = digits[:length]
        if head[-2:] != "00":
            found.append(RegionCode(head.ljust(6, "0")))
    return tuple(found)


def depth(code: str) -> int:
    """How local a rule is: 0 national, 1 province, 2 city, 3 county, and so on."""
    return len(chain(code)) - 1


def within(code: str, other: str) -> bool:
    """Whether ``code`` lies in ``other`` or is the same place."""
    return significant(code).startswith(significant(other))


@dataclass(frozen=True, slots=True)
class Place:
    """A place named in a text: its code and where its name stands in the folded text."""

    code: RegionCode
    start: int
    end: int


@cache
def _unnamed() -> re.Pattern[str]:
    return re.compile(lexicon().unnamed_place)


def _beyond(asker: str, unnamed: str) -> RegionCode:
    """The place that holds the asker's own and another of its rank: of 邻市 the province."""
    wider = chain(asker)
    rank = {"省": 1, "市": 2, "县": 3}
    level = next((rank[word] for word in "县市省" if word in unnamed), 1)
    return wider[min(level, len(wider)) - 1]


class Gazetteer:
    """Names of provinces, cities and counties."""

    def __init__(self, rows: list[tuple[int, str, str, str]]) -> None:
        """``rows``: (level 0–2, full name, code, short name), parents before children."""
        self._full: dict[str, str] = {}
        self._codes: dict[str, list[str]] = defaultdict(list)
        self._short: dict[str, list[str]] = defaultdict(list)
        words = lexicon()
        for level, name, code, short in rows:
            self._full.setdefault(code, name)
            if code not in self._codes[name]:
                self._codes[name].append(code)
            if len(short) < 2 or short == name or short in words.not_places:
                continue
            target = self._short if level == 2 else self._codes
            if code not in target[short]:
                target[short].append(code)
        self._lengths = _lengths([*self._codes, *self._short])
        self._after = words.not_after_place
        self._roadside = words.roadside
        self._origin = words.before_origin

    @classmethod
    def load(cls) -> Gazetteer:
        """Read the table that ``jionlp`` carries, without it only the places of the sample base."""
        return cls([*_SAMPLE, *(row for row in _table() if row[0] <= 2)])

    def name(self, code: str) -> str:
        """The full name of a place with all above it, ``广东省广州市``; the code if unknown."""
        names: list[str] = []
        for part in chain(code)[1:]:
            own = self._full.get(part)
            if own and own not in names:  # 上海市 is a province and its own city
                names.append(own)
        return "".join(names) if names else code

    def search(self, name: str, limit: int = 12) -> tuple[RegionCode, ...]:
        """Places whose name, with all above it, has these words; the widest first."""
        folded = fold(name).strip()
        if not folded:
            return ()
        found = {
            code: self.name(code)
            for code, own in self._full.items()
            if self._ends(code, own, folded)
        }
        codes = sorted(found, key=lambda code: (depth(code), self._full[code] != folded, code))
        return tuple(RegionCode(code) for code in codes[:limit])

    def _ends(self, code: str, own: str, words: str) -> bool:
        """Whether words stand in a place's own name, or lead up to it from those above."""
        return words in own or (
            own[0] in words
            and words in self.name(code)
            and not any(words in self.name(above) for above in chain(code)[1:-1])
        )

    def has_province(self, code: str) -> bool:
        """Whether a code lies in a province there is; any does where no table of names is."""
        return len(self._full) <= len(_SAMPLE) or f"{code[:2]}0000" in self._full

    def has(self, code: str) -> bool:
        """Whether there is a place of this code, or one of its village's county."""
        place = chain(code)[min(depth(code), 3)]
        return place == NATIONAL or len(self._full) <= len(_SAMPLE) or place in self._full

    def find(self, folded: str, asker: str | None = None) -> tuple[Place, ...]:
        """Places a folded text names, left to right, the more exact of nested names only.

        A name that several places share counts only where the asker's region or a place named
        just before decides which is meant.
        """
        found: list[Place] = []
        at = 0
        while at < len(folded) - 1:
            place = self._at(folded, at, found[-1] if found else None, asker)
            if place is None:
                at += 1
                continue
            if found and within(place.code, found[-1].code) and place.start <= found[-1].end + 1:
                found[-1] = Place(place.code, found[-1].start, place.end)
            else:
                found.append(place)
            at = place.end
        return tuple(found)

    def asked_about(self, question: str, asker: str | None) -> tuple[str, ...]:
        """The regions whose rules a question is about; empty if neither names nor asker tell.

        A place that contains the asker's own adds nothing, and neither does one named only as
        where the person comes from ("我是安徽户口").  Hong Kong, Macao and Taiwan are where one
        travels to: no hotline's base holds their rules.
        """
        folded = fold(question)
        regions: list[str] = []
        for place in self.find(folded, asker):
            before = folded[max(0, place.start - 4) : place.start]
            if asker and any(before.endswith(word) for word in self._origin):
                continue
            if place.code[:2] in _ELSEWHERE:
                continue
            code = asker if asker and within(asker, place.code) else place.code
            if code not in regions:
                regions.append(code)
        if asker and not regions and (unnamed := self.unnamed(folded)):
            return (_beyond(asker, unnamed),)
        return tuple(regions) if regions else ((asker,) if asker else ())

    def unnamed(self, folded: str) -> str:
        """The words of a folded question for another place it does not name (邻市), "" if
        there are none."""
        found = _unnamed().search(folded)
        return found[0].removesuffix("的") if found else ""

    def _at(self, text: str, at: int, before: Place | None, asker: str | None) -> Place | None:
        for length in self._lengths.get(text[at : at + 2], ()):
            name = text[at : at + length]
            end = at + len(name)  # at the end of a text there may be less than was asked for
            codes, short = self._codes.get(name), False
            if codes is None and (before or asker):
                codes, short = self._short.get(name), True
            if codes is None or self._is_something_else(text, end):
                continue
            code = _choose(codes, before, asker, short)
            if code is not None:
                return Place(RegionCode(code), at, end)
        return None

    def _is_something_else(self, text: str, end: int) -> bool:
        """北京路 and 南京东路 are streets, 中山大学 a school; 北京路边 is beside a road there."""
        if text.startswith(self._roadside, end):
            return False
        return text.startswith(self._after, end) or (
            text[end : end + 1] in _DIRECTIONS and text.startswith(self._after, end + 1)
        )


def _lengths(names: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """How long the names are that begin with the same two characters, the longest first."""
    found: dict[str, set[int]] = {}
    for name in names:
        found.setdefault(name[:2], set()).add(len(name))
    return {start: tuple(sorted(sizes, reverse=True)) for start, sizes in found.items()}


def _choose(codes: list[str], before: Place | None, asker: str | None, short: bool) -> str | None:
    if before is not None:
        inside = [c for c in codes if within(c, before.code)]
        if inside:
            return min(inside, key=len)
    if asker is not None:
        for area in reversed(chain(asker)[1:]):
            inside = [c for c in codes if within(c, area)]
            if len({significant(c) for c in inside}) == 1 or area in inside:
                return area if area in inside else inside[0]
    if short:
        return None
    # 北京市 is listed as province and as city with the same code; other namesakes are unclear.
    return codes[0] if len({significant(c) for c in codes}) == 1 else None


def _table() -> list[tuple[int, str, str, str]]:
    spec = importlib.util.find_spec("jionlp")
    if spec is None or spec.origin is None:
        return []
    folder = Path(spec.origin).parent / "dictionary"
    plain, packed = folder / "china_location.txt", folder / "china_location.zip"
    if plain.exists():
        data = plain.read_bytes()
    elif packed.exists():
        with zipfile.ZipFile(packed) as archive:
            data = archive.read("china_location.txt")
    else:
        return []
    rows = [m for line in data.splitlines() if line[:3] != b"\t\t\t" and (m := _ROW.match(line))]
    # Names are compared with folded questions, so they are folded too, all in one go.
    names = fold("\n".join(f"{m[2].decode()}\t{m[4].decode()}" for m in rows)).split("\n")
    pairs = (line.split("\t") for line in names)
    return [
        (len(m[1]), pair[0], m[3].decode(), pair[1]) for m, pair in zip(rows, pairs, strict=True)
    ]


@cache
def gazetteer() -> Gazetteer:
    """The shared table; its first use reads the file."""
    return Gazetteer.load()
