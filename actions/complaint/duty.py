"""Whose duty a matter is (权责清单): the unit of its category, in the district it happened in.

The tree of categories names a unit for each of its matters. It is a sample; a city puts its own
units there. A suggestion says how sure it is and why; a person at the desk confirms it when the
order is dispatched, unless the settings let a sure one go directly (直派).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from actions.complaint import gazetteer
from actions.complaint.category_tree import tree
from connectors.store.work_orders import NewWorkOrder

COUNTY = 3  # the level of counties and districts
OF_A_DISTRICT = (
    "局",
    "委员会",
)  # each county has one of its own; a company or a brigade is the city's
WHICH_DISTRICT = 0.7
"""How much is left of being sure when each district has such a unit and none is named."""


class Reason(StrEnum):
    """Why a unit is suggested, and what makes it less sure."""

    MATTER = "matter"  # the list names it for this matter
    FIELD = "field"  # the list names it for every matter of this field
    CHOSEN = "chosen"  # whoever filed it chose the category
    DISTRICT = "district"  # in the district it happened in
    CITY = "city"  # one for the whole city
    NO_DISTRICT = "no_district"  # each district has one, and it is not told which


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A unit, how likely it is the right one (0..1), and why. No unit: nothing is suggested."""

    unit: str | None = None
    confidence: float = 0.0
    reasons: tuple[Reason, ...] = ()


def suggest(
    path: tuple[str, ...], confidence: Sequence[float], region: str | None = None
) -> Suggestion:
    """The unit of a category that was read off a text, ``confidence`` for each of its levels.

    Sure is the suggestion as far as the level is on which the list settles on one unit: a whole
    field may have the same one. Empty ``confidence``: a person chose the category.
    """
    depth = next((n for n in range(1, len(path) + 1) if _units(path[:n])), 0)
    unit = unit_of(path[:depth], region) if depth else None
    if unit is None:
        return Suggestion()
    sure = 1.0 if not confidence else confidence[min(depth, len(confidence)) - 1]
    reasons = [Reason.MATTER if depth > 2 else Reason.FIELD] if confidence else [Reason.CHOSEN]
    if not unit.endswith(OF_A_DISTRICT):
        reasons.append(Reason.CITY)
    elif region and gazetteer.level_of(region) == COUNTY:
        reasons.append(Reason.DISTRICT)
    else:
        reasons.append(Reason.NO_DISTRICT)
        sure *= WHICH_DISTRICT
    return Suggestion(unit, round(sure, 3), tuple(reasons))


def completed(order: NewWorkOrder, confidence: Sequence[float] = ()) -> NewWorkOrder:
    """An order with the unit its category and place suggest."""
    found = suggest(order.category, confidence, order.place_region)
    return replace(
        order,
        suggested_unit=found.unit,
        unit_confidence=found.confidence if found.unit else None,
        unit_reasons=tuple(one.value for one in found.reasons),
    )


def unit_of(path: tuple[str, ...], region: str | None = None) -> str | None:
    """The responsible unit of a category; None where the path does not settle on one."""
    unit = _units(path)
    if unit and region and gazetteer.level_of(region) == COUNTY and unit.endswith(OF_A_DISTRICT):
        return f"{gazetteer.name_of(region) or ''}{unit}"
    return unit or None


def _units(path: tuple[str, ...]) -> str:
    """The one unit of all matters below a path; "" when they have several."""
    units = {leaf.unit for leaf in tree() if leaf.path[: len(path)] == path} if path else set()
    return units.pop() if len(units) == 1 else ""
