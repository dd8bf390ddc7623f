"""Coordination of several gateways through Redis, and what each does while Redis is away.

Leases are then kept in the store all gateways share, so that turns go on. Limits are counted by
each gateway alone. Happenings reach the listeners of this process at once; those of the others look
at the store by themselves meanwhile (``LOOK``), and once more when Redis is back (``RESUMED``).
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Final

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from connectors.coordination import scripts
from connectors.coordination.coordinator import Happening, Subscription
from connectors.coordination.in_process import InProcessCoordinator
from connectors.coordination.redis_leases import RedisLeases, SpareLeases
from connectors.coordination.redis_link import Away, RedisLink
from connectors.coordination.redis_topics import RedisTopics

PREFIX: Final = "huiying:"
TIMEOUT: Final = 1.0  # seconds for one answer
LEASE: Final = 10.0  # seconds after which a lease of a dead gateway is free
CONNECTIONS: Final = 32


class RedisCoordinator:
    def __init__(
        self,
        url: str,
        *,
        leases: SpareLeases | None = None,
        timeout: float = TIMEOUT,
        lease_life: float = LEASE,
    ) -> None:
        """``url``: ``redis://[user:password@]host[:port]/db``, or ``rediss://`` for TLS.
        ``leases``: where they are kept while Redis is away; without, nobody gets one then."""
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
        self._allow_script = self._redis.register_script(scripts.ALLOW)
        self._keep_first_script = self._redis.register_script(scripts.KEEP_FIRST)
        self._timeout = timeout
        self._link = RedisLink(self._redis, timeout)
        self._leases = RedisLeases(self._redis, self._link, PREFIX, lease_life, leases)
        self._here = InProcessCoordinator()
        self._topics = RedisTopics(self._redis, self._here, PREFIX, timeout)

    def lease(self, name: str) -> AbstractAsyncContextManager[bool]:
        return self._leases.lease(name)

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
                await self._link.ask(
                    lambda: self._allow_script(keys=[f"{PREFIX}allow:{key}"], args=arguments)
                )
            )
        except Away:
            return await self._here.allow(key, limit, window)

    # Values ------------------------------------------------------------------------------------

    async def keep(self, key: str, value: str, life: float) -> None:
        await self._here.keep(key, value, life)
        with suppress(Away):
            await self._link.ask(
                lambda: self._redis.set(f"{PREFIX}kept:{key}", value, px=int(life * 1000))
            )

    async def keep_first(self, key: str, value: str, life: float) -> str:
        arguments: list[str | int] = [value, int(life * 1000)]
        try:
            kept = await self._link.ask(
                lambda: self._keep_first_script(keys=[f"{PREFIX}kept:{key}"], args=arguments)
            )
        except Away:
            return await self._here.keep_first(key, value, life)
        return str(kept)

    async def kept(self, key: str) -> str | None:
        try:
            found = await self._link.ask(lambda: self._redis.get(f"{PREFIX}kept:{key}"))
        except Away:
            return await self._here.kept(key)
        return None if found is None else str(found)

    # Life --------------------------------------------------------------------------------------

    async def healthy(self) -> bool:
        try:
            return bool(await self._link.ask(self._redis.ping))
        except Away:
            return False

    async def close(self) -> None:
        await self._topics.close()
        await self._leases.close(self._timeout)
        await self._link.close()
        await self._here.close()
        with suppress(RedisError, OSError):
            await self._redis.aclose()
