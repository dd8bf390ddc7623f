"""The ledger of what sending costs: by account, China's calendar day, and why we wrote."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, bindparam, literal_column, select
from sqlalchemy.dialects import postgresql, sqlite

from connectors.store.delivery_tables import sending_costs
from connectors.store.prepared import Prepared
from connectors.store.turns import Account


@dataclass(frozen=True, slots=True)
class Entry:
    """``units`` are what the platform bills: of a text message, segments."""

    channel: str
    account: str
    day: date
    purpose: str
    messages: int
    units: int


def note(conn: Connection, account: Account, day: date, purpose: str, units: int) -> None:
    """Adds one platform message to the ledger, in the transaction that notes it as sent."""
    values = {
        "channel": account[0],
        "account": account[1],
        "day": day,
        "purpose": purpose,
        "units": units,
    }
    _ADD["postgresql" if conn.dialect.name == "postgresql" else "sqlite"].run(conn, values)


def _add(insert: Any) -> Prepared:
    """One more message of so many units, whether there is a line for it yet or not."""
    names = ("channel", "account", "day", "purpose", "units")
    new = {name: bindparam(name, type_=sending_costs.c[name].type) for name in names}
    return Prepared(
        insert(sending_costs)
        .values(**new, messages=literal_column("1"))
        .on_conflict_do_update(
            index_elements=["channel", "account", "day", "purpose"],
            set_={
                "messages": sending_costs.c.messages + literal_column("1"),
                "units": sending_costs.c.units + literal_column("excluded.units"),
            },
        )
    )


_ADD = {"sqlite": _add(sqlite.insert), "postgresql": _add(postgresql.insert)}


def between(conn: Connection, first: date, last: date, account: str | None = None) -> list[Entry]:
    """The ledger of these days, both included, in order."""
    query = select(sending_costs).where(
        sending_costs.c.day >= first,
        sending_costs.c.day <= last,
    )
    if account is not None:
        query = query.where(sending_costs.c.account == account)
    rows = conn.execute(
        query.order_by(sending_costs.c.day, sending_costs.c.account, sending_costs.c.purpose)
    )
    return [Entry(**row._mapping) for row in rows]
