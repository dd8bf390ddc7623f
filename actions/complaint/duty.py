"""Whose duty a matter is (权责清单): the unit of its category, in the district it happened in.

The tree of categories names a unit for each of its matters. It is a sample; a city puts its own
units there. What is suggested here a person at the desk confirms when the order is dispatched.
"""

from __future__ import annotations

from dataclasses import replace

from actions.complaint import gazetteer
from actions.complaint.category_tree import tree
from connectors.store.work_orders import NewWorkOrder

COUNTY = 3  # the level of counties and districts
OF_A_DISTRICT = (
    "局",
    "委员会",
)  # each county has one of its own; a company or a brigade is the city's


def completed(order: NewWorkOrder) -> NewWorkOrder:
    """An order with the unit its category and place suggest."""
    return replace(order, suggested_unit=unit_of(order.category, order.place_region))


def unit_of(path: tuple[str, ...], region: str | None = None) -> str | None:
    """The responsible unit of a category; None where the path does not settle on one."""
    units = {leaf.unit for leaf in tree() if leaf.path[: len(path)] == path} if path else set()
    if len(units) != 1 or not (unit := units.pop()):
        return None
    if region and gazetteer.level_of(region) == COUNTY and unit.endswith(OF_A_DISTRICT):
        return f"{gazetteer.name_of(region) or ''}{unit}"
    return unit
