"""Happenings between gateways: one Redis connection to hear on, one task that tells.

However many listeners this process has, it hears each topic once. A connection that is lost is
made anew, everything subscribed again, and every listener told that it may have missed something;
until then they are told to look, again and again (``LOOK``).
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError
from redis.asyncio import Redis
from redis.asyncio.client import PubSub

from connectors import logs
from connectors.coordination.coordinator import LOOK, RESUMED, Happening
from connectors.coordination.in_process import InProcessCoordinator
from connectors.coordination.redis_link import TROUBLE, end

log = logs.get(__name__)

OUTGOING_MOST: Final = 10_000  # happenings kept for the others while Redis is away
TOGETHER: Final = 256  # happenings in one round trip
PAUSE: Final = 0.5  # seconds between attempts to reach Redis
PING_EVERY: Final = 5.0  # seconds of silence after which the connection is tried
LOOK_EVERY: Final = 3.0  # seconds between two rounds of telling listeners to look by themselves
LOOK_MOST: Final = 300  # topics in one round: each may cost a look at the store

_told: TypeAdapter[tuple[str, str, dict[str, bool | int | str | None]]] = TypeAdapter(
    tuple[str, str, dict[str, bool | int | str | None]]
)
"""What goes over the wire: who tells (so that we do not hear ourselves), kind and data."""


class RedisTopics:
    def __init__(
        self, redis: Redis, here: InProcessCoordinator, prefix: str, timeout: float
    ) -> None:
        """``here`` gets what the others tell."""
        self._redis = redis
        self._here = here
        self._prefix = f"{prefix}topic:"
        self._timeout = timeout
        self._ourselves = secrets.token_hex(8)
        self._outgoing: deque[Happening] = deque(maxlen=OUTGOING_MOST)
        self._something = asyncio.Event()
        self._wanted: Counter[str] = Counter()
        self._heard: dict[str, asyncio.Event] = {}
        self._ears: PubSub | None = None
        self._speaking = asyncio.Lock()  # what is wanted and what is sent go in one order
        self._tasks: list[asyncio.Task[None]] = []
        self._closed = False
        self._deaf = False  # what we listened to was interrupted, and is not yet heard again
        self._round_at = 0.0
        self._round_from = 0

    def tell_others(self, happening: Happening) -> None:
        """Sends it soon; never waits and never fails."""
        if not self._closed:
            self._outgoing.append(happening)
            self._something.set()
            self._start()

    @asynccontextmanager
    async def wanted(self, topics: Sequence[str]) -> AsyncIterator[None]:
        """Hears ``topics`` while inside; entered once Redis confirmed, or did not in time. While it
        is away nobody waits for it: they are told to look, soon and then again."""
        self._start()
        fresh = [topic for topic in dict.fromkeys(topics) if not self._wanted[topic]]
        self._wanted.update(dict.fromkeys(topics, 1))
        for topic in fresh:
            self._heard[topic] = asyncio.Event()
        try:
            if not self._deaf:
                await self._subscribe(fresh)
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._timeout):
                        for topic in topics:
                            await self._heard[topic].wait()
            yield
        finally:
            self._wanted.subtract(dict.fromkeys(topics, 1))
            idle = [topic for topic in dict.fromkeys(topics) if not self._wanted[topic]]
            for topic in idle:
                del self._wanted[topic], self._heard[topic]
            if not self._deaf:
                await self._unsubscribe(idle)

    async def close(self) -> None:
        self._closed = True
        await end(self._tasks)

    def _start(self) -> None:
        if not self._tasks and not self._closed:
            self._tasks = [
                asyncio.create_task(self._tell(), name="redis tell"),
                asyncio.create_task(self._listen(), name="redis listen"),
            ]

    # Telling -----------------------------------------------------------------------------------

    async def _tell(self) -> None:
        while True:
            await self._something.wait()
            self._something.clear()
            while self._outgoing:
                batch = [
                    self._outgoing.popleft() for _ in range(min(TOGETHER, len(self._outgoing)))
                ]
                try:
                    async with asyncio.timeout(self._timeout):
                        await self._publish(batch)
                except TROUBLE:
                    room = OUTGOING_MOST - len(self._outgoing)  # the oldest give way
                    self._outgoing.extendleft(list(reversed(batch))[:room])
                    await asyncio.sleep(PAUSE)

    async def _publish(self, batch: list[Happening]) -> None:
        async with self._redis.pipeline(transaction=False) as pipeline:
            for happening in batch:
                told = (self._ourselves, happening.kind, happening.data)
                pipeline.publish(self._prefix + happening.topic, _told.dump_json(told))
            await pipeline.execute()

    # Hearing -----------------------------------------------------------------------------------

    async def _listen(self) -> None:
        while True:
            try:
                async with self._redis.pubsub() as ears:
                    await self._hear(ears)
            except TROUBLE as error:
                if not self._deaf:
                    log.warning("redis.deaf", reason=type(error).__name__)
                    self._round_at = time.monotonic()
                self._deaf = True
                await self._tell_some_to_look()
            finally:
                self._ears = None
                for heard in self._heard.values():
                    heard.clear()
            await asyncio.sleep(PAUSE)

    async def _hear(self, ears: PubSub) -> None:
        """Hears until the connection is lost, which raises."""
        # A topic of our own keeps the connection subscribed when nobody listens to anything.
        async with self._speaking, asyncio.timeout(self._timeout):
            self._ears = ears
            await ears.subscribe(self._prefix, *map(self._channel, self._wanted))
        heard_at, asked = time.monotonic(), False
        while True:
            message = await ears.get_message(timeout=PING_EVERY if not asked else self._timeout)
            if message is None:
                if asked and time.monotonic() - heard_at > PING_EVERY:
                    raise TimeoutError
                await ears.ping()
                asked = True
                continue
            heard_at, asked = time.monotonic(), False
            if message["type"] == "subscribe" and message["channel"] == self._prefix:
                if self._deaf:
                    log.info("redis.hears_again")
                    self._deaf = False
                    await self._subscribe(list(self._wanted))  # the newest among them
                    await self._tell_resumed()
            else:
                await self._take(message)

    async def _take(self, message: dict[str, Any]) -> None:
        topic = str(message["channel"] or "").removeprefix(self._prefix)
        if message["type"] == "subscribe" and topic in self._heard:
            self._heard[topic].set()
        elif message["type"] == "message":
            try:
                sender, kind, data = _told.validate_json(message["data"])
            except ValidationError:
                log.warning("redis.not_understood")
                return
            if sender != self._ourselves:
                await self._here.publish(Happening(topic, kind, data))

    async def _tell_some_to_look(self) -> None:
        """While the others cannot be heard their listeners here look for themselves, in turns."""
        now = time.monotonic()
        if now - self._round_at < LOOK_EVERY:
            return
        self._round_at = now
        some = list(self._wanted)[self._round_from : self._round_from + LOOK_MOST]
        self._round_from = self._round_from + LOOK_MOST if len(some) == LOOK_MOST else 0
        for topic in some:
            await self._here.publish(Happening(topic, LOOK))

    async def _tell_resumed(self) -> None:
        for topic in list(self._wanted):
            await self._here.publish(Happening(topic, RESUMED))

    async def _subscribe(self, topics: Sequence[str]) -> None:
        # Should it fail, the listening task finds out and subscribes to everything anew.
        with suppress(*TROUBLE):
            async with asyncio.timeout(self._timeout), self._speaking:
                if topics and self._ears is not None:
                    await self._ears.subscribe(*map(self._channel, topics))

    async def _unsubscribe(self, topics: Sequence[str]) -> None:
        with suppress(*TROUBLE):
            async with asyncio.timeout(self._timeout), self._speaking:
                idle = [topic for topic in topics if not self._wanted[topic]]
                if idle and self._ears is not None:
                    await self._ears.unsubscribe(*map(self._channel, idle))

    def _channel(self, topic: str) -> str:
        return self._prefix + topic
