"""How many sends a platform still allows to a person: since they wrote, or since they came in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, insert, select, update

from connectors.store.delivery_tables import pieces, reply_grants
from connectors.store.schema import conversations, deliveries


@dataclass(frozen=True, slots=True)
class Grant:
    """What the platform lets us send for a while because the person came in, followed, clicked."""

    opened_at: datetime
    ends_at: datetime
    sends: int


@dataclass(frozen=True, slots=True)
class Window:
    """The person's last message, and how many platform messages went out since; the same of what
    was granted last."""

    opened_at: datetime | None
    used: int
    grant: Grant | None = None
    grant_used: int = 0

    def left(self, life: timedelta | None, sends: int | None, now: datetime) -> int | None:
        """How many sends are left; None: as many as we like, 0: it is shut.

        ``life`` and ``sends`` are what a message of the person allows. Platforms do not add a grant
        to that: the larger of both counts.
        """
        granted = 0
        if self.grant is not None and now <= self.grant.ends_at:
            granted = max(0, self.grant.sends - self.grant_used)
        if self.opened_at is None or (life is not None and now > self.opened_at + life):
            return granted
        return None if sends is None else max(granted, sends - self.used)


def window(conn: Connection, conversation_id: str) -> Window:
    opened_at: datetime | None = conn.execute(
        select(conversations.c.last_inbound_at).where(conversations.c.id == conversation_id)
    ).scalar_one_or_none()
    row = conn.execute(
        select(reply_grants).where(reply_grants.c.conversation_id == conversation_id)
    ).first()
    grant = Grant(row.opened_at, row.ends_at, row.sends) if row is not None else None
    return Window(
        opened_at,
        _sent_since(conn, conversation_id, opened_at) if opened_at is not None else 0,
        grant,
        _sent_since(conn, conversation_id, grant.opened_at) if grant is not None else 0,
    )


def grant(
    conn: Connection, conversation_id: str, sends: int, life: timedelta, now: datetime
) -> None:
    """Notes that the platform lets us send so many for so long, from now; it takes the place of
    what was granted before."""
    values = {"opened_at": now, "ends_at": now + life, "sends": sends}
    same = reply_grants.c.conversation_id == conversation_id
    if not conn.execute(update(reply_grants).where(same).values(**values)).rowcount:
        conn.execute(insert(reply_grants).values(conversation_id=conversation_id, **values))


def _sent_since(conn: Connection, conversation_id: str, moment: datetime) -> int:
    return int(
        conn.execute(
            select(func.count())
            .select_from(pieces.join(deliveries, deliveries.c.id == pieces.c.delivery_id))
            .where(deliveries.c.conversation_id == conversation_id, pieces.c.sent_at >= moment)
        ).scalar_one()
    )
