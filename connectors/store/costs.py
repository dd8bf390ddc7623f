"""The ledger of what sending costs: by account, China's calendar day, and why we wrote."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from connectors.store.delivery_tables import sending_costs
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
    dialect = postgresql if conn.dialect.name == "postgresql" else sqlite
    key = {"channel": account[0], "account": account[1], "day": day, "purpose": purpose}
    conn.execute(
        dialect.insert(sending_costs)
        .values(**key, messages=1, units=units)
        .on_conflict_do_update(
            index_elements=["channel", "account", "day", "purpose"],
            set_={
                "messages": sending_costs.c.messages + 1,
                "units": sending_costs.c.units + units,
            },
        )
    )


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
