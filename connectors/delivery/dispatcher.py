"""Carries one claimed delivery to its end: rendered, sent piece by piece, written down.

Between a platform's taking a piece and our noting so lies the one window in which a crash makes us
send that piece twice; no sender without the platform's own deduplication can close it. While the
store cannot be written, the noting is tried again for as long as the gateway runs, and the delivery
counts as under way.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import Connection
from structlog.contextvars import bound_contextvars

from connectors import logs, metrics, tracing
from connectors.channel import (
    Channel,
    ConnectionFailed,
    MisconfiguredAccount,
    Rendered,
    SendError,
    Sent,
    TextUnit,
    Throttled,
    WindowClosed,
)
from connectors.clock import Clock, in_china
from connectors.delivery import clearance
from connectors.delivery.accounts import AccountState
from connectors.delivery.backoff import backoff
from connectors.delivery.endings import Endings
from connectors.delivery.failures import Broken, Failures, Fate
from connectors.delivery.measure import size
from connectors.delivery.planning import Plan, Planner, Said
from connectors.delivery.receipts import Effect, ReceiptBook
from connectors.messages import plain_text
from connectors.store import costs, deliveries, outbox, receipts
from connectors.store.database import Database
from connectors.store.insisting import insist
from connectors.store.outbox import Delivery

log = logs.get(__name__)


@dataclass(frozen=True, slots=True)
class Dispatcher:
    database: Database
    channels: Mapping[str, Channel]
    clock: Clock
    send_timeout: float
    failures: Failures
    receipts: ReceiptBook
    endings: Endings
    planner: Planner

    async def dispatch(
        self, delivery: Delivery, at: datetime, account: AccountState, said: Said | None = None
    ) -> bool:
        """Sends a claimed delivery, its first piece not before ``at``. False: it was sent, and
        nothing of its conversation waited behind it. ``said``: its message, where it is at hand."""
        channel = self.channels.get(delivery.channel)
        if delivery.expires_at is not None and delivery.expires_at <= self.clock.now():
            await self._expire(delivery)
        elif channel is None:
            await self._failed(delivery, MisconfiguredAccount("no such channel"), account)
        else:
            try:
                if said is not None:
                    plan = self.planner.plan_said(delivery, channel, said)
                else:
                    plan = await self.database.read(
                        lambda c: self.planner.plan(c, delivery, channel, self.clock.now())
                    )
            except SendError as error:
                await self._failed(delivery, error, account)
            else:
                trace_id = plan.pieces[0].message.trace_id if plan.pieces else ""
                with bound_contextvars(**({"trace_id": trace_id} if trace_id else {})):
                    return await self._send(delivery, plan, at, account)
        return True

    # Sending -----------------------------------------------------------------------------------

    async def _send(
        self,
        delivery: Delivery,
        plan: Plan,
        at: datetime,
        account: AccountState,
    ) -> bool:
        channel = self.channels[delivery.channel]
        left = [rendered for rendered in plan.pieces if rendered.piece not in plan.gone]
        pace = channel.capabilities.limits_of(delivery.account).per_second
        sent = Sent()
        for rendered in left:
            if (wait := (at - self.clock.now()).total_seconds()) > 0:
                await asyncio.sleep(wait)
            await account.apart(pace)
            try:
                sent = await self._try(channel, rendered)
            except SendError as error:
                await self._failed(delivery, error, account)
                return True
            account.succeeded()
            metrics.outbound_total.labels(delivery.channel, "sent").inc()
            if rendered is left[-1]:
                break
            between = partial(
                self._between,
                delivery=delivery,
                plan=plan,
                rendered=rendered,
                sent=sent,
                channel=channel,
            )
            turn = await insist(self.database, between)
            if isinstance(turn, Fate):
                await self.endings.tell(delivery, turn, WindowClosed.code)
                return True
            at = turn
        finish = partial(
            self._finish,
            delivery=delivery,
            plan=plan,
            sent=sent,
            last=left[-1:],
            channel=channel,
        )
        effects, more = await insist(self.database, finish)
        for effect in effects:
            await self.receipts.tell(effect)
        lag = (self.clock.now() - plan.pieces[0].message.created_at).total_seconds()
        metrics.delivery_lag.labels(delivery.channel).observe(max(0.0, lag))
        return more

    async def _try(self, channel: Channel, rendered: Rendered) -> Sent:
        """One try at one piece. Raises send errors only."""
        trace_id = rendered.message.trace_id
        try:
            with tracing.span("deliver", trace_id=trace_id, channel=channel.name):
                async with asyncio.timeout(self.send_timeout):
                    return await channel.send(rendered)
        except TimeoutError:
            raise ConnectionFailed("no answer in time") from None
        except SendError:
            raise
        except Exception as error:
            log.exception("channel.broken", channel=channel.name)
            raise Broken(type(error).__name__) from error

    # Writing down ------------------------------------------------------------------------------

    def _between(
        self,
        conn: Connection,
        *,
        delivery: Delivery,
        plan: Plan,
        rendered: Rendered,
        sent: Sent,
        channel: Channel,
    ) -> datetime | Fate:
        """One piece is gone: when the next one may go, or what became of the rest."""
        now = self.clock.now()
        capabilities = channel.capabilities
        limits = capabilities.limits_of(delivery.account)
        _note_piece(conn, delivery, plan, rendered, sent, now)
        _note_cost(conn, delivery, rendered, channel, now)
        if clearance.sends_left(conn, delivery, capabilities, limits, now) == 0:
            return self.failures.settle(conn, delivery, WindowClosed("no more for now"), now)
        account = (delivery.channel, delivery.account)
        turn = clearance.take_turns(conn, account, 1, limits, now)
        at = turn.at[0] if turn.at else turn.rest_until or now
        deliveries.keep_claim(conn, delivery.id, at + clearance.CLAIM)
        return at

    def _finish(
        self,
        conn: Connection,
        *,
        delivery: Delivery,
        plan: Plan,
        sent: Sent,
        last: list[Rendered],
        channel: Channel,
    ) -> tuple[list[Effect], bool]:
        """All is gone: noted, with what receipts said of it too early, and whether it or what
        comes behind it in its conversation has to go yet."""
        now = self.clock.now()
        limits = channel.capabilities.limits_of(delivery.account)
        counted = limits.per_reply_window is not None and not sent.free
        noted = len(plan.pieces) > 1 or sent.provider_id or counted
        for rendered in last if noted else ():
            _note_piece(conn, delivery, plan, rendered, sent, now)
        for rendered in last:
            _note_cost(conn, delivery, rendered, channel, now)
        state = receipts.state_of_pieces(conn, delivery.id) if noted else "sent"
        deliveries.mark_sent(conn, delivery, state, sent.provider_id, now)
        for joined in plan.joined:
            deliveries.mark_sent(conn, joined, "sent", None, now)
        account = (delivery.channel, delivery.account)
        effects: list[Effect] = []
        if receipts.any_stray(conn, account):
            names = [rendered.key for rendered in plan.pieces]
            names += deliveries.provider_ids(conn, delivery.id)
            strays = receipts.take_strays(conn, account, names)
            effects = [self.receipts.apply(conn, stray, now) for stray in strays]
        return effects, deliveries.any_behind(conn, delivery)

    async def _failed(self, delivery: Delivery, error: SendError, account: AccountState) -> None:
        metrics.outbound_total.labels(delivery.channel, error.code).inc()
        if error.log:
            log.warning(
                "outbound.failed",
                channel=delivery.channel,
                delivery_id=delivery.id,
                code=error.code,
                attempt=delivery.attempts,
                detail=error.detail,
            )
        if isinstance(error, Throttled):
            if not error.this_person:
                pause = error.retry_after or backoff(delivery.attempts)
                account.rest_for(pause.total_seconds())
        elif error.account_at_fault:
            account.failed(error.code)

        def unit(conn: Connection) -> Fate:
            receipts.forget_failures(conn, delivery)
            return self.failures.settle(conn, delivery, error, self.clock.now())

        fate = await insist(self.database, unit)
        await self.endings.tell(delivery, fate, error.code)

    async def _expire(self, delivery: Delivery) -> None:
        detail = "its time had passed"
        await insist(
            self.database,
            lambda conn: outbox.give_up(
                conn, delivery.id, "expired", "expired", detail, self.clock.now()
            ),
        )
        await self.endings.tell(delivery, Fate.DEAD, "expired")


def _note_piece(
    conn: Connection, delivery: Delivery, plan: Plan, rendered: Rendered, sent: Sent, now: datetime
) -> None:
    """Notes that the platform took one piece."""
    deliveries.note_piece(
        conn,
        delivery,
        rendered.piece,
        sent.provider_id,
        now,
        cut_to=plan.cut.sends if plan.cut is not None else None,
        joined_up_to=plan.cut.up_to if plan.cut is not None else None,
    )


def _note_cost(
    conn: Connection, delivery: Delivery, rendered: Rendered, channel: Channel, now: datetime
) -> None:
    """Writes into the ledger what the platform bills by the segment."""
    capabilities = channel.capabilities
    if capabilities.text_unit is TextUnit.SMS_SEGMENTS:
        units = size(capabilities.signature + plain_text(rendered.parts), capabilities.text_unit)
        account = (delivery.channel, delivery.account)
        costs.note(conn, account, in_china(now).date(), delivery.purpose, units)
