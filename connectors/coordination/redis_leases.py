"""Leases at Redis or, while Redis is away, in the store all gateways share.

A gateway that sees Redis and one that does not may hold the same lease at once, and so may two for
the moment in which it goes or comes back. That costs double work only: what may not be done twice
is decided by the store's fence.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any, Final, Protocol

from redis.asyncio import Redis

from connectors import logs
from connectors.coordination import scripts
from connectors.coordination.redis_link import Away, RedisLink, end

log = logs.get(__name__)

GIVE_BACK_AFTER: Final = 0.5  # seconds between two tries to give a lease back


class SpareLeases(Protocol):
    """A slower place for leases; it never raises."""

    async def hold(self, name: str, holder: str, life: float) -> bool:
        """Takes the lease for ``life`` seconds, or holds it that much longer; False when another
        has it, or when nobody can tell."""
        ...

    async def give_back(self, name: str, holder: str) -> None: ...


class _Lease:
    """One of ours, and where it may be held."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.holder = secrets.token_hex(16)
        self.at_redis = False
        self.in_store = False


class RedisLeases:
    def __init__(
        self, redis: Redis, link: RedisLink, prefix: str, life: float, spare: SpareLeases | None
    ) -> None:
        """``life``: seconds after which a lease of a dead gateway is free. Without a ``spare``
        place nobody gets a lease while Redis is away."""
        self._link = link
        self._prefix = f"{prefix}lease:"
        self._life = life
        self._spare = spare
        self._hold_script = redis.register_script(scripts.HOLD)
        self._release_script = redis.register_script(scripts.RELEASE)
        self._tasks: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def lease(self, name: str) -> AsyncIterator[bool]:
        lease = _Lease(name)
        if not await self._hold(lease):
            if lease.at_redis:  # it did not answer in time, and may yet do it
                self._aside(self._give_back_later(lease))
            yield False
            return
        renewing = asyncio.create_task(self._renew(lease), name=f"lease {name}")
        try:
            yield True
        finally:
            renewing.cancel()
            await asyncio.shield(self._aside(self._give_back(lease)))

    async def close(self, limit: float) -> None:
        """Gives back what it can within ``limit`` seconds."""
        tasks = set(self._tasks)
        if tasks:
            await asyncio.wait(tasks, timeout=limit)
        await end(list(tasks))

    async def _hold(self, lease: _Lease) -> bool:
        """Takes it, or holds it longer, wherever that can be done now."""
        keys = [self._prefix + lease.name]
        arguments: list[str | int] = [lease.holder, int(self._life * 1000)]
        try:
            held = bool(await self._link.ask(lambda: self._hold_script(keys=keys, args=arguments)))
        except Away as away:
            lease.at_redis |= away.asked
            if self._spare is None:
                return False
            held = await self._spare.hold(lease.name, lease.holder, self._life)
            lease.in_store |= held
        else:
            lease.at_redis |= held
        return held

    async def _renew(self, lease: _Lease) -> None:
        while True:
            await asyncio.sleep(self._life / 3)
            if not await self._hold(lease) and not self._link.away:  # the store's fence decides
                log.warning("lease.lost", lease=lease.name)
                return

    async def _give_back(self, lease: _Lease) -> None:
        if lease.in_store and self._spare is not None:
            await self._spare.give_back(lease.name, lease.holder)
        if lease.at_redis:
            try:
                await self._release(lease)
            except Away:
                self._aside(self._give_back_later(lease))

    async def _give_back_later(self, lease: _Lease) -> None:
        """Tries until the lease has run out by itself."""
        ends = time.monotonic() + self._life
        while time.monotonic() < ends:
            await asyncio.sleep(GIVE_BACK_AFTER)
            with suppress(Away):
                await self._release(lease)
                return

    async def _release(self, lease: _Lease) -> None:
        keys, arguments = [self._prefix + lease.name], [lease.holder]
        await self._link.ask(lambda: self._release_script(keys=keys, args=arguments))

    def _aside(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """A task that is ours until it ends."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
