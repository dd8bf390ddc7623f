"""Searching the audit: who did what, when, to which conversation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from connectors.store.schema import audit


@dataclass(frozen=True, slots=True)
class Sought:
    """``event`` may be the beginning of one, such as ``owner.``; empty fields do not count.
    ``before``: rows with a smaller number, for the next page."""

    actors: tuple[str, ...] = ()
    event: str = ""
    conversation_id: str = ""
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    id: int
    at: datetime
    actor: str
    event: str
    conversation_id: str | None
    detail: dict[str, Any]


def search(conn: Connection, sought: Sought, limit: int) -> list[Row]:
    """The rows that fit, the latest first."""
    rows = conn.execute(
        select(audit).where(*_conditions(sought)).order_by(audit.c.id.desc()).limit(limit)
    )
    return [Row(r.id, r.at, r.actor, r.event, r.conversation_id, r.detail) for r in rows]


def _conditions(sought: Sought) -> Iterable[ColumnElement[bool]]:
    if sought.actors:
        yield audit.c.actor.in_(sought.actors)
    if sought.event:
        yield audit.c.event.startswith(sought.event, autoescape=True)
    if sought.conversation_id:
        yield audit.c.conversation_id == sought.conversation_id
    if sought.since is not None:
        yield audit.c.at >= sought.since
    if sought.until is not None:
        yield audit.c.at < sought.until
    if sought.before is not None:
        yield audit.c.id < sought.before
