"""What has not reached a ticket system, why, and what to do about it; news nobody could place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from aiohttp import web
from sqlalchemy import Connection

from connectors.desk.room import Room
from connectors.sanitize import whole_number
from connectors.store import ticket_events, ticket_sends, tickets
from connectors.store.ticket_events import Event
from connectors.store.ticket_sends import FILE, Send

SHOWN = 200
EXPLAINED = frozenset({"unreachable", "busy", "misconfigured", "refused", "error_inside"})


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits for one system. ``since``: of what has waited longest."""

    system: str
    waiting: int
    dead: int
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Line:
    send: Send
    why: str
    here: bool
    """Whether our own register may take the order over."""


class HandedOverPages(Room):
    def routes(self) -> list[web.AbstractRouteDef]:
        return [
            web.get("/desk/tickets", self._list),
            web.post("/desk/tickets", self._resend_all),
            web.post("/desk/tickets/{id}/resend", self._resend),
            web.post("/desk/tickets/{id}/here", self._here),
        ]

    async def _list(self, request: web.Request) -> web.Response:
        session = await self._access.session(request, "supervisor")

        def unit(conn: Connection) -> tuple[list[Queue], list[Send], list[Send], list[Event]]:
            queued = ticket_sends.listed(conn, ["queued"], limit=SHOWN)
            return (
                _queues(conn),
                ticket_sends.listed(conn, ["dead"], limit=SHOWN),
                [one for one in queued if one.error_code],
                ticket_events.unknown(conn, SHOWN),
            )

        queues, dead, trying, unknown = await self._office.database.read(unit)
        return self._pages.show(
            "handed_over.html",
            session=session,
            queues=queues,
            dead=[self._line(one) for one in dead],
            trying=[self._line(one) for one in trying],
            unknown=unknown,
            done=request.query.get("done", ""),
            most=SHOWN,
        )

    async def _resend(self, request: web.Request) -> web.Response:
        session = await self._access.acting(request, "supervisor")
        return await self._again(session.agent.id, [_id(request)])

    async def _resend_all(self, request: web.Request) -> web.Response:
        session = await self._access.acting(request, "supervisor")
        dead = await self._office.database.read(
            lambda conn: ticket_sends.listed(conn, ["dead"], limit=1000)
        )
        return await self._again(session.agent.id, [one.id for one in dead])

    async def _again(self, actor: str, ids: list[int]) -> web.Response:
        now = self._office.clock.now()

        def unit(conn: Connection) -> int:
            return sum(ticket_sends.resend(conn, one, now, actor=actor) for one in ids)

        count = await self._office.database.transact(unit)
        raise web.HTTPSeeOther(f"/desk/tickets?{urlencode({'done': f'resent{count}'})}")

    async def _here(self, request: web.Request) -> web.Response:
        """The desk works on an order its ticket system would not take."""
        session = await self._access.acting(request, "supervisor")
        now, which = self._office.clock.now(), _id(request)

        def unit(conn: Connection) -> str | None:
            send, actor = ticket_sends.find(conn, which), session.agent.id
            if send is None or not tickets.keep_here(conn, send.number, now, actor=actor):
                return None
            return send.number

        number = await self._office.database.transact(unit)
        if number is None:
            raise web.HTTPSeeOther("/desk/tickets?done=taken")
        raise web.HTTPSeeOther(f"/desk/orders/{number}")

    def _line(self, send: Send) -> Line:
        code = send.error_code if send.error_code in EXPLAINED else "other"
        return Line(send, self._office.texts.say(f"ticket_why_{code}"), send.kind == FILE)


def _queues(conn: Connection) -> list[Queue]:
    depth, oldest = ticket_sends.depth(conn), ticket_sends.oldest(conn)
    return [
        Queue(
            system,
            depth.get((system, "queued"), 0),
            depth.get((system, "dead"), 0),
            oldest.get(system),
        )
        for system in sorted({name for name, _ in depth})
    ]


def _id(request: web.Request) -> int:
    number = whole_number(request.match_info["id"])
    if number is None:
        raise web.HTTPNotFound
    return number
