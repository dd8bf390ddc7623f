"""A place told in two goes: 锦绣花园三号楼, and then 是包河区的.

Words that name nothing but a region say in which region the place already told lies; they do not
take its place. A place that names no region is looked for in the region already told.
"""

from __future__ import annotations

import re

from actions.complaint.record.draft import Value
from actions.understanding.places import gazetteer
from actions.understanding.places.unit import Kind, Unit
from actions.understanding.places.units import Finder
from actions.understanding.text.folding import fold

_NOTHING_MORE = re.compile(r"(?:的|里|内|那边|这边|那里|这里|那儿|这儿|人|境内|区域|[，。,.\s])*")
_VILLAGE = re.compile(r"(?:村|社区|组|屯|庄)$")


def joined(known: Value, said: Value) -> Value:
    """The place after ``said``: both together where one says what the other lacks, else ``said``."""
    known_text, said_text = fold(known.text), fold(said.text)
    before, now = _regions(known_text), _regions(said_text)
    known_wide, said_wide = _is_wide(known_text, before), _is_wide(said_text, now)
    if known_wide and said_wide and _lies_in(said_text, now[0], known_text, before[-1]):
        return Value(known.text[: before[-1].end] + said.text, detail=_code(said) or _code(known))
    if said_wide and not known_wide:
        above = [unit for unit in before if _holds(unit, now[0], said)]
        prefix = known.text[: above[-1].end] if above else ""
        rest = known.text[before[-1].end :] if before else known.text
        return Value(prefix + said.text[: now[-1].end] + rest.lstrip("，, "), detail=_code(said))
    if known_wide and not said_wide and not now:
        return Value(known.text[: before[-1].end] + said.text, detail=_code(said) or _code(known))
    return said


def _lies_in(said: str, unit: Unit, known: str, last: Unit) -> bool:
    """Whether a region, town or village lies in the last of those told before: 花岗镇 in 肥西县,
    孙集村 in 花岗镇."""
    if unit.kind is Kind.TOWN:
        village = _VILLAGE.search(said[unit.start : unit.end]) is not None
        in_town = last.kind is Kind.TOWN and not _VILLAGE.search(known[last.start : last.end])
        fits = not unit.codes or not last.codes or _same_trunk(unit.codes, last.codes)
        return fits and (last.kind is Kind.REGION or (village and in_town))
    return unit.codes != last.codes and _same_trunk(unit.codes, last.codes)


def _same_trunk(inner: tuple[str, ...], outer: tuple[str, ...]) -> bool:
    return any(code.startswith(gazetteer.trunk(one)) for one in outer for code in inner)


def region_before(text: str) -> str:
    """The regions and towns a place begins with, as written; empty where it names none."""
    regions = _regions(fold(text))
    return text[: regions[-1].end] if regions else ""


def is_wide(text: str) -> bool:
    """Whether words name nothing but a county or more (包河区), which is too wide to go and look."""
    folded = fold(text)
    regions = _regions(folded)
    return _is_wide(folded, regions) and regions[-1].kind < Kind.TOWN


def _regions(text: str) -> list[Unit]:
    """The regions and towns a text begins with, touching one another."""
    found: list[Unit] = []
    for unit in Finder(text).units():
        if unit.kind > Kind.TOWN or unit.start != (found[-1].end if found else 0):
            break
        found.append(unit)
    return found


def _is_wide(text: str, regions: list[Unit]) -> bool:
    return bool(regions) and _NOTHING_MORE.fullmatch(text, regions[-1].end) is not None


def _holds(unit: Unit, first: Unit, said: Value) -> bool:
    """Whether a region told before is one that the region told now lies in, and is not it."""
    codes = (said.detail["region"],) if "region" in said.detail else first.codes
    return any(
        code.startswith(gazetteer.trunk(outer)) and outer not in first.codes
        for outer in unit.codes
        for code in codes
        if gazetteer.level_of(outer) < gazetteer.level_of(first.codes[0] if first.codes else code)
    )


def _code(value: Value) -> dict[str, str]:
    return {key: value.detail[key] for key in ("region", "candidates") if key in value.detail}
