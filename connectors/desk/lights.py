"""Which light a deadline shows, and noting the ones that came on (三色预警).

Yellow reminds, orange presses, red escalates. Each light of each stretch is noted once, however
many gateways look, and the supervisors' pages are told of orange and red.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from actions.work_orders.nodes import DONE
from actions.work_orders.nodes import light as order_light
from connectors.coordination.coordinator import Happening
from connectors.desk.office import Office
from connectors.settings.desk import Desk
from connectors.store import deadline_events
from connectors.store.deadline_events import Running

ALERTED = ("orange", "red")


def light(settings: Desk, began: datetime, due: datetime, now: datetime) -> str:
    """Green, yellow, orange or red; a clock that went back shows green, never a past light."""
    if now >= due:
        return "red"
    used = (now - began) / (due - began) if due > began else 1.0
    if used >= settings.orange_from:
        return "orange"
    return "yellow" if used >= settings.yellow_from else "green"


class Watch:
    def __init__(self, office: Office) -> None:
        self._office = office
        self._settings = office.settings.desk

    async def look(self) -> int:
        """Notes every light that has come on; how many were new."""
        now = self._office.clock.now()
        soonest = now - self._settings.yellow_from * self._shortest()

        def due(conn: Connection) -> list[tuple[Running, datetime, str]]:
            running = [
                *deadline_events.unanswered_talks(conn, soonest),
                *deadline_events.owed_callbacks(conn),
                *deadline_events.open_orders(conn, DONE),
            ]
            lit = [(one, *self._state(one, now)) for one in running]
            known: set[tuple[str, datetime, str]] = set()
            for kind in ("answer", "callback", "order"):
                subjects = [one.subject for one, _, _ in lit if one.kind == kind]
                known |= deadline_events.noted(conn, kind, subjects)
            return [
                (one, until, colour)
                for one, until, colour in lit
                if colour != "green" and (one.subject, one.began_at, colour) not in known
            ]

        def unit(conn: Connection) -> list[tuple[Running, str]]:
            deadline_events.settle_over(conn, now, DONE)
            return [
                (one, colour)
                for one, until, colour in found
                if deadline_events.note(conn, one, until, colour, now)
            ]

        found = await self._office.database.read(due)
        fresh = await self._office.database.transact(unit)
        for one, colour in fresh:
            if colour in ALERTED:
                await self._office.coordinator.publish(
                    Happening("desk", "alert", {"subject": one.subject, "light": colour})
                )
        return len(fresh)

    def _shortest(self) -> timedelta:
        desk = self._settings
        return min(
            desk.answer_within, *desk.answer_within_of.values(), *desk.answer_within_in.values()
        )

    def _state(self, running: Running, now: datetime) -> tuple[datetime, str]:
        """When it is due, and its light."""
        if running.due_at is None:
            until = running.began_at + self._settings.answer_time(running.channel, running.queue)
            return until, light(self._settings, running.began_at, until, now)
        if running.kind == "order":
            return running.due_at, order_light(running.began_at, running.due_at, now) or "green"
        return running.due_at, light(self._settings, running.began_at, running.due_at, now)
