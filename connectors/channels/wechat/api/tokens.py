"""An account's access token: fetched by one gateway, used by all, kept enciphered.

The platform gives out few forced refreshes, and each makes the token before it worthless. So one
gateway at a time fetches, by lease; the others find its token with the coordinator. A token the
platform refuses is replaced once; when the new one is refused too, the account is at fault.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from connectors import logs
from connectors.channel import ConnectionFailed, Throttled
from connectors.channels.wechat.sealed import Sealing
from connectors.coordination.coordinator import Coordinator

log = logs.get(__name__)

EARLY = 300.0  # seconds before its end at which a token is no longer used
LIFE_LEAST = 30.0  # seconds for which a token is used, however short the platform says it lives
FORCED_APART = 30.0  # seconds between two forced refreshes
FORCED_MOST = 20  # of them in a day
DAY = 86400.0
LOOK_EVERY = 0.1  # seconds between looks for the token another gateway is fetching


_FIX = "stop other programs that fetch tokens of this account by force"


def _in_vain() -> ConnectionFailed:
    return ConnectionFailed(
        f"the platform refuses even a new token; {_FIX}",
        retry_after=timedelta(seconds=FORCED_APART),
    )


@dataclass(frozen=True, slots=True)
class Fresh:
    """A token as the platform gave it: good for so many seconds."""

    token: str
    life: float


Fetch = Callable[[bool], Awaitable[Fresh]]
"""Asks the platform for a token; by force: for another one than before. Raises send errors."""


@dataclass(slots=True)
class _Held:
    token: str
    until: float  # of the monotonic clock


class Tokens:
    """The token of one account. Refused tokens are told by :meth:`replaced`."""

    def __init__(
        self,
        name: str,
        fetch: Fetch,
        coordinator: Coordinator,
        key: bytes,
        *,
        patience: float = 5.0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """``name``: unique to the account. ``key``: the house's. ``patience``: seconds to wait for
        a token that another gateway is fetching."""
        self._name = f"wechat-token:{name}"
        self._fetch = fetch
        self._coordinator = coordinator
        self._sealing = Sealing(key, "wechat-token")
        self._patience = patience
        self._monotonic = monotonic
        self._held: _Held | None = None
        self._given_up_until = 0.0  # a new token was refused all the same
        self._fetching = asyncio.Lock()

    async def current(self) -> str:
        """The token to be used now. Raises send errors when none can be had."""
        if self._held is not None and self._monotonic() < self._held.until:
            return self._held.token
        async with self._fetching:
            if self._held is not None and self._monotonic() < self._held.until:
                return self._held.token
            return await self._shared_or_fetched("")

    async def replaced(self, refused: str) -> str:
        """Another token than one the platform has refused. Raises send errors."""
        async with self._fetching:
            if self._held is not None and self._held.token != refused:
                return self._held.token  # somebody else here was told the same before us
            self._held = None
            return await self._shared_or_fetched(refused)

    def give_up(self) -> ConnectionFailed:
        """The platform refused the new token too: for a while it is not asked. What to raise."""
        self._held = None
        self._given_up_until = self._monotonic() + FORCED_APART
        return _in_vain()

    async def _shared_or_fetched(self, refused: str) -> str:
        if self._monotonic() < self._given_up_until:
            raise _in_vain()
        waited = self._monotonic() + self._patience
        while True:
            if found := await self._shared(refused):
                return found
            async with self._coordinator.lease(self._name) as ours:
                if ours:
                    return await self._shared(refused) or await self._fetched(refused)
            if self._monotonic() >= waited:
                # Nobody can tell who fetches. Without force that does no harm: the platform gives
                # everybody who asks the same token.
                return await self._fetched(refused)
            await asyncio.sleep(LOOK_EVERY)

    async def _fetched(self, refused: str) -> str:
        fresh = await self._fetch(False)
        if fresh.token == refused:
            await self._may_force()
            fresh = await self._fetch(True)
            log.warning("wechat.token_forced", account=self._name)
        life = max(LIFE_LEAST, fresh.life - EARLY)
        self._held = _Held(fresh.token, self._monotonic() + life)
        sealed = self._sealing.seal(f"{time.time() + life:.0f} {fresh.token}", self._name)
        await self._coordinator.keep(self._name, sealed, life)
        return fresh.token

    async def _may_force(self) -> None:
        """Counts a forced refresh, or raises: the platform allows few, and not close together."""
        name = f"{self._name}:forced"
        if not await self._coordinator.allow(f"{name}:apart", 1, FORCED_APART):
            raise Throttled(
                "the token was refused, and the last forced refresh is seconds ago",
                retry_after=timedelta(seconds=FORCED_APART),
            )
        if not await self._coordinator.allow(f"{name}:day", FORCED_MOST, DAY):
            raise ConnectionFailed(f"the token was refused {FORCED_MOST} times today; {_FIX}")

    async def _shared(self, refused: str) -> str | None:
        """The token another gateway has fetched, unless it is the refused one."""
        sealed = await self._coordinator.kept(self._name)
        opened = self._sealing.open(sealed, self._name) if sealed else None
        if opened is None:
            return None
        ends, _, token = opened.partition(" ")
        left = float(ends) - time.time()
        if token == refused or left <= 0:
            return None
        self._held = _Held(token, self._monotonic() + left)
        return token
