"""Asks ticket systems how orders stand, and heeds what they say; one gateway asks at a time."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import Connection

from actions.work_orders import heeding
from actions.work_orders import nodes as stations
from actions.work_orders.heeding import Effect
from actions.work_orders.news import Teller
from actions.work_orders.tickets import News, Status, TicketError, TicketSystem, Unreachable
from connectors import logs, metrics
from connectors.clock import Clock
from connectors.store import order_work, ticket_sends, tickets, work_orders
from connectors.store.database import Database, StoreUnavailable
from connectors.store.tickets import Ticket
from connectors.store.work_orders import WorkOrder
from connectors.tickets.standing import Standing
from connectors.tickets.telling import Telling

log = logs.get(__name__)

AT_ONCE = 50  # orders asked for together
IDLE = 1.0  # seconds
BUDGET = 75.0  # seconds of one look
HEALTH_EVERY = 30.0  # seconds between questions whether the system is well
HEALTH_WITHIN = 10.0


@dataclass(frozen=True, slots=True)
class Looker:
    """One system's."""

    name: str
    system: TicketSystem
    standing: Standing
    database: Database
    clock: Clock
    teller: Teller
    telling: Telling

    async def run(self) -> None:
        """Looks for ever."""
        while True:
            looked = 0
            try:
                looked = await self.look()
            except StoreUnavailable as error:
                log.error("store.unavailable", reason=str(error))
            except Exception:
                log.exception("tickets.broken", system=self.name)
            if looked < AT_ONCE:
                await asyncio.sleep(IDLE)

    async def mind(self) -> None:
        """Asks for ever whether the system is well, so that nobody learns it by an order."""
        while True:
            with suppress(StoreUnavailable):
                await self.ask_health()
            await asyncio.sleep(HEALTH_EVERY)

    async def ask_health(self) -> None:
        """Asks even while it rests, so that a rest ends as soon as the system is back."""
        try:
            async with asyncio.timeout(HEALTH_WITHIN):
                why = await self.system.health()
        except (TicketError, TimeoutError) as error:
            why = str(error) or type(error).__name__
        except Exception as error:
            log.exception("tickets.broken", system=self.name)
            why = type(error).__name__
        if why is None:
            if self.standing.succeeded():
                now = self.clock.now()
                await self.database.transact(lambda conn: ticket_sends.hasten(conn, self.name, now))
        else:
            self.standing.failed(Unreachable(why))

    async def look(self) -> int:
        """Asks for the orders whose time has come; how many those were."""
        every = self.system.look_every
        if every is None or self.standing.room(1) == 0:
            return 0
        now = self.clock.now()
        again = now + every * random.uniform(0.9, 1.1)

        def claim(conn: Connection) -> list[Ticket]:
            due = tickets.to_look_at(conn, self.name, now, AT_ONCE)
            tickets.look_again(conn, [one.number for one in due], again)
            return due

        if not await self.database.read(lambda c: tickets.to_look_at(c, self.name, now, 1)):
            return 0
        due = await self.database.transact(claim)
        if due:
            await self._asked(due, every)
        return len(due)

    async def _asked(self, due: list[Ticket], every: timedelta) -> None:
        try:
            async with asyncio.timeout(BUDGET):
                found = await self.system.look(due)
        except (TicketError, TimeoutError) as error:
            narrow = error if isinstance(error, TicketError) else Unreachable("no answer in time")
            self.standing.failed(narrow)
            later = self.clock.now() + every * 2
            numbers = [one.number for one in due]
            await self.database.transact(
                lambda conn: tickets.look_again(conn, numbers, later, in_vain=True)
            )
            metrics.ticket_events_total.labels(self.name, narrow.code).inc()
            return
        self.standing.succeeded()
        await self._heed(found)

    async def _heed(self, found: Mapping[str, News]) -> None:
        for number, news in found.items():

            def unit(conn: Connection, number: str = number, news: News = news) -> Effect | None:
                if not order_work.hold(conn, number):
                    return None
                order = work_orders.by_number(conn, number)
                if order is None or order.ticket is None:
                    return None
                told = _reopened(order, news)
                return heeding.heed(conn, self.teller, order, told, self.clock.now())

            effect = await self.database.transact(unit)
            if effect is not None:
                metrics.ticket_events_total.labels(self.name, effect.heeded.value).inc()
                await self.telling.of(self.name, effect)


def _reopened(order: WorkOrder, news: News) -> News:
    """A system that only says open or closed, and says open after it had said closed."""
    known, here = order.ticket.status_at if order.ticket else None, stations.current(order.nodes)
    asked = here is not None and here.name == stations.ASKED
    open_again = news.status in (Status.ACCEPTED, Status.SIGNED) and asked
    if open_again and known is not None and news.at > known:
        return replace(news, status=Status.REOPENED)
    return news
