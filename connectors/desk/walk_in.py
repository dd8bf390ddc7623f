"""An agent files an order for somebody in no conversation: on the phone, at the counter, by letter.

The words are written down first; the form can be filled from them, and says what is still missing.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from urllib.parse import urlencode

from aiohttp import web
from sqlalchemy import Connection

from actions.work_orders.reach import Notify
from connectors.desk import order_form
from connectors.desk.order_room import OrderRoom
from connectors.desk.room import WORKERS
from connectors.store import audit, work_orders
from connectors.store.agents import AgentSession
from connectors.store.conversations import Conversation
from connectors.store.work_orders import NewWorkOrder, WorkOrder

HERE = "/desk/orders/new"
SOURCES = ("phone", "visit", "letter")
"""How somebody came, as the channel of their order."""


class WalkIns(OrderRoom):
    def routes(self) -> list[web.AbstractRouteDef]:
        return [web.get(HERE, self._begin), web.post(HERE, self._post)]

    async def _begin(self, request: web.Request) -> web.Response:
        session = await self._access.session(request, *WORKERS)
        blank = NewWorkOrder(key="", channel=SOURCES[0], kind="", title="", content="")
        return self._show(session, blank, secrets.token_hex(8))

    async def _post(self, request: web.Request) -> web.StreamResponse:
        session = await self._access.acting(request, *WORKERS)
        form, now = await request.post(), self._office.clock.now()
        token, channel = str(form.get("token", ""))[:40], str(form.get("channel", ""))[:32]
        order = order_form.given(form, f"desk:{session.agent.id}:{token}", channel)
        if form.get("notify"):
            order = replace(order, notify=Notify.STEPS.value)
        if form.get("act") == "read":
            filled = order_form.filled(order, await self._read(order.content))
            return self._show(session, filled, token)
        if problem := self._problem(order):
            return self._show(session, order, token, problem)
        order = await self._completed(order, contact_id=None)

        def unit(conn: Connection) -> tuple[WorkOrder, Conversation | None]:
            if (known := work_orders.by_key(conn, order.key)) is not None:
                return known, None  # a double click
            filed = self._register.enter(conn, order, now)
            audit.record(
                conn, now, actor=session.agent.id, event="order.filed", number=filed.number
            )
            key = "desk_filed_provisional" if filed.provisional else "desk_filed"
            return filed, self._office.teller.say(conn, filed, key, now)

        filed, told = await self._office.database.transact(unit)
        if told is not None:
            self._office.sender.wake()
            await self._office.tell(told, "message")
        raise web.HTTPSeeOther(f"/desk/orders/{filed.number}?{urlencode({'filed': 1})}")

    def _problem(self, order: NewWorkOrder) -> str:
        if order.channel not in SOURCES:
            return "desk_order_source"
        return order_form.problem(order, self._office.settings.orders.due_days)

    def _show(
        self, session: AgentSession, order: NewWorkOrder, token: str, problem: str = ""
    ) -> web.Response:
        return self._form(
            session,
            order,
            token,
            here=HERE,
            back="/desk/orders",
            sources=SOURCES,
            problem=problem,
        )
