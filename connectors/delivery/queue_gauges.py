"""What waits in the outbox, or was given up there, as Prometheus reads it."""

from __future__ import annotations

from collections.abc import Iterable

from connectors import metrics
from connectors.clock import Clock
from connectors.store import outbox
from connectors.store.database import Database
from connectors.store.delivery_tables import GIVEN_UP

STATES = ("queued", *GIVEN_UP)


async def refresh(database: Database, channels: Iterable[str], clock: Clock) -> None:
    """Looks at the outbox; what is empty is said to be. Raises ``StoreUnavailable``."""
    depth = await database.read(outbox.depth)
    oldest = await database.read(outbox.oldest)
    now = clock.now()
    metrics.outbox_depth.clear()  # with it, channels that are gone
    metrics.outbox_waits.clear()
    for channel in {*channels, *(channel for channel, _ in depth)}:
        for state in STATES:
            metrics.outbox_depth.labels(channel, state).set(depth.get((channel, state), 0))
        waited = (now - oldest[channel]).total_seconds() if channel in oldest else 0.0
        metrics.outbox_waits.labels(channel).set(max(0.0, waited))
