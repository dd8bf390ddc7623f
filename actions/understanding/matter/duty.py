"""Whose duty a matter is: the unit the list of duties names for it where it happened, and who helps.

What a region says goes before what holds everywhere, and of two regions the smaller one; then a row
with words of the text, then the narrower matter. A suggestion says how sure it is and why; a person
at the desk confirms it when the order is dispatched, unless it is sure (直派).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from actions.understanding.matter.category_tree import tree
from actions.understanding.matter.duties import Duty
from actions.understanding.places import gazetteer
from connectors.store.work_orders import NewWorkOrder

COUNTY = 3  # the level of counties and districts
OF_A_DISTRICT = (
    "局",
    "委员会",
)  # each county has one of its own; a company or a brigade is the city's
WHICH_DISTRICT = 0.7
"""How much is left of being sure when each district has such a unit and none is named."""


OWN_HELPERS_FROM = 0.5
"""How sure the narrowest level must be for its own helpers to be named."""


class Reason(StrEnum):
    """Why a unit is suggested, and what makes it less sure."""

    MATTER = "matter"  # the list names it for this matter
    FIELD = "field"  # the list names it for every matter of this field
    CHOSEN = "chosen"  # whoever filed it chose the category
    WORDS = "words"  # the list names it for these very words
    REGION = "region"  # the list of the region it happened in names it
    DISTRICT = "district"  # in the district it happened in
    CITY = "city"  # one for the whole city
    NO_DISTRICT = "no_district"  # each district has one, and it is not told which


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A unit, who helps it, how likely it is the right one (0..1), and why. No unit: nothing is
    suggested. ``basis``: what the list gives as its ground."""

    unit: str | None = None
    helpers: tuple[str, ...] = ()
    confidence: float = 0.0
    reasons: tuple[Reason, ...] = ()
    basis: str = ""


class DutyList:
    def __init__(self, duties: Iterable[Duty], home: str | None = None) -> None:
        """``home``: the region of whatever names none."""
        self._home = home
        self._rows: defaultdict[tuple[str, ...], list[Duty]] = defaultdict(list)
        for duty in duties:
            self._rows[duty.path].append(duty)

    def suggest(
        self,
        path: tuple[str, ...],
        confidence: Sequence[float] = (),
        region: str | None = None,
        text: str = "",
    ) -> Suggestion:
        """The unit of a category that was read off ``text``, ``confidence`` for each of its levels.

        Sure is the suggestion as far as the level is on which the list settles on one unit: a
        whole field may have the same one. Empty ``confidence``: a person chose the category.
        """
        where = region or self._home or ""
        for depth in range(1, len(path) + 1):
            rows = self._below(path, depth, where, text)
            if rows and len({row.unit for row in rows}) == 1:
                helpers = self._helpers(rows, path, confidence, where, text)
                return _suggestion(rows[0], helpers, depth, confidence, where)
        return Suggestion()

    def completed(self, order: NewWorkOrder) -> NewWorkOrder:
        """An order with the unit its category, place and words suggest, unless it names one."""
        if order.suggested_unit or not order.category:
            return order
        words = f"{order.title}\n{order.content}"
        found = self.suggest(order.category, order.category_confidence, order.place_region, words)
        return replace(
            order,
            suggested_unit=found.unit,
            suggested_helpers=found.helpers,
            unit_confidence=found.confidence if found.unit else None,
            unit_reasons=tuple(one.value for one in found.reasons),
        )

    def _helpers(
        self,
        rows: list[Duty],
        path: tuple[str, ...],
        confidence: Sequence[float],
        where: str,
        text: str,
    ) -> tuple[str, ...]:
        """Who helps with the matter itself, where that is sure enough; else with all of its field."""
        own = self._deciding(path, where, text)
        if own is not None and (
            not confidence or _of_level(confidence, len(path)) >= OWN_HELPERS_FROM
        ):
            return own.helpers
        return tuple(one for one in rows[0].helpers if all(one in row.helpers for row in rows))

    def _below(self, path: tuple[str, ...], depth: int, where: str, text: str) -> list[Duty] | None:
        """The row that decides for each matter below the first ``depth`` names; None when one of
        them has none. A path that is not in the tree stands for itself."""
        matters = _matters_below(path[:depth])
        if not matters and depth == len(path):
            matters = (path,)
        rows = [self._deciding(matter, where, text) for matter in matters]
        return None if None in rows else [row for row in rows if row is not None]

    def _deciding(self, matter: tuple[str, ...], where: str, text: str) -> Duty | None:
        fits = (
            (_level(row.region), any(word in text for word in row.words), depth, row)
            for depth in range(1, len(matter) + 1)
            for row in self._rows.get(matter[:depth], ())
            if _holds_in(row.region, where)
            and (not row.words or any(word in text for word in row.words))
        )
        best = max(fits, key=lambda one: one[:3], default=None)
        return best[3] if best is not None else None


@lru_cache(maxsize=4096)
def _matters_below(path: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """The matters of the tree whose path begins so."""
    return tuple(leaf.path for leaf in tree() if leaf.path[: len(path)] == path)


def _suggestion(
    row: Duty, helpers: tuple[str, ...], depth: int, confidence: Sequence[float], where: str
) -> Suggestion:
    sure = 1.0 if not confidence else _of_level(confidence, depth)
    reasons = [Reason.MATTER if depth > 2 else Reason.FIELD] if confidence else [Reason.CHOSEN]
    if row.words:
        reasons.append(Reason.WORDS)
    district = (gazetteer.name_of(where) or "") if _is_county(where) else ""
    if row.region:
        reasons.append(Reason.REGION)
    elif not row.unit.endswith(OF_A_DISTRICT):
        reasons.append(Reason.CITY)
    elif district:
        reasons.append(Reason.DISTRICT)
    else:
        reasons.append(Reason.NO_DISTRICT)
        sure *= WHICH_DISTRICT
    return Suggestion(
        row.unit if row.region else _of(district, row.unit),
        tuple(one if row.region else _of(district, one) for one in helpers),
        round(sure, 3),
        tuple(reasons),
        row.basis,
    )


def _of_level(confidence: Sequence[float], depth: int) -> float:
    return confidence[min(depth, len(confidence)) - 1]


def _of(district: str, unit: str) -> str:
    """The district's own unit of that kind, where each has one."""
    return f"{district}{unit}" if unit.endswith(OF_A_DISTRICT) else unit


def _level(region: str) -> int:
    return gazetteer.level_of(region) if region else 0


def _is_county(region: str) -> bool:
    return bool(region) and gazetteer.level_of(region) == COUNTY


def _holds_in(region: str, where: str) -> bool:
    return where.startswith(gazetteer.trunk(region)) if region else True
