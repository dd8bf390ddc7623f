"""The trail of who did what to which conversation. Rows are only ever added."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert

from connectors.store.schema import audit


def record(
    conn: Connection,
    now: datetime,
    *,
    actor: str,
    event: str,
    conversation_id: str | None = None,
    **detail: Any,
) -> None:
    """Adds one row; ``detail`` must hold identifiers and codes, never what a person said."""
    conn.execute(
        insert(audit).values(
            at=now, conversation_id=conversation_id, actor=actor, event=event, detail=detail
        )
    )
