"""Shows people that an answer is being written (正在输入), where one takes longer than a moment."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from sqlalchemy import Connection

from connectors import logs
from connectors.channel import Accepted
from connectors.conversation.ownership import Owner
from connectors.house import House
from connectors.messages import Person
from connectors.store import conversations, inbox
from connectors.store.database import StoreUnavailable

log = logs.get(__name__)

SOON = 1.0  # seconds without an answer; each showing is a call, and most answers are quicker


class Composing:
    """``show`` tells the platform; it never raises."""

    def __init__(self, house: House, show: Callable[[Person], Awaitable[None]]) -> None:
        self._house = house
        self._show = show
        self._tasks: set[asyncio.Task[None]] = set()

    def after(self, accepted: Accepted) -> None:
        """A message came in: if the bot is still at it in a moment, the person sees so."""
        if accepted.duplicate:
            return
        task = asyncio.create_task(self._look(accepted), name="wechat composing")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _look(self, accepted: Accepted) -> None:
        await asyncio.sleep(SOON)

        def unit(conn: Connection) -> Person | None:
            talk = conversations.get(conn, accepted.conversation_id)
            if talk is None or talk.owner is not Owner.BOT:
                return None
            return talk.person if inbox.pending(conn, talk.id, 1) else None

        try:
            person = await self._house.database.read(unit)
        except StoreUnavailable:
            return
        if person is not None:
            await self._show(person)
