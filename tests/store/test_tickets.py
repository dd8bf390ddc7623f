"""The outbox of orders and what may be listed of them, on both databases."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from actions.work_orders import nodes
from connectors.store import (
    order_public,
    order_work,
    ticket_events,
    ticket_sends,
    tickets,
    work_orders,
)
from connectors.store.database import Database
from connectors.store.order_public import Wanted
from connectors.store.ticket_sends import Send
from tests.store.people import NOON
from tests.tickets.subjects import new_order

SECOND = timedelta(seconds=1)


def enter(conn: Connection, number: str, **more: Any) -> None:
    order = replace(new_order(key=f"open311:portal:{number}"), **more)
    work_orders.add(conn, NOON, number, order, nodes.at_start(NOON, "12345"), None)


async def due(database: Database, after: timedelta = SECOND) -> list[Send]:
    return await database.read(lambda conn: ticket_sends.due(conn, "core", NOON + after, 100))


async def test_nothing_about_an_order_goes_before_it_and_nothing_overtakes(
    database: Database,
) -> None:
    def unit(conn: Connection) -> None:
        for number in ("A", "B"):
            enter(conn, number)
            tickets.hand_over(conn, number, "core", NOON)
            tickets.tell(conn, number, "urge", NOON, text="急")
            tickets.tell(conn, number, "urge", NOON, text="还急")

    await database.transact(unit)
    seen = []
    while waiting := await due(database):
        seen.append([(one.number, one.kind, one.body.get("text")) for one in waiting])
        for one in waiting:
            await database.transact(lambda c, one=one: ticket_sends.settle(c, one, "sent", NOON))  # type: ignore[misc]
    assert seen == [
        [("A", "file", None), ("B", "file", None)],
        [("A", "urge", "急"), ("B", "urge", "急")],
        [("A", "urge", "还急"), ("B", "urge", "还急")],
    ]


async def test_of_many_who_claim_one_gets_it(database: Database, second: Database) -> None:
    def unit(conn: Connection) -> None:
        for n in range(5):
            enter(conn, f"N{n}")
            tickets.hand_over(conn, f"N{n}", "core", NOON)

    await database.transact(unit)
    waiting = await due(database)
    until = NOON + timedelta(seconds=90)

    async def claim(store: Database, one: Send) -> bool:
        return await store.transact(lambda conn: ticket_sends.claim(conn, one, until, NOON))

    got = await asyncio.gather(
        *(claim(store, one) for one in waiting for store in (database, second, database))
    )
    assert sum(got) == 5
    assert await due(database) == []
    assert len(await due(database, timedelta(seconds=91))) == 5


async def test_the_first_number_stays(database: Database) -> None:
    def unit(conn: Connection) -> tuple[bool, bool]:
        enter(conn, "A")
        tickets.hand_over(conn, "A", "core", NOON)
        return tickets.accept(conn, "A", "G1", NOON), tickets.accept(conn, "A", "G2", NOON)

    assert await database.transact(unit) == (True, False)
    found = await database.read(lambda conn: tickets.with_receipt(conn, "G1", "core"))
    assert [one.number for one in found] == ["A"]
    depth = await database.read(ticket_sends.depth)
    assert depth == {("core", "queued"): 1}


async def test_an_order_is_found_at_the_desk_by_the_systems_number(database: Database) -> None:
    def unit(conn: Connection) -> list[str]:
        for number in ("A", "B"):
            enter(conn, number)
            tickets.hand_over(conn, number, "core", NOON)
            tickets.accept(conn, number, f"GD-{number}-77", NOON)
        return [row.number for row in order_work.listed(conn, words="gd-b")]

    assert await database.transact(unit) == ["B"]


async def test_only_what_concerns_the_public_is_listed(database: Database) -> None:
    def unit(conn: Connection) -> None:
        enter(conn, "open")
        enter(conn, "secret", confidential=True)
        enter(conn, "risky", risk=("threat",))
        enter(conn, "vague", category=())
        enter(conn, "other", key="webchat:1", category=("城乡建设", "供水", "停水"))

    await database.transact(unit)

    async def listed(**wanted: Any) -> list[str]:
        found = await database.read(lambda conn: order_public.listed(conn, Wanted(**wanted), 50))
        return sorted(one.number for one in found)

    assert await listed(others=True) == ["open", "other"]
    assert await listed(keys="open311:portal:") == ["open", "risky", "secret", "vague"]
    assert await listed(others=True, categories=(new_order().category,)) == ["open"]
    assert await listed(others=True, closed=False, done=("回访",)) == ["open", "other"]
    assert await listed(others=True, closed=True, done=("回访",)) == []
    assert await listed() == []


async def test_old_news_are_forgotten(database: Database) -> None:
    def unit(conn: Connection) -> int:
        for n, days in enumerate((40, 1)):
            at = NOON - timedelta(days=days)
            ticket_events.keep(
                conn, "core", f"e{n}", number=None, receipt="G", body={"status": "signed"},
                at=at, now=at, state="waiting",
            )  # fmt: skip
        ticket_events.forget(conn, NOON - timedelta(days=30))
        return len(ticket_events.unknown(conn))

    assert await database.transact(unit) == 1
