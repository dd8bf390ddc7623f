"""Known incidents (已知事件): notices supervisors post, and who was told of which.

A notice says where (a region, words of places), what (a category, words of the matter), what people
are told, and until when. Who changes one must have seen its latest version.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    bindparam,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from connectors.ids import new_id
from connectors.store.metadata import metadata
from connectors.store.prepared import Prepared
from connectors.store.types import Moment

incident_notices = Table(
    "incident_notices",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("region", String(6)),  # GB/T 2260; NULL: wherever
    Column("places", JSON, nullable=False),
    Column("category", JSON, nullable=False),
    Column("words", JSON, nullable=False),
    Column("text", Text, nullable=False),
    Column("until", Moment, nullable=False),
    Column("ended_at", Moment),  # ended by hand, before its time
    Column("version", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("updated_by", String(40), nullable=False),
    Index("ix_incident_notices_until", "until"),
)

incident_tellings = Table(
    "incident_tellings",
    metadata,
    Column("notice_id", ForeignKey("incident_notices.id"), primary_key=True),
    Column("conversation_id", String(40), primary_key=True),
    Column("message_id", String(40), nullable=False),  # the message it was told in answer to
    Column("at", Moment, nullable=False),
    Column(
        "insisted", Boolean, nullable=False, server_default="0"
    ),  # an order was filed all the same
)


@dataclass(frozen=True, slots=True)
class NewNotice:
    """Of ``places`` and of ``words`` one is enough; where there are none, region and category
    alone decide. ``category`` is a path or its beginning."""

    text: str
    until: datetime
    region: str | None = None
    places: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    id: str
    said: NewNotice
    version: int
    ended_at: datetime | None
    created_at: datetime
    updated_at: datetime
    updated_by: str

    def stands(self, now: datetime) -> bool:
        return self.ended_at is None and now < self.said.until


@dataclass(frozen=True, slots=True)
class Told:
    """How many conversations were told of a notice, and in how many an order was filed after."""

    told: int = 0
    insisted: int = 0


class Changed(Exception):
    """Somebody else has changed the notice since it was read; ``latest`` is what it says now."""

    def __init__(self, latest: Notice) -> None:
        super().__init__(latest.id)
        self.latest = latest


def post(conn: Connection, notice: NewNotice, actor: str, now: datetime) -> Notice:
    notice_id = new_id("n")
    values = _columns(notice) | {"version": 1, "updated_at": now, "updated_by": actor}
    conn.execute(insert(incident_notices).values(id=notice_id, created_at=now, **values))
    posted = get(conn, notice_id)
    assert posted is not None
    return posted


def change(
    conn: Connection, notice_id: str, seen: int, notice: NewNotice, actor: str, now: datetime
) -> Notice:
    """Raises :class:`Changed` when ``seen`` is not the latest version, ``KeyError`` for none."""
    return _write(conn, notice_id, seen, _columns(notice), actor, now)


def end(conn: Connection, notice_id: str, seen: int, actor: str, now: datetime) -> Notice:
    """Ends it now. Raises as :func:`change` does."""
    return _write(conn, notice_id, seen, {"ended_at": now}, actor, now)


def _write(
    conn: Connection, notice_id: str, seen: int, values: dict[str, Any], actor: str, now: datetime
) -> Notice:
    changed = conn.execute(
        update(incident_notices)
        .where(incident_notices.c.id == notice_id, incident_notices.c.version == seen)
        .values(**values, version=seen + 1, updated_at=now, updated_by=actor)
    ).rowcount
    latest = get(conn, notice_id)
    if latest is None:
        raise KeyError(notice_id)
    if not changed:
        raise Changed(latest)
    return latest


def get(conn: Connection, notice_id: str) -> Notice | None:
    found = select(incident_notices).where(incident_notices.c.id == notice_id)
    row = conn.execute(found).mappings().first()
    return _notice(row) if row else None


def standing(conn: Connection, now: datetime) -> list[Notice]:
    """The notices in force, the latest first."""
    return [_notice(_standing.named(row)) for row in _standing.all(conn, {"at": now})]


_standing = Prepared(  # asked before every turn of the bot
    select(incident_notices)
    .where(incident_notices.c.until > bindparam("at"), incident_notices.c.ended_at.is_(None))
    .order_by(incident_notices.c.created_at.desc())
)


def latest(conn: Connection, most: int = 50) -> list[tuple[Notice, Told]]:
    """Every notice, ended ones too, the latest first, with how many were told."""
    counted = {
        row.notice_id: Told(row.told, int(row.insisted or 0))
        for row in conn.execute(
            select(
                incident_tellings.c.notice_id,
                func.count().label("told"),
                func.count().filter(incident_tellings.c.insisted.is_(True)).label("insisted"),
            ).group_by(incident_tellings.c.notice_id)
        )
    }
    rows = conn.execute(
        select(incident_notices).order_by(incident_notices.c.created_at.desc()).limit(most)
    ).mappings()
    return [(_notice(row), counted.get(row["id"], Told())) for row in rows]


def untold(
    conn: Connection, notices: Iterable[Notice], conversation_id: str, message_id: str
) -> list[Notice]:
    """Those this conversation has not been told of; in answer to this very message is not yet."""
    told = set(
        conn.execute(
            select(incident_tellings.c.notice_id).where(
                incident_tellings.c.conversation_id == conversation_id,
                incident_tellings.c.message_id != message_id,
            )
        ).scalars()
    )
    return [notice for notice in notices if notice.id not in told]


def note_told(
    conn: Connection, notice_id: str, conversation_id: str, message_id: str, now: datetime
) -> None:
    """Each conversation is told, and counted, once."""
    dialect = postgresql if conn.dialect.name == "postgresql" else sqlite
    conn.execute(
        dialect.insert(incident_tellings)
        .values(notice_id=notice_id, conversation_id=conversation_id, message_id=message_id, at=now)
        .on_conflict_do_nothing()
    )


def told_last(conn: Connection, conversation_id: str) -> str | None:
    """The message in answer to which a notice was last told in a conversation."""
    told = incident_tellings.c
    return conn.scalar(
        select(told.message_id)
        .where(told.conversation_id == conversation_id)
        .order_by(told.at.desc())
        .limit(1)
    )


def note_insisted(conn: Connection, conversation_id: str, since: datetime) -> None:
    """An order was filed in a conversation that had been told since then."""
    conn.execute(
        update(incident_tellings)
        .where(
            incident_tellings.c.conversation_id == conversation_id,
            incident_tellings.c.at >= since,
        )
        .values(insisted=True)
    )


def _columns(notice: NewNotice) -> dict[str, Any]:
    return {
        "region": notice.region,
        "places": list(notice.places),
        "category": list(notice.category),
        "words": list(notice.words),
        "text": notice.text,
        "until": notice.until,
    }


def _notice(row: Mapping[Any, Any]) -> Notice:
    return Notice(
        row["id"],
        NewNotice(
            row["text"],
            row["until"],
            row["region"],
            tuple(row["places"]),
            tuple(row["category"]),
            tuple(row["words"]),
        ),
        row["version"],
        row["ended_at"],
        row["created_at"],
        row["updated_at"],
        row["updated_by"],
    )
