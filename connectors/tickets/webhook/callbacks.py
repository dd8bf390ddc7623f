"""Where ticket systems post what happened to an order: signed, each event heeded once.

Verified first, then written down, then answered. What is told before its order has a number, or of
a number nobody knows, is kept and heeded when the number comes; the desk sees what waits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from aiohttp import web
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from actions.work_orders import heeding
from actions.work_orders.heeding import Effect
from actions.work_orders.news import Teller
from connectors import logs, metrics
from connectors.clock import Clock
from connectors.coordination.coordinator import Coordinator
from connectors.json_answer import json_answer
from connectors.posted import Malformed
from connectors.settings.tickets import WebhookSystem
from connectors.signing import NONCE_LIFE, NotGenuine, verify
from connectors.store import order_work, ticket_events, tickets, work_orders
from connectors.store.database import Database
from connectors.tickets.telling import Telling
from connectors.tickets.webhook import wire
from connectors.webhooks import Refused, read_body

log = logs.get(__name__)

BODY_MOST = 64 * 1024  # bytes
State = Literal["applied", "late", "waiting", "duplicate", "second_number"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an event, and what it did."""

    state: State
    effect: Effect | None = None


@dataclass(frozen=True, slots=True)
class Callbacks:
    systems: Mapping[str, WebhookSystem]
    database: Database
    coordinator: Coordinator
    clock: Clock
    teller: Teller
    telling: Telling

    def routes(self) -> list[web.AbstractRouteDef]:
        return [web.post("/tickets/{system}/events", self._event)]

    async def _event(self, request: web.Request) -> web.Response:
        try:
            system, body = await self._genuine(request)
            event = wire.event(body)
        except Malformed as error:
            return self._refuse(Refused(400, "malformed", str(error)))
        except Refused as refused:
            return self._refuse(refused)
        try:
            outcome = await self.database.transact(lambda conn: self._take(conn, system, event))
        except IntegrityError:  # told twice at the same moment
            outcome = Outcome("duplicate")
        metrics.ticket_events_total.labels(system, outcome.state).inc()
        log.info("ticket.event", system=system, status=event.status.value, result=outcome.state)
        if outcome.effect is not None:
            await self.telling.of(system, outcome.effect)
        status = 202 if outcome.state == "waiting" else 200
        return json_answer({"state": outcome.state}, status=status)

    def _refuse(self, refused: Refused) -> web.Response:
        log.info("ticket.event_refused", code=refused.code)
        return refused.response("tickets")

    async def _genuine(self, request: web.Request) -> tuple[str, bytes]:
        """The system and the body of a request that is what it claims to be, and new."""
        name, now = request.match_info["system"], self.clock.now()
        system = self.systems.get(name)
        known = [system.secret, system.previous_secret] if system is not None else []
        body = await read_body(request, BODY_MOST)
        try:
            accepted = [secret.get_secret_value() for secret in known if secret is not None]
            nonce = verify(accepted, request.headers, body, now)
        except NotGenuine as error:  # the same for a system that is not there
            raise Refused(401, error.code, "see docs/tickets.md on signing") from None
        assert system is not None
        if not await self.coordinator.allow(f"tickets:{name}", system.per_minute, 60):
            raise Refused(429, "too_fast", "more events than agreed", **{"Retry-After": "10"})
        if not await self.coordinator.allow(f"tickets-nonce:{name}:{nonce}", 1, NONCE_LIFE):
            raise Refused(409, "replayed", "this nonce was used; sign every request anew")
        return name, body

    def _take(self, conn: Connection, system: str, event: wire.Event) -> Outcome:
        """Writes the event down, once, and heeds it when it is known which order it means."""
        now, number = self.clock.now(), self._order(conn, system, event)
        if number is not None:
            order_work.hold(conn, number)
        if ticket_events.known(conn, system, event.id) is not None:
            return Outcome("duplicate")
        news = event.news()
        order = work_orders.by_number(conn, number) if number is not None else None
        effect = heeding.heed(conn, self.teller, order, news, now) if order is not None else None
        state = effect.heeded.value if effect is not None else "waiting"
        ticket_events.keep(
            conn,
            system,
            event.id,
            number=number,
            receipt=event.number,
            body=heeding.kept(news) if effect is None else None,
            at=event.at,
            now=now,
            state=state,
        )
        if effect is None:
            return Outcome("waiting")
        if effect.second:
            return Outcome("second_number", effect)
        return Outcome("applied" if state == "applied" else "late", effect)

    def _order(self, conn: Connection, system: str, event: wire.Event) -> str | None:
        """The order an event means, if this system has it; ours is asked for before theirs."""
        if event.order:
            ticket = tickets.of_order(conn, event.order)
            if ticket is not None and ticket.system == system:
                return ticket.number
        if event.number:
            found = tickets.with_receipt(conn, event.number, system)
            if found:
                return found[0].number
        return None
