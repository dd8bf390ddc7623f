"""Erasing from the disk too: SQLite otherwise leaves old content in free pages and in its log."""

from __future__ import annotations

from connectors.store.database import Database, SqliteDatabase


def overwrite(database: Database) -> None:
    """From now on this connection overwrites what it deletes. PostgreSQL does so by vacuuming."""
    if isinstance(database, SqliteDatabase):
        database.connection.exec_driver_sql("PRAGMA secure_delete = ON")


def wipe_log(database: Database) -> bool:
    """Empties SQLite's write-ahead log; False when another process still needs it.

    A running gateway overwrites it in the course of its work.
    """
    if not isinstance(database, SqliteDatabase):
        return True
    busy, _, _ = database.connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
    return not busy
