"""Redis stops, hangs, comes back, forgets: the gateways go on as far as they safely can."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from redis.asyncio import Redis

from connectors.clock import SystemClock
from connectors.coordination import redis_topics
from connectors.coordination.coordinator import LOOK, RESUMED, Happening
from connectors.coordination.open import open_coordinator
from connectors.coordination.redis import PREFIX, RedisCoordinator
from connectors.settings import Settings
from connectors.store.database import SqliteDatabase
from connectors.store.leases import StoredLeases
from tests.coordination.test_coordinators import hear
from tests.house import house, new_store
from tests.servers import RedisServer, free_port

pytestmark = pytest.mark.redis


@pytest.fixture
async def pair(redis: RedisServer) -> AsyncIterator[tuple[RedisCoordinator, RedisCoordinator]]:
    made = [RedisCoordinator(redis.url, timeout=0.4, lease_life=1.5) for _ in range(2)]
    yield made[0], made[1]
    for coordinator in made:
        await coordinator.close()


Pair = tuple[RedisCoordinator, RedisCoordinator]


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteDatabase]:
    made = new_store(tmp_path / "huiying.db")
    yield made
    await made.close()


@pytest.fixture
async def sharing(redis: RedisServer, store: SqliteDatabase) -> AsyncIterator[Pair]:
    """Two gateways with one Redis and one store."""
    leases = StoredLeases(store, SystemClock())
    made = [RedisCoordinator(redis.url, leases=leases, timeout=0.4, lease_life=1.5) for _ in "ab"]
    yield made[0], made[1]
    for coordinator in made:
        await coordinator.close()


async def healthy_again(coordinator: RedisCoordinator) -> None:
    async with asyncio.timeout(10):
        while not await coordinator.healthy():
            await asyncio.sleep(0.05)


async def test_without_another_place_nobody_gets_a_lease_while_redis_is_away(
    pair: Pair, redis: RedisServer
) -> None:
    one, _ = pair
    redis.kill()
    for _ in range(3):
        async with asyncio.timeout(1), one.lease("turn:c1") as held:
            assert not held
    redis.start()
    await healthy_again(one)
    async with one.lease("turn:c1") as held:
        assert held


@pytest.mark.parametrize("how", ["kill", "freeze"])
async def test_while_redis_is_away_leases_are_had_of_the_store(
    sharing: Pair, redis: RedisServer, how: str
) -> None:
    one, other = sharing
    getattr(redis, how)()
    async with one.lease("turn:c1") as held:
        assert held
        await asyncio.sleep(2)  # it is renewed there too
        async with other.lease("turn:c1") as also, other.lease("turn:c2") as another:
            assert (also, another) == (False, True)
    async with other.lease("turn:c1") as held:
        assert held


@pytest.mark.parametrize("how", ["kill", "freeze"])
async def test_a_lease_goes_to_the_store_with_redis_and_comes_back_with_it(
    sharing: Pair, redis: RedisServer, how: str
) -> None:
    one, other = sharing
    async with one.lease("turn:c1") as held:
        assert held
        getattr(redis, how)()
        await asyncio.sleep(1.2)  # by now it was renewed
        async with other.lease("turn:c1") as also:
            assert not also
        redis.thaw() if how == "freeze" else redis.start()
        await healthy_again(one)
        await healthy_again(other)
        await asyncio.sleep(0.7)
        async with other.lease("turn:c1") as also:
            assert not also
    async with other.lease("turn:c1") as held:
        assert held


async def test_once_redis_did_not_answer_nobody_waits_for_it(
    sharing: Pair, redis: RedisServer
) -> None:
    one, _ = sharing
    redis.freeze()
    assert not await one.healthy()
    began = time.monotonic()
    while time.monotonic() - began < 3:
        asked = time.monotonic()
        assert await one.allow(f"k{asked}", 1, 60)
        async with one.lease("turn:c1") as held:
            assert held
        assert time.monotonic() - asked < 0.3
        await asyncio.sleep(0.05)


async def test_listeners_look_for_themselves_while_the_others_cannot_be_heard(
    pair: Pair, redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_topics, "LOOK_EVERY", 0.2)
    monkeypatch.setattr(redis_topics, "LOOK_MOST", 2)  # at once; all have their turn
    _, other = pair
    topics = [f"conversation:c{n}" for n in range(5)]
    async with AsyncExitStack() as stack:
        listeners = [await stack.enter_async_context(other.subscribe(one)) for one in topics]
        redis.kill()
        async with asyncio.timeout(15):
            for listener in listeners:
                for _ in range(2):
                    assert (await anext(aiter(listener))).kind == LOOK


async def test_many_who_ask_while_redis_is_away_are_answered_quickly(
    pair: Pair, redis: RedisServer
) -> None:
    one, _ = pair
    redis.freeze()
    began = time.monotonic()

    async def ask(n: int) -> bool:
        async with one.lease(f"turn:c{n}") as held:
            return held

    assert not any(await asyncio.gather(*(ask(n) for n in range(200))))
    for n in range(100):
        assert await one.allow(f"k{n}", 1, 60)
    assert time.monotonic() - began < 5


async def test_a_lease_is_renewed_for_as_long_as_the_work_takes(pair: Pair) -> None:
    one, other = pair
    async with one.lease("turn:c1") as held:
        assert held
        for _ in range(6):
            await asyncio.sleep(0.5)
            async with other.lease("turn:c1") as also:
                assert not also


async def test_the_lease_of_a_gateway_that_died_is_free_after_its_time(
    pair: Pair, redis: RedisServer
) -> None:
    one, other = pair
    lease = one.lease("turn:c1")
    assert await lease.__aenter__()
    for task in asyncio.all_tasks():
        if task.get_name() == "lease turn:c1":
            task.cancel()  # it renews no more: the process is dead
    async with other.lease("turn:c1") as held:
        assert not held
    await asyncio.sleep(1.7)
    async with other.lease("turn:c1") as held:
        assert held
        await lease.__aexit__(None, None, None)  # the dead one comes back and lets go
        async with one.lease("turn:c1") as also:
            assert not also


async def test_a_lease_redis_forgot_is_not_taken_back_from_whom_it_was_given_to(
    pair: Pair, redis: RedisServer
) -> None:
    one, other = pair
    async with one.lease("turn:c1") as held:
        assert held
        redis.kill()
        redis.start()  # without persistence: it has forgotten
        await healthy_again(other)
        async with other.lease("turn:c1") as taken:
            assert taken
            await asyncio.sleep(0.7)  # the first would renew now
            async with Redis.from_url(redis.url, decode_responses=True) as look:
                token = await look.get(f"{PREFIX}lease:turn:c1")
            assert token
    async with other.lease("turn:c1") as held:
        assert held


async def test_a_lease_that_was_taken_too_late_to_hear_of_it_is_given_back(
    pair: Pair, redis: RedisServer
) -> None:
    one, other = pair
    assert await one.healthy()
    redis.freeze()
    async with one.lease("turn:c1") as held:
        assert not held
    redis.thaw()  # now it does what it was asked to
    async with asyncio.timeout(3):
        while True:
            async with other.lease("turn:c1") as held:
                if held:
                    break
            await asyncio.sleep(0.05)


async def test_publishing_never_fails_and_never_waits(pair: Pair, redis: RedisServer) -> None:
    one, _ = pair
    async with one.subscribe("desk") as here:
        redis.freeze()
        began = time.monotonic()
        for n in range(500):
            await one.publish(Happening("desk", "message", {"n": n}))
        assert time.monotonic() - began < 0.5
        assert (await hear(here)).kind == "message"  # listeners here hear it all the same


async def test_subscribing_while_redis_is_away_works_when_it_is_back(
    pair: Pair, redis: RedisServer
) -> None:
    one, other = pair
    redis.kill()
    async with asyncio.timeout(3), other.subscribe("desk") as far:
        redis.start()
        async with asyncio.timeout(3):
            while (await hear(far)).kind != RESUMED:
                pass
        await one.publish(Happening("desk", "message"))
        async with asyncio.timeout(3):
            while (await hear(far)).kind != "message":
                pass


async def test_listeners_are_told_to_look_when_redis_is_back_and_hear_again(
    pair: Pair, redis: RedisServer
) -> None:
    one, other = pair
    async with other.subscribe("conversation:c1") as far, other.subscribe("desk") as desk:
        await one.publish(Happening("conversation:c1", "message"))
        assert (await hear(far)).kind == "message"
        redis.kill()
        await one.publish(Happening("conversation:c1", "owner", {"owner": "agent"}))
        await asyncio.sleep(0.8)
        redis.start()
        while (await hear(far)).kind != RESUMED:  # what was told meanwhile may come, or be missed
            pass
        assert (await hear(desk)).kind == RESUMED
        await one.publish(Happening("conversation:c1", "status"))
        while (await hear(far)).kind != "status":
            pass


async def test_a_connection_that_died_silently_is_found_out(
    pair: Pair, redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_topics, "PING_EVERY", 0.3)
    _, other = pair
    async with other.subscribe("desk") as far:
        redis.freeze()
        await asyncio.sleep(1.5)
        redis.thaw()
        assert (await hear(far)).kind == RESUMED


async def test_limits_are_kept_by_each_gateway_while_redis_is_away(
    pair: Pair, redis: RedisServer
) -> None:
    one, other = pair
    redis.kill()
    for coordinator in pair:
        assert [await coordinator.allow("k", 2, 60) for _ in range(3)] == [True, True, False]
    redis.start()
    await healthy_again(one)
    await healthy_again(other)
    assert [await one.allow("k", 2, 60), await other.allow("k", 2, 60)] == [True, True]
    assert not await one.allow("k", 2, 60)


async def test_health_says_when_redis_is_away_and_when_it_is_back(
    pair: Pair, redis: RedisServer
) -> None:
    one, _ = pair
    assert await one.healthy()
    redis.freeze()
    assert not await one.healthy()
    redis.thaw()
    await healthy_again(one)
    redis.kill()
    assert not await one.healthy()
    redis.start()
    await healthy_again(one)


async def test_nothing_stays_behind_in_redis(pair: Pair, redis: RedisServer) -> None:
    one, _ = pair
    async with one.lease("turn:c1"), one.subscribe("desk"):
        await one.allow("k", 5, 0.3)
    await asyncio.sleep(0.5)
    async with Redis.from_url(redis.url, decode_responses=True) as look:
        assert await look.keys("*") == []


async def test_what_others_write_on_our_topics_does_not_stop_the_listener(
    pair: Pair, redis: RedisServer
) -> None:
    one, other = pair
    async with other.subscribe("desk") as far:
        async with Redis.from_url(redis.url) as stranger:
            for rubbish in ("", "null", "[1]", "{}", "\udcff".encode("utf-8", "surrogatepass")):
                await stranger.publish(f"{PREFIX}topic:desk", rubbish)
        await one.publish(Happening("desk", "message"))
        async with asyncio.timeout(5):
            while (await hear(far)).kind not in ("message",):
                pass


async def test_a_gateway_starts_while_redis_is_away_and_says_so(store: SqliteDatabase) -> None:
    settings = Settings(redis_url=f"redis://127.0.0.1:{free_port()}/0")
    coordinator = open_coordinator(settings, StoredLeases(store, SystemClock()))
    assert isinstance(coordinator, RedisCoordinator)
    assert not await coordinator.healthy()
    async with coordinator.subscribe("desk") as here:
        await coordinator.publish(Happening("desk", "message"))
        assert (await hear(here)).kind == "message"
    async with coordinator.lease("turn:c1") as held:
        assert held
    await coordinator.close()


async def test_a_gateway_whose_redis_is_away_says_so_and_stays_in_service(
    sharing: Pair, redis: RedisServer, tmp_path: Path
) -> None:
    async with house(tmp_path, coordinator=sharing[0]) as h:
        redis.kill()
        async with h.client.get("/health/ready") as answer:
            ready = (await answer.json())["components"]["coordination"]
        assert ready["ready"] is False
        assert "store" in ready["why"]
        assert ready["elsewhere"] is True
        async with h.page() as page:
            await page.say("你好")
            assert await page.hear("bot") == "回声：你好"
