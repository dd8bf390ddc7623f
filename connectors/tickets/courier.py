"""Takes orders, and what happens to them, to their ticket systems: at least once, in their order.

Something is claimed before it is sent, so another gateway tries it only after the claim has run
out: one sender at a time. Between a system's taking something and our noting so lies the one moment
in which a crash makes us send it again; the key tells the system that it has it already, and one
that knows no keys is first asked whether the order is there (:meth:`TicketSystem.file`).

A system that does not answer rests, and nothing for it uses up its tries meanwhile; when it answers
again everything that waited goes at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection
from structlog.contextvars import bound_contextvars

from actions.work_orders import heeding
from actions.work_orders.heeding import Effect
from actions.work_orders.news import Teller
from actions.work_orders.tickets import (
    Change,
    ChangeKind,
    NotCarried,
    Papers,
    Taken,
    TicketError,
    TicketSystem,
    Unreachable,
)
from connectors import logs, metrics, tracing
from connectors.clock import Clock
from connectors.delivery.backoff import backoff
from connectors.settings.tickets import Tickets
from connectors.store import order_work, ticket_events, ticket_sends, tickets, work_orders
from connectors.store.database import Database, StoreUnavailable
from connectors.store.insisting import insist
from connectors.store.ticket_sends import FILE, Send
from connectors.store.work_orders import WorkOrder
from connectors.tickets.standing import Standing
from connectors.tickets.telling import Telling

log = logs.get(__name__)

IDLE = 1.0  # seconds between looks at the queue
CLAIM = timedelta(seconds=90)  # longer than one send may take
BUDGET = 75.0  # seconds of one send, however many requests it needs
TRIES = 12  # of what fails for its own sake, while the system is well: about half an hour
EVENTS_KEPT = timedelta(days=30)  # nobody repeats an event for so long
DETAIL_MOST = 500


@dataclass(frozen=True, slots=True)
class Courier:
    """One system's outbox."""

    name: str
    system: TicketSystem
    standing: Standing
    database: Database
    clock: Clock
    teller: Teller
    settings: Tickets
    papers: Callable[[WorkOrder], Papers]
    telling: Telling
    parallel: int

    async def run(self) -> None:
        """Sends for ever."""
        while True:
            try:
                began = await self.empty()
            except StoreUnavailable as error:
                log.error("store.unavailable", reason=str(error))
                began = 0
            except Exception:
                log.exception("tickets.broken", system=self.name)
                began = 0
            if not began:
                await asyncio.sleep(max(IDLE, min(self.standing.rest, 10.0)))

    async def empty(self) -> int:
        """One look at the queue, all of it sent that may go now; how many tries there were."""
        room = self.standing.room(self.parallel)
        if room == 0:
            return 0
        now = self.clock.now()
        due = await self.database.read(lambda conn: ticket_sends.due(conn, self.name, now, room))
        if not due:
            return 0
        mine = await self.database.transact(
            lambda conn: [one for one in due if ticket_sends.claim(conn, one, now + CLAIM, now)]
        )
        await asyncio.gather(*(self._send(one) for one in mine))
        return len(mine)

    async def _send(self, send: Send) -> None:
        trace_id = send.trace_id or ""
        with (
            bound_contextvars(**({"trace_id": trace_id} if trace_id else {})),
            tracing.span("ticket", trace_id=trace_id, system=self.name, kind=send.kind),
        ):
            await self._sent_or_not(send)

    async def _sent_or_not(self, send: Send) -> None:
        order = await self.database.read(lambda conn: work_orders.by_number(conn, send.number))
        assert order is not None
        try:
            async with asyncio.timeout(BUDGET):
                taken = await self._tried(send, order)
        except TimeoutError:
            await self._failed(send, Unreachable("no answer in time"))
        except NotCarried as error:
            await self._skipped(send, error)
        except TicketError as error:
            await self._failed(send, error)
        except Exception as error:
            log.exception("tickets.broken", system=self.name, number=send.number)
            await self._failed(send, Unreachable(type(error).__name__))
        else:
            await self._sent(send, order, taken)

    async def _tried(self, send: Send, order: WorkOrder) -> Taken | None:
        if send.kind == FILE:
            papers = self.papers(order)
            return await self.system.file(order, papers, again=send.attempts > 0)
        await self.system.update(order, change_of(send))
        return None

    # What became of it -------------------------------------------------------------------------

    async def _sent(self, send: Send, order: WorkOrder, taken: Taken | None) -> None:
        answers_again = self.standing.succeeded()

        def unit(conn: Connection) -> Effect | None:
            now = self.clock.now()
            self._settle(conn, send, "sent")
            if answers_again:
                ticket_sends.hasten(conn, self.name, now)
            if taken is None or not order_work.hold(conn, send.number):
                return None
            fresh = work_orders.by_number(conn, send.number)
            assert fresh is not None
            effect = heeding.taken(conn, self.teller, fresh, taken, now)
            if (every := self.system.look_every) is not None:
                tickets.look_again(conn, [send.number], now + every)
            return effect

        effect = await insist(self.database, unit)
        self._count(send, "sent")
        log.info("ticket.sent", system=self.name, number=send.number, kind=send.kind)
        if effect is not None:
            await self.telling.of(self.name, effect)

    async def _skipped(self, send: Send, error: NotCarried) -> None:
        self.standing.succeeded()
        await insist(self.database, lambda conn: self._settle(conn, send, "skipped", error))
        self._count(send, error.code)

    async def _failed(self, send: Send, error: TicketError) -> None:
        if error.system_at_fault:
            self.standing.failed(error)
        else:
            self.standing.succeeded()
        await insist(self.database, lambda conn: self._again_or_dead(conn, send, error))
        self._count(send, error.code)
        log.warning(
            "ticket.not_sent",
            system=self.name,
            number=send.number,
            kind=send.kind,
            code=error.code,
            attempt=send.attempts + 1,
        )

    def _again_or_dead(self, conn: Connection, send: Send, error: TicketError) -> None:
        now, tries = self.clock.now(), send.attempts + 1
        its_own = not error.system_at_fault and tries >= TRIES
        if not error.retry or its_own or now - send.created_at >= self.settings.patience:
            self._settle(conn, send, "dead", error)
            return
        pause = error.retry_after or backoff(tries)
        self._settle(conn, send, "queued", error, now + min(pause, timedelta(hours=1)))

    def _settle(
        self,
        conn: Connection,
        send: Send,
        state: str,
        error: TicketError | None = None,
        again_at: datetime | None = None,
    ) -> None:
        ticket_sends.settle(
            conn,
            send,
            state,
            self.clock.now(),
            again_at=again_at,
            code=error.code if error else None,
            detail=logs.mask(error.detail)[:DETAIL_MOST] if error else None,
        )

    def _count(self, send: Send, result: str) -> None:
        metrics.ticket_sends_total.labels(self.name, send.kind, result).inc()


