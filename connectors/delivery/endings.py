"""Tells the desk and the operator what will not reach a person by itself."""

from __future__ import annotations

from connectors import logs, metrics
from connectors.coordination.coordinator import Coordinator, Happening
from connectors.delivery.failures import Fate
from connectors.store.outbox import Delivery

log = logs.get(__name__)


class Endings:
    def __init__(self, coordinator: Coordinator) -> None:
        self._coordinator = coordinator

    async def tell(self, delivery: Delivery, fate: Fate, code: str) -> None:
        """What was given up is shown on the desk and can be sent again from there."""
        if fate is Fate.AGAIN:
            return
        if fate is Fate.HELD:
            log.info("outbound.held", channel=delivery.channel, delivery_id=delivery.id)
            return
        metrics.outbox_given_up_total.labels(delivery.channel, code).inc()
        about = {"channel": delivery.channel, "delivery_id": delivery.id, "code": code}
        if fate is Fate.MOVED:
            log.warning("outbound.moved", **about)
        else:
            log.error("outbound.given_up", **about, state=fate.value)
        await self._coordinator.publish(
            Happening("desk", "dead_letter", {"conversation_id": delivery.conversation_id})
        )
