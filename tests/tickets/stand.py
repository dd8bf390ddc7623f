"""A gateway's ticket office on a real store, beside the reference receiver; time goes when told."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from actions.work_orders.deadlines import Deadlines
from actions.work_orders.news import Teller
from actions.work_orders.reach import NOWHERE
from actions.work_orders.register import LocalRegister, RecordKind
from connectors.coordination.in_process import InProcessCoordinator
from connectors.settings import Settings
from connectors.settings.tickets import Tickets, WebhookSystem
from connectors.store import conversations, messages, ticket_sends, work_orders
from connectors.store.database import Database
from connectors.store.ticket_sends import Send
from connectors.store.work_orders import WorkOrder
from connectors.tickets.courier import Courier
from connectors.tickets.looking import Looker
from connectors.tickets.office import Matters, TicketOffice
from tests.clocks import MovableClock
from tests.house import new_store, the_texts
from tests.store.people import write
from tests.tickets.receiver import Receiver
from tests.tickets.subjects import KEY, SECRET, new_order, serving

KIND = ("求助", "投诉", "举报")


@dataclass
class Stand:
    database: Database
    clock: MovableClock
    register: LocalRegister
    office: TicketOffice
    courier: Courier
    looker: Looker
    receiver: Receiver
    client: TestClient[Any, Any]
    conversation: str
    contact: str
    count: int = 0

    async def file(self, **more: Any) -> WorkOrder:
        self.count += 1
        values = {
            "key": f"k{self.count}",
            "conversation_id": self.conversation,
            "contact_id": self.contact,
        }
        return await self.register.file(new_order(**values | more))

    async def add(self, order: WorkOrder, kind: RecordKind, text: str = "还没人来") -> None:
        self.count += 1
        await self.register.add(
            order.number, kind, text, key=f"a{self.count}", conversation_id=self.conversation
        )

    async def look(self, order: WorkOrder) -> WorkOrder:
        found = await self.database.read(lambda conn: work_orders.by_number(conn, order.number))
        assert found is not None
        return found

    async def heard(self) -> list[str]:
        """What we said in the person's conversation, the first first."""
        said = await self.database.read(lambda conn: messages.after(conn, self.conversation, 0))
        return [one.text for one in said if one.author.value == "system"]

    async def sends(self, *states: str) -> list[Send]:
        wanted = states or ("queued", "sent", "dead", "skipped")
        found = await self.database.read(lambda conn: ticket_sends.listed(conn, wanted))
        return sorted(found, key=lambda one: one.id)

    async def empty(self, later: timedelta = timedelta(0)) -> int:
        """Lets time pass, then sends all that may go; how many tries there were."""
        self.clock.jump(later)
        tries = 0
        while began := await self.courier.empty():
            tries += began
        return tries

    async def event(self, event: dict[str, Any], secret: str | None = None) -> tuple[int, Any]:
        return await self.receiver.say(event, secret)


def office_on(
    database: Database, clock: MovableClock, settings: Settings
) -> tuple[TicketOffice, LocalRegister]:
    """A gateway's ticket office, not running."""
    texts = the_texts()
    digits = Random(7)
    register = LocalRegister(
        database,
        clock,
        lambda count: "".join(digits.choice("0123456789") for _ in range(count)),
        "12345",
        Deadlines(settings),
        settings.tickets,
    )
    known = Matters(list, lambda _: None, KIND, ("举报",))
    office = TicketOffice(
        settings,
        database,
        InProcessCoordinator(),
        clock,
        Teller(texts, NOWHERE),
        register,
        known,
        lambda: None,
        b"k" * 32,
    )
    return office, register


@contextlib.asynccontextmanager
async def stand(
    folder: Path,
    *,
    look_every: timedelta | None = None,
    timeout: float = 10.0,
    **more: Any,
) -> AsyncIterator[Stand]:
    """``more``: of the settings of tickets. The system rests after many failures only."""
    clock, database = MovableClock(), new_store(folder / "test.db")
    receiver = Receiver(KEY, now=clock.now)
    accepted = await write(database, at=clock.now())
    talk = await database.read(lambda conn: messages.get(conn, accepted.message_id))
    assert talk is not None
    async with serving(receiver.app()) as at, aiohttp.ClientSession() as http:
        url = str(at.make_url("/orders"))
        system = WebhookSystem(url=url, secret=SECRET, timeout=timeout, look_every=look_every)
        own = Tickets(default="core", webhook={"core": system}, **{"rest_after": 1000} | more)
        settings = Settings(data_dir=folder, tickets=own)
        office, register = office_on(database, clock, settings)
        app = web.Application()
        app.add_routes(office.routes())
        client: TestClient[Any, Any] = TestClient(TestServer(app))
        async with client:
            receiver.tell = str(client.make_url("/tickets/core/events"))
            port = office.systems(http)["core"]
            conversation = await database.read(
                lambda conn: conversations.get(conn, accepted.conversation_id)
            )
            assert conversation is not None
            yield Stand(
                database,
                clock,
                register,
                office,
                office.courier("core", port),
                office.looker("core", port),
                receiver,
                client,
                conversation.id,
                conversation.contact_id,
            )
    await database.close()
