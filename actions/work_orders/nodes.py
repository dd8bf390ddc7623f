"""The ten stations a work order passes, as a parcel's (快递式查询), and the deadline light."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from connectors.store.work_orders import Node

Light = Literal["green", "yellow", "orange", "red"]

STATIONS = (
    "受理登记",
    "查重审核",
    "派单",
    "签收",
    "办理",
    "答复",
    "办结审核",
    "督办",
    "回访",
    "评价归档",
)

FILED, CHECKED, DISPATCHED, SIGNED, HANDLED, ANSWERED, REVIEWED, PRESSED, ASKED, ARCHIVED = STATIONS

DONE = (ASKED, ARCHIVED)
"""The stations at which the work is done: no deadline runs there any more."""

OF_THE_UNIT = frozenset({SIGNED, HANDLED, ANSWERED})
"""The stations that are the handling unit's business; the others are the office's."""

YELLOW_FROM = 0.5  # share of the time that is used up: reminds
ORANGE_FROM = 0.8  # presses, and
ORANGE_WITHIN = timedelta(hours=24)  # not sooner than this before the deadline


def at_start(now: datetime, by: str) -> tuple[Node, ...]:
    """The way of an order that has just been registered by ``by``."""
    first = Node(STATIONS[0], "done", at=now, by=by)
    second = Node(STATIONS[1], "current")
    return (first, second, *(Node(name, "todo") for name in STATIONS[2:]))


def current(nodes: tuple[Node, ...]) -> Node | None:
    """Where the order is now; None once all stations are passed."""
    return next((node for node in nodes if node.state == "current"), None)


def moved(
    nodes: tuple[Node, ...],
    to: str | None,
    now: datetime,
    office: str,
    unit: str | None,
    notes: Mapping[str, str | None],
) -> tuple[Node, ...]:
    """The way after the order has gone on, or back, to station ``to`` (None: it has arrived).

    Stations passed on the way are done by the ``unit`` where they are its own, else by the
    ``office``, with what ``notes`` says of them; those behind ``to`` are still to come, whatever
    was there before it came back.
    """
    target = len(nodes) if to is None else [node.name for node in nodes].index(to)

    def seen_from(position: int, node: Node) -> Node:
        if position == target:
            return Node(node.name, "current")
        if position > target:
            return Node(node.name, "todo")
        if node.state == "done":
            return node
        by = unit if unit and node.name in OF_THE_UNIT else office
        return replace(node, state="done", at=now, by=by, note=notes.get(node.name))

    return tuple(seen_from(position, node) for position, node in enumerate(nodes))


def light(opened: datetime, due: datetime | None, now: datetime) -> Light | None:
    """The deadline light (三色预警); None where no deadline is set."""
    if due is None:
        return None
    if now > due:
        return "red"
    if due - now <= min(ORANGE_WITHIN, (due - opened) * (1 - ORANGE_FROM)):
        return "orange"
    return "yellow" if now - opened >= (due - opened) * YELLOW_FROM else "green"
