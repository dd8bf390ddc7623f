"""What never reached its person: why, in words, and sending it again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from aiohttp import web
from sqlalchemy import Connection

from connectors import logs
from connectors.desk.room import Room
from connectors.store import deliveries, messages, outbox
from connectors.store.delivery_tables import GIVEN_UP
from connectors.store.outbox import Delivery

SHOWN = 200
AT_ONCE = 1000  # sent again by one press
EXPLAINED = frozenset(
    {
        "broken",
        "connection_failed",
        "throttled",
        "window_closed",
        "recipient_refused",
        "content_refused",
        "misconfigured_account",
        "nothing_to_show",
        "expired",
    }
)


@dataclass(frozen=True, slots=True)
class Line:
    """A delivery given up, what it said (personal numbers masked), and the reason in words."""

    delivery: Delivery
    said_at: datetime
    words: str
    why: str


class UndeliveredPages(Room):
    def routes(self) -> list[web.AbstractRouteDef]:
        return [
            web.get("/desk/undelivered", self._list),
            web.post("/desk/undelivered", self._resend_all),
            web.post("/desk/undelivered/{id}", self._resend),
        ]

    async def _list(self, request: web.Request) -> web.Response:
        session = await self._access.session(request, "supervisor")
        wanted = _filter(request)
        lines = await self._office.database.read(lambda conn: self._lines(conn, wanted))
        return self._pages.show(
            "undelivered.html",
            session=session,
            lines=lines,
            wanted=wanted,
            query=_query(wanted),
            resent=request.query.get("resent", ""),
            most=SHOWN,
        )

    async def _resend(self, request: web.Request) -> web.Response:
        session = await self._access.acting(request, "supervisor")
        return await self._again(request, session.agent.id, [request.match_info["id"]])

    async def _resend_all(self, request: web.Request) -> web.Response:
        session = await self._access.acting(request, "supervisor")
        wanted = _filter(request)
        found = await self._office.database.read(
            lambda conn: deliveries.listed(conn, GIVEN_UP, limit=AT_ONCE, **wanted)
        )
        return await self._again(request, session.agent.id, [one.id for one in found])

    async def _again(self, request: web.Request, actor: str, ids: list[str]) -> web.Response:
        now = self._office.clock.now()

        def unit(conn: Connection) -> int:
            return sum(outbox.resend(conn, one, now, actor=actor) for one in ids)

        count = await self._office.database.transact(unit)
        self._office.sender.wake()
        back = urlencode({**_filter(request), "resent": count})
        raise web.HTTPSeeOther(f"/desk/undelivered?{back}")

    def _lines(self, conn: Connection, wanted: dict[str, str]) -> list[Line]:
        found = deliveries.listed(conn, GIVEN_UP, limit=SHOWN, **wanted)
        return [
            Line(one, deliveries.said_at(conn, one), _words(conn, one), self._why(one))
            for one in found
        ]

    def _why(self, delivery: Delivery) -> str:
        code = delivery.error_code if delivery.error_code in EXPLAINED else "other"
        return self._office.texts.say(f"desk_why_{code}")


def _words(conn: Connection, delivery: Delivery) -> str:
    message = messages.get(conn, delivery.message_id)
    return logs.mask(message.text) if message is not None else ""


def _filter(request: web.Request) -> dict[str, str]:
    keys = ("channel", "account", "code")
    return {key: request.query[key][:64] for key in keys if request.query.get(key)}


def _query(wanted: dict[str, str]) -> str:
    return f"?{urlencode(wanted)}" if wanted else ""
