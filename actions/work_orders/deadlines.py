"""When an order is due: by its category, kind and urgency, in working time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from connectors.settings import Settings
from connectors.settings.orders import SlaRule
from connectors.store import plans
from connectors.store.work_orders import NewWorkOrder


@dataclass(frozen=True, slots=True)
class Deadlines:
    settings: Settings

    def of(self, conn: Connection, order: NewWorkOrder, filed: datetime) -> datetime | None:
        """When the order is due; None for a kind without a deadline.

        The first rule of ``orders.sla`` that fits decides: so many hours of the office's work, or
        the end of the last of so many working days. Without one it is the days of the kind.
        """
        rule = next((one for one in self.settings.orders.sla if _fits(one, order)), None)
        if rule is not None and rule.hours is not None:
            hours = plans.office_hours(conn, self.settings)
            return hours.after(filed, timedelta(hours=rule.hours))
        days = rule.days if rule is not None else self._days(order)
        if days is None:
            return None
        return plans.calendar(conn, self.settings).deadline(filed, days)

    def _days(self, order: NewWorkOrder) -> int | None:
        orders = self.settings.orders
        days = orders.due_days.get(order.kind)
        if days is None or order.urgency == "normal":
            return days
        return min(days, orders.urgent_days)


def _fits(rule: SlaRule, order: NewWorkOrder) -> bool:
    path = tuple(part.strip() for part in rule.category.split("/") if part.strip())
    return (
        tuple(order.category[: len(path)]) == path
        and rule.kind in ("", order.kind)
        and rule.urgency in ("", order.urgency)
    )
