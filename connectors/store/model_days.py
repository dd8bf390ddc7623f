"""How much of a language model's daily allowance is used, counted for all gateways together."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from connectors.store.answer_tables import model_days


def used(conn: Connection, day: date) -> int:
    """Tokens used on a day of China's calendar."""
    row = conn.execute(select(model_days.c.tokens).where(model_days.c.day == day)).first()
    return int(row.tokens) if row else 0


def add(conn: Connection, day: date, tokens: int, calls: int = 0) -> None:
    """Adds to a day; a negative number gives back what was set aside and not used."""
    build = postgresql.insert if conn.dialect.name == "postgresql" else sqlite.insert
    conn.execute(
        build(model_days)
        .values(day=bindparam("on"), tokens=bindparam("tokens"), calls=bindparam("calls"))
        .on_conflict_do_update(
            index_elements=["day"],
            set_={
                "tokens": model_days.c.tokens + bindparam("tokens"),
                "calls": model_days.c.calls + bindparam("calls"),
            },
        ),
        {"on": day, "tokens": tokens, "calls": calls},
    )


def set_aside(conn: Connection, day: date, tokens: int, most: int) -> bool:
    """Takes so many tokens of the day's allowance; False, and nothing taken, when too few are left.

    Two gateways that ask at the same moment may both get the last of it: the allowance guards
    against a bill, not against a few tokens.
    """
    if used(conn, day) + tokens > most:
        return False
    add(conn, day, tokens, calls=1)
    return True
