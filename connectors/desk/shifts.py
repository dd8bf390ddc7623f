"""The supervisor's page of office hours: shifts, days off, days worked, over what is configured."""

from __future__ import annotations

from datetime import date
from typing import Any

from aiohttp import web
from sqlalchemy import Connection

from connectors.desk.room import Room
from connectors.sanitize import printable, whole_number
from connectors.store import agents, plans
from connectors.store.plans import HoursPlan, PlanChanged
from connectors.worktime import OfficeHours, WorkCalendar

LINES_MOST = 400
REASON_MOST = 60


class UnreadableLine(Exception):
    """A line of the form that cannot be read, by its number from 1."""

    def __init__(self, key: str, number: int, line: str) -> None:
        super().__init__(line)
        self.key, self.number, self.line = key, number, line


class ShiftPages(Room):
    def routes(self) -> list[web.AbstractRouteDef]:
        return [web.get("/desk/hours", self._form), web.post("/desk/hours", self._save)]

    async def _form(self, request: web.Request) -> web.Response:
        session = await self._access.session(request, "supervisor")
        version, plan = await self._office.database.read(
            lambda conn: plans.hours_plan(conn, self._office.settings)
        )
        return await self._show(
            session, version, shifts_text(plan), days_text(plan), saved="saved" in request.query
        )

    async def _save(self, request: web.Request) -> web.StreamResponse:
        session = await self._access.acting(request, "supervisor")
        form, now = await request.post(), self._office.clock.now()
        shifts, days = str(form.get("shifts", "")), str(form.get("days", ""))
        began_with = whole_number(str(form.get("version", ""))) or 0
        say = self._office.texts.say
        try:
            plan = read_plan(shifts, days)
        except UnreadableLine as error:
            problem = say(error.key, number=error.number, line=error.line)
            return await self._show(session, began_with, shifts, days, problem=problem, status=409)
        try:
            await self._office.database.transact(
                lambda conn: plans.save(
                    conn, plans.HOURS, began_with, plan.as_json(), now, session.agent.id
                )
            )
        except PlanChanged as error:
            theirs = HoursPlan.of_json(error.current.plan)
            return await self._show(
                session,
                error.current.version,
                shifts,
                days,
                problem=say("hours_changed"),
                theirs=(shifts_text(theirs), days_text(theirs), error.current),
                status=409,
            )
        raise web.HTTPSeeOther("/desk/hours?saved")

    async def _show(
        self,
        session: Any,
        version: int,
        shifts: str,
        days: str,
        *,
        problem: str = "",
        theirs: Any = None,
        saved: bool = False,
        status: int = 200,
    ) -> web.Response:
        now = self._office.clock.now()

        def unit(conn: Connection) -> tuple[bool, Any, dict[str, str]]:
            hours = plans.office_hours(conn, self._office.settings)
            names = {str(one.id): one.name for one in agents.everybody(conn)}
            return hours.is_open(now), hours.opens_next(now), names

        is_open, opens, names = await self._office.database.read(unit)
        return self._pages.show(
            "hours.html",
            status=status,
            session=session,
            version=version,
            shifts=shifts,
            days=days,
            problem=problem,
            theirs=theirs,
            saved=saved,
            is_open=is_open,
            opens=opens,
            names=names,
        )


def read_plan(shifts: str, days: str) -> HoursPlan:
    """What the form says. Raises :class:`UnreadableLine`.

    A line of ``shifts`` is ``mon-fri 08:30-12:00 14:00-17:30``, one of ``days`` is
    ``2026-11-25 off`` or ``on`` and, if one likes, the reason.
    """
    found: dict[str, list[str]] = {}
    for number, line in _lines(shifts):
        which, *spans = line.split()
        try:
            OfficeHours({which: spans}, WorkCalendar())
        except ValueError:
            raise UnreadableLine("hours_bad_shift", number, line[:80]) from None
        found[which.lower()] = spans
    exceptions: dict[str, dict[date, str]] = {"off": {}, "on": {}}
    for number, line in _lines(days):
        day, _, rest = line.partition(" ")
        kind, _, why = rest.strip().partition(" ")
        try:
            exceptions[kind.lower()][date.fromisoformat(day)] = printable(why)[:REASON_MOST]
        except (ValueError, KeyError):
            raise UnreadableLine("hours_bad_day", number, line[:80]) from None
    both = set(exceptions["off"]) & set(exceptions["on"])
    if both:
        raise UnreadableLine("hours_both", 0, min(both).isoformat())
    return HoursPlan(found, exceptions["off"], exceptions["on"])


def _lines(text: str) -> list[tuple[int, str]]:
    """The lines that say something, each with its number from 1."""
    lines = [line.replace("\u3000", " ").strip() for line in text.splitlines()[:LINES_MOST]]
    return [(number, line) for number, line in enumerate(lines, 1) if line]


def shifts_text(plan: HoursPlan) -> str:
    return "\n".join(" ".join((day, *spans)) for day, spans in plan.shifts.items())


def days_text(plan: HoursPlan) -> str:
    rows = [(day, "off", why) for day, why in plan.off.items()]
    rows += [(day, "on", why) for day, why in plan.on.items()]
    return "\n".join(f"{day} {kind} {why}".rstrip() for day, kind, why in sorted(rows))
