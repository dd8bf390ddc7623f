"""The supervisor's board: how the service goes today, kept fresh by the page."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any, NoReturn

from aiohttp import web
from sqlalchemy import Connection

from actions.work_orders.nodes import DONE
from connectors.clock import CHINA, in_china
from connectors.desk import plots
from connectors.desk.incidents import raised
from connectors.desk.room import Room
from connectors.sanitize import whole_number
from connectors.store import callbacks, deadline_events, desk_lists, follow_ups, presence
from connectors.store.board import board

FOLLOWED = timedelta(days=30)  # of follow-ups: shorter says little, longer hides how it goes now


class BoardPage(Room):
    def routes(self) -> list[web.AbstractRouteDef]:
        return [
            web.get("/desk/board", self._board),
            web.post("/desk/alerts/{id}", self._settle),
        ]

    async def _board(self, request: web.Request) -> web.Response:
        session = await self._access.session(request, "supervisor")
        now, desk = self._office.clock.now(), self._office.settings.desk
        since = datetime.combine(in_china(now).date(), time(), CHINA)

        def unit(conn: Connection) -> dict[str, Any]:
            staff = presence.everybody(conn)
            there = [one for one in staff if one.seen_at >= now - desk.lost_after]
            return {
                "board": board(conn, since, now, DONE),
                "alerts": deadline_events.alerts(conn),
                "lights": deadline_events.counts(conn, since),
                "owed": callbacks.count_owed(conn),
                "asked_whether": follow_ups.counted(conn, now - FOLLOWED),
                "to_call": follow_ups.count_calls(conn),
                "there": there,
                "unreadable": desk_lists.unreadable(conn),
            }

        found = await self._office.database.read(unit)
        shown = found["board"]
        limit = desk.answer_within.total_seconds()
        first = shown.waits.first_by_hour
        return self._pages.show(
            "board.html",
            session=session,
            at=now,
            most=desk.max_load,
            surges=await raised(self._office, now),
            limit=limit,
            written=plots.side_by_side(shown.by_hour),
            talks=plots.stacked(*zip(*shown.talks_by_hour, strict=True)),
            asked=plots.side_by_side(shown.waits.asked_by_hour, shown.waits.answered_by_hour),
            first=plots.drawn(
                [one.median for one in first], [one.p90 for one in first], least=limit
            ),
            tall=plots.TALL,
            step=plots.STEP,
            **found,
        )

    async def _settle(self, request: web.Request) -> NoReturn:
        session = await self._access.acting(request, "supervisor")
        number, now = whole_number(request.match_info["id"]), self._office.clock.now()
        if number is None:
            raise web.HTTPNotFound
        await self._office.database.transact(
            lambda conn: deadline_events.settle(conn, number, now, session.agent.id)
        )
        raise web.HTTPSeeOther("/desk/board")
