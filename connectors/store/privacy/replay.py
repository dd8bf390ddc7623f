"""Erasures outlive a restore: what had been erased is erased again in an older store."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection, select

from connectors.ids import ContactId, ConversationId
from connectors.store.database import SqliteDatabase
from connectors.store.privacy.erase import ERASED, Marks, erase
from connectors.store.privacy.find import Found
from connectors.store.privacy.scrub import overwrite, wipe_log
from connectors.store.schema import audit


@dataclass(frozen=True, slots=True)
class _Record:
    """One erasure, as its line in the trail tells it."""

    contacts: tuple[ContactId, ...]
    orders: tuple[str, ...]


_records: TypeAdapter[_Record] = TypeAdapter(_Record)


def read_erasures(store: Path) -> list[Found] | None:
    """What was erased in the store at ``store``, or None when that cannot be read any more."""
    try:
        with closing(sqlite3.connect(f"{store.resolve().as_uri()}?mode=ro", uri=True)) as db:
            rows = db.execute(
                "SELECT detail FROM audit WHERE event = ? AND conversation_id IS NULL ORDER BY id",
                (ERASED,),
            ).fetchall()
        records = [_records.validate_json(detail) for (detail,) in rows]
    except (sqlite3.Error, ValidationError):
        return None
    return [Found(record.contacts, record.orders) for record in records]


async def erase_again(
    database: SqliteDatabase, erasures: list[Found], now: datetime, marks: Marks
) -> tuple[ConversationId, ...] | None:
    """Makes in a restored store the erasures it does not know; the conversations they were about.

    None when it knows them all.
    """
    overwrite(database)
    known = set(await database.read(_known_erasures))
    fresh = [found for found in erasures if (found.contacts, found.orders) not in known]

    def unit(conn: Connection) -> list[ConversationId]:
        talks: list[ConversationId] = []
        for found in fresh:
            # What was hidden then is hidden now, whatever state the older store has it in.
            done = erase(conn, found, now, marks, actor="restore", open_orders=True)
            talks.extend(done.conversations)
        return talks

    talks = await database.transact(unit)
    wipe_log(database)
    return tuple(talks) if fresh else None


def _known_erasures(conn: Connection) -> list[tuple[tuple[ContactId, ...], tuple[str, ...]]]:
    rows = conn.execute(
        select(audit.c.detail).where(audit.c.event == ERASED, audit.c.conversation_id.is_(None))
    ).scalars()
    records = [_records.validate_python(detail) for detail in rows]
    return [(record.contacts, record.orders) for record in records]
