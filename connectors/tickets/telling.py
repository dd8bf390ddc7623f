"""After a transaction: live pages are told to look, the outbox to send, operators what is odd."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from actions.work_orders.heeding import Effect
from connectors import metrics
from connectors.coordination.coordinator import Coordinator
from connectors.coordination.telling import tell


@dataclass(frozen=True, slots=True)
class Telling:
    coordinator: Coordinator
    wake: Callable[[], None]

    async def of(self, system: str, *effects: Effect) -> None:
        """What came of news, or of an order being taken."""
        talks = {talk.id for effect in effects for talk in effect.told}
        if talks:
            self.wake()
        for talk in talks:
            await tell(self.coordinator, talk, "message")
        for effect in effects:
            if effect.second:
                metrics.ticket_events_total.labels(system, "second_number").inc()
