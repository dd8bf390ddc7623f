"""Which files are kept, and what uses them: a message or a work order.

A file whose last use is erased is due to be swept at once; one that was kept but never used (the
message was not sent after all) after a while.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    Select,
    String,
    Table,
    delete,
    exists,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from connectors.messages import Attachment, Part
from connectors.store.metadata import metadata
from connectors.store.types import Moment

attachments = Table(
    "attachments",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("media", String(40), nullable=False),
    Column("size", BigInteger, nullable=False),  # bytes
    Column("kept_at", Moment, nullable=False),
)

attachment_uses = Table(
    "attachment_uses",
    metadata,
    Column("used_by", String(40), primary_key=True),  # a message's id or an order's number
    Column("attachment_id", String(40), primary_key=True),
    Index("ix_attachment_uses_attachment_id", "attachment_id"),
)

LONG_AGO: Final = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Kept:
    id: str
    media: str
    size: int


def note(conn: Connection, kept: Kept, now: datetime) -> None:
    """Writes down a file; one that is there already counts as kept just now."""
    insert = _insert(conn, attachments).values(
        id=kept.id, media=kept.media, size=kept.size, kept_at=now
    )
    conn.execute(insert.on_conflict_do_update(index_elements=["id"], set_={"kept_at": now}))


def get(conn: Connection, attachment_id: str) -> Kept | None:
    row = conn.execute(select(attachments).where(attachments.c.id == attachment_id)).first()
    return Kept(row.id, row.media, row.size) if row else None


def known(conn: Connection, ids: Iterable[str]) -> list[Kept]:
    """Those of these files that are there, in the order they were named in."""
    wanted = list(dict.fromkeys(ids))
    rows = conn.execute(select(attachments).where(attachments.c.id.in_(wanted)))
    found = {row.id: Kept(row.id, row.media, row.size) for row in rows}
    return [found[one] for one in wanted if one in found]


def use(conn: Connection, used_by: str, ids: Iterable[str]) -> None:
    """A message or an order holds these files."""
    rows = [{"used_by": used_by, "attachment_id": one} for one in dict.fromkeys(ids)]
    if rows:
        conn.execute(_insert(conn, attachment_uses).values(rows).on_conflict_do_nothing())


def use_parts(conn: Connection, used_by: str, parts: Iterable[Part]) -> None:
    ids = [part.attachment_id for part in parts if isinstance(part, Attachment)]
    if ids:
        use(conn, used_by, ids)


def used_by(conn: Connection, users: Iterable[str]) -> list[str]:
    """The ids of the files these hold."""
    return list(
        conn.execute(
            select(attachment_uses.c.attachment_id)
            .where(attachment_uses.c.used_by.in_(list(users)))
            .distinct()
        ).scalars()
    )


def release(conn: Connection, users: Select[Any] | list[str]) -> None:
    """These messages or orders hold no files any more."""
    held = attachment_uses.c.used_by.in_(users)
    ids = conn.execute(select(attachment_uses.c.attachment_id).where(held)).scalars().all()
    conn.execute(delete(attachment_uses).where(held))
    conn.execute(
        update(attachments).where(attachments.c.id.in_(ids), _unused()).values(kept_at=LONG_AGO)
    )


def unused(conn: Connection, before: datetime, most: int = 500) -> list[str]:
    """Files nothing uses that were kept before then, taken off the list: delete them now."""
    ids = list(
        conn.execute(
            select(attachments.c.id)
            .where(attachments.c.kept_at < before, _unused())
            .order_by(attachments.c.kept_at)
            .limit(most)
        ).scalars()
    )
    conn.execute(delete(attachments).where(attachments.c.id.in_(ids)))
    return ids


def _unused() -> Any:
    return ~exists().where(attachment_uses.c.attachment_id == attachments.c.id)


def _insert(conn: Connection, table: Table) -> Any:
    dialect = postgresql if conn.dialect.name == "postgresql" else sqlite
    return dialect.insert(table)
