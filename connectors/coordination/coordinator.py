"""What gateways must agree on this second: who works on a conversation, and what just happened."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Final, Protocol

RESUMED: Final = "resumed"
"""The kind of a happening that says: events may have been missed, look at the store.

Every listener gets one on each of its topics when the link between the gateways is back after an
interruption. A coordinator without such a link never sends it.
"""


LOOK: Final = "look"
"""The kind of a happening that says: the other gateways cannot be heard now, so look at the store.

Every listener gets one on each of its topics every few seconds while that lasts.
"""


@dataclass(frozen=True, slots=True)
class Happening:
    """A live event. It carries ids and codes only: listeners read the store for what was said.

    The one exception is ``draft``, an answer while it is being written: that is kept nowhere.
    """

    topic: str
    kind: str  # message, typing, owner, status … and RESUMED, LOOK
    data: dict[str, str | int | bool | None] = field(default_factory=dict)


class Subscription(Protocol):
    def __aiter__(self) -> AsyncIterator[Happening]: ...

    async def __anext__(self) -> Happening: ...


class Coordinator(Protocol):
    def lease(self, name: str) -> AbstractAsyncContextManager[bool]:
        """Holds ``name`` while inside; yields False, at once, when somebody else holds it.

        It yields False too when nobody can tell. A lease saves double work; it is not what
        correctness rests on (the store's fence is): who holds one may lose it unawares.
        """
        ...

    async def publish(self, happening: Happening) -> None:
        """Tells every subscriber of the topic; a slow or absent one never holds the sender.

        Never raises. Listeners in this process hear it even while the others cannot be reached.
        """
        ...

    def subscribe(self, *topics: str) -> AbstractAsyncContextManager[Subscription]:
        """Hears what is published on ``topics`` while inside, from the moment it is entered."""
        ...

    async def allow(self, key: str, limit: int, window: float) -> bool:
        """Counts one use of ``key``; False when there were ``limit`` within ``window`` seconds.

        A refused use is not counted. While the others cannot be reached, each gateway counts for
        itself: a limit must not become an outage.
        """
        ...

    async def keep(self, key: str, value: str, life: float) -> None:
        """Keeps a small value for ``life`` seconds where every gateway finds it.

        Never raises. While the others cannot be reached only this gateway finds it. What is secret
        is handed in enciphered.
        """
        ...

    async def keep_first(self, key: str, value: str, life: float) -> str:
        """Keeps the value unless one is kept there already; what is kept now.

        Of many who ask at once all are told the same. Else as ``keep``.
        """
        ...

    async def kept(self, key: str) -> str | None:
        """What was kept last under that key, while it lives."""
        ...

    async def healthy(self) -> bool: ...

    async def close(self) -> None: ...
