"""Works on every conversation with something pending: one at a time each, many side by side.

A conversation is worked on under a lease, so that gateways do not do the same twice; correctness
rests on the fence of the turn (``turn_taker.py``). Trouble makes a conversation wait, longer each
time, and never makes it give up what it was told to do: that stays in the inbox.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from structlog.contextvars import bound_contextvars

from connectors import logs
from connectors.conversation.dialogue import DialogueFailed, DialogueUnavailable
from connectors.conversation.leftovers import Leftovers
from connectors.conversation.pauses import Backoff, Pauses
from connectors.conversation.turn_taker import TurnTaker
from connectors.coordination.coordinator import Coordinator
from connectors.ids import ConversationId
from connectors.store.database import Database, StoreUnavailable

log = logs.get(__name__)

_LEASE_RETRY, _LEASE_RETRY_MOST = 0.05, 0.5  # seconds
_STORE_RETRY_MOST = 3.0


class Worker:
    def __init__(
        self,
        turns: TurnTaker,
        *,
        database: Database,
        coordinator: Coordinator,
        ready: Callable[[], Awaitable[bool]],
        parallel: int,
    ) -> None:
        """``ready``: whether the bot answers; ``parallel``: conversations side by side."""
        self._turns = turns
        self._coordinator = coordinator
        self._active: dict[ConversationId, asyncio.Task[None]] = {}
        self._again: set[ConversationId] = set()
        self._leftovers = Leftovers(database, self._active, self._take_up)
        self._sweeping: asyncio.Task[None] | None = None
        self._slots = asyncio.Semaphore(parallel)
        self._pauses = Pauses(ready)
        self._missing: set[str] = set()
        self._stopping = False

    # Lifecycle ---------------------------------------------------------------------------------

    async def start(self) -> None:
        """Takes up what an earlier process left in the inbox, and from now on what others leave."""
        self._sweeping = asyncio.create_task(self._leftovers.run(), name="leftovers")

    def wake(self, conversation_id: ConversationId) -> None:
        """There may be something to do in this conversation."""
        if self._stopping:
            return
        if conversation_id in self._active:
            self._again.add(conversation_id)
            return
        self._begin(conversation_id, insist=True)

    def _take_up(self, conversation_id: ConversationId) -> None:
        if not self._stopping and conversation_id not in self._active:
            self._begin(conversation_id, insist=False)

    async def stop(self, limit: float) -> None:
        """Lets turns under way finish within ``limit`` seconds; the rest stay pending."""
        self._stopping = True
        await self._pauses.end()
        if self._sweeping is not None:
            self._sweeping.cancel()
            await asyncio.gather(self._sweeping, return_exceptions=True)
        tasks = list(self._active.values())
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=limit)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _begin(self, conversation_id: ConversationId, *, insist: bool) -> None:
        task = asyncio.create_task(
            self._serve(conversation_id, insist), name=f"turns {conversation_id}"
        )
        self._active[conversation_id] = task
        task.add_done_callback(lambda _: self._finished(conversation_id))

    def _finished(self, conversation_id: ConversationId) -> None:
        self._active.pop(conversation_id, None)
        if conversation_id in self._again:
            self._again.discard(conversation_id)
            self.wake(conversation_id)

    # One conversation --------------------------------------------------------------------------

    async def _serve(self, conversation_id: ConversationId, insist: bool) -> None:
        """Takes turns until nothing is pending.

        Who is told of a message has to ``insist``: whoever holds the lease may just have looked for
        the last time. Who only found something left over leaves it to the holder.
        """
        refused, trouble = Backoff(), Backoff()
        with bound_contextvars(conversation_id=conversation_id):
            while not self._stopping:
                bot_away = False
                more: bool | None = None
                try:
                    async with (
                        self._slots,
                        self._coordinator.lease(f"turn:{conversation_id}") as held,
                    ):
                        if held and not self._stopping:
                            more = await self._turns.take(conversation_id)
                    if more is not None:
                        self._missing.clear()
                        refused.forget()
                        trouble.forget()
                    if more:
                        continue
                    if held:
                        return
                    if not insist:
                        return
                    await self._pauses.rest(refused.grow(_LEASE_RETRY, _LEASE_RETRY_MOST))
                    continue
                except DialogueUnavailable as error:
                    bot_away = True
                    pause = trouble.grow(0.5)
                    self._is_missing("dialogue.unavailable", error)
                except StoreUnavailable as error:
                    pause = trouble.grow(0.5, _STORE_RETRY_MOST)
                    self._is_missing("store.unavailable", error)
                except DialogueFailed as error:
                    pause = trouble.grow(0.3)
                    log.warning("turn.failed", reason=str(error), retry_in=pause)
                except Exception:
                    pause = trouble.grow(0.3)
                    log.exception("turn.broken", retry_in=pause)
                    if await self._turns.set_aside(conversation_id):
                        trouble.forget()
                        continue
                await self._pauses.rest(pause, for_bot=bot_away and pause > 1)

    def _is_missing(self, event: str, error: Exception) -> None:
        """Says so once, not once for each conversation that waits for the same."""
        if event not in self._missing:
            self._missing.add(event)
            log.error(event, reason=str(error))
