"""What both coordinators promise."""

from __future__ import annotations

import asyncio
from collections import Counter

from connectors.coordination.coordinator import Coordinator, Happening, Subscription
from connectors.coordination.in_process import InProcessCoordinator

Pair = tuple[Coordinator, Coordinator]


async def hear(subscription: Subscription) -> Happening:
    async with asyncio.timeout(3):
        return await anext(aiter(subscription))


async def hears_nothing(subscription: Subscription) -> bool:
    try:
        async with asyncio.timeout(0.2):
            await anext(aiter(subscription))
    except TimeoutError:
        return True
    return False


async def test_one_holds_a_lease_and_the_other_is_told_at_once(coordinators: Pair) -> None:
    one, other = coordinators
    async with one.lease("turn:c1") as held:
        assert held
        async with asyncio.timeout(1), other.lease("turn:c1") as also:
            assert not also
    async with other.lease("turn:c1") as held:
        assert held


async def test_who_does_not_hold_a_lease_does_not_give_it_back(coordinators: Pair) -> None:
    one, other = coordinators
    async with one.lease("turn:c1"):
        async with other.lease("turn:c1"):
            pass
        async with other.lease("turn:c1") as also:
            assert not also


async def test_leases_of_different_names_do_not_meet(coordinators: Pair) -> None:
    one, other = coordinators
    async with one.lease("turn:c1") as first, other.lease("turn:c2") as second:
        assert first
        assert second


async def test_a_lease_is_given_back_when_its_work_fails_or_is_cancelled(
    coordinators: Pair,
) -> None:
    one, other = coordinators

    async def fail() -> None:
        async with one.lease("turn:c1"):
            raise LookupError

    async def hang() -> None:
        async with one.lease("turn:c1"):
            await asyncio.sleep(60)

    await asyncio.gather(fail(), return_exceptions=True)
    task = asyncio.create_task(hang())
    await asyncio.sleep(0.1)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await asyncio.sleep(0.05)
    async with other.lease("turn:c1") as held:
        assert held


async def test_never_two_work_on_one_thing(coordinators: Pair) -> None:
    inside, most, turns = 0, 0, 0

    async def work(n: int) -> None:
        nonlocal inside, most, turns
        while True:
            async with coordinators[n % 2].lease("turn:c1") as held:
                if held:
                    inside += 1
                    most = max(most, inside)
                    await asyncio.sleep(0.001)
                    inside -= 1
                    turns += 1
                    return
            await asyncio.sleep(0.002)

    async with asyncio.timeout(20):
        await asyncio.gather(*(work(n) for n in range(20)))
    assert (most, turns) == (1, 20)


async def test_a_happening_reaches_every_listener_of_its_topic(coordinators: Pair) -> None:
    one, other = coordinators
    async with one.subscribe("conversation:c1", "status") as here, other.subscribe("status") as far:
        said = Happening("status", "bot", {"ready": True, "n": 3, "why": None, "name": "回应"})
        await one.publish(said)
        assert await hear(here) == said
        assert await hear(far) == said
        await other.publish(Happening("conversation:c1", "message"))
        assert (await hear(here)).topic == "conversation:c1"
        assert await hears_nothing(far)


async def test_happenings_of_one_sender_come_in_order_and_once(coordinators: Pair) -> None:
    one, other = coordinators
    async with one.subscribe("desk") as here, other.subscribe("desk") as far:
        for n in range(100):
            await one.publish(Happening("desk", "message", {"n": n}))
        for subscription in (here, far):
            heard = [(await hear(subscription)).data["n"] for _ in range(100)]
            assert heard == list(range(100))
            assert await hears_nothing(subscription)


async def test_a_topic_is_heard_from_the_moment_it_is_entered(coordinators: Pair) -> None:
    one, other = coordinators
    for n in range(30):
        async with other.subscribe(f"conversation:c{n}") as far:
            await one.publish(Happening(f"conversation:c{n}", "message"))
            assert (await hear(far)).kind == "message"


