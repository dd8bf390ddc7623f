"""The ticket systems of the contract: our register, Open311 in several ways, the signed webhook."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer
from pydantic import SecretStr
from sqlalchemy import select

from actions.work_orders import steps
from actions.work_orders.register import LocalRegister
from actions.work_orders.steps import Said
from actions.work_orders.tickets import Status, TicketSystem
from actions.work_orders.way import Step
from connectors.clock import SystemClock
from connectors.settings.tickets import Open311System, Served, WebhookSystem
from connectors.store import order_work, work_orders
from connectors.store.order_tables import work_orders as table
from connectors.store.tickets import Ticket
from connectors.store.work_orders import NewWorkOrder, WorkOrder
from connectors.tickets.local import LocalTickets
from connectors.tickets.open311.client import Open311Tickets
from connectors.tickets.webhook.client import WebhookTickets
from tests.house import House, house, the_texts
from tests.tickets.georeport import GeoReport, Ways
from tests.tickets.receiver import Receiver

KEY = "k" * 40
SECRET = SecretStr(KEY)


def new_order(**more: Any) -> NewWorkOrder:
    values: dict[str, Any] = {
        "key": "k1",
        "channel": "webchat",
        "kind": "投诉",
        "title": "夜间施工噪声：工地半夜施工",
        "content": "黄山路工地半夜还在施工，吵得睡不着",
        "category": ("城乡建设", "施工管理", "夜间施工噪声"),
        "place_text": "黄山路1号",
        "time_text": "昨晚十一点",
        "contact_name": "张先生",
        "contact_phone": "13800001234",
    }
    return NewWorkOrder(**values | more)


@dataclass
class Subject:
    """A ticket system and a hand on its other side.

    ``has`` tells what arrived there (kinds of changes, in order, without repeats), ``orders`` how
    many orders it has, ``handle`` has it dispatch, sign and close an order.
    """

    name: str
    system: TicketSystem
    file: Callable[[NewWorkOrder], Awaitable[WorkOrder]]
    orders: Callable[[], Awaitable[int]]
    has: Callable[[WorkOrder], Awaitable[list[str]]]
    handle: Callable[[WorkOrder], Awaitable[None]]
    carries: frozenset[str] = frozenset({"urge", "supplement", "withdraw", "reopen", "follow_up"})
    outcome: str = "solved"
    stop: Callable[[], Awaitable[None]] | None = None


def taken(order: WorkOrder, receipt: str | None) -> WorkOrder:
    return replace(order, ticket=Ticket(order.number, "core", receipt))


@contextlib.asynccontextmanager
async def serving(app: web.Application) -> AsyncIterator[TestServer]:
    server = TestServer(app)
    await server.start_server(shutdown_timeout=0.1)
    try:
        yield server
    finally:
        await server.close()


@contextlib.asynccontextmanager
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def _file_here(h: House, order: NewWorkOrder) -> WorkOrder:
    return await register(h).file(order)


def register(h: House) -> LocalRegister:
    return h.gateway.tickets._server.register


async def _handled(h: House, number: str) -> None:
    """The desk of that house dispatches, signs, answers and closes an order."""
    for step, said in (
        (Step.CHECK, Said()),
        (Step.DISPATCH, Said(unit="区城管局")),
        (Step.SIGN, Said()),
        (Step.ANSWER, Said(note="已责令停工。")),
        (Step.APPROVE, Said(outcome="solved")),
    ):
        now = SystemClock().now()
        await h.database.transact(
            lambda conn, step=step, said=said, now=now: steps.take(  # type: ignore[misc]
                conn, h.texts, number, step, said, actor="a_1", now=now
            )
        )


async def _records(h: House, number: str) -> list[str]:
    records = await h.database.read(lambda conn: order_work.records(conn, number))
    taken_ = await h.database.read(lambda conn: order_work.steps(conn, number))
    order = await h.database.read(lambda conn: work_orders.by_number(conn, number))
    said = [one.kind for one in records]
    said += ["reopen" for one in taken_ if one.step == "reopen"]
    said += ["follow_up"] if order is not None and order.handling.rating else []
    return said


@contextlib.asynccontextmanager
async def local(folder: Path) -> AsyncIterator[Subject]:
    async with house(folder) as h:
        system = LocalTickets(register(h), h.database, SystemClock(), h.texts)
        count = 0

        async def file(order: NewWorkOrder) -> WorkOrder:
            nonlocal count
            count = 1
            return await _file_here(h, order)

        async def orders() -> int:
            return count

        yield Subject(
            "local",
            system,
            file,
            orders,
            lambda order: _records(h, order.number),
            lambda order: _handled(h, order.number),
            stop=h.database.close,
        )


@contextlib.asynccontextmanager
async def ours_by_open311(
    folder: Path, form: Literal["json", "xml"] = "json"
) -> AsyncIterator[Subject]:
    """Another Huiying, asked as anybody would ask it."""
    (folder / "there").mkdir()
    served = Served(api_keys={"peer": SECRET})
    async with (
        house(folder) as here,
        house(folder / "there", open311=served) as there,
        http() as session,
    ):
        settings = Open311System(
            url=str(there.client.make_url("/open311/v2")),
            api_key=SECRET,
            format=form,
            updates="service_request_updates",
            default_service=(await _first_code(there)),
        )
        system = Open311Tickets(settings, session, SystemClock(), here.texts, "合肥市")

        async def numbers() -> list[str]:
            return await there.database.read(
                lambda conn: list(conn.execute(select(table.c.number)).scalars())
            )

        async def count() -> int:
            return len(await numbers())

        yield Subject(
            f"ours by Open311, {form}",
            system,
            lambda order: _file_here(here, order),
            count,
            lambda order: _records(there, order.receipt),
            lambda order: _handled(there, order.receipt),
            stop=there.client.server.close,
        )


async def _first_code(h: House) -> str:
    response = await h.client.get("/open311/v2/services.json", params={"api_key": KEY})
    return str((await response.json())[0]["service_code"])


@contextlib.asynccontextmanager
async def georeport(folder: Path, name: str, ways: Ways, **more: Any) -> AsyncIterator[Subject]:
    """A city's own GeoReport server."""
    server = GeoReport(ways)
    async with house(folder) as here, serving(server.app()) as at, http() as session:
        settings = Open311System(
            url=str(at.make_url("/discovery.json" if more.get("discovery") else "/v2")),
            api_key=SECRET,
            default_service="S9",
            **more,
        )
        system = Open311Tickets(settings, session, SystemClock(), the_texts(), "合肥市")

        async def count() -> int:
            return len([r for r in server.requests.values() if "回应编号：HY" in r["description"]
                        and ":" not in r["description"].rpartition("回应编号：")[2]])  # fmt: skip

        async def has(order: WorkOrder) -> list[str]:
            keys = [r["description"].rpartition("回应编号：")[2] for r in server.requests.values()]
            return [key.rpartition(":")[2] for key in keys if key.startswith(f"{order.number}:")]

        async def handle(order: WorkOrder) -> None:
            server.move(
                order.receipt,
                status="closed",
                status_notes="已责令停工。",
                agency_responsible="区城管局",
            )

        yield Subject(
            name,
            system,
            lambda order: _file_here(here, order),
            count,
            has,
            handle,
            carries=frozenset({"urge", "supplement", "withdraw", "reopen"}),
            outcome="",
            stop=at.close,
        )


