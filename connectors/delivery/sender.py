"""Empties the outbox: each conversation in its order, different conversations side by side.

A delivery is claimed before it is sent, so it is tried again only after the claim has run out.
Between a platform's taking a message and our noting so lies the one window in which a crash makes
us send twice; no sender without the platform's own deduplication can close it.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta

from sqlalchemy import Connection

from connectors import logs, metrics
from connectors.channel import Channel, ConnectionFailed, Rendered, SendError, Sent
from connectors.clock import Clock
from connectors.coordination.coordinator import Coordinator, Happening
from connectors.delivery.rendering import render
from connectors.store import conversations, messages, outbox
from connectors.store.database import Database, StoreUnavailable
from connectors.store.outbox import Delivery
from connectors.texts import Texts

log = logs.get(__name__)

CLAIM = timedelta(seconds=30)
SEND_TIMEOUT = 20.0  # seconds, below the claim
ATTEMPTS = 8
IDLE = 5.0  # seconds between looks at the store when nothing wakes us
SIDE_BY_SIDE = 64


def backoff(attempt: int, spread: float) -> timedelta:
    """1, 2, 4 … at most 300 seconds after the n-th attempt, ±20 % by ``spread`` in 0..1."""
    return timedelta(seconds=min(300.0, 2.0 ** (attempt - 1)) * (0.8 + 0.4 * spread))


class Sender:
    def __init__(
        self,
        *,
        database: Database,
        coordinator: Coordinator,
        channels: Mapping[str, Channel],
        clock: Clock,
        texts: Texts,
    ) -> None:
        self._db = database
        self._coordinator = coordinator
        self._channels = channels
        self._clock = clock
        self._texts = texts
        self._woken = asyncio.Event()
        self._under_way: set[asyncio.Task[None]] = set()
        self._stopping = False

    def wake(self) -> None:
        self._woken.set()

    async def run(self) -> None:
        """Sends until stopped."""
        while not self._stopping:
            self._woken.clear()
            try:
                found = await self._send_due()
                pause = 0.0 if found else await self._until_next()
            except StoreUnavailable as error:
                log.error("store.unavailable", reason=str(error))
                pause = 1.0
            if pause:
                with suppress(TimeoutError):
                    async with asyncio.timeout(pause):
                        await self._woken.wait()

    async def stop(self, limit: float) -> None:
        self._stopping = True
        self._woken.set()
        if self._under_way:
            await asyncio.wait(set(self._under_way), timeout=limit)

    async def _send_due(self) -> bool:
        now = self._clock.now()
        room = SIDE_BY_SIDE - len(self._under_way)
        due = await self._db.read(lambda conn: outbox.due(conn, now, max(1, room)))
        claimed = await self._db.transact(lambda conn: self._claim(conn, due)) if due else []
        for delivery in claimed:
            task = asyncio.create_task(self._send(delivery), name=f"send {delivery.id}")
            self._under_way.add(task)
            task.add_done_callback(self._done)
        if len(self._under_way) >= SIDE_BY_SIDE:
            await asyncio.wait(set(self._under_way), return_when=asyncio.FIRST_COMPLETED)
        return bool(claimed)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self._woken.set()  # the next message of that conversation may go now

    def _claim(self, conn: Connection, due: list[Delivery]) -> list[Delivery]:
        until = self._clock.now() + CLAIM
        return [delivery for delivery in due if outbox.claim(conn, delivery, until)]

    async def _until_next(self) -> float:
        moment = await self._db.read(outbox.next_due_at)
        if moment is None:
            return IDLE
        return min(IDLE, max(0.01, (moment - self._clock.now()).total_seconds()))

    async def _send(self, delivery: Delivery) -> None:
        channel = self._channels.get(delivery.channel)
        now = self._clock.now()
        if delivery.expires_at is not None and delivery.expires_at <= now:
            await self._end(delivery, "expired", "expired", "its time had passed")
            return
        if channel is None:
            await self._end(delivery, "dead", "no_channel", "the channel is not configured")
            return
        pieces = await self._db.read(lambda conn: self._render(conn, delivery, channel))
        sent = Sent()
        try:
            for rendered in pieces:
                async with asyncio.timeout(SEND_TIMEOUT):
                    sent = await channel.send(rendered)
        except TimeoutError:
            await self._failed(delivery, ConnectionFailed("no answer in time"))
        except SendError as error:
            await self._failed(delivery, error)
        except Exception as error:
            log.exception("channel.broken", channel=delivery.channel)
            await self._failed(delivery, ConnectionFailed(f"{type(error).__name__}"))
        else:
            at = self._clock.now()
            await self._db.transact(
                lambda conn: outbox.mark_sent(conn, delivery.id, sent.provider_id, at)
            )
            metrics.outbound_total.labels(delivery.channel, "sent").inc()
            for rendered in pieces[:1]:
                metrics.delivery_lag.labels(delivery.channel).observe(
                    (at - rendered.message.created_at).total_seconds()
                )

    def _render(self, conn: Connection, delivery: Delivery, channel: Channel) -> list[Rendered]:
        message = messages.get(conn, delivery.message_id)
        conversation = conversations.get(conn, delivery.conversation_id)
        assert message is not None
        assert conversation is not None
        pieces = render(message, channel.capabilities, self._texts)
        return [
            Rendered(
                conversation.person,
                message,
                piece.parts,
                delivery.id,
                choices=piece.choices,
                piece=number,
                pieces=len(pieces),
            )
            for number, piece in enumerate(pieces)
        ]

    async def _failed(self, delivery: Delivery, error: SendError) -> None:
        attempt = delivery.attempts + 1
        metrics.outbound_total.labels(delivery.channel, error.code).inc()
        if error.log:
            log.warning(
                "outbound.failed",
                channel=delivery.channel,
                code=error.code,
                attempt=attempt,
                detail=error.detail,
            )
        if not error.retry or attempt >= ATTEMPTS:
            await self._end(delivery, "dead", error.code, error.detail)
            return
        now = self._clock.now()
        pause = error.retry_after or backoff(attempt, random.random())
        await self._db.transact(
            lambda conn: outbox.retry_at(
                conn, delivery.id, now + pause, error.code, error.detail, now
            )
        )

    async def _end(self, delivery: Delivery, state: str, code: str, detail: str) -> None:
        """Gives up, visibly: the desk shows it and it can be sent again from there."""
        now = self._clock.now()
        await self._db.transact(
            lambda conn: outbox.give_up(conn, delivery.id, state, code, detail, now)
        )
        log.error("outbound.given_up", channel=delivery.channel, code=code, state=state)
        await self._coordinator.publish(
            Happening("desk", "dead_letter", {"conversation_id": delivery.conversation_id})
        )
