"""What is new in a conversation, pushed to one open page in order, each message once.

What the page shows always comes from the store by sequence number; live events only say "look".
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

from sqlalchemy import Connection

from connectors import logs
from connectors.chat import frames
from connectors.conversation.ownership import Owner
from connectors.coordination import coordinator
from connectors.coordination.coordinator import Happening
from connectors.house import House
from connectors.ids import ConversationId
from connectors.store import conversations, messages, owners
from connectors.store.conversations import Conversation
from connectors.store.database import StoreUnavailable

HISTORY: Final = 100  # messages a returning page is given
STATUS: Final = "status"  # of the bot; the topic all pages follow
STORE_PAUSE: Final = 1.0  # seconds between looks at a store that is away

log = logs.get(__name__)

Send = Callable[[dict[str, Any]], Awaitable[None]]
HangUp = Callable[[], Awaitable[None]]


class Following:
    """Of one page. ``conversation_id`` is None until there is a conversation, ``shown_seq`` is the
    place of the last message the page has."""

    def __init__(self, house: House, send: Send, hang_up: HangUp) -> None:
        self._house = house
        self._send = send
        self._hang_up = hang_up
        self.conversation_id: ConversationId | None = None
        self.shown_seq = 0
        self._pushing = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    async def begin(self, conversation: Conversation | None, seen: int = 0) -> None:
        """Shows what came after the message of place ``seen``, and follows from then on."""
        if conversation is not None:
            self.conversation_id = conversation.id
            self.shown_seq = seen
            await self._show_owner(conversation)
            await self.look(newest=True)
        await self._restart()

    async def go_over(self, conversation_id: ConversationId) -> None:
        """Follows a conversation that has only just begun."""
        self.conversation_id = conversation_id
        await self._restart()

    async def look(self, *, newest: bool = False) -> None:
        """Pushes what the page has not been shown; of much, with ``newest``, the end."""
        conversation_id = self.conversation_id
        if conversation_id is None:
            return
        async with self._pushing:
            fresh = await self._house.database.read(
                lambda conn: messages.after(
                    conn, conversation_id, self.shown_seq, HISTORY, newest=newest
                )
            )
            links, now = self._house.file_links, self._house.clock.now()
            for message in fresh:
                await self._send(
                    frames.message_frame(
                        message, lambda one, small: links.path(one, now, small=small)
                    )
                )
                self.shown_seq = message.seq

    async def end(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _restart(self) -> None:
        await self.end()
        self._task = asyncio.create_task(self._follow(), name="chat push")

    async def _follow(self) -> None:
        """Follows the conversation's live events for as long as the socket lives; a page nothing
        can be shown to any more is hung up on, and comes back."""
        try:
            await self._show_all()
        except (ConnectionError, TimeoutError):
            await self._hang_up()
        except Exception:
            log.exception("chat.push_broken")
            await self._hang_up()

    async def _show_all(self) -> None:
        topics = [STATUS]
        if self.conversation_id is not None:
            topics.append(f"conversation:{self.conversation_id}")
        async with self._house.coordinator.subscribe(*topics) as happenings:
            # What came between reading and subscribing.
            await self._show(Happening(topics[-1], "message"))
            async for happening in happenings:
                await self._show(happening)

    async def _show(self, happening: Happening) -> None:
        """Tells the page, however long the store is away: nobody would tell it later."""
        while True:
            try:
                match happening.kind:
                    case "message":
                        await self.look()
                    case "typing":
                        await self._send({"type": "typing", **happening.data})
                    case "draft":
                        await self._send({"type": "draft", **happening.data})
                    case coordinator.RESUMED | coordinator.LOOK if happening.topic == STATUS:
                        pass  # the conversation's own topic says so too
                    case "owner" | coordinator.RESUMED | coordinator.LOOK:
                        await self.look()
                        await self._show_owner()
                    case "bot":
                        await self._send({"type": "status", **happening.data})
                return
            except StoreUnavailable:
                await asyncio.sleep(STORE_PAUSE)

    async def _show_owner(self, conversation: Conversation | None = None) -> None:
        def unit(conn: Connection) -> tuple[Conversation | None, int]:
            found = conversation or conversations.get(conn, str(self.conversation_id))
            return found, owners.queue_position(conn, found) if found else 0

        found, position = await self._house.database.read(unit)
        if found is None:
            return
        frame: dict[str, Any] = {"type": "owner", "owner": found.owner.value}
        if found.owner is Owner.WAITING:
            frame["position"] = position
        await self._send(frame)
