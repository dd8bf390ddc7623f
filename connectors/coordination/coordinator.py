"""What gateways must agree on this second: who works on a conversation, and what just happened."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Happening:
    """A live event. It carries ids and codes only: listeners read the store for what was said."""

    topic: str
    kind: str  # message, typing, owner, status …
    data: dict[str, str | int | bool | None] = field(default_factory=dict)


class Subscription(Protocol):
    def __aiter__(self) -> AsyncIterator[Happening]: ...

    async def __anext__(self) -> Happening: ...


class Coordinator(Protocol):
    def lease(self, name: str) -> AbstractAsyncContextManager[bool]:
        """Holds ``name`` while inside; yields False, at once, when somebody else holds it.

        A lease saves double work; it is not what correctness rests on (the store's fence is).
        """
        ...

    async def publish(self, happening: Happening) -> None:
        """Tells every subscriber of the topic; a slow or absent one never holds the sender."""
        ...

    def subscribe(self, *topics: str) -> AbstractAsyncContextManager[Subscription]: ...

    async def allow(self, key: str, limit: int, window: float) -> bool:
        """Counts one use of ``key``; False when there were ``limit`` within ``window`` seconds."""
        ...

    async def healthy(self) -> bool: ...

    async def close(self) -> None: ...
