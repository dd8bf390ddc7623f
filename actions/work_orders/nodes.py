"""The ten stations a work order passes, as a parcel's (快递式查询), and the deadline light."""

from __future__ import annotations

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

YELLOW_FROM = 0.5  # share of the time that is used up: reminds
ORANGE_WITHIN = timedelta(hours=24)  # before the deadline: presses


def at_start(now: datetime, by: str) -> tuple[Node, ...]:
    """The way of an order that has just been registered by ``by``."""
    first = Node(STATIONS[0], "done", at=now, by=by)
    second = Node(STATIONS[1], "current")
    return (first, second, *(Node(name, "todo") for name in STATIONS[2:]))


def current(nodes: tuple[Node, ...]) -> Node | None:
    """Where the order is now; None once all stations are passed."""
    return next((node for node in nodes if node.state == "current"), None)


def light(opened: datetime, due: datetime | None, now: datetime) -> Light | None:
    """The deadline light (三色预警); None where no deadline is set."""
    if due is None:
        return None
    if now > due:
        return "red"
    if due - now <= ORANGE_WITHIN:
        return "orange"
    return "yellow" if now - opened >= (due - opened) * YELLOW_FROM else "green"
