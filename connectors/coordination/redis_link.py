"""Whether Redis answers, and what it answers.

Once it did not, nobody is kept waiting by it: questions are told at once that it is away, and one
task asks after it until it answers again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final, TypeVar

from redis.asyncio import Redis
from redis.exceptions import RedisError

from connectors import logs

log = logs.get(__name__)
T = TypeVar("T")

TROUBLE: Final = (RedisError, OSError, TimeoutError)
ASK_AFTER: Final = 0.5  # seconds between two looks whether it is back
CANCEL_AGAIN: Final = 0.1  # seconds


class Away(Exception):
    """Redis does not answer, or not in time. ``asked``: it may have heard us all the same."""

    def __init__(self, *, asked: bool) -> None:
        super().__init__("Redis is away")
        self.asked = asked


class RedisLink:
    def __init__(self, redis: Redis, timeout: float) -> None:
        """``timeout``: seconds for one answer."""
        self._redis = redis
        self._timeout = timeout
        self._asking_after: asyncio.Task[None] | None = None
        self._closed = False

    @property
    def away(self) -> bool:
        return self._asking_after is not None

    async def ask(self, question: Callable[[], Awaitable[T]]) -> T:
        """Redis's answer. Raises :class:`Away`."""
        if self.away:
            raise Away(asked=False)
        try:
            async with asyncio.timeout(self._timeout):
                return await question()
        except TROUBLE as error:
            if not self.away and not self._closed:
                log.error("redis.away", reason=type(error).__name__)
                self._asking_after = asyncio.create_task(self._ask_after(), name="redis back?")
            raise Away(asked=True) from error

    async def close(self) -> None:
        self._closed = True
        if self._asking_after is not None:
            await end([self._asking_after])

    async def _ask_after(self) -> None:
        while True:
            await asyncio.sleep(ASK_AFTER)
            with suppress(*TROUBLE):
                async with asyncio.timeout(self._timeout):
                    await self._redis.ping()
                break
        self._asking_after = None
        log.info("redis.back")


async def end(tasks: list[asyncio.Task[None]]) -> None:
    """Cancels until they have ended: redis-py may lose a cancellation that comes while it waits."""
    while alive := [task for task in tasks if not task.done()]:
        for task in alive:
            task.cancel()
        await asyncio.wait(alive, timeout=CANCEL_AGAIN)
    await asyncio.gather(*tasks, return_exceptions=True)
