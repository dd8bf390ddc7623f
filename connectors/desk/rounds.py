"""What the desk does by itself, round after round: one gateway at a time, and none in a hurry."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from connectors import logs
from connectors.coordination.coordinator import Coordinator
from connectors.store.database import StoreUnavailable

log = logs.get(__name__)


@dataclass(frozen=True, slots=True)
class Round:
    """``every``: seconds between two looks. The lease saves double work; whoever loses it unawares
    does no harm."""

    name: str
    every: float
    look: Callable[[], Awaitable[object]]

    async def run(self, coordinator: Coordinator) -> None:
        """For ever; a look that fails is told of, and the next one comes."""
        while True:
            try:
                async with coordinator.lease(f"desk:{self.name}") as held:
                    if held:
                        await self.look()
            except StoreUnavailable as error:
                log.error("store.unavailable", reason=str(error))
            except Exception:
                log.exception("desk.round_failed", round=self.name)
            await asyncio.sleep(self.every)
