"""Work orders on the desk: the register's list, one order, and the next step with it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn
from urllib.parse import urlencode

from aiohttp import web
from sqlalchemy import Connection

from actions.work_orders import nodes as stations
from actions.work_orders import way
from actions.work_orders.nodes import Light
from actions.work_orders.steps import OUTCOMES, Said
from actions.work_orders.way import Step
from connectors import logs
from connectors.clock import in_china
from connectors.desk import sheet
from connectors.desk.access import Access
from connectors.desk.neighbours import neighbours
from connectors.desk.office import Office, Refused
from connectors.desk.order_service import OrderService
from connectors.desk.pages import Pages
from connectors.desk.room import WORKERS, Room
from connectors.store import agents, attachments, audit, follow_ups, order_work, work_orders
from connectors.store.order_work import OrderRow
from connectors.store.work_orders import WorkOrder
from connectors.texts import Texts

STATUSES = ("open", "closed", "withdrawn")
SHOWN = 200
EXPORT_MOST = 20_000
BLOCK = 1000  # lines written at a time
COLUMNS = (
    "number", "filed", "kind", "title", "place", "urgency", "station", "unit", "due", "light",
    "urged", "outcome", "solved", "rating",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    row: OrderRow
    light: Light | None


class OrderPages(Room):
    def __init__(self, office: Office, access: Access, pages: Pages, service: OrderService) -> None:
        super().__init__(office, access, pages)
        self._service = service

    def routes(self) -> list[web.AbstractRouteDef]:
        return [
            web.get("/desk/orders", self._list),
            web.get("/desk/orders.csv", self._export),
            web.get("/desk/orders/{number}", self._show),
            web.post("/desk/orders/{number}/reveal", self._reveal),
            web.post("/desk/orders/{number}/{step}", self._step),
        ]

    async def _list(self, request: web.Request) -> web.Response:
        session = await self._access.session(request, *WORKERS)
        status, station, words = _sought(request)
        now = self._office.clock.now()

        def unit(conn: Connection) -> tuple[list[OrderRow], dict[str, int], int]:
            found = order_work.listed(
                conn, status=status, station=station or None, words=words, limit=SHOWN
            )
            return found, order_work.counts(conn), follow_ups.count_calls(conn)

        rows, counts, to_call = await self._office.database.read(unit)
        return self._pages.show(
            "orders.html",
            session=session,
            lines=[Line(row, _light(row, now)) for row in rows],
            counts=[(name, counts.get(name, 0)) for name in stations.STATIONS],
            to_call=to_call,
            shown=status,
            station=station,
            words=words,
            most=SHOWN,
        )

    async def _export(self, request: web.Request) -> web.StreamResponse:
        """The orders that fit, as CSV; who took them out stands in the audit."""
        session = await self._access.session(request, "supervisor")
        status, station, words = _sought(request)
        now = self._office.clock.now()
        rows = await self._office.database.read(
            lambda conn: order_work.listed(
                conn, status=status, station=station or None, words=words, limit=EXPORT_MOST
            )
        )
        await self._office.database.transact(
            lambda conn: audit.record(
                conn,
                now,
                actor=session.agent.id,
                event="orders.exported",
                status=status,
                station=station,
                orders=len(rows),
            )
        )
        response = await sheet.begun(request, self._office.texts, "orders", COLUMNS, now)
        for start in range(0, len(rows), BLOCK):
            block = rows[start : start + BLOCK]
            written = sheet.lines(_cells(row, now, self._office.texts) for row in block)
            await response.write(written.encode())
        await response.write_eof()
        return response

    async def _show(self, request: web.Request) -> web.Response:
        session = await self._access.session(request, *WORKERS)
        return await self._page(request, session=session, revealed=False)

    async def _reveal(self, request: web.Request) -> web.Response:
        """Shows name and phone in full; who looked stands in the audit."""
        session = await self._access.acting(request, *WORKERS)
        number, now = request.match_info["number"], self._office.clock.now()
        await self._office.database.transact(
            lambda conn: audit.record(
                conn, now, actor=session.agent.id, event="order.revealed", number=number
            )
        )
        return await self._page(request, session=session, revealed=True)

    async def _step(self, request: web.Request) -> NoReturn:
        session = await self._access.acting(request, *WORKERS)
        number = request.match_info["number"]
        form = await request.post()
        try:
            step = Step(request.match_info["step"])
        except ValueError:
            raise web.HTTPNotFound from None
        problem = ""
        try:
            await self._service.take(session.agent, number, step, _said(form))
        except Refused as refusal:
            problem = refusal.key
        back = f"?{urlencode({'problem': problem})}" if problem else ""
        raise web.HTTPSeeOther(f"/desk/orders/{number}{back}")

    async def _page(self, request: web.Request, **values: Any) -> web.Response:
        number, now = request.match_info["number"], self._office.clock.now()
        read = self._office.database.read
        order = await read(lambda conn: work_orders.by_number(conn, number))
        if order is None:
            raise web.HTTPNotFound(text=self._office.texts.say("desk_no_such_order"))
        problem, say = request.query.get("problem", ""), self._office.texts.say
        asked = await read(lambda conn: follow_ups.latest(conn, number))
        return self._pages.show(
            "order.html",
            order=order,
            filed=order.filed,
            phone=masked_phone(order),
            station=way.station(order),
            steps=[step.value for step in way.possible(order)],
            outcomes=[(one, self._office.texts.say(f"order_outcome_{one}")) for one in OUTCOMES],
            light=stations.light(order.runs_since, order.filed.due_at, now)
            if order.status == "open" and way.station(order) not in stations.DONE
            else None,
            history=await read(lambda conn: order_work.steps(conn, number)),
            follow_up=asked,
            asked_whether=say(f"follow_up_state_{asked.result or asked.way}") if asked else "",
            asked_why=say(f"follow_up_why_{asked.why}") if asked and asked.why else "",
            records=await read(lambda conn: order_work.records(conn, number)),
            reasons=[
                self._office.texts.say(f"unit_reason_{one}") for one in order.filed.unit_reasons
            ],
            neighbours=await neighbours(self._office, order),
            files=await read(lambda conn: attachments.known(conn, order.filed.attachments)),
            names={agent.id: agent.name for agent in await read(agents.list_all)},
            problem=self._office.texts.say(problem) if problem in self._office.texts else "",
            to_tell=_to_tell(order, self._office.texts) if "filed" in request.query else "",
            **values,
        )


def _sought(request: web.Request) -> tuple[str, str, str]:
    """Status, station and words of a search. Raises 400."""
    status, station = request.query.get("status", "open"), request.query.get("station", "")
    if status not in STATUSES or (station and station not in stations.STATIONS):
        raise web.HTTPBadRequest(text="no such status or station")
    return status, station, request.query.get("q", "").strip()[:64]


def _cells(row: OrderRow, now: datetime, texts: Texts) -> tuple[str, ...]:
    """A line of the export, telephone and other numbers masked."""
    due = in_china(row.due_at) if row.due_at else None
    light = _light(row, now)
    return (
        row.number,
        f"{in_china(row.created_at):%Y-%m-%d %H:%M}",
        row.kind,
        logs.mask(row.title),
        logs.mask(row.place_text or ""),
        texts.say("sheet_urgency", row.urgency),
        row.station or "",
        row.unit or "",
        f"{due:%Y-%m-%d %H:%M}" if due else "",
        texts.say("sheet_light", light) if light else "",
        str(row.urged),
        texts.say("sheet_outcome", row.outcome) if row.outcome else "",
        "" if row.solved is None else texts.say("sheet_solved", "yes" if row.solved else "no"),
        str(row.rating or ""),
    )


def _light(row: OrderRow, now: datetime) -> Light | None:
    running = row.status == "open" and row.station not in stations.DONE
    return stations.light(row.runs_since, row.due_at, now) if running else None


def _said(form: Any) -> Said:
    rating, solved = str(form.get("rating", "")), str(form.get("solved", ""))
    return Said(
        note=str(form.get("note", "")),
        unit=str(form.get("unit", "")),
        helpers=tuple(re.split(r"[、,，;；]", str(form.get("helpers", ""))[:1000])),
        outcome=str(form.get("outcome", "")),
        solved={"yes": True, "no": False}.get(solved),
        rating=int(rating) if rating.isdecimal() and len(rating) < 3 else None,
    )


def _to_tell(order: WorkOrder, texts: Texts) -> str:
    """What an agent tells whoever they have just filed it for."""
    number = "desk_tell_provisional" if order.provisional else "desk_tell_number"
    words = texts.say(number, number=order.receipt)
    return words + (texts.say("desk_tell_code", code=order.query_code) if order.query_code else "")


def masked_phone(order: WorkOrder) -> str:
    """The phone with its middle hidden, as it stands on the page until somebody asks to see it."""
    phone = order.filed.contact_phone or ""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 8 else phone