@contextlib.asynccontextmanager
async def webhook(folder: Path) -> AsyncIterator[Subject]:
    receiver = Receiver(KEY)
    async with house(folder) as here, serving(receiver.app()) as at, http() as session:
        settings = WebhookSystem(
            url=str(at.make_url("/orders")), secret=SECRET, look_every=timedelta(minutes=1)
        )
        system = WebhookTickets(settings, session, SystemClock())
        named = {
            "order.urged": "urge",
            "order.supplemented": "supplement",
            "order.withdrawn": "withdraw",
            "order.reopened": "reopen",
            "order.followed_up": "follow_up",
        }

        async def count() -> int:
            return len(receiver.orders)

        async def has(order: WorkOrder) -> list[str]:
            return [named[one["type"]] for one in receiver.told if one["type"] in named]

        async def handle(order: WorkOrder) -> None:
            receiver.event(
                order.number,
                Status.CLOSED.value,
                unit="区城管局",
                answer="已责令停工。",
                outcome="solved",
            )

        yield Subject(
            "webhook",
            system,
            lambda order: _file_here(here, order),
            count,
            has,
            handle,
            stop=at.close,
        )


DEVIANT = Ways(created=True, detail=True, xml=True, lists=False, shows=True, unknown=400)
SUBJECTS: dict[str, Callable[[Path], Any]] = {
    "local": local,
    "ours by Open311, JSON": ours_by_open311,
    "ours by Open311, XML": lambda folder: ours_by_open311(folder, "xml"),
    "Open311 by the standard": lambda f: georeport(f, "standard", Ways(), discovery=True),
    "Open311 that deviates": lambda f: georeport(f, "deviant", DEVIANT, format="xml"),
    "webhook": webhook,
}
