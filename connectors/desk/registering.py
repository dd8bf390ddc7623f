"""An agent files an order for the person they talk with; the form is filled from what was said."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import Any

from aiohttp import web
from sqlalchemy import Connection

from connectors.desk import order_form
from connectors.desk.answered import answered
from connectors.desk.fields import corrected
from connectors.desk.order_room import OrderRoom
from connectors.desk.room import WORKERS
from connectors.messages import Author, OrderCard, Outbound, Text
from connectors.phones import shown
from connectors.store import audit, conversations, fields, messages, work_orders
from connectors.store.conversations import Conversation
from connectors.store.fields import Corrected
from connectors.store.work_orders import NewWorkOrder, WorkOrder

LOOKED_AT = 200  # messages read for the form
SAID_MOST = 5000  # characters


class Registering(OrderRoom):
    def routes(self) -> list[web.AbstractRouteDef]:
        return [
            web.get("/desk/conversations/{id}/order", self._begin),
            web.post("/desk/conversations/{id}/order", self._file),
        ]

    async def _begin(self, request: web.Request) -> web.Response:
        session = await self._access.session(request, *WORKERS)
        conversation_id = request.match_info["id"]

        def unit(conn: Connection) -> tuple[str | None, list[str], Corrected]:
            conversation = self._found(conn, conversation_id)
            contact = conversations.contact(conn, conversation.contact_id)
            latest = messages.after(conn, conversation_id, 0, LOOKED_AT, newest=True)
            said = [m.text for m in latest if m.author is Author.CITIZEN and m.text.strip()]
            return contact.verified_phone, said, fields.of(conn, conversation_id)

        phone, said, by_hand = await self._office.database.read(unit)
        text = "\n".join(said)[-SAID_MOST:]
        order = corrected(await self._read(text), by_hand.fields)
        order = replace(
            order, contact_phone=order.contact_phone or (shown(phone) if phone else None)
        )
        return self._show(session, conversation_id, order, secrets.token_hex(8))

    async def _file(self, request: web.Request) -> web.StreamResponse:
        session = await self._access.acting(request, *WORKERS)
        conversation_id, form = request.match_info["id"], await request.post()
        now = self._office.clock.now()
        token = str(form.get("token", ""))[:40]
        conversation = await self._office.database.read(
            lambda conn: self._found(conn, conversation_id)
        )
        order = order_form.given(form, f"desk:{conversation.id}:{token}", conversation.channel)
        order = replace(
            order,
            conversation_id=conversation.id,
            contact_id=None if order.anonymous else conversation.contact_id,
        )
        if problem := order_form.problem(order, self._office.settings.orders.due_days):
            return self._show(session, conversation_id, order, token, problem)
        order = await self._completed(order, conversation.contact_id)

        def unit(conn: Connection) -> WorkOrder:
            if (known := work_orders.by_key(conn, order.key)) is not None:
                return known  # a double click
            trace = messages.last_trace(conn, conversation_id)
            filed = self._register.enter(conn, order, now, trace_id=trace)
            say = self._office.texts.say
            card = OrderCard(
                filed.receipt,
                filed.filed.title,
                say("status_provisional" if filed.provisional else "status_received"),
                say(
                    "order_provisional" if filed.provisional else "desk_filed",
                    conversation.channel,
                    number=filed.receipt,
                ),
            )
            code = filed.query_code
            words = [Text(say("order_code", conversation.channel, code=code))] if code else []
            outbound = Outbound((card, *words), Author.AGENT, agent_id=session.agent.id)
            messages.add(conn, conversation, outbound, now)
            answered(conn, self._office.texts, conversation_id, session.agent.id, now)
            fields.forget(conn, conversation_id)
            audit.record(
                conn,
                now,
                actor=session.agent.id,
                event="order.filed",
                conversation_id=conversation_id,
                number=filed.number,
            )
            return filed

        filed = await self._office.database.transact(unit)
        self._office.sender.wake()
        await self._office.tell(conversation, "message")
        raise web.HTTPSeeOther(f"/desk/orders/{filed.number}")

    def _found(self, conn: Connection, conversation_id: str) -> Conversation:
        conversation = conversations.get(conn, conversation_id)
        if conversation is None:
            raise web.HTTPNotFound(text=self._office.texts.say("desk_no_such_conversation"))
        return conversation

    def _show(
        self, session: Any, conversation_id: str, order: NewWorkOrder, token: str, problem: str = ""
    ) -> web.Response:
        talk = f"/desk/conversations/{conversation_id}"
        return self._form(session, order, token, here=f"{talk}/order", back=talk, problem=problem)
