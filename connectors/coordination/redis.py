"""Coordination of several gateways through Redis, and what each does while Redis is away.

Leases fail closed: nobody works on what two might work on; messages wait in the store. Limits are
counted by each gateway alone. Happenings reach the listeners of this process at once, the others
when Redis is back, whose listeners are then told to look at the store (``RESUMED``).
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any, Final, TypeVar

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from connectors import logs
from connectors.coordination import scripts
from connectors.coordination.coordinator import Happening, Subscription
from connectors.coordination.in_process import InProcessCoordinator
from connectors.coordination.redis_topics import RedisTopics, end

log = logs.get(__name__)
T = TypeVar("T")

PREFIX: Final = "huiying:"
TIMEOUT: Final = 1.0  # seconds for one answer
LEASE: Final = 10.0  # seconds after which a lease of a dead gateway is free
AWAY: Final = 0.5  # seconds without asking after Redis did not answer
CONNECTIONS: Final = 32


class _Away(Exception):
    """Redis does not answer, or not in time."""


class RedisCoordinator:
    def __init__(self, url: str, *, timeout: float = TIMEOUT, lease_life: float = LEASE) -> None:
        """``url``: ``redis://[user:password@]host[:port]/db``, or ``rediss://`` for TLS."""
        pool = BlockingConnectionPool.from_url(
            url,
            max_connections=CONNECTIONS,
            timeout=timeout,
            socket_timeout=timeout,
            socket_connect_timeout=timeout,
            decode_responses=True,
            encoding_errors="replace",
            protocol=2,
            driver_info=None,  # a slow Redis would be asked one thing more at each connection
            retry=Retry(NoBackoff(), 0),  # what to do about a failure is decided here
        )
        self._redis = Redis.from_pool(pool)  # which closes the pool with itself
        self._release_script = self._redis.register_script(scripts.RELEASE)
        self._renew_script = self._redis.register_script(scripts.RENEW)
        self._allow_script = self._redis.register_script(scripts.ALLOW)
        self._keep_first_script = self._redis.register_script(scripts.KEEP_FIRST)
        self._timeout = timeout
        self._lease_life = lease_life
        self._away_until = 0.0
        self._known_away = False
        self._here = InProcessCoordinator()
        self._topics = RedisTopics(self._redis, self._here, PREFIX, timeout)
        self._tasks: set[asyncio.Task[None]] = set()

    # Leases ------------------------------------------------------------------------------------

    @asynccontextmanager
    async def lease(self, name: str) -> AsyncIterator[bool]:
        key, token = f"{PREFIX}lease:{name}", secrets.token_hex(16)
        if not await self._take(key, token):
            yield False
            return
        renewing = asyncio.create_task(self._renew(key, token), name=f"lease {name}")
        try:
            yield True
        finally:
            renewing.cancel()
            await asyncio.shield(self._aside(self._give_back(key, token)))

    async def _take(self, key: str, token: str) -> bool:
        life = int(self._lease_life * 1000)
        try:
            return bool(await self._ask(lambda: self._redis.set(key, token, nx=True, px=life)))
        except _Away as away:
            if away.__cause__ is not None:  # it was asked, and may yet do it
                self._aside(self._give_back_later(key, token))
            return False

    async def _renew(self, key: str, token: str) -> None:
        life = int(self._lease_life * 1000)
        while True:
            await asyncio.sleep(self._lease_life / 3)
            with suppress(_Away):  # then the store's fence decides
                if not await self._ask(lambda: self._renew_script(keys=[key], args=[token, life])):
                    log.warning("lease.lost", lease=key.removeprefix(PREFIX))
                    return

    async def _give_back(self, key: str, token: str) -> None:
        try:
            await self._ask(lambda: self._release_script(keys=[key], args=[token]))
        except _Away:
            self._aside(self._give_back_later(key, token))

    async def _give_back_later(self, key: str, token: str) -> None:
        """Tries until the lease has run out by itself."""
        ends = time.monotonic() + self._lease_life
        while time.monotonic() < ends:
            await asyncio.sleep(AWAY)
            with suppress(_Away):
                await self._ask(lambda: self._release_script(keys=[key], args=[token]))
                return

    # Happenings --------------------------------------------------------------------------------

    async def publish(self, happening: Happening) -> None:
        await self._here.publish(happening)
        self._topics.tell_others(happening)

    @asynccontextmanager
    async def subscribe(self, *topics: str) -> AsyncIterator[Subscription]:
        async with self._here.subscribe(*topics) as subscription, self._topics.wanted(topics):
            yield subscription

    # Limits ------------------------------------------------------------------------------------

    async def allow(self, key: str, limit: int, window: float) -> bool:
        arguments: list[str | int] = [limit, int(window * 1_000_000), secrets.token_hex(8)]
        try:
            return bool(
                await self._ask(
                    lambda: self._allow_script(keys=[f"{PREFIX}allow:{key}"], args=arguments)
                )
            )
        except _Away:
            return await self._here.allow(key, limit, window)

    # Values ------------------------------------------------------------------------------------

    async def keep(self, key: str, value: str, life: float) -> None:
        await self._here.keep(key, value, life)
        with suppress(_Away):
            await self._ask(
                lambda: self._redis.set(f"{PREFIX}kept:{key}", value, px=int(life * 1000))
            )

    async def keep_first(self, key: str, value: str, life: float) -> str:
        arguments: list[str | int] = [value, int(life * 1000)]
        try:
            kept = await self._ask(
                lambda: self._keep_first_script(keys=[f"{PREFIX}kept:{key}"], args=arguments)
            )
        except _Away:
            return await self._here.keep_first(key, value, life)
        return str(kept)

    async def kept(self, key: str) -> str | None:
        try:
            found = await self._ask(lambda: self._redis.get(f"{PREFIX}kept:{key}"))
        except _Away:
            return await self._here.kept(key)
        return None if found is None else str(found)

    # Life --------------------------------------------------------------------------------------

    async def healthy(self) -> bool:
        self._away_until = 0.0
        try:
            return bool(await self._ask(self._redis.ping))
        except _Away:
            return False

    async def close(self) -> None:
        await self._topics.close()
        tasks = set(self._tasks)
        if tasks:
            await asyncio.wait(tasks, timeout=self._timeout)  # leases are given back
        await end(tasks)
        await self._here.close()
        with suppress(RedisError, OSError):
            await self._redis.aclose()

    def _aside(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """A task that is ours until it ends."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _ask(self, question: Callable[[], Awaitable[T]]) -> T:
        """Redis's answer. Raises :class:`_Away`, without a cause when it was not even asked."""
        if time.monotonic() < self._away_until:
            raise _Away
        try:
            async with asyncio.timeout(self._timeout):
                answer = await question()
        except (RedisError, OSError, TimeoutError) as error:
            self._away_until = time.monotonic() + AWAY
            if not self._known_away:
                self._known_away = True
                log.error("redis.away", reason=type(error).__name__)
            raise _Away from error
        if self._known_away:
            self._known_away = False
            log.info("redis.back")
        return answer
