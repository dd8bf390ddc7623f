"""The parts of a long text message, on both stores, when two gateways are brought them at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from sqlalchemy import Connection, text

from connectors.channels.sms import parts
from connectors.channels.sms.driver import Arrived
from connectors.channels.sms.parts import Whole
from connectors.channels.sms.udh import PartOf
from connectors.store.database import Database
from tests.store.people import NOON

PHONE = "+8613912340001"


def part(number: int) -> Arrived:
    return Arrived(PHONE, f"p{number}", f"[{number}]".encode(), part=PartOf(9, 2, number))


def kept(number: int) -> Callable[[Connection], list[Whole]]:
    """Keeps a part in a transaction that does not end before the other has begun."""

    def unit(conn: Connection) -> list[Whole]:
        ready = parts.put(conn, "carrier", PHONE, part(number), NOON)
        if conn.dialect.name == "postgresql":
            conn.execute(text("SELECT pg_sleep(0.5)"))
        return ready

    return unit


async def test_parts_brought_to_two_gateways_at_once_are_one_message_at_once(
    database: Database, second: Database
) -> None:
    def look(conn: Connection) -> list[Whole]:
        return parts.completed(conn, "carrier", PHONE, PartOf(9, 2, 1))

    found = await asyncio.gather(database.transact(kept(1)), second.transact(kept(2)))
    found += await asyncio.gather(database.transact(look), second.transact(look))
    [whole] = [one for ready in found for one in ready]
    assert whole.text == "[1][2]"
    await database.transact(lambda conn: parts.done(conn, whole, NOON))
    assert await database.transact(lambda conn: parts.overdue(conn, NOON)) == []
