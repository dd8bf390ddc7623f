"""The talk an order came from, for those who work on it: by a signed link, numbers masked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import jinja2
from aiohttp import web
from sqlalchemy import Connection

from connectors import logs, templates
from connectors.clock import Clock, in_china
from connectors.messages import Stored
from connectors.store import audit, messages, work_orders
from connectors.store.database import Database
from connectors.store.work_orders import WorkOrder
from connectors.texts import Texts
from connectors.tickets.papers import Links

MOST = 200  # messages before the order was filed
HEADERS = {
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex",
    "Referrer-Policy": "no-referrer",
}


@dataclass(frozen=True, slots=True)
class TranscriptPage:
    links: Links
    database: Database
    clock: Clock
    texts: Texts
    session_idle: timedelta

    def routes(self) -> list[web.AbstractRouteDef]:
        return [web.get("/tickets/transcript/{token}", self._show)]

    async def _show(self, request: web.Request) -> web.Response:
        number = self.links.read(request.match_info["token"])
        if number is None:
            return self._page(403, order=None, lines=())
        now = self.clock.now()

        def unit(conn: Connection) -> tuple[WorkOrder | None, list[Stored]]:
            order = work_orders.by_number(conn, number)
            talk = order.filed.conversation_id if order is not None else None
            if order is None or talk is None or order.filed.anonymous:
                return None, []
            audit.record(conn, now, actor="ticket", event="order.transcript_seen", number=number)
            return order, messages.after(conn, talk, 0, 2 * MOST, newest=True)

        order, said = await self.database.transact(unit)
        if order is None:
            return self._page(404, order=None, lines=())
        lines = [
            (one.author.value, one.created_at, logs.mask(one.text))
            for one in _of_the_session(said, order, self.session_idle)
        ]
        return self._page(200, order=order, lines=lines)

    def _page(self, status: int, **values: object) -> web.Response:
        html = _template().render(say=self.texts.say, **values)
        return web.Response(text=html, status=status, content_type="text/html", headers=HEADERS)


def _of_the_session(said: Sequence[Stored], order: WorkOrder, idle: timedelta) -> list[Stored]:
    """The messages that led to the order: back from it to the last long silence."""
    found: list[Stored] = []
    for one in reversed([one for one in said if one.created_at <= order.created_at]):
        if found and found[-1].created_at - one.created_at >= idle:
            break
        found.append(one)
    return found[:MOST][::-1]


def _template() -> jinja2.Template:
    environment = templates.environment(Path(__file__).parent / "templates")
    environment.filters["clock"] = lambda at: in_china(at).strftime("%Y-%m-%d %H:%M")
    return environment.get_template("transcript.html")
