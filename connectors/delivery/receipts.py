"""Where channels hand in what platforms tell of messages they have taken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from connectors import logs, metrics
from connectors.channel import ConnectionFailed, Receipt, SendError
from connectors.clock import Clock
from connectors.coordination.coordinator import Coordinator, Happening
from connectors.delivery.endings import Endings
from connectors.delivery.failures import Failures, Fate
from connectors.store import receipts
from connectors.store.database import Database
from connectors.store.outbox import Delivery

log = logs.get(__name__)


@dataclass(frozen=True, slots=True)
class Effect:
    """What a receipt did. ``delivery``: None when it names none of ours."""

    delivery: Delivery | None
    state: str | None = None
    fate: Fate | None = None
    error: SendError | None = None


class ReceiptBook:
    def __init__(
        self,
        *,
        database: Database,
        coordinator: Coordinator,
        clock: Clock,
        failures: Failures,
        endings: Endings,
        wake: Callable[[], None],
    ) -> None:
        self._db = database
        self._coordinator = coordinator
        self._clock = clock
        self._failures = failures
        self._endings = endings
        self._wake = wake

    async def record(self, receipt: Receipt) -> bool:
        """Applies a receipt; False when it names no message of that account. Raises
        ``StoreUnavailable``: it was not kept, the platform must not be told it was."""
        now = self._clock.now()
        effect = await self._db.transact(lambda conn: self.apply(conn, receipt, now))
        known = effect.delivery is not None
        state = receipt.state.value if known else "unknown"
        metrics.receipts_total.labels(receipt.channel, state).inc()
        await self.tell(effect)
        return known

    def apply(self, conn: Connection, receipt: Receipt, now: datetime) -> Effect:
        """The same inside the caller's transaction; what failed is sent again, or given up."""
        applied = receipts.apply(conn, receipt, now)
        if applied.delivery is None or not applied.failed:
            return Effect(applied.delivery, applied.state)
        error = receipt.error or ConnectionFailed("the platform could not deliver it")
        fate = self._failures.settle(conn, applied.delivery, error, now, told=True)
        return Effect(applied.delivery, applied.state, fate, error)

    async def tell(self, effect: Effect) -> None:
        """After the commit: the desk's view, and whoever must act."""
        if effect.delivery is None or effect.state is None:
            return
        if effect.fate is not None and effect.error is not None:
            await self._endings.tell(effect.delivery, effect.fate, effect.error.code)
            self._wake()
        await self._coordinator.publish(
            Happening("desk", "receipt", {"conversation_id": effect.delivery.conversation_id})
        )
