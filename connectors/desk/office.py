"""What the desk's pages share: handed to each one when the desk is built."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from actions.work_orders.news import Teller
from connectors.attachments.links import FileLinks
from connectors.channel import Capabilities
from connectors.clock import Clock
from connectors.conversation.skills import Skill
from connectors.coordination import telling
from connectors.coordination.coordinator import Coordinator
from connectors.delivery.sender import Sender
from connectors.messages import Author, Outbound, Text
from connectors.queue_words import place_words
from connectors.settings import Settings
from connectors.store import messages, owners, waits
from connectors.store.conversations import Conversation
from connectors.store.database import Database
from connectors.texts import Texts


@dataclass(frozen=True, slots=True)
class Office:
    database: Database
    coordinator: Coordinator
    clock: Clock
    texts: Texts
    settings: Settings
    sender: Sender
    capabilities: Callable[[str], Capabilities]
    file_links: FileLinks
    teller: Teller

    async def tell(self, conversation: Conversation, kind: str, **data: str) -> None:
        """Lets the person's page and every desk know that a conversation has changed."""
        await telling.tell(self.coordinator, conversation.id, kind, **data)

    def say_place(
        self,
        conn: Connection,
        conversation: Conversation,
        key: str,
        now: datetime,
        place: int | None = None,
    ) -> None:
        """Tells whoever waits, in the words of ``key``, their place and how long it may take."""
        place = place or owners.queue_position(conn, conversation)
        minutes = waits.minutes(conn, conversation.skill or Skill.GENERAL, place, now)
        variant = self.capabilities(conversation.channel).texts
        words = place_words(self.texts, key, variant, place, minutes)
        messages.add(conn, conversation, Outbound((Text(words),), Author.SYSTEM), now)
        waits.note_told(conn, conversation.id, now, place, minutes)


class Refused(Exception):
    """The agent cannot do this now; ``key`` names the text that says why."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key
