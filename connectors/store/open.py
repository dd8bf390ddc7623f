"""Opens the store the settings name: its schema brought up to date, or refused with the reason."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlalchemy import Connection, NullPool
from sqlalchemy.ext.asyncio import create_async_engine

from connectors.settings import Settings
from connectors.store import migration
from connectors.store.database import Database, PostgresDatabase, SqliteDatabase
from connectors.store.errors import StoreRefused
from connectors.store.migration import Standing
from connectors.store.postgres import TROUBLE, raise_translated

FILE = "huiying.db"


async def open_database(settings: Settings) -> Database:
    """The embedded store is made and upgraded on the spot; PostgreSQL must be at our revision.

    Raises :class:`StoreRefused` and :class:`StoreUnavailable`.
    """
    if settings.database_url is None:
        return open_embedded(settings.data_dir / FILE)
    server = PostgresDatabase(settings.database_url)
    try:
        schema = await server.read(migration.look)
        if schema.standing is not Standing.CURRENT:
            raise StoreRefused(migration.refusal(schema))
    except BaseException:
        await server.close()
        raise
    return server


def open_embedded(path: Path) -> SqliteDatabase:
    """Opens the file, made or upgraded first where needed."""
    database = SqliteDatabase(path)
    try:
        schema = migration.look(database.connection)
        if schema.standing is Standing.CURRENT:
            return database
        if schema.standing not in (Standing.EMPTY, Standing.BEHIND):
            raise StoreRefused(migration.refusal(schema))
        assert database.lock is not None
        if schema.standing is Standing.BEHIND and not database.lock.take_alone():
            raise StoreRefused(
                "the store must be upgraded, but another process has it open; stop `huiying run` "
                "and start it again"
            )
        upgrade_embedded(database.connection)
        database.lock.share()
    except BaseException:
        database.let_go()
        raise
    return database


async def upgrade_postgres(url: str) -> None:
    """All missing revisions in one transaction; a second upgrade waits and finds nothing to do.

    Raises :class:`StoreRefused` and :class:`StoreUnavailable`.
    """
    # Without time-outs, since a large table takes its time; at READ COMMITTED, so that who waited
    # for the lock sees what the one before did.
    engine = create_async_engine(url, poolclass=NullPool, isolation_level="READ COMMITTED")
    try:
        async with engine.begin() as connection:
            await connection.run_sync(migration.upgrade)
    except TROUBLE as error:
        raise_translated(error)
    finally:
        await engine.dispose()


def upgrade_embedded(conn: Connection) -> None:
    """All missing revisions in one transaction, and no reference left hanging."""
    raw = conn.connection.dbapi_connection
    assert isinstance(raw, sqlite3.Connection)
    raw.execute("PRAGMA busy_timeout = 5000")  # another process may be making it just now
    raw.execute("PRAGMA foreign_keys = OFF")  # has no effect inside a transaction
    try:
        raw.execute("BEGIN IMMEDIATE")
        migration.upgrade(conn)
        hanging = raw.execute("PRAGMA foreign_key_check").fetchall()
        if hanging:
            raise StoreRefused(f"the upgrade was undone: {len(hanging)} rows refer to nothing")
        if raw.in_transaction:
            raw.execute("COMMIT")
    finally:
        if raw.in_transaction:
            raw.execute("ROLLBACK")
        raw.execute("PRAGMA foreign_keys = ON")
        raw.execute("PRAGMA busy_timeout = 0")
