"""Accepts a channel's messages: durable first, acknowledged after, and only then worked on."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache

from prometheus_client import Counter
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from connectors import logs, metrics, tracing
from connectors.channel import Accepted
from connectors.clock import Clock
from connectors.conversation.identity import Arrivals
from connectors.coordination.coordinator import Coordinator
from connectors.coordination.telling import tell
from connectors.ids import ConversationId, TraceId, new_id
from connectors.messages import Inbound
from connectors.settings.dialogue import Dialogue
from connectors.store import accepting
from connectors.store.database import Database
from connectors.store.identity import platforms

log = logs.get(__name__)

_accept_seconds = metrics.turn_seconds.labels("accept")


@cache
def _counter(channel: str, result: str) -> Counter:
    """Finding a counter by its labels costs more than counting."""
    return metrics.inbound_total.labels(channel, result)


class StoringIntake:
    def __init__(
        self,
        database: Database,
        coordinator: Coordinator,
        clock: Clock,
        settings: Dialogue,
        wake: Callable[[ConversationId], None],
        arrivals: Arrivals | None = None,
    ) -> None:
        """``arrivals`` says which addresses are phones; without, none are."""
        self._db = database
        self._coordinator = coordinator
        self._clock = clock
        self._idle = settings.session_idle
        self._wake = wake
        self._arrivals = arrivals

    async def accept(self, inbound: Inbound) -> Accepted:
        """Stores the message and wakes the worker. Raises ``StoreUnavailable``: nothing was kept,
        the platform must not be told it was."""
        trace_id = TraceId(new_id("t"))
        now = self._clock.now()
        arrivals = self._arrivals
        phone = arrivals.phone(inbound) if arrivals is not None else None
        elsewhere = arrivals.elsewhere(inbound) if arrivals is not None else None

        def unit(conn: Connection) -> Accepted:
            arrived = inbound
            if arrivals is not None and phone is not None:
                arrived = arrivals.arrive(conn, inbound, phone, now)
            if elsewhere:
                platforms.meet(
                    conn, inbound.channel, inbound.account, inbound.address, elsewhere, now
                )
            return accepting.accept(conn, arrived, now, self._idle, trace_id)

        began = time.perf_counter()
        with tracing.span("accept", trace_id=trace_id, first=True, channel=inbound.channel) as span:
            try:
                accepted = await self._db.transact(unit)
            except IntegrityError:  # two repeats raced; the other one is stored by now
                accepted = await self._db.transact(unit)
            if accepted.duplicate:  # found among the spans of the message it repeats
                span.set_attribute("huiying.trace_id", accepted.trace_id)
        _accept_seconds.observe(time.perf_counter() - began)
        result = "duplicate" if accepted.duplicate else "accepted"
        _counter(inbound.channel, result).inc()
        log.info(
            "inbound." + result,
            channel=inbound.channel,
            conversation_id=accepted.conversation_id,
            seq=accepted.seq,
            trace_id=accepted.trace_id,
        )
        if not accepted.duplicate:
            await tell(self._coordinator, accepted.conversation_id, "message")
        self._wake(accepted.conversation_id)
        return accepted
