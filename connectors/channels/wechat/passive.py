"""Answers in WeChat's own request (被动回复): the outbox hands one to the request that still waits.

A request of a message waits until the answer to that message comes or its time is over, and its
*fate* is then settled once and for all gateways: an answer, or none. Every later try of the
platform to bring the same message gets the same. The outbox counts an answer as sent only when some
request has written it; when none does, the fate becomes none and the answer goes as a customer
message. An answer is offered only where a request is known to wait, and what is kept with the
coordinator is enciphered.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from connectors import logs
from connectors.channels.wechat.sealed import Sealing
from connectors.clock import Clock
from connectors.coordination.coordinator import Coordinator, Happening
from connectors.ids import MessageId

log = logs.get(__name__)

REMEMBERED = 90.0  # seconds a fate is kept; the platform's tries are over after twenty
GRACE = timedelta(seconds=0.5)  # how long after its time a request may still be writing

_NONE = "none"


@dataclass(slots=True)
class _Waiting:
    """The requests of one message that wait in this gateway."""

    requests: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)


class Passive:
    """The passive answers of one channel."""

    def __init__(self, name: str, coordinator: Coordinator, clock: Clock, key: bytes) -> None:
        self._topic = f"wechat-passive:{name}"
        self._coordinator = coordinator
        self._clock = clock
        self._sealing = Sealing(key, "wechat-passive")
        self._waiting: dict[MessageId, _Waiting] = {}
        self._handing: dict[MessageId, asyncio.Event] = {}

    # The request's side ------------------------------------------------------------------------

    async def answer(self, message_id: MessageId, until: datetime) -> str | None:
        """The answer to write, or None at ``until``: from then on there will be none."""
        fate = await self._coordinator.kept(self._fate(message_id))
        if fate is None:
            async with self._waits(message_id, until) as waiting:
                fate = await self._settled(message_id, until, waiting)
        return None if fate == _NONE else self._sealing.open(fate, message_id)

    async def written(self, message_id: MessageId) -> None:
        """The answer was written to the platform."""
        await self._coordinator.keep(self._written(message_id), "yes", REMEMBERED)
        self._told_here(message_id, "written")
        await self._tell(message_id, "written")

    @asynccontextmanager
    async def _waits(self, message_id: MessageId, until: datetime) -> AsyncIterator[_Waiting]:
        waiting = self._waiting.setdefault(message_id, _Waiting())
        waiting.requests += 1
        try:
            left = (until - self._clock.now()).total_seconds()
            await self._coordinator.keep(
                self._waits_until(message_id), until.isoformat(), max(0.1, left)
            )
            yield waiting
        finally:
            waiting.requests -= 1
            if not waiting.requests:
                self._waiting.pop(message_id, None)

    async def _settled(self, message_id: MessageId, until: datetime, waiting: _Waiting) -> str:
        """Waits for an answer to be offered; settles that there is none when the time is over."""
        while True:
            waiting.changed.clear()
            fate = await self._coordinator.kept(self._fate(message_id))
            if fate is not None:
                return fate
            left = (until - self._clock.now()).total_seconds()
            if left <= 0:
                return await self._coordinator.keep_first(self._fate(message_id), _NONE, REMEMBERED)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await waiting.changed.wait()

    # The outbox's side -------------------------------------------------------------------------

    async def hand_over(self, message_id: MessageId, answer: str) -> bool:
        """Whether a request has written the answer; else it must go another way."""
        told = await self._coordinator.kept(self._waits_until(message_id))
        if told is None:
            return False
        until = datetime.fromisoformat(told) + GRACE
        done = self._handing.setdefault(message_id, asyncio.Event())
        try:
            ours = self._sealing.seal(answer, message_id)
            fate = self._fate(message_id)
            if await self._coordinator.keep_first(fate, ours, REMEMBERED) != ours:
                return False
            self._told_here(message_id, "offered")
            await self._tell(message_id, "offered")
            left = (until - self._clock.now()).total_seconds()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(max(0.0, left)):
                    await done.wait()
            if done.is_set() or await self._coordinator.kept(self._written(message_id)):
                return True
            await self._coordinator.keep(fate, _NONE, REMEMBERED)
            log.info("wechat.passive_too_late", message_id=message_id)
            return False
        finally:
            self._handing.pop(message_id, None)

    async def decline(self, message_id: MessageId) -> None:
        """The answer goes another way: a request need not wait for it."""
        if await self._coordinator.kept(self._waits_until(message_id)) is None:
            return
        await self._coordinator.keep_first(self._fate(message_id), _NONE, REMEMBERED)
        self._told_here(message_id, "offered")
        await self._tell(message_id, "offered")

    # Between gateways --------------------------------------------------------------------------

    async def run(self) -> None:
        """Hears what other gateways offer and have written, until cancelled."""
        async with self._coordinator.subscribe(self._topic) as heard:
            async for happening in heard:
                told = happening.data.get("message_id")
                if isinstance(told, str):
                    self._told_here(MessageId(told), happening.kind)
                else:  # the link was broken: what was missed stands with the coordinator
                    for waiting in self._waiting.values():
                        waiting.changed.set()

    def _told_here(self, message_id: MessageId, kind: str) -> None:
        if kind == "offered" and (waiting := self._waiting.get(message_id)) is not None:
            waiting.changed.set()
        if kind == "written" and (done := self._handing.get(message_id)) is not None:
            done.set()

    async def _tell(self, message_id: MessageId, kind: str) -> None:
        await self._coordinator.publish(Happening(self._topic, kind, {"message_id": message_id}))

    @staticmethod
    def _fate(message_id: MessageId) -> str:
        return f"wechat-passive:{message_id}:fate"

    @staticmethod
    def _waits_until(message_id: MessageId) -> str:
        return f"wechat-passive:{message_id}:until"

    @staticmethod
    def _written(message_id: MessageId) -> str:
        return f"wechat-passive:{message_id}:written"
