"""A conversation has changed: its person's page is told, and so is every desk."""

from __future__ import annotations

from connectors.coordination.coordinator import Coordinator, Happening
from connectors.ids import ConversationId


async def tell(
    coordinator: Coordinator, conversation_id: ConversationId, kind: str, **data: str
) -> None:
    """Publishes one happening under the conversation's own topic and under the desk's."""
    await coordinator.publish(Happening(f"conversation:{conversation_id}", kind, {**data}))
    about = {"conversation_id": conversation_id, **data}
    await coordinator.publish(Happening("desk", kind, {**about}))
