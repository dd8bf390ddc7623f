"""Coordination for a single gateway: plain objects on the event loop."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from connectors.coordination.coordinator import Happening, Subscription

BACKLOG = 256  # happenings a listener may fall behind before the oldest are dropped


class _Queue:
    """A listener's own queue. What it misses when slow it finds in the store, by sequence."""

    def __init__(self) -> None:
        self._items: deque[Happening] = deque(maxlen=BACKLOG)
        self._ready = asyncio.Event()

    def put(self, happening: Happening) -> None:
        self._items.append(happening)
        self._ready.set()

    def __aiter__(self) -> AsyncIterator[Happening]:
        return self

    async def __anext__(self) -> Happening:
        while not self._items:
            self._ready.clear()
            await self._ready.wait()
        return self._items.popleft()


class InProcessCoordinator:
    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._held: set[str] = set()
        self._listeners: defaultdict[str, set[_Queue]] = defaultdict(set)
        self._uses: dict[str, deque[float]] = {}
        self._windows: dict[str, float] = {}
        self._kept: dict[str, tuple[str, float]] = {}
        self._monotonic = monotonic
        self._swept_at = self._kept_swept_at = monotonic()

    @asynccontextmanager
    async def lease(self, name: str) -> AsyncIterator[bool]:
        if name in self._held:
            yield False
            return
        self._held.add(name)
        try:
            yield True
        finally:
            self._held.discard(name)

    async def publish(self, happening: Happening) -> None:
        for queue in self._listeners.get(happening.topic, ()):
            queue.put(happening)

    @asynccontextmanager
    async def subscribe(self, *topics: str) -> AsyncIterator[Subscription]:
        queue = _Queue()
        for topic in topics:
            self._listeners[topic].add(queue)
        try:
            yield queue
        finally:
            for topic in topics:
                self._listeners[topic].discard(queue)
                if not self._listeners[topic]:
                    del self._listeners[topic]

    async def allow(self, key: str, limit: int, window: float) -> bool:
        now = self._monotonic()
        self._sweep(now)
        self._windows[key] = window
        uses = self._uses.setdefault(key, deque())
        while uses and uses[0] <= now - window:
            uses.popleft()
        if len(uses) >= limit:
            return False
        uses.append(now)
        return True

    async def keep(self, key: str, value: str, life: float) -> None:
        now = self._monotonic()
        self._sweep_kept(now)
        self._kept[key] = (value, now + life)

    async def keep_first(self, key: str, value: str, life: float) -> str:
        now = self._monotonic()
        self._sweep_kept(now)
        kept = self._kept.get(key)
        if kept is not None and now < kept[1]:
            return kept[0]
        self._kept[key] = (value, now + life)
        return value

    async def kept(self, key: str) -> str | None:
        value, ends = self._kept.get(key, ("", 0.0))
        return value if self._monotonic() < ends else None

    async def healthy(self) -> bool:
        return True

    async def close(self) -> None:
        self._listeners.clear()

    def _sweep(self, now: float) -> None:
        """Forgets keys nobody uses any more, so that strangers cannot fill the memory."""
        if now - self._swept_at < 60:
            return
        self._swept_at = now
        self._uses = {
            key: uses
            for key, uses in self._uses.items()
            if uses and uses[-1] > now - self._windows[key]
        }
        self._windows = {key: self._windows[key] for key in self._uses}

    def _sweep_kept(self, now: float) -> None:
        if now - self._kept_swept_at < 60:
            return
        self._kept_swept_at = now
        self._kept = {one: kept for one, kept in self._kept.items() if kept[1] > now}
