"""When an order is due: in working days, by its kind and how urgent it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from connectors.settings.orders import Orders
from connectors.store.work_orders import NewWorkOrder
from connectors.worktime import WorkCalendar


@dataclass(frozen=True, slots=True)
class Deadlines:
    settings: Orders
    calendar: WorkCalendar

    @classmethod
    def configured(cls, settings: Orders) -> Deadlines:
        return cls(settings, WorkCalendar(settings.days_off, settings.days_on))

    def of(self, order: NewWorkOrder, filed: datetime) -> datetime | None:
        """The end of the order's last working day; None for a kind without a deadline."""
        days = self.settings.due_days.get(order.kind)
        if days is None:
            return None
        if order.urgency != "normal":
            days = min(days, self.settings.urgent_days)
        return self.calendar.deadline(filed, days)
