"""我的工单: a person's own orders, and their word on those that are done. Nobody else's."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from aiohttp import web
from pydantic import BaseModel, Field, ValidationError
from sqlalchemy import Connection

from actions.work_orders import nodes, verdict
from actions.work_orders.steps import NOTE_MOST, StepRefused
from actions.work_orders.way import ForbiddenStep
from connectors.chat.door import Entered
from connectors.clock import in_china
from connectors.house import House
from connectors.sanitize import printable
from connectors.store import conversations, order_work, tickets, work_orders
from connectors.store.identity.people import person_of
from connectors.store.work_orders import WorkOrder
from connectors.webhooks import Refused, read_body

MOST = 50  # orders listed, the latest first
BODY_MOST = 16 * 1024  # bytes
NO_CONVERSATION = ""  # anonymous orders are listed for nobody


class Judged(BaseModel):
    """The person's word: is it solved, how many stars, and what they add."""

    solved: bool
    stars: int | None = Field(default=None, ge=1, le=5)
    note: str = Field(default="", max_length=NOTE_MOST)


class OwnOrders:
    def __init__(self, house: House, channel: str) -> None:
        self._house = house
        self._channel = channel

    async def listed(self, who: Entered) -> dict[str, Any]:
        now = self._house.clock.now()

        def unit(conn: Connection) -> list[WorkOrder]:
            contact = self._contact(conn, who)
            if contact is None:
                return []
            rows = order_work.of_person(conn, contact, NO_CONVERSATION, MOST)
            found = [work_orders.by_number(conn, row.number) for row in rows]
            return [order for order in found if order is not None]

        orders = await self._house.database.read(unit)
        return {"orders": [_line(order, now) for order in orders]}

    async def shown(self, who: Entered, number: str) -> dict[str, Any]:
        """Raises :class:`Refused`."""
        order = await self._house.database.read(lambda conn: self._own(conn, who, number))
        return self._whole(order, self._house.clock.now())

    async def judged(self, who: Entered, number: str, request: web.Request) -> dict[str, Any]:
        """Notes what the person says of an order that asks them. Raises :class:`Refused`."""
        house, now = self._house, self._house.clock.now()
        try:
            said = Judged.model_validate_json(await read_body(request, BODY_MOST))
        except ValidationError:
            raise Refused(400, "malformed", house.texts.say("miniapp_malformed")) from None
        note = printable(said.note)

        def unit(conn: Connection) -> WorkOrder:
            own = self._own(conn, who, number).number
            if said.solved:
                verdict.settle(conn, house.texts, own, now, rating=said.stars, note=note)
            else:
                verdict.reopen(conn, house.texts, own, note, now, rating=said.stars)
            order = work_orders.by_number(conn, own)
            assert order is not None
            return order

        try:
            order = await house.database.transact(unit)
        except ForbiddenStep:
            message = house.texts.say("miniapp_order_not_asking")
            raise Refused(409, "not_asking", message) from None
        except StepRefused as refused:
            raise Refused(400, "note_needed", house.texts.say(refused.key)) from None
        house.spoken()
        return self._whole(order, now)

    def _own(self, conn: Connection, who: Entered, number: str) -> WorkOrder:
        """The person's order by the number they know it by, a ticket system's or ours. Raises
        :class:`Refused`, the same for one that is not there and one that is somebody else's."""
        contact = self._contact(conn, who)
        members = person_of(conn, contact).members if contact is not None else ()
        named = [ticket.number for ticket in tickets.with_receipt(conn, number)]
        known = (work_orders.by_number(conn, one) for one in (*named, number))
        order = next((one for one in known if one and one.filed.contact_id in members), None)
        if order is None:
            raise Refused(404, "unknown", self._house.texts.say("miniapp_order_unknown"))
        return order

    def _contact(self, conn: Connection, who: Entered) -> str | None:
        talk = conversations.find(conn, self._channel, who.account, who.address)
        return talk.contact_id if talk is not None else None

    def _whole(self, order: WorkOrder, now: datetime) -> dict[str, Any]:
        filed, handling = order.filed, order.handling
        at = nodes.current(order.nodes)
        outcome = handling.outcome
        return _line(order, now) | {
            "content": filed.content,
            "place": filed.place_text,
            "unit": handling.unit,
            "due_at": _moment(filed.due_at),
            "answer": handling.answer,
            "outcome": self._house.texts.say(f"order_outcome_{outcome}") if outcome else None,
            "nodes": [
                {
                    "name": node.name,
                    "state": node.state,
                    "at": _moment(node.at),
                    "by": node.by,
                    "note": node.note,
                }
                for node in order.nodes
            ],
            "asks": order.status == "open" and at is not None and at.name == nodes.ASKED,
            "rating": handling.rating,
        }


def _line(order: WorkOrder, now: datetime) -> dict[str, Any]:
    at = nodes.current(order.nodes)
    return {
        "number": order.receipt,
        "title": order.filed.title,
        "kind": order.filed.kind,
        "status": order.status,
        "station": at.name if at is not None else None,
        "light": nodes.light(order.runs_since, order.filed.due_at, now),
        "filed_at": _moment(order.created_at),
    }


def _moment(at: datetime | None) -> str | None:
    return in_china(at).isoformat(timespec="seconds") if at is not None else None
