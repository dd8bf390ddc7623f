"""The supervisor's page of the audit: searched, read page by page, taken away as a table."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from aiohttp import web
from sqlalchemy import Connection

from connectors.clock import CHINA, in_china
from connectors.desk import sheet
from connectors.desk.room import Room
from connectors.sanitize import whole_number
from connectors.store import agents, audit, trail
from connectors.store.trail import Row, Sought

PAGE = 100  # rows
BLOCK = 2000  # rows read at a time for the table
EXPORT_MOST = 100_000
FIELDS = ("who", "event", "talk", "from", "to", "before")
COLUMNS = ("at", "who", "event", "conversation", "detail")


class TrailPages(Room):
    def routes(self) -> list[web.AbstractRouteDef]:
        return [web.get("/desk/audit", self._search), web.get("/desk/audit.csv", self._export)]

    async def _search(self, request: web.Request) -> web.Response:
        session = await self._access.session(request, "supervisor")
        given = {key: request.query.get(key, "").strip()[:64] for key in FIELDS}
        names = await self._names()
        problem, rows = "", list[Row]()
        try:
            sought = _sought(given, names)
            rows = await self._office.database.read(
                lambda conn: trail.search(conn, sought, PAGE + 1)
            )
        except ValueError:
            problem = self._office.texts.say("audit_bad_search")
        asked = {key: value for key, value in given.items() if value and key != "before"}
        more = urlencode(asked | {"before": str(rows[PAGE - 1].id)}) if len(rows) > PAGE else ""
        return self._pages.show(
            "audit.html",
            status=400 if problem else 200,
            session=session,
            given=given,
            rows=rows[:PAGE],
            names=names,
            problem=problem,
            more=more,
            export=urlencode(asked),
            detail=_detail,
        )

    async def _export(self, request: web.Request) -> web.StreamResponse:
        """All rows that fit, the latest first, as CSV a spreadsheet opens as it is."""
        session = await self._access.session(request, "supervisor")
        given = {key: request.query.get(key, "").strip()[:64] for key in FIELDS}
        names, now = await self._names(), self._office.clock.now()
        try:
            sought = _sought(given, names)
        except ValueError:
            raise web.HTTPBadRequest(text=self._office.texts.say("audit_bad_search")) from None

        def note(conn: Connection) -> None:
            audit.record(conn, now, actor=session.agent.id, event="audit.exported", sought=given)

        await self._office.database.transact(note)
        response = await sheet.begun(request, self._office.texts, "audit", COLUMNS, now)
        given_out = 0
        while given_out < EXPORT_MOST:
            rows = await self._block(sought)
            if not rows:
                break
            written = sheet.lines(_cells(row, names) for row in rows)
            await response.write(written.encode())
            given_out += len(rows)
            sought = replace(sought, before=rows[-1].id)
        await response.write_eof()
        return response

    async def _block(self, sought: Sought) -> list[Row]:
        return await self._office.database.read(lambda conn: trail.search(conn, sought, BLOCK))

    async def _names(self) -> dict[str, str]:
        """What people call the accounts, by their ids."""
        everybody = await self._office.database.read(agents.everybody)
        return {str(one.id): f"{one.name} ({one.login})" for one in everybody}


def _sought(given: dict[str, str], names: dict[str, str]) -> Sought:
    """What the form asks for. Raises ``ValueError`` for days and places that are none."""
    before = whole_number(given["before"])
    if given["before"] and before is None:
        raise ValueError("before is the number of a row")
    who = given["who"].lower()
    actors = tuple(key for key, name in names.items() if who and who in name.lower())
    return Sought(
        actors=(*actors, given["who"]) if who else (),
        event=given["event"],
        conversation_id=given["talk"],
        since=_day(given["from"]),
        until=_day(given["to"], after=1),
        before=before,
    )


def _day(text: str, after: int = 0) -> datetime | None:
    """The beginning, in China, of a day, or of the one so many days after it."""
    if not text:
        return None
    return datetime.combine(date.fromisoformat(text) + timedelta(days=after), time(), CHINA)


def _detail(row: Row) -> str:
    return json.dumps(row.detail, ensure_ascii=False, sort_keys=True) if row.detail else ""


def _cells(row: Row, names: dict[str, str]) -> tuple[str, ...]:
    at = in_china(row.at).strftime("%Y-%m-%d %H:%M:%S")
    who = names.get(row.actor, row.actor)
    return at, who, row.event, row.conversation_id or "", _detail(row)
