"""SQLite files opened our way: a write-ahead log, every commit on disk, nobody held by a lock."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import StaticPool

from connectors.json_codec import dumps, loads

CHECKPOINT: Final = 4000  # pages in the log until they are moved into the database


def engine(path: Path | None, reading: bool = False) -> Engine:
    engine = create_engine(
        f"sqlite:///{path}" if path else "sqlite://",
        poolclass=StaticPool,
        # A busy file must not hold the loop: the writer tries again by itself.
        connect_args={"check_same_thread": False, "timeout": 0.25 if reading else 0},
        isolation_level="AUTOCOMMIT",
        json_serializer=dumps,
        json_deserializer=loads,
        hide_parameters=True,  # they are what people said
    )
    event.listen(engine, "connect", _prepare_reading if reading else _prepare_writing)
    return engine


def _prepare_writing(connection: sqlite3.Connection, _record: object) -> None:
    for pragma in (
        "busy_timeout = 5000",  # for the change to WAL, which takes the file for itself
        "journal_mode = WAL",
        "busy_timeout = 0",
        "synchronous = FULL",
        "foreign_keys = ON",
        "temp_store = MEMORY",
        "cache_size = -32768",  # KiB; a group's pages stay in memory until its commit
        f"wal_autocheckpoint = {CHECKPOINT}",  # runs inside a COMMIT, so in its thread
        "journal_size_limit = 67108864",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _prepare_reading(connection: sqlite3.Connection, _record: object) -> None:
    for pragma in ("query_only = ON", "temp_store = MEMORY", "cache_size = -16384"):
        connection.execute(f"PRAGMA {pragma}")


def raw_of(connection: Connection) -> sqlite3.Connection:
    raw = connection.connection.dbapi_connection
    assert isinstance(raw, sqlite3.Connection)
    return raw