def change_of(send: Send) -> Change:
    """What happened to the order, as it was kept for sending."""
    said = send.body
    at = said.get("at")
    return Change(
        ChangeKind(send.kind),
        send.key,
        datetime.fromisoformat(at) if at else send.created_at,
        text=str(said.get("text") or ""),
        solved=said.get("solved"),
        rating=said.get("rating"),
    )


@dataclass(frozen=True, slots=True)
class Housekeeping:
    """What concerns all systems: gauges, old events, what was meant for a system that is gone."""

    database: Database
    clock: Clock
    couriers: Mapping[str, Courier]

    async def run(self, every: float = 5.0) -> None:
        rounds = 0
        while True:
            with suppress(StoreUnavailable):
                await self.gauges()
                if rounds % 720 == 0:
                    await self.tidy()
            rounds += 1
            await asyncio.sleep(every)

    async def gauges(self) -> None:
        now = self.clock.now()
        depth = await self.database.read(ticket_sends.depth)
        oldest = await self.database.read(ticket_sends.oldest)
        for name in {*self.couriers, *(system for system, _ in depth)}:
            for state in ("queued", "dead"):
                metrics.ticket_queue.labels(name, state).set(depth.get((name, state), 0))
            waited = (now - oldest[name]).total_seconds() if name in oldest else 0.0
            metrics.ticket_lag.labels(name).set(max(0.0, waited))

    async def tidy(self) -> None:
        now = self.clock.now()

        def unit(conn: Connection) -> None:
            ticket_events.forget(conn, now - EVENTS_KEPT)
            for name in set(ticket_sends.systems(conn)) - set(self.couriers):
                ticket_sends.give_up_all(conn, name, now, "misconfigured", "no such ticket system")

        await self.database.transact(unit)