async def test_who_left_hears_no_more_and_who_stays_does(coordinators: Pair) -> None:
    one, other = coordinators
    async with other.subscribe("desk") as stays:
        async with other.subscribe("desk"):
            pass
        await one.publish(Happening("desk", "message"))
        assert (await hear(stays)).kind == "message"


async def test_coming_and_going_never_leaves_a_topic_deaf(coordinators: Pair) -> None:
    one, other = coordinators

    async def visit(n: int) -> None:
        for _ in range(5):
            async with other.subscribe("desk", f"conversation:{n}"):
                await asyncio.sleep(0.001 * (n % 3))

    await asyncio.gather(*(visit(n) for n in range(20)))
    async with other.subscribe("desk") as last:
        await one.publish(Happening("desk", "message"))
        assert (await hear(last)).kind == "message"


async def test_a_listener_that_does_not_listen_holds_nobody(coordinators: Pair) -> None:
    one, other = coordinators
    async with other.subscribe("desk") as lazy:
        async with asyncio.timeout(10):
            for n in range(3000):
                await one.publish(Happening("desk", "message", {"n": n}))
        await one.publish(Happening("desk", "last"))
        async with asyncio.timeout(5):
            async for happening in lazy:  # it finds the newest, not everything
                if happening.kind == "last":
                    break


async def test_a_limit_holds_for_all_gateways_together(coordinators: Pair) -> None:
    answers = await asyncio.gather(
        *(coordinators[n % 2].allow("webchat:v1", 7, 60) for n in range(20))
    )
    assert Counter(answers) == {True: 7, False: 13}
    assert await coordinators[0].allow("webchat:v2", 7, 60)


async def test_a_window_slides_and_what_was_refused_does_not_count(coordinators: Pair) -> None:
    one, other = coordinators
    assert await one.allow("k", 2, 0.6)
    await asyncio.sleep(0.35)
    assert await one.allow("k", 2, 0.6)
    assert not await other.allow("k", 2, 0.6)
    await asyncio.sleep(0.35)  # the first has left the window, the second has not
    assert await other.allow("k", 2, 0.6)
    assert not await one.allow("k", 2, 0.6)


async def test_a_coordinator_that_works_says_so(coordinators: Pair) -> None:
    assert await coordinators[0].healthy()


async def test_closing_twice_and_publishing_after_it_do_no_harm(coordinators: Pair) -> None:
    one, _ = coordinators
    await one.publish(Happening("desk", "message"))
    await one.close()
    await one.publish(Happening("desk", "message"))
    await one.close()


async def test_what_one_keeps_the_other_finds_until_its_time_is_over(coordinators: Pair) -> None:
    one, other = coordinators
    assert await other.kept("token:a") is None
    await one.keep("token:a", "first", 30)
    await one.keep("token:b", "short", 0.05)
    assert await other.kept("token:a") == "first"
    await other.keep("token:a", "second", 30)
    assert await one.kept("token:a") == "second"
    await asyncio.sleep(0.1)
    assert await other.kept("token:b") is None


async def test_who_keeps_first_is_believed_by_all_until_its_time_is_over(
    coordinators: Pair,
) -> None:
    said = await asyncio.gather(
        *(coordinators[n % 2].keep_first("nonce:a", f"v{n}", 30) for n in range(20))
    )
    assert len(set(said)) == 1
    assert await coordinators[1].kept("nonce:a") == said[0]
    assert await coordinators[0].keep_first("nonce:b", "short", 0.05) == "short"
    await asyncio.sleep(0.1)
    assert await coordinators[1].keep_first("nonce:b", "next", 30) == "next"
    await coordinators[0].keep("nonce:b", "over it", 30)
    assert await coordinators[1].keep_first("nonce:b", "late", 30) == "over it"


async def test_a_limit_of_a_day_is_not_forgotten_over_those_of_a_minute() -> None:
    now = [0.0]
    coordinator = InProcessCoordinator(lambda: now[0])
    assert await coordinator.allow("a day", 1, 86_400)
    for hour in range(1, 24):
        now[0] = hour * 3600.0
        assert await coordinator.allow("a minute", 1, 60)
        assert not await coordinator.allow("a day", 1, 86_400)
    now[0] = 86_401
    assert await coordinator.allow("a day", 1, 86_400)
