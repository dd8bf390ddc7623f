"""One way to the store: a unit of work is a plain function over a SQLAlchemy connection.

``transact(fn)`` runs it in a transaction and returns when that is durable; ``read(fn)`` runs it
over one unchanging view of the store and lets it write nothing. The same functions run on both
databases and mean the same there, because both keep the same promise: **units behave as if they
ran one after the other**. SQLite does so by having one writer; on PostgreSQL a unit that lost a
race against another is rolled back and run again. A unit must therefore be short, wait for nothing
but the database, and change nothing outside of it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from sqlalchemy import Connection, text

from connectors.store.errors import StoreRefused as StoreRefused
from connectors.store.errors import StoreUnavailable as StoreUnavailable
from connectors.store.postgres import PostgresDatabase as PostgresDatabase
from connectors.store.sqlite import SqliteDatabase as SqliteDatabase

T = TypeVar("T")


class Database(Protocol):
    async def transact(self, unit: Callable[[Connection], T], *, durable: bool = True) -> T:
        """What ``unit`` returns, once all it wrote is on disk.

        Not ``durable`` is for what only the living must know of one another (who works on what): it
        outlives our process, and may be lost, with nothing after it kept, when the machine loses
        power and with it everybody who could know.

        Raises what the unit raises, its writes undone, or :class:`StoreUnavailable`. A caller that
        is cancelled while it waits may find the unit done or not, never half done.
        """
        ...

    async def read(self, unit: Callable[[Connection], T]) -> T:
        """What ``unit`` reads. Raises :class:`StoreUnavailable`."""
        ...

    async def close(self) -> None:
        """Finishes the units that wait and lets go of the store."""
        ...


def ping(connection: Connection) -> None:
    """Asks the store for a sign of life: to write anew what stands there already. One that can only
    be read, or whose disk is full, takes no message in."""
    connection.execute(text("UPDATE alembic_version SET version_num = version_num"))
