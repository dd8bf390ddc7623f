"""A gateway dies; what it had acknowledged is answered by another one, once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connectors.clock import FrozenClock
from connectors.conversation import leftovers
from connectors.conversation.dialogue import DialogueUnavailable, TurnReply, TurnRequest
from connectors.conversation.leftovers import Leftovers
from connectors.coordination.coordinator import Coordinator
from connectors.coordination.in_process import InProcessCoordinator
from connectors.coordination.redis import RedisCoordinator
from connectors.ids import ConversationId
from connectors.store.database import SqliteDatabase, StoreUnavailable
from tests.coordination.gateways import Gateway, asked
from tests.house import ScriptedDialogue, new_store, reply
from tests.lines import heard
from tests.servers import RedisServer

Pair = tuple[Coordinator, Coordinator]


@pytest.fixture(autouse=True)
def short_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leftovers, "EVERY", 0.1)


@pytest.fixture
async def stores(tmp_path: Path) -> AsyncIterator[tuple[SqliteDatabase, SqliteDatabase]]:
    pair = new_store(tmp_path / "one.db"), SqliteDatabase(tmp_path / "one.db")
    yield pair
    for store in pair:
        await store.close()


Stores = tuple[SqliteDatabase, SqliteDatabase]


async def test_what_a_dead_gateway_acknowledged_is_answered_by_another(
    stores: Stores, coordinators: Pair
) -> None:
    dead = Gateway(stores[0], coordinators[0])
    async with Gateway(stores[1], coordinators[1]).running() as living:
        await asyncio.sleep(0.3)  # its first look found nothing
        talk = await dead.accept("p", "你好", "在吗")
        assert [one.text for one in await living.answers(talk, 2)] == ["回声：你好", "回声：在吗"]
        await asyncio.sleep(0.5)
        assert len(await living.answers(talk, 2)) == 2
        assert asked(living.bot) == ["你好", "在吗"]


async def test_what_another_gateway_works_on_is_left_to_it(
    stores: Stores, coordinators: Pair
) -> None:
    async def slowly(request: TurnRequest) -> TurnReply:
        await asyncio.sleep(1.5)
        return reply("好了")

    one = Gateway(stores[0], coordinators[0], ScriptedDialogue(slowly))
    other = Gateway(stores[1], coordinators[1])
    async with one.running(), other.running():
        talk = await one.accept("p", "你好")
        one.worker.wake(talk)
        assert [answer.text for answer in await one.answers(talk)] == ["好了"]
        assert asked(other.bot) == []


async def test_while_one_gateways_bot_is_away_the_others_answers(
    stores: Stores, coordinators: Pair
) -> None:
    async def away(request: TurnRequest) -> TurnReply:
        raise DialogueUnavailable("down")

    one = Gateway(stores[0], coordinators[0], ScriptedDialogue(away, up=False))
    other = Gateway(stores[1], coordinators[1])
    async with one.running(), other.running():
        talk = await one.accept("p", "你好")
        one.worker.wake(talk)
        assert [answer.text for answer in await one.answers(talk)] == ["回声：你好"]


@pytest.mark.redis
async def test_a_turn_whose_gateway_died_in_it_is_taken_over_when_its_lease_runs_out(
    stores: Stores, redis: RedisServer
) -> None:
    async def hang(request: TurnRequest) -> TurnReply:
        await asyncio.sleep(60)
        raise AssertionError

    coordinators = [RedisCoordinator(redis.url, lease_life=1.0) for _ in range(2)]
    dead = Gateway(stores[0], coordinators[0], ScriptedDialogue(hang))
    other = Gateway(stores[1], coordinators[1])
    talk = await dead.accept("p", "你好")
    dead.worker.wake(talk)
    while not dead.bot.requests:
        await asyncio.sleep(0.01)
    for task in asyncio.all_tasks():
        if task.get_name() == f"lease turn:{talk}":
            task.cancel()  # it renews no more: the process is dead
    async with other.running():
        assert [answer.text for answer in await other.answers(talk)] == ["回声：你好"]
        await asyncio.sleep(0.3)
        assert asked(other.bot) == ["你好"]
    await dead.worker.stop(0)
    for coordinator in coordinators:
        await coordinator.close()


@pytest.mark.parametrize("slow_one_first", [True, False])
async def test_of_two_gateways_that_have_a_turn_at_once_one_answers(
    stores: Stores, slow_one_first: bool
) -> None:
    """Each has a lease of its own, as when the store of leases lost one."""
    at_once = asyncio.Barrier(2)

    def saying(words: str, seconds: float) -> ScriptedDialogue:
        async def turn(request: TurnRequest) -> TurnReply:
            if request.text == "你好":
                await at_once.wait()
                await asyncio.sleep(seconds)
            return reply(f"{words}：{request.text}")

        return ScriptedDialogue(turn)

    waits = (0.2, 0.0) if slow_one_first else (0.0, 0.2)
    one, other = (
        Gateway(store, InProcessCoordinator(), saying(name, seconds))
        for store, name, seconds in zip(stores, ("甲", "乙"), waits, strict=True)
    )
    quicker = "乙" if slow_one_first else "甲"
    talk = await one.accept("p", "你好", "在吗")
    with heard() as lines:
        async with asyncio.TaskGroup() as both:
            for gateway in (one, other):
                gateway.worker.wake(talk)
                both.create_task(gateway.answers(talk, 2))
        await one.worker.stop(1)
        await other.worker.stop(1)
    said = [answer.text for answer in await one.answers(talk, 2)]
    assert said[0] == f"{quicker}：你好"
    assert [text.split("：")[1] for text in said] == ["你好", "在吗"]
    assert "turn.superseded" in [line["event"] for line in lines]


@pytest.mark.redis
async def test_what_came_in_while_redis_was_away_is_answered_once_when_it_is_back(
    stores: Stores, redis: RedisServer
) -> None:
    coordinators = [RedisCoordinator(redis.url, timeout=0.3) for _ in range(2)]
    one, other = (Gateway(s, c) for s, c in zip(stores, coordinators, strict=True))
    async with one.running(), other.running():
        redis.kill()
        talks = [await one.accept(f"p{n}", "你好") for n in range(20)]
        for talk in talks:
            one.worker.wake(talk)
        await asyncio.sleep(1)
        assert asked(one.bot, other.bot) == []
        redis.start()
        for talk in talks:
            await one.answers(talk)
        await asyncio.sleep(0.5)
        assert len(asked(one.bot, other.bot)) == 20
    for coordinator in coordinators:
        await coordinator.close()


async def test_a_long_queue_is_taken_up_page_by_page_and_never_more_than_there_is_room_for(
    stores: Stores, coordinators: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leftovers, "PAGE", 7)
    monkeypatch.setattr(leftovers, "ROOM", 20)
    gateway = Gateway(stores[0], coordinators[0])
    talks = {await gateway.accept(f"p{n}", "一", "二") for n in range(50)}
    under_way: set[ConversationId] = set()
    found = Leftovers(stores[1], under_way, under_way.add)
    assert await found.look() == 20
    assert await found.look() == 0  # no room
    async with gateway.running():
        for talk in talks:
            await gateway.answers(talk, 2)


async def test_only_what_waited_at_the_last_look_already_is_taken_up(
    stores: Stores, coordinators: Pair
) -> None:
    gateway = Gateway(stores[0], coordinators[0])
    under_way: set[ConversationId] = set()
    found = Leftovers(stores[0], under_way, under_way.add)
    assert await found.look() == 0
    talk = await gateway.accept("p", "你好")
    assert await found.look() == 0
    assert await found.look() == 1
    assert under_way == {talk}
    assert await found.look() == 0


async def test_a_store_that_is_away_at_the_first_look_delays_and_loses_nothing(
    stores: Stores, coordinators: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway = Gateway(stores[0], coordinators[0])
    talk = await gateway.accept("p", "你好")
    read = stores[0].read

    async def away(unit: object) -> None:
        raise StoreUnavailable("the disk is gone")

    monkeypatch.setattr(stores[0], "read", away)
    async with gateway.running():
        await asyncio.sleep(0.5)
        monkeypatch.setattr(stores[0], "read", read)
        assert await gateway.answers(talk)


async def test_many_who_wait_for_the_bot_ask_for_it_once_and_complain_once(
    stores: Stores, coordinators: Pair
) -> None:
    looks, down = 0, True

    async def turn(request: TurnRequest) -> TurnReply:
        if down:
            raise DialogueUnavailable("down")
        return reply("来了")

    class Bot(ScriptedDialogue):
        async def ready(self) -> bool:
            nonlocal looks
            looks += 1
            return not down

    gateway = Gateway(stores[0], coordinators[0], Bot(turn))
    talks = [await gateway.accept(f"p{n}", "你好") for n in range(40)]
    with heard() as logged:
        async with gateway.running():
            await asyncio.sleep(3)
            assert 0 < looks < 20
            down = False
            for talk in talks:
                assert [one.text for one in await gateway.answers(talk)] == ["来了"]
    assert sum(line["event"] == "dialogue.unavailable" for line in logged) == 1


async def test_those_who_wait_hold_nobody_up_when_the_gateway_stops(
    stores: Stores, coordinators: Pair
) -> None:
    async def away(request: TurnRequest) -> TurnReply:
        raise DialogueUnavailable("down")

    gateway = Gateway(stores[0], coordinators[0], ScriptedDialogue(away, up=False))
    talk = await gateway.accept("p", "你好")
    gateway.worker.wake(talk)
    await asyncio.sleep(2.2)  # it is in a pause of two seconds
    async with asyncio.timeout(1):
        await gateway.worker.stop(30)


async def test_a_clock_that_goes_back_does_not_make_quick_messages_wait_for_it(
    stores: Stores, coordinators: Pair
) -> None:
    clock = FrozenClock(datetime(2026, 3, 1, 9, tzinfo=UTC))
    gateway = Gateway(stores[0], coordinators[0], clock=clock, join=timedelta(seconds=0.2))
    talk = await gateway.accept("p", "你好", "在吗")
    clock.advance(timedelta(hours=-1))
    gateway.worker.wake(talk)
    assert [one.text for one in await gateway.answers(talk)] == ["回声：你好\n在吗"]
    await gateway.worker.stop(1)
