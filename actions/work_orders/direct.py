"""Direct dispatch (直派): an order whose unit is sure goes there without waiting for anybody.

Whatever is delicate goes by a person all the same: a risk, a request for confidence, a report
without a name, what may be a duplicate, what lies in another city.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from actions.work_orders import steps
from actions.work_orders.steps import Said
from actions.work_orders.way import Step
from connectors.store import work_orders
from connectors.store.work_orders import NewWorkOrder, WorkOrder
from connectors.texts import Texts

ACTOR = "direct"  # who took the steps, in the record


def lies_outside(region: str, home: str | None) -> bool:
    """Whether a region (GB/T 2260) lies outside the city or province served; False where either is
    not known, and of the province the city lies in (安徽省立医院), which says nothing of where."""
    if not region or not home or region == f"{home[:2]}0000":
        return False
    return not region.startswith(home[:2] if home[2:4] == "00" else home[:4])


@dataclass(frozen=True, slots=True)
class Direct:
    """``sure_from``: how sure a suggested unit must be, 0..1. ``home``: the region served."""

    texts: Texts
    sure_from: float
    home: str | None = None

    def is_sure(self, order: NewWorkOrder) -> bool:
        delicate = order.risk or order.related or order.confidential or order.anonymous
        sure = (order.unit_confidence or 0.0) >= self.sure_from
        elsewhere = lies_outside(order.place_region or "", self.home)
        return bool(order.suggested_unit) and sure and not delicate and not elsewhere

    def dispatched(self, conn: Connection, order: WorkOrder, now: datetime) -> WorkOrder:
        """The order after it went to its unit, or as it was when that is not sure."""
        if not self.is_sure(order.filed):
            return order
        unit = Said(unit=order.filed.suggested_unit or "", helpers=order.filed.suggested_helpers)
        for step, said in ((Step.CHECK, Said()), (Step.DISPATCH, unit)):
            steps.take(conn, self.texts, order.number, step, said, actor=ACTOR, now=now)
        return work_orders.by_number(conn, order.number) or order
