"""Leases in the store: for while Redis is away."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from sqlalchemy import func, select

from connectors.clock import FrozenClock
from connectors.store.database import Database
from connectors.store.leases import StoredLeases
from connectors.store.schema import leases
from tests.store.people import NOON

LIFE = 10.0


async def test_one_has_it_until_it_is_given_back(database: Database, second: Database) -> None:
    clock = FrozenClock(NOON)
    ours, theirs = StoredLeases(database, clock), StoredLeases(second, clock)
    assert await ours.hold("turn:c1", "us", LIFE)
    assert await ours.hold("turn:c1", "us", LIFE)  # longer
    assert not await theirs.hold("turn:c1", "them", LIFE)
    await theirs.give_back("turn:c1", "them")  # what they do not have
    assert not await theirs.hold("turn:c1", "them", LIFE)
    await ours.give_back("turn:c1", "us")
    assert await theirs.hold("turn:c1", "them", LIFE)
    await theirs.give_back("turn:c1", "them")
    count = select(func.count()).select_from(leases)
    assert await database.read(lambda conn: conn.execute(count).scalar_one()) == 0


async def test_that_of_a_gateway_that_died_is_free_after_its_time(database: Database) -> None:
    clock = FrozenClock(NOON)
    kept = StoredLeases(database, clock)
    assert await kept.hold("turn:c1", "dead", LIFE)
    clock.advance(timedelta(seconds=LIFE - 1))
    assert not await kept.hold("turn:c1", "us", LIFE)
    clock.advance(timedelta(seconds=1))
    assert await kept.hold("turn:c1", "us", LIFE)
    assert not await kept.hold("turn:c1", "dead", LIFE)


async def test_a_clock_set_back_by_hours_keeps_nobody_waiting(database: Database) -> None:
    clock = FrozenClock(NOON)
    kept = StoredLeases(database, clock)
    assert await kept.hold("turn:c1", "dead", LIFE)
    clock.advance(timedelta(hours=-2))
    assert await kept.hold("turn:c1", "us", LIFE)


async def test_of_many_who_race_one_gets_it(database: Database, second: Database) -> None:
    clock = FrozenClock(NOON)
    both = StoredLeases(database, clock), StoredLeases(second, clock)
    for lap in range(5):
        name = f"turn:c{lap}"
        held = await asyncio.gather(
            *(both[n % 2].hold(name, f"holder {n}", LIFE) for n in range(20))
        )
        assert held.count(True) == 1
        await asyncio.gather(*(both[n % 2].give_back(name, f"holder {n}") for n in range(20)))
