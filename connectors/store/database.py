"""One way to the store: a unit of work is a plain function over a SQLAlchemy connection.

``transact(fn)`` runs it in a transaction and returns when that is durable; ``read(fn)`` runs it
without one. The same functions run on SQLite and on PostgreSQL.

On SQLite there is one writing connection, used on the event loop itself, and *group commit*: units
that arrive within :data:`GROUP_WINDOW` share one transaction, each inside its own savepoint, so
that one failing unit undoes only itself and one ``fsync`` serves all. This was measured at three
to four times the rate of a writer thread (see ``docs/architecture.md``). Units must therefore be
short and must never wait for anything but the database.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import StaticPool

T = TypeVar("T")

GROUP_WINDOW = 0.002  # seconds a unit may wait for company
GROUP_MOST = 256  # units in one transaction: bounds how long the loop is held


class StoreUnavailable(Exception):
    """The store cannot be written or read now: full or read-only disk, lost server.

    Nothing of the unit of work was kept; the caller may try again.
    """


class Database(Protocol):
    async def transact(self, unit: Callable[[Connection], T]) -> T: ...

    async def read(self, unit: Callable[[Connection], T]) -> T: ...

    async def close(self) -> None: ...


class SqliteDatabase:
    """The embedded store: one file, WAL, every commit synced to disk."""

    def __init__(self, path: Path | None) -> None:
        """Opens (and makes) the file at ``path``; ``None`` is a store in memory, for tests."""
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        self._engine = create_engine(
            f"sqlite:///{path}" if path else "sqlite://",
            poolclass=StaticPool,
            connect_args={"check_same_thread": False, "timeout": 5},
            isolation_level="AUTOCOMMIT",
        )
        event.listen(self._engine, "connect", _set_pragmas)
        self._connection = self._engine.connect()
        self._waiting: list[tuple[Callable[[Connection], Any], asyncio.Future[Any]]] = []
        self._flush_due = False

    @property
    def connection(self) -> Connection:
        """The one connection, for migrations before the loop runs."""
        return self._connection

    async def transact(self, unit: Callable[[Connection], T]) -> T:
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()
        self._waiting.append((unit, done))
        if len(self._waiting) >= GROUP_MOST:
            self._flush()
        elif not self._flush_due:
            self._flush_due = True
            loop.call_later(GROUP_WINDOW, self._flush)
        return await done

    async def read(self, unit: Callable[[Connection], T]) -> T:
        try:
            return unit(self._connection)
        except DBAPIError as error:
            raise StoreUnavailable(str(error.orig)) from error

    async def close(self) -> None:
        self._flush()
        self._connection.close()
        self._engine.dispose()

    def _flush(self) -> None:
        self._flush_due = False
        batch, self._waiting = self._waiting, []
        if not batch:
            return
        outcomes: list[tuple[asyncio.Future[Any], Any, Exception | None]] = []
        connection = self._connection
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            for unit, done in batch:
                outcomes.append((done, *self._run_inside_savepoint(unit)))
            connection.exec_driver_sql("COMMIT")
        except DBAPIError as error:
            self._roll_back()
            lost = StoreUnavailable(str(error.orig))
            outcomes = [(done, None, lost) for _, done in batch]
        for done, value, failure in outcomes:
            if done.done():  # the caller was cancelled; the unit is committed all the same
                continue
            if failure is None:
                done.set_result(value)
            else:
                done.set_exception(failure)

    def _run_inside_savepoint(
        self, unit: Callable[[Connection], Any]
    ) -> tuple[Any, Exception | None]:
        connection = self._connection
        connection.exec_driver_sql("SAVEPOINT unit")
        try:
            value = unit(connection)
        except Exception as error:
            connection.exec_driver_sql("ROLLBACK TO unit")
            connection.exec_driver_sql("RELEASE unit")
            return None, error
        connection.exec_driver_sql("RELEASE unit")
        return value, None

    def _roll_back(self) -> None:
        try:
            self._connection.exec_driver_sql("ROLLBACK")
        except DBAPIError:
            # SQLite has already rolled back (a full disk does that); there is nothing left to undo.
            return


class PostgresDatabase:
    """The cluster's store. ``url`` is a SQLAlchemy URL of the asyncpg driver."""

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        self._engine = create_async_engine(url, pool_size=pool_size, pool_pre_ping=True)

    async def transact(self, unit: Callable[[Connection], T]) -> T:
        try:
            async with self._engine.begin() as connection:
                return await connection.run_sync(unit)
        except (DBAPIError, OSError) as error:
            if isinstance(error, DBAPIError) and not error.connection_invalidated:
                raise
            raise StoreUnavailable(str(error)) from error

    async def read(self, unit: Callable[[Connection], T]) -> T:
        return await self.transact(unit)

    async def run_migration(self, unit: Callable[[Connection], None]) -> None:
        async with self._engine.begin() as connection:
            await connection.run_sync(unit)

    async def close(self) -> None:
        await self._engine.dispose()


def _set_pragmas(connection: sqlite3.Connection, _record: object) -> None:
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "busy_timeout = 5000",
        "temp_store = MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")


def ping(connection: Connection) -> None:
    """Asks the store for a sign of life."""
    connection.execute(text("SELECT 1"))
