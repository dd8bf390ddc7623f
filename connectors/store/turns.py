"""An account's turns and quotas, counted for all gateways together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, insert, select, update

from connectors.store.delivery_tables import sending_accounts

Account = tuple[str, str]
"""A channel and one of its accounts."""


@dataclass(frozen=True, slots=True)
class Turns:
    """When an account may send its next messages, and until when it must rest after them."""

    at: tuple[datetime, ...]
    rest_until: datetime | None = None


def take_turns(
    conn: Connection,
    account: Account,
    wanted: int,
    now: datetime,
    *,
    interval: timedelta | None,
    per_day: int | None,
    today: date,
    tomorrow_at: datetime,
    ahead: timedelta,
) -> Turns:
    """Takes up to ``wanted`` turns, evenly spaced by ``interval``, none later than ``ahead``.

    Turns are never made up for: an account that was idle begins at ``now``. A next turn further
    off than was ever given out means that a clock went back; it is forgotten.
    """
    row = conn.execute(select(sending_accounts).where(_row(account)).with_for_update()).first()
    free = row.next_free_at if row is not None else None
    used = row.sent_that_day if row is not None and row.day == today else 0
    step = interval or timedelta(0)
    if free is None or free < now or free > now + ahead + step + timedelta(seconds=1):
        free = now
    left = wanted if per_day is None else min(wanted, per_day - used)
    at: list[datetime] = []
    while len(at) < left and free <= now + ahead:
        at.append(free)
        free += step
    values = {"next_free_at": free, "day": today, "sent_that_day": used + len(at)}
    if row is None:
        key = {"channel": account[0], "account": account[1]}
        conn.execute(insert(sending_accounts).values(**key, **values))
    elif at:
        conn.execute(update(sending_accounts).where(_row(account)).values(values))
    if per_day is not None and used + len(at) >= per_day:
        return Turns(tuple(at), tomorrow_at)
    return Turns(tuple(at), free - ahead / 2 if len(at) < wanted else None)


def _row(account: Account) -> Any:
    return and_(sending_accounts.c.channel == account[0], sending_accounts.c.account == account[1])
