"""What may be done with an order where it stands: a table of station × step → station.

An empty cell is refused. Going back is a step like any other: a unit returns what is not its duty
(退单), the review refuses an answer, the person says it is not solved.
"""

from __future__ import annotations

from enum import StrEnum

from actions.work_orders import nodes as stations
from connectors.store.work_orders import WorkOrder


class Step(StrEnum):
    CHECK = "check"  # no duplicate, worth an order
    DISPATCH = "dispatch"  # to the unit whose duty it is (派单)
    SIGN = "sign"  # the unit takes it (签收)
    RETURN = "return"  # the unit gives it back: not its duty (退单)
    ANSWER = "answer"  # the unit has handled it and says what was done (答复)
    APPROVE = "approve"  # the review finds it done, wholly, in part or formally
    REFUSE = "refuse"  # the review finds it not done
    SETTLE = "settle"  # the person was asked and is content, or was not reached
    REOPEN = "reopen"  # the person says it is not solved
    ARCHIVE = "archive"


class ForbiddenStep(Exception):
    """This step means nothing where the order stands; the register is unchanged."""

    def __init__(self, station: str | None, step: Step) -> None:
        super().__init__(f"{step.value} is not possible at {station or 'the end'}")
        self.station = station
        self.step = step


WAY: dict[tuple[str, Step], str | None] = {
    (stations.CHECKED, Step.CHECK): stations.DISPATCHED,
    (stations.DISPATCHED, Step.DISPATCH): stations.SIGNED,
    (stations.SIGNED, Step.SIGN): stations.HANDLED,
    (stations.SIGNED, Step.RETURN): stations.DISPATCHED,
    (stations.HANDLED, Step.RETURN): stations.DISPATCHED,
    (stations.HANDLED, Step.ANSWER): stations.REVIEWED,
    (stations.REVIEWED, Step.APPROVE): stations.ASKED,
    (stations.REVIEWED, Step.REFUSE): stations.HANDLED,
    (stations.ASKED, Step.SETTLE): stations.ARCHIVED,
    (stations.ASKED, Step.REOPEN): stations.HANDLED,
    (stations.ARCHIVED, Step.ARCHIVE): None,
}


OURS = frozenset({Step.SETTLE, Step.REOPEN, Step.ARCHIVE})
"""What stays with us when a ticket system works on the order: asking whether it is solved."""


def station(order: WorkOrder) -> str | None:
    """Where the order stands; None when nothing is to be done with it any more."""
    at = stations.current(order.nodes) if order.status == "open" else None
    return at.name if at else None


def next_station(order: WorkOrder, step: Step) -> str | None:
    """Where a step leads (None: to the end). Raises :class:`ForbiddenStep` for an empty cell."""
    here = station(order)
    if here is None or (here, step) not in WAY or not _is_ours(order, step):
        raise ForbiddenStep(here, step)
    return WAY[here, step]


def possible(order: WorkOrder) -> tuple[Step, ...]:
    """The steps that may be taken now."""
    here = station(order)
    return tuple(step for at, step in WAY if at == here and _is_ours(order, step))


def _is_ours(order: WorkOrder, step: Step) -> bool:
    return order.ticket is None or step in OURS
