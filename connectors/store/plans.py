"""What supervisors set over the configuration: office hours, and days the office decides itself.

A plan has a version. Whoever saves says which one they began with; of two who change it at once the
second is refused and sees what the first one wrote.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from connectors.settings import Settings
from connectors.store import audit
from connectors.store.desk_tables import desk_plans
from connectors.worktime import OfficeHours, WorkCalendar

HOURS = "hours"


class PlanChanged(Exception):
    """Somebody else has saved this plan since; ``current`` is theirs."""

    def __init__(self, current: Plan) -> None:
        super().__init__(f"version {current.version} is in force")
        self.current = current


@dataclass(frozen=True, slots=True)
class Plan:
    version: int
    plan: Mapping[str, Any]
    updated_at: datetime
    updated_by: str


def find(conn: Connection, name: str) -> Plan | None:
    row = conn.execute(select(desk_plans).where(desk_plans.c.name == name)).first()
    return Plan(row.version, row.plan, row.updated_at, row.updated_by) if row is not None else None


def save(
    conn: Connection, name: str, began_with: int, plan: Mapping[str, Any], now: datetime, by: str
) -> None:
    """Replaces version ``began_with`` (0: there was none). Raises :class:`PlanChanged`."""
    values = {
        "version": began_with + 1,
        "plan": dict(plan),
        "updated_at": now,
        "updated_by": by,
    }
    if began_with == 0 and find(conn, name) is None:
        conn.execute(insert(desk_plans).values(name=name, **values))
    else:
        changed = conn.execute(
            update(desk_plans)
            .where(desk_plans.c.name == name, desk_plans.c.version == began_with)
            .values(values)
        ).rowcount
        if not changed:
            current = find(conn, name)
            assert current is not None
            raise PlanChanged(current)
    audit.record(conn, now, actor=by, event=f"plan.{name}", version=began_with + 1)


@dataclass(frozen=True, slots=True)
class HoursPlan:
    """Office hours as a supervisor writes them; ``off`` and ``on``: days with the reason."""

    shifts: Mapping[str, list[str]]
    off: Mapping[date, str]
    on: Mapping[date, str]

    @classmethod
    def of_json(cls, plan: Mapping[str, Any]) -> HoursPlan:
        days = {
            key: {date.fromisoformat(day): str(why) for day, why in plan.get(key, {}).items()}
            for key in ("off", "on")
        }
        return cls(plan.get("shifts", {}), days["off"], days["on"])

    def as_json(self) -> dict[str, Any]:
        return {
            "shifts": dict(self.shifts),
            "off": {day.isoformat(): why for day, why in self.off.items()},
            "on": {day.isoformat(): why for day, why in self.on.items()},
        }


def hours_plan(conn: Connection, settings: Settings) -> tuple[int, HoursPlan]:
    """The plan in force and its version; the configuration's, version 0, where none was saved."""
    plan = find(conn, HOURS)
    if plan is not None:
        return plan.version, HoursPlan.of_json(plan.plan)
    orders = settings.orders
    return 0, HoursPlan(
        settings.desk.hours,
        dict.fromkeys(orders.days_off, ""),
        dict.fromkeys(orders.days_on, ""),
    )


def calendar(conn: Connection, settings: Settings) -> WorkCalendar:
    """The working days in force."""
    _, plan = hours_plan(conn, settings)
    return WorkCalendar(plan.off, plan.on)


def office_hours(conn: Connection, settings: Settings) -> OfficeHours:
    """The hours in force."""
    _, plan = hours_plan(conn, settings)
    return OfficeHours(plan.shifts, WorkCalendar(plan.off, plan.on))
