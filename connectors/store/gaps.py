"""Questions the knowledge base could not answer, kept for its editors."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert

from connectors.store.schema import knowledge_gaps


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
