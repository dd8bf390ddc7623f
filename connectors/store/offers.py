"""Waiting conversations offered to one agent at a time.

At most one offer of a conversation stands, and at most one to an agent: two unique indexes see to
it, whatever gateways do at once. An offer belongs to an epoch: a change of owner ends it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, or_, select, update

from connectors.ids import AgentId, ConversationId
from connectors.store.desk_tables import agent_offers as offers
from connectors.store.desk_tables import agent_presence, offer_stands


@dataclass(frozen=True, slots=True)
class Offer:
    id: int
    conversation_id: ConversationId
    epoch: int
    agent_id: AgentId
    offered_at: datetime
    expires_at: datetime


_offer = (
    offers.c.id,
    offers.c.conversation_id,
    offers.c.epoch,
    offers.c.agent_id,
    offers.c.offered_at,
    offers.c.expires_at,
)


def standing(conn: Connection, conversation_id: str | None = None) -> list[Offer]:
    """All offers that stand, or that of one conversation."""
    query = select(*_offer).where(offer_stands)
    if conversation_id is not None:
        query = query.where(offers.c.conversation_id == conversation_id)
    return [Offer(*row) for row in conn.execute(query.order_by(offers.c.id))]


def to(conn: Connection, agent_id: str) -> Offer | None:
    """What is offered to an agent just now."""
    row = conn.execute(select(*_offer).where(offer_stands, offers.c.agent_id == agent_id)).first()
    return Offer(*row) if row is not None else None


def make(
    conn: Connection,
    conversation_id: str,
    epoch: int,
    agent_id: str,
    now: datetime,
    expires_at: datetime,
) -> None:
    """Raises ``IntegrityError`` when either has a standing offer."""
    conn.execute(
        insert(offers).values(
            conversation_id=conversation_id,
            epoch=epoch,
            agent_id=agent_id,
            offered_at=now,
            expires_at=expires_at,
        )
    )
    conn.execute(
        update(agent_presence).where(agent_presence.c.agent_id == agent_id).values(offered_at=now)
    )


def end(conn: Connection, conversation_id: str, taken_by: str | None = None) -> None:
    """The conversation has another owner: its offer is taken, or void."""
    row = conn.execute(
        update(offers)
        .where(offers.c.conversation_id == conversation_id, offer_stands)
        .values(outcome="void")
        .returning(offers.c.id, offers.c.agent_id)
    ).first()
    if row is not None and row.agent_id == taken_by:
        conn.execute(update(offers).where(offers.c.id == row.id).values(outcome="taken"))


def refuse(conn: Connection, conversation_id: str, agent_id: str) -> bool:
    """The agent declines; False when it is not offered to them any longer."""
    return (
        conn.execute(
            update(offers)
            .where(
                offers.c.conversation_id == conversation_id,
                offers.c.agent_id == agent_id,
                offer_stands,
            )
            .values(outcome="declined")
        ).rowcount
        == 1
    )


def lapse(conn: Connection, now: datetime) -> list[Offer]:
    """Ends the offers nobody took in time; those of a clock that has gone back since, too."""
    rows = conn.execute(
        update(offers)
        .where(offer_stands, or_(offers.c.expires_at <= now, offers.c.offered_at > now))
        .values(outcome="missed")
        .returning(*_offer)
    )
    return [Offer(*row) for row in rows]


def times(conn: Connection, conversation_id: str, epoch: int) -> Counter[str]:
    """How often the conversation, as it waits now, was offered to each agent."""
    rows = conn.execute(
        select(offers.c.agent_id, func.count())
        .where(offers.c.conversation_id == conversation_id, offers.c.epoch == epoch)
        .group_by(offers.c.agent_id)
    )
    return Counter({row[0]: row[1] for row in rows})
