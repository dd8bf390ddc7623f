"""Questions the knowledge base could not answer, kept for its editors."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from connectors.store.schema import knowledge_gaps

UNHELPFUL = "unhelpful"  # why a question is a gap though something was found for it


def record(
    conn: Connection,
    now: datetime,
    *,
    question: str,
    reason: str,
    conversation_id: str | None = None,
    region: str | None = None,
) -> None:
    """``reason``: ``none`` (nothing fits), ``candidates`` (none chosen) or ``unhelpful``."""
    conn.execute(
        insert(knowledge_gaps).values(
            at=now,
            conversation_id=conversation_id,
            question=question,
            region=region,
            reason=reason,
        )
    )


@dataclass(frozen=True, slots=True)
class Gap:
    id: int
    at: datetime
    question: str
    reason: str
    region: str | None = None


def latest(conn: Connection, limit: int = 1000) -> list[Gap]:
    """The gaps nobody has dealt with, the latest first."""
    rows = conn.execute(
        select(knowledge_gaps)
        .order_by(knowledge_gaps.c.at.desc(), knowledge_gaps.c.id.desc())
        .limit(limit)
    )
    return [Gap(r.id, r.at, r.question, r.reason, r.region) for r in rows]


def some(conn: Connection, ids: Collection[int]) -> list[Gap]:
    """These gaps, the latest first; those dealt with meanwhile are left out."""
    rows = conn.execute(
        select(knowledge_gaps)
        .where(knowledge_gaps.c.id.in_(ids))
        .order_by(knowledge_gaps.c.at.desc(), knowledge_gaps.c.id.desc())
    )
    return [Gap(r.id, r.at, r.question, r.reason, r.region) for r in rows]


def found_after_all(conn: Connection, conversation_id: str, question: str) -> int:
    """One of the candidates offered for a question was the one meant: the base has no gap there."""
    result = conn.execute(
        delete(knowledge_gaps).where(
            knowledge_gaps.c.conversation_id == conversation_id,
            knowledge_gaps.c.question == question,
            knowledge_gaps.c.reason == "candidates",
        )
    )
    return result.rowcount


def settle(conn: Connection, ids: Collection[int]) -> int:
    """Takes gaps off the list: an entry was written, or none is wanted."""
    result = conn.execute(delete(knowledge_gaps).where(knowledge_gaps.c.id.in_(ids)))
    return result.rowcount
