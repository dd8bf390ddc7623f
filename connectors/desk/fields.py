"""The fields of an order beside the talk: read out of it, corrected in place, ready to be filed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from aiohttp import web
from sqlalchemy import Connection

from connectors.coordination.coordinator import Happening
from connectors.desk.access import Access
from connectors.desk.office import Office
from connectors.desk.room import WORKERS
from connectors.json_answer import json_answer
from connectors.sanitize import printable, whole_number
from connectors.store import conversations, fields
from connectors.store.fields import FieldsChanged
from connectors.store.work_orders import NewWorkOrder

Prefill = Callable[[str, datetime, str | None], NewWorkOrder]

# Characters each field may have; what a form of an order takes, too.
LENGTHS = {
    "title": 60,
    "content": 5000,
    "category": 120,
    "time_text": 100,
    "place_text": 200,
    "subject": 100,
    "wanted": 500,
    "contact_name": 32,
    "contact_phone": 20,
    "kind": 8,
}
BESIDE = ("kind", "place_text", "time_text", "subject", "wanted", "contact_name", "contact_phone")


def corrected(order: NewWorkOrder, by_hand: Mapping[str, str]) -> NewWorkOrder:
    """The order as it was read out of the talk, with what agents have corrected."""
    given: dict[str, Any] = {
        name: value or None for name, value in by_hand.items() if name in LENGTHS
    }
    if "category" in given:
        path = (given["category"] or "").split("/")
        given["category"] = tuple(part.strip() for part in path if part.strip())[:3]
    for needed in ("kind", "title", "content"):
        if needed in given:
            given[needed] = given[needed] or getattr(order, needed)
    return replace(order, **given)


class FieldPages:
    def __init__(self, office: Office, access: Access) -> None:
        self._office = office
        self._access = access

    def routes(self) -> list[web.AbstractRouteDef]:
        return [web.post("/desk/conversations/{id}/fields", self._keep)]

    async def _keep(self, request: web.Request) -> web.Response:
        session = await self._access.acting(request, *WORKERS)
        talk, form = request.match_info["id"], await request.post()
        name, value = str(form.get("name", "")), printable(str(form.get("value", "")))
        seen = whole_number(str(form.get("version", "")))
        if name not in LENGTHS or seen is None:
            raise web.HTTPBadRequest(text=f"{name!r} is no field of an order")
        if len(value) > LENGTHS[name]:
            return self._refusal("desk_order_too_long")
        if name == "kind" and value not in self._office.settings.orders.due_days:
            return self._refusal("desk_order_kind")
        now = self._office.clock.now()

        def unit(conn: Connection) -> int:
            if conversations.get(conn, talk) is None:
                raise web.HTTPNotFound(text=self._office.texts.say("desk_no_such_conversation"))
            return fields.correct(
                conn,
                talk,
                name,
                value,
                seen=seen,
                shown=str(form["shown"]) if "shown" in form else None,
                now=now,
                by=session.agent.id,
            )

        try:
            version = await self._office.database.transact(unit)
        except FieldsChanged:
            return self._refusal("desk_field_changed")
        await self._office.coordinator.publish(
            Happening("desk", "fields", {"conversation_id": talk})
        )
        return json_answer({"version": version})

    def _refusal(self, key: str) -> web.Response:
        error = {"code": key, "message": self._office.texts.say(key)}
        return json_answer({"error": error}, status=409)
