"""The cluster's store: PostgreSQL, where several gateways write at once.

Units run at ``REPEATABLE READ``. When two of them meet, the later one fails with a serialisation
error instead of building on what it could not see, and is run again; so a unit never has to think
of locks. A server that goes away is reported as :class:`StoreUnavailable`; connections left over
from before it went are replaced without the caller noticing.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from typing import Any, Final, NoReturn, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from connectors.json_codec import dumps, loads
from connectors.store.errors import StoreUnavailable

T = TypeVar("T")

CONNECT_TIMEOUT: Final = 5.0  # seconds
COMMAND_TIMEOUT: Final = 10.0
POOL_TIMEOUT: Final = 5.0
IDLE_TIMEOUT: Final = 5.0  # a gateway frozen in the middle of a unit gives its locks back
ATTEMPTS: Final = 20  # of a unit that keeps losing races

_SERIALIZATION = frozenset({"40001", "40P01"})
_UNIQUE = "23505"
# Classes of SQLSTATE that say "not now": connection, resources, operator intervention, system;
# and what an operator must mend first: wrong name or password, no such database, read-only.
_UNAVAILABLE = ("08", "53", "57", "58", "28", "3D", "25006", "25P03", "55P03")
_STALE_MOST = 3  # times in one call that a dead connection is replaced


TROUBLE: Final = (DBAPIError, OSError, TimeoutError, PoolTimeout)


class PostgresDatabase:
    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        """``url`` names the asyncpg driver: ``postgresql+asyncpg://user:password@host/name``."""
        self.url = url
        self._engine: AsyncEngine = create_async_engine(
            url,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=POOL_TIMEOUT,
            isolation_level="REPEATABLE READ",
            connect_args={
                "timeout": CONNECT_TIMEOUT,
                "command_timeout": COMMAND_TIMEOUT,
                "server_settings": {
                    "idle_in_transaction_session_timeout": str(int(IDLE_TIMEOUT * 1000))
                },
            },
            json_serializer=dumps,
            json_deserializer=loads,
            hide_parameters=True,  # they are what people said
        )
        self._reading = self._engine.execution_options(postgresql_readonly=True)

    async def transact(self, unit: Callable[[Connection], T], *, durable: bool = True) -> T:
        # Durable always: gateways outlive the server, and remember what it would have forgotten.
        return await self._run(self._engine, unit)

    async def read(self, unit: Callable[[Connection], T]) -> T:
        return await self._run(self._reading, unit)

    async def close(self) -> None:
        await self._engine.dispose()

    async def _run(self, engine: AsyncEngine, unit: Callable[[Connection], T]) -> T:
        races = stale = 0
        met_row = False
        while True:
            committing = False
            try:
                async with engine.connect() as connection, connection.begin() as transaction:
                    value = await connection.run_sync(unit)
                    committing = True
                    await transaction.commit()
                    return value
            except TROUBLE as error:
                state = _sqlstate(error)
                if state in _SERIALIZATION and races < ATTEMPTS:
                    races += 1
                elif state == _UNIQUE and not met_row:
                    met_row = True  # put there since we looked? The next look will tell.
                elif _lost(error) and not committing and stale < _STALE_MOST:
                    stale += 1
                else:
                    raise_translated(error, committing=committing)
            await asyncio.sleep(random.uniform(0, 0.002) * 2 ** min(races, 5))


def raise_translated(error: BaseException, *, committing: bool = False) -> NoReturn:
    """Raises ``StoreUnavailable`` for what says "not now"; anything else as it is, but without
    the values PostgreSQL likes to quote."""
    state = _sqlstate(error)
    if _unavailable(error, state):
        raise StoreUnavailable(_brief(error, state, committing)) from None
    _forget_values(error)
    raise error


def _sqlstate(error: BaseException) -> str | None:
    origin: Any = error.orig if isinstance(error, DBAPIError) else error
    state = getattr(origin, "sqlstate", None)
    return state if isinstance(state, str) else None


def _lost(error: BaseException) -> bool:
    return isinstance(error, DBAPIError) and error.connection_invalidated


def _unavailable(error: BaseException, state: str | None) -> bool:
    if isinstance(error, OSError | TimeoutError | PoolTimeout) or _lost(error):
        return True
    return state in _SERIALIZATION or (state is not None and state.startswith(_UNAVAILABLE))


def _brief(error: BaseException, state: str | None, committing: bool) -> str:
    """What an operator needs."""
    origin: object = error.orig if isinstance(error, DBAPIError) else error
    what = f"{type(getattr(origin, '__cause__', None) or origin).__name__}"
    unsure = ", lost while committing" if committing else ""
    return f"PostgreSQL: {what}{f' ({state})' if state else ''}{unsure}"


def _forget_values(error: BaseException) -> None:
    """Takes the quoted row values off an error that goes on to the log."""
    origin: Any = getattr(error, "orig", None)
    exceptions: tuple[Any, ...] = (origin, getattr(origin, "__cause__", None))
    for exception in exceptions:
        if getattr(exception, "detail", None):
            exception.detail = None
