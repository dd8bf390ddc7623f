"""Leases in the store, for while Redis is away: slower, and known to every gateway."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from sqlalchemy import Connection, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from connectors.clock import Clock
from connectors.store.database import Database, StoreUnavailable
from connectors.store.schema import leases


class StoredLeases:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._db = database
        self._clock = clock

    async def hold(self, name: str, holder: str, life: float) -> bool:
        """Takes the lease for ``life`` seconds, or holds it that much longer; False when another
        has it, or when the store is away."""
        length = timedelta(seconds=life)
        try:
            return await self._db.transact(
                lambda conn: self._hold(conn, name, holder, length), durable=False
            )
        except (StoreUnavailable, IntegrityError):  # away, or somebody was quicker
            return False

    async def give_back(self, name: str, holder: str) -> None:
        """If it is still theirs. Else, or while the store is away, it runs out by itself."""
        ours = (leases.c.name == name, leases.c.holder == holder)
        with suppress(StoreUnavailable):
            await self._db.transact(
                lambda conn: conn.execute(delete(leases).where(*ours)), durable=False
            )

    def _hold(self, conn: Connection, name: str, holder: str, length: timedelta) -> bool:
        now = self._clock.now()
        mine = {"holder": holder, "until": now + length}
        known = conn.execute(select(leases.c.name).where(leases.c.name == name)).first()
        if known is None:
            conn.execute(insert(leases).values(name=name, **mine))
            return True
        # One that ends later than any can was taken before the clock was set back.
        free = or_(
            leases.c.holder == holder, leases.c.until <= now, leases.c.until > now + 2 * length
        )
        taken = conn.execute(update(leases).where(leases.c.name == name, free).values(**mine))
        return taken.rowcount == 1
