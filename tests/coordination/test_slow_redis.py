"""A Redis that answers slowly delays; it loses nothing and nothing is done twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from connectors.clock import SystemClock
from connectors.conversation import leftovers
from connectors.coordination.coordinator import Happening
from connectors.coordination.redis import RedisCoordinator
from connectors.store.database import SqliteDatabase
from connectors.store.leases import StoredLeases
from tests.coordination.gateways import Gateway, asked
from tests.coordination.slow_redis import SlowRedis
from tests.coordination.test_coordinators import hear
from tests.house import new_store
from tests.servers import RedisServer

pytestmark = pytest.mark.redis

PATIENCE = 0.4  # seconds the coordinators wait for an answer


@pytest.fixture
async def slow(redis: RedisServer) -> AsyncIterator[SlowRedis]:
    async with SlowRedis(redis, 0.0).open() as proxy:
        yield proxy


@pytest.fixture
async def pair(
    slow: SlowRedis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[Gateway, Gateway]]:
    monkeypatch.setattr(leftovers, "EVERY", 0.3)
    stores = new_store(tmp_path / "one.db"), SqliteDatabase(tmp_path / "one.db")
    leases = StoredLeases(stores[0], SystemClock())
    coordinators = [
        RedisCoordinator(slow.url, leases=leases, timeout=PATIENCE, lease_life=2) for _ in range(2)
    ]
    one, other = (Gateway(s, c) for s, c in zip(stores, coordinators, strict=True))
    async with one.running(), other.running():
        yield one, other
    slow.delay = 0.0
    for coordinator in coordinators:
        await coordinator.close()
    for store in stores:
        await store.close()


Pair = tuple[Gateway, Gateway]


async def test_turns_are_taken_once_and_in_order_while_every_answer_is_late(
    pair: Pair, slow: SlowRedis
) -> None:
    slow.delay = 0.2
    talks = []
    for n in range(6):
        talk = await pair[n % 2].accept(f"p{n}", "一", "二", "三")
        for gateway in pair:  # both are told, as when a person's messages reach both
            gateway.worker.wake(talk)
        talks.append(talk)
    for talk in talks:
        said = [one.text for one in await pair[0].answers(talk, 3)]
        assert said == ["回声：一", "回声：二", "回声：三"]
    assert len(asked(pair[0].bot, pair[1].bot)) == 18


async def test_while_it_is_slower_than_our_patience_messages_are_answered_once_all_the_same(
    pair: Pair, slow: SlowRedis
) -> None:
    slow.delay = 2 * PATIENCE
    talk = await pair[0].accept("p", "你好", "在吗")
    for gateway in pair:
        gateway.worker.wake(talk)
    assert [one.text for one in await pair[0].answers(talk, 2)] == ["回声：你好", "回声：在吗"]
    assert len(asked(pair[0].bot, pair[1].bot)) == 2


@pytest.mark.parametrize("how", ["kill", "freeze"])
async def test_turns_are_taken_once_and_in_order_while_it_is_away(
    pair: Pair, redis: RedisServer, how: str
) -> None:
    getattr(redis, how)()
    talks = []
    for n in range(6):
        talk = await pair[n % 2].accept(f"p{n}", "一", "二", "三")
        for gateway in pair:
            gateway.worker.wake(talk)
        talks.append(talk)
    for talk in talks:
        said = [one.text for one in await pair[0].answers(talk, 3)]
        assert said == ["回声：一", "回声：二", "回声：三"]
    assert len(asked(pair[0].bot, pair[1].bot)) == 18


async def test_nobody_who_writes_waits_for_it_longer_than_our_patience(
    pair: Pair, slow: SlowRedis
) -> None:
    slow.delay = 30.0
    coordinator = pair[0].coordinator
    async with asyncio.timeout(10):  # a hundred times the patience would be forty
        for n in range(100):
            assert await coordinator.allow(f"visitor{n}", 1, 60)
            await coordinator.publish(Happening("desk", "message"))


async def test_late_happenings_come_in_order(pair: Pair, slow: SlowRedis) -> None:
    one, other = pair[0].coordinator, pair[1].coordinator
    slow.delay = 0.15
    async with other.subscribe("desk") as far:
        for n in range(20):
            await one.publish(Happening("desk", "message", {"n": n}))
        assert [(await hear(far)).data["n"] for _ in range(20)] == list(range(20))
