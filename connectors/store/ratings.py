"""How people judged the service after talking with a person, as the audit has it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, select

from connectors.store import audit
from connectors.store.schema import audit as table

EVENT: Final = "service.rated"
GOOD: Final = "good"
RATINGS: Final = (GOOD, "fair", "bad")


@dataclass(frozen=True, slots=True)
class Rating:
    """One of :data:`RATINGS`, and when it was given."""

    rating: str
    at: datetime


def note(conn: Connection, conversation_id: str, rating: str, actor: str, now: datetime) -> None:
    """Writes down a rating of the service in a conversation."""
    audit.record(
        conn, now, actor=actor, event=EVENT, conversation_id=conversation_id, rating=rating
    )


def of(conn: Connection, conversation_ids: Collection[str], most: int = 5) -> list[Rating]:
    """The ratings given in these conversations, the latest in front."""
    rows = conn.execute(
        select(table.c.at, table.c.detail)
        .where(table.c.conversation_id.in_(conversation_ids), table.c.event == EVENT)
        .order_by(table.c.id.desc())
        .limit(most)
    )
    return [Rating(str(row.detail["rating"]), row.at) for row in rows]


def counted(conn: Connection, since: datetime) -> Counter[str]:
    """How many of each rating were given since then."""
    rows = conn.execute(select(table.c.detail).where(table.c.at >= since, table.c.event == EVENT))
    return Counter(str(detail["rating"]) for detail in rows.scalars())
