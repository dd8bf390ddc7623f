"""How long a conversation waits after trouble, and what ends the wait early."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress

LONGEST = 15.0  # seconds
LOOK_EVERY = 0.25  # seconds between looks at a bot somebody waits for


class Backoff:
    """The growing pauses of one conversation, in seconds."""

    def __init__(self) -> None:
        self._pause = 0.0

    def grow(self, least: float, most: float = LONGEST) -> float:
        """The next pause: twice the last one, within ``least`` and ``most``."""
        self._pause = min(most, max(least, self._pause * 2))
        return self._pause

    def forget(self) -> None:
        """It went well."""
        self._pause = 0.0


class Pauses:
    """Where all conversations wait; one look at the bot serves all that wait for it."""

    def __init__(self, bot_ready: Callable[[], Awaitable[bool]]) -> None:
        self._bot_ready = bot_ready
        self._bot_back = asyncio.Event()
        self._looking: asyncio.Task[None] | None = None
        self._over = asyncio.Event()

    async def rest(self, pause: float, *, for_bot: bool = False) -> None:
        """Waits ``pause`` seconds, more or less; shorter if the bot is back or we stop."""
        if for_bot and (self._looking is None or self._looking.done()):
            self._bot_back = asyncio.Event()
            self._looking = asyncio.create_task(self._look(self._bot_back), name="bot watch")
        end = self._bot_back if for_bot else self._over
        with suppress(TimeoutError):
            async with asyncio.timeout(pause * random.uniform(0.8, 1.2)):
                await end.wait()

    async def end(self) -> None:
        """Nobody waits any longer, now and from now on."""
        self._over.set()
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)

    async def _look(self, bot_back: asyncio.Event) -> None:
        try:
            while True:
                await asyncio.sleep(LOOK_EVERY)
                if await self._bot_ready():
                    return
        finally:
            bot_back.set()
