"""What the desk's pages share: handed to each one when the desk is built."""

from __future__ import annotations

from dataclasses import dataclass

from connectors.clock import Clock
from connectors.coordination.coordinator import Coordinator, Happening
from connectors.delivery.sender import Sender
from connectors.settings import Settings
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

    async def tell(self, conversation: Conversation, kind: str, **data: str) -> None:
        """Lets the person's page and every desk know that a conversation has changed."""
        await self.coordinator.publish(Happening(f"conversation:{conversation.id}", kind, {**data}))
        await self.coordinator.publish(
            Happening("desk", kind, {"conversation_id": conversation.id, **data})
        )


class Refused(Exception):
    """The agent cannot do this now; ``key`` names the text that says why."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key
