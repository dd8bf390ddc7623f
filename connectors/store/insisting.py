"""Writing down what has happened and cannot be undone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, TypeVar

from sqlalchemy import Connection

from connectors import logs
from connectors.store.database import Database, StoreUnavailable

T = TypeVar("T")

PAUSE: Final = 0.5  # seconds between tries

log = logs.get(__name__)


async def insist(database: Database, unit: Callable[[Connection], T]) -> T:
    """What ``unit`` returns once it is kept, however long the store is away."""
    while True:
        try:
            return await database.transact(unit)
        except StoreUnavailable as error:
            log.error("store.unavailable", reason=str(error))
            await asyncio.sleep(PAUSE)
