"""Another way to a person whom a message cannot reach on its own channel."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import Connection

from connectors.channel import Channel
from connectors.messages import Outbound, Purpose
from connectors.store import conversations, deliveries, messages
from connectors.store.conversations import Conversation
from connectors.store.outbox import Delivery

Fallback = Callable[[Connection, Delivery], Conversation | None]
"""Where a delivery that cannot go its own way may go instead; None: nowhere."""

MOVED = "moved\x1f"


def other_address(channels: Mapping[str, Channel]) -> Fallback:
    """The same person's conversation on a channel on which we may begin (a text message, say); of
    several the one they used last. What came from elsewhere itself goes no further."""

    def choose(conn: Connection, delivery: Delivery) -> Conversation | None:
        if deliveries.has_key(conn, delivery, MOVED):
            return None
        for conversation_id in deliveries.other_conversations(conn, delivery.conversation_id):
            other = conversations.get(conn, conversation_id)
            channel = channels.get(other.channel) if other else None
            if channel is not None and channel.capabilities.may_begin:
                return other
        return None

    return choose


def move(conn: Connection, delivery: Delivery, other: Conversation, now: datetime) -> None:
    """Says the message in the other conversation, once, in the caller's transaction."""
    message = messages.get(conn, delivery.message_id)
    assert message is not None
    messages.add(
        conn,
        other,
        Outbound(message.parts, message.author, message.choices, message.agent_id, Purpose.NOTICE),
        now,
        expires_at=delivery.expires_at,
        trace_id=message.trace_id,
        dedup_key=f"{MOVED}{delivery.id}",
    )
