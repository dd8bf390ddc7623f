"""The outbox under way: order, retries, slow and broken platforms, two gateways, lost stores."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections import deque
from datetime import timedelta

import pytest
from sqlalchemy import update

from connectors.channel import (
    Capabilities,
    ConnectionFailed,
    ContentRefused,
    Limits,
    MisconfiguredAccount,
    RecipientRefused,
    Rendered,
    SendError,
    Sent,
    Throttled,
    WindowClosed,
)
from connectors.store import outbox
from connectors.store.database import Database, StoreUnavailable
from connectors.store.schema import deliveries as deliveries_table
from connectors.store.schema import messages as messages_table
from tests.connectors.test_logs import written
from tests.delivery.office import Office, Wire, both

SOON = timedelta(seconds=0.05)


@both
async def test_messages_of_one_conversation_go_in_their_order(office: Office, wire: Wire) -> None:
    async def slowly(_: Rendered) -> Sent:
        await asyncio.sleep(0.03)
        return Sent()

    wire.script.append(slowly)
    ids = await office.say("一", "二", "三")
    await office.until_states(ids, "sent", "sent", "sent")
    assert [text for _, text in wire.sent] == ["一", "二", "三"]


async def test_a_failing_message_holds_back_only_its_own_conversation(
    office: Office, wire: Wire
) -> None:
    wire.script.append(ConnectionFailed("down", retry_after=timedelta(seconds=60)))
    stuck = await office.say("甲一", "甲二", to="p1")
    await office.until(lambda: len(wire.tries) == 1)
    free = await office.say("乙一", to="p2")
    await office.until_states(free, "sent")
    assert await office.states(stuck) == ["queued", "queued"]
    assert wire.sent == [("p2", "乙一")]


async def test_what_failed_for_a_moment_is_sent_again_and_in_order(
    office: Office, wire: Wire
) -> None:
    wire.script.extend([ConnectionFailed("reset")])
    ids = await office.say("一", "二")
    await office.until_states(ids, "sent", "sent")
    assert [text for _, text in wire.tries] == ["一", "一", "二"]
    assert len(set(wire.keys)) == 2  # the platform could have known the repeat by its key


async def test_many_conversations_go_side_by_side(office: Office, wire: Wire) -> None:
    together = asyncio.Barrier(10)

    async def with_the_others(_: Rendered) -> Sent:
        await together.wait()
        return Sent()

    wire.always = with_the_others
    ids = [one for n in range(10) for one in await office.say("在", to=f"p{n}")]
    await office.until_states(ids, *["sent"] * 10)


async def test_an_account_that_hangs_keeps_no_other_account_waiting(database: Database) -> None:
    async def never(_: Rendered) -> Sent:
        await asyncio.Event().wait()
        raise AssertionError

    hanging, quick = Wire("hanging", always=never), Wire("quick")
    async with Office(database, hanging, quick, parallel=2, send_timeout=20).open() as office:
        for n in range(5):
            await office.say("在吗", to=f"h{n}", channel="hanging")
        await office.until(lambda: len(hanging.tries) == 2)
        ids = [i for n in range(5) for i in await office.say("好", to=f"q{n}", channel="quick")]
        await office.until_states(ids, *["sent"] * 5)
        assert len(hanging.tries) == 2  # its own room is full


async def test_no_answer_in_time_is_a_failed_connection(database: Database, wire: Wire) -> None:
    async def never(_: Rendered) -> Sent:
        await asyncio.Event().wait()
        raise AssertionError

    wire.always = never
    async with Office(database, wire, send_timeout=0.05).open() as office:
        (one,) = await office.say("在")
        await office.until(lambda: len(wire.tries) == 1)
        await office.settled()
        found = await office.find(one)
        assert (found.state, found.error_code) == ("queued", "connection_failed")


@both
@pytest.mark.parametrize(
    ("error", "state", "tries"),
    [
        (ConnectionFailed("503"), "queued", 1),
        (Throttled("slow down"), "queued", 1),
        (WindowClosed("48 h"), "queued", 1),
        (RecipientRefused("blocked"), "dead", 1),
        (ContentRefused("risky"), "dead", 1),
        (MisconfiguredAccount("bad key"), "dead", 1),
        (ValueError("a mistake of ours"), "queued", 1),
    ],
    ids=lambda value: getattr(value, "code", None) or type(value).__name__,
)
async def test_each_error_has_its_consequence(
    office: Office, wire: Wire, error: Exception, state: str, tries: int
) -> None:
    wire.always = error  # a busy machine may have come to the next try when it is looked at
    (one,) = await office.say("在")
    await office.until(lambda: len(wire.tries) >= tries)

    async def noted() -> bool:
        return (await office.find(one)).error_code is not None

    await office.until(noted)
    await office.settled()
    found = await office.find(one)
    assert (found.state, found.error_code) == (state, getattr(error, "code", "broken"))
    dead = [h for h in office.heard if h.kind == "dead_letter"]
    assert len(dead) == (1 if state == "dead" else 0)


async def test_what_is_given_up_lets_the_next_message_go(office: Office, wire: Wire) -> None:
    wire.script.append(ContentRefused("risky"))
    ids = await office.say("一", "二")
    await office.until_states(ids, "dead", "sent")


async def test_a_platform_out_of_order_too_long_is_given_up(database: Database, wire: Wire) -> None:
    wire.always = ConnectionFailed("down")
    async with Office(database, wire, patience=timedelta(0)).open() as office:
        (one,) = await office.say("在")
        await make_old_hand(office, one, attempts=7)
        await office.until_states([one], "dead")
        assert (await office.find(one)).attempts == 8


async def test_within_its_patience_it_is_tried_more_than_eight_times(
    database: Database, wire: Wire
) -> None:
    wire.always = ConnectionFailed("down")
    async with Office(database, wire, patience=timedelta(days=1)).open() as office:
        (one,) = await office.say("在")
        await make_old_hand(office, one, attempts=20)
        await office.until(lambda: len(wire.tries) >= 1)
        await office.settled()
        assert (await office.find(one)).state == "queued"


async def test_a_mistake_of_ours_is_not_tried_for_a_whole_day(
    database: Database, wire: Wire
) -> None:
    wire.always = ZeroDivisionError()
    async with Office(database, wire, patience=timedelta(days=1)).open() as office:
        (one,) = await office.say("在")
        await make_old_hand(office, one, attempts=7)
        await office.until_states([one], "dead")


async def make_old_hand(office: Office, delivery_id: str, attempts: int) -> None:
    """Gives a delivery a history of failed tries, and makes it due."""
    await office.settled(0.05)
    now = office.clock.now()
    await office.db.transact(
        lambda conn: conn.execute(
            update(deliveries_table)
            .where(deliveries_table.c.id == delivery_id)
            .values(attempts=attempts, next_attempt_at=now, state="queued")
        )
    )
    office.sender.wake()


async def test_what_came_too_late_is_not_sent(office: Office, wire: Wire) -> None:
    ids = await office.say("验证码 123456", expires_in=timedelta(seconds=-1))
    ids += await office.say("下一条")
    await office.until_states(ids, "expired", "sent")
    assert wire.sent == [("p1", "下一条")]


async def test_a_message_that_cannot_be_read_lets_the_others_go(
    database: Database, wire: Wire
) -> None:
    office = Office(database, wire)
    ids = await office.say("坏的", "好的")
    first = await office.find(ids[0])
    await database.transact(
        lambda conn: conn.execute(
            update(messages_table)
            .where(messages_table.c.id == first.message_id)
            .values(parts=[{"kind": "no such kind"}])
        )
    )
    async with office.open():
        await office.until_states(ids, "dead", "sent")
        assert (await office.find(ids[0])).error_code == "nothing_to_show"


async def test_a_channel_that_was_taken_away_is_told_to_the_operator(office: Office) -> None:
    ids = await office.say("在", channel="gone")
    await office.until_states(ids, "dead")
    assert (await office.find(ids[0])).error_code == "misconfigured_account"


# Pieces ---------------------------------------------------------------------------------------


@both
async def test_a_long_message_goes_in_pieces_and_goes_on_where_it_stopped(
    database: Database,
) -> None:
    wire = Wire(capabilities=Capabilities(max_text=8))
    wire.script.extend([Sent("x1"), ConnectionFailed("reset"), Sent("x2"), Sent("x3")])
    async with Office(database, wire).open() as office:
        ids = await office.say("第一句话在这。第二句话在这。第三句话在这。", "下一条")
        await office.until_states(ids, "sent", "sent")
    texts = [text for _, text in wire.sent]
    assert texts == ["第一句话在这。", "第二句话在这。", "第三句话在这。", "下一条"]
    assert wire.keys[:4] == [f"{ids[0]}.0", f"{ids[0]}.1", f"{ids[0]}.1", f"{ids[0]}.2"]


# Two gateways, lost stores, crashes -----------------------------------------------------------


@both
async def test_two_gateways_send_everything_once_and_in_order(
    database: Database, second: Database
) -> None:
    wire = Wire()
    one, two = Office(database, wire, alone=False), Office(second, wire, alone=False)
    async with one.open(), two.open():
        ids: list[str] = []
        for n in range(5):
            for line in ("一", "二", "三"):
                ids += await (one if n % 2 else two).say(line, to=f"p{n}")
            two.sender.wake()
        await one.until_states(ids, *["sent"] * 15, limit=10)
    assert len(wire.sent) == 15
    for n in range(5):
        assert [text for who, text in wire.sent if who == f"p{n}"] == ["一", "二", "三"]


@both
async def test_a_crash_before_the_noting_sends_again_with_the_same_key(database: Database) -> None:
    wire = Wire()
    crashed = asyncio.Event()

    async def sent_and_crashed(_: Rendered) -> Sent:
        crashed.set()
        await asyncio.Event().wait()
        raise AssertionError

    wire.script.append(sent_and_crashed)
    before = Office(database, wire)
    running = asyncio.create_task(before.sender.run())
    (one,) = await before.say("在")
    await crashed.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    for task in before.sender._under_way.values():
        task.cancel()
    after = Office(database, wire, clock=before.clock)
    async with after.open():
        await after.settled()
        assert len(wire.tries) == 1  # the claim still stands
        after.clock.jump(timedelta(seconds=31))
        after.sender.wake()
        await after.until_states([one], "sent")
    assert wire.keys == [one, one]


async def test_what_was_sent_while_the_store_was_away_is_not_sent_twice(database: Database) -> None:
    wire = Wire()
    away = deque([True] * 3)

    class Flaky:
        """The store, away for the moment after a message has left."""

        async def transact(self, unit, **how):  # type: ignore[no-untyped-def]
            if wire.sent and away:
                away.popleft()
                raise StoreUnavailable("disk full")
            return await database.transact(unit)

        async def read(self, unit):  # type: ignore[no-untyped-def]
            return await database.read(unit)

        async def close(self) -> None:
            return

    async with Office(Flaky(), wire).open() as office:
        ids = await office.say("在")
        await office.until(lambda: not away)
        await office.until_states(ids, "sent")
    assert len(wire.tries) == 1


# Pace, quotas, windows ------------------------------------------------------------------------


async def test_an_account_keeps_its_pace_however_much_waits(database: Database) -> None:
    wire = Wire(capabilities=Capabilities(limits=Limits(per_second=100)))
    office = Office(database, wire)
    ids = [one for n in range(60) for one in await office.say("在", to=f"p{n}")]
    async with office.open():
        await office.until(lambda: len(wire.sent) == 60)
        # The first may leave late on a busy machine; the pace of the rest stands all the same.
        assert wire.times[-1] - wire.times[0] >= 0.75 * 59 / 100
        apart = [b - a for a, b in itertools.pairwise(wire.times)]
        assert sorted(apart)[len(apart) // 2] >= 0.008  # no bursts, however slow the machine
        await office.until_states(ids, *["sent"] * 60)


@both
async def test_two_gateways_share_the_pace_of_an_account(
    database: Database, second: Database
) -> None:
    wire = Wire(capabilities=Capabilities(limits=Limits(per_second=50)))
    one, two = Office(database, wire, alone=False), Office(second, wire, alone=False)
    for n in range(30):
        await one.say("在", to=f"p{n}")
    async with one.open(), two.open():
        await one.until(lambda: len(wire.sent) == 30)
    assert wire.times[-1] - wire.times[0] >= 0.75 * 29 / 50  # each for itself would take half


async def test_a_quick_account_has_room_for_all_its_turns(database: Database) -> None:
    together = asyncio.Barrier(40)

    async def with_the_others(_: Rendered) -> Sent:
        await together.wait()
        return Sent()

    wire = Wire(capabilities=Capabilities(limits=Limits(per_second=300)), always=with_the_others)
    async with Office(database, wire, parallel=4).open() as office:
        ids = [one for n in range(40) for one in await office.say("在", to=f"p{n}")]
        await office.until_states(ids, *["sent"] * 40)


async def test_another_account_does_not_wait_for_a_slow_ones_turn(database: Database) -> None:
    wire = Wire(
        capabilities=Capabilities(account_limits={"slow": Limits(per_second=0.1)}),
    )
    async with Office(database, wire).open() as office:
        slow = [i for n in range(3) for i in await office.say("慢", to=f"s{n}", account="slow")]
        quick = [i for n in range(3) for i in await office.say("快", to=f"q{n}", account="quick")]
        await office.until_states(quick, "sent", "sent", "sent")
        await office.until_states(slow, "sent", "queued", "queued")


@both
async def test_the_rest_of_a_days_quota_waits_for_midnight_in_china(database: Database) -> None:
    wire = Wire(capabilities=Capabilities(limits=Limits(per_day=2)))
    async with Office(database, wire).open() as office:
        ids = [one for n in range(3) for one in await office.say("在", to=f"p{n}")]
        await office.until(lambda: len(wire.sent) == 2)
        await office.settled()
        assert len(wire.sent) == 2
    office = Office(database, wire, clock=office.clock)
    office.clock.jump(timedelta(days=1))
    async with office.open():
        await office.until_states(ids, "sent", "sent", "sent")


async def test_a_throttled_account_rests_and_nothing_is_lost(office: Office, wire: Wire) -> None:
    wire.script.append(Throttled("busy", retry_after=timedelta(seconds=1.2)))
    first = await office.say("一", to="p1")
    await office.until(lambda: len(wire.tries) == 1)
    await office.settled(0.05)
    later = await office.say("二", to="p2")
    await office.settled()
    assert len(wire.tries) == 1  # the account rests, not only the message
    await office.until_states([*first, *later], "sent", "sent")


@both
async def test_after_the_reply_windows_quota_the_rest_waits_until_the_person_writes(
    database: Database,
) -> None:
    shape = Capabilities(
        limits=Limits(per_reply_window=2), reply_window=timedelta(hours=48), max_text=100
    )
    wire = Wire(capabilities=shape)
    async with Office(database, wire).open() as office:
        await office.writes()
        ids = await office.say("一", "二", "三", "四")
        await office.until_states(ids, "sent", "sent", "queued", "queued")
        await office.settled()
        held = await office.find(ids[2])
        assert (held.error_code, held.attempts) == ("window_closed", 0)
        await office.writes()
        await office.until_states(ids, "sent", "sent", "sent", "sent")
    assert [text for _, text in wire.sent] == ["一", "二", "三", "四"]


@both
async def test_pieces_count_in_the_reply_window_and_the_rest_of_them_waits(
    database: Database,
) -> None:
    wire = Wire(capabilities=Capabilities(max_text=8, limits=Limits(per_reply_window=2)))
    async with Office(database, wire).open() as office:
        await office.writes()
        ids = await office.say("第一句话在这。第二句话在这。第三句话在这。")
        await office.until(lambda: len(wire.sent) == 2)
        await office.settled()
        assert len(wire.sent) == 2
        await office.writes()
        await office.until_states(ids, "sent")
    assert [text for _, text in wire.sent] == ["第一句话在这。", "第二句话在这。", "第三句话在这。"]


async def test_nobody_is_written_to_after_the_window_has_shut(database: Database) -> None:
    wire = Wire(capabilities=Capabilities(reply_window=timedelta(hours=48)))
    async with Office(database, wire).open() as office:
        await office.writes()
        office.clock.jump(timedelta(hours=49))
        (one,) = await office.say("在")
        await office.settled()
        assert wire.tries == []
        office.clock.jump(timedelta(hours=49))  # as long as it is held
        office.sender.wake()
        await office.until_states([one], "dead")
        await office.until(lambda: [h.kind for h in office.heard] == ["dead_letter"])


async def test_a_window_the_platform_finds_shut_is_waited_for_too(
    office: Office, wire: Wire
) -> None:
    wire.script.append(WindowClosed("45015"))
    ids = await office.say("一", "二")
    await office.until(lambda: len(wire.tries) == 1)
    await office.settled()
    assert await office.states(ids) == ["queued", "queued"]
    await office.writes()
    await office.until_states(ids, "sent", "sent")


# Falling back ---------------------------------------------------------------------------------


@both
async def test_what_cannot_go_its_way_goes_to_the_persons_other_address(
    database: Database,
) -> None:
    app = Wire("app", script=deque([WindowClosed("45015")]))
    post = Wire("post", capabilities=Capabilities(may_begin=True))
    silent = Wire("silent")  # a channel on which we may not begin
    async with Office(database, app, post, silent).open() as office:
        await office.same_person(("app", "p1"), ("silent", "p1"), ("post", "13800001234"))
        ids = await office.say("您的工单有进展", channel="app")
        await office.until_states(ids, "moved")
        await office.until(lambda: post.sent == [("13800001234", "您的工单有进展")])
        await office.settled()
    assert (len(app.tries), len(post.tries), len(silent.tries)) == (1, 1, 0)


async def test_what_was_moved_once_is_not_moved_back(database: Database) -> None:
    refuse = WindowClosed("shut")
    one = Wire("one", capabilities=Capabilities(may_begin=True), always=refuse)
    two = Wire("two", capabilities=Capabilities(may_begin=True), always=refuse)
    async with Office(database, one, two).open() as office:
        await office.same_person(("one", "p1"), ("two", "p1"))
        ids = await office.say("在", channel="one")
        await office.until_states(ids, "moved")
        await office.settled()
    assert (len(one.tries), len(two.tries)) == (1, 1)


@pytest.mark.parametrize("error", [RecipientRefused("opted out"), ContentRefused("risky")])
async def test_a_refusal_is_not_got_round_by_another_address(
    database: Database, error: SendError
) -> None:
    app = Wire("app", always=error)
    post = Wire("post", capabilities=Capabilities(may_begin=True))
    async with Office(database, app, post).open() as office:
        await office.same_person(("app", "p1"), ("post", "p1"))
        ids = await office.say("在", channel="app")
        await office.until_states(ids, "dead")
        await office.settled()
    assert post.tries == []


# Circuits and clocks --------------------------------------------------------------------------


async def test_while_a_platform_is_down_its_messages_use_up_no_tries(database: Database) -> None:
    wire = Wire(always=ConnectionFailed("down"))
    async with Office(database, wire, rest_after=3, first_rest=0.4).open() as office:
        ids = [one for n in range(12) for one in await office.say("在", to=f"p{n}")]
        await office.until(lambda: len(wire.tries) >= 3)
        await office.settled(0.2)
        tried = len(wire.tries)
        assert tried <= 12 + 3
        untouched = await office.say("后来的", to="p99")
        await office.settled(0.1)
        assert (await office.find(untouched[0])).attempts == 0
        wire.always = Sent()
        await office.until_states([*ids, *untouched], *["sent"] * 13, limit=8)


@both
async def test_a_clock_that_went_back_delays_nothing(database: Database, wire: Wire) -> None:
    async with Office(database, wire).open() as office:
        wire.script.append(ConnectionFailed("reset"))
        (one,) = await office.say("在")
        await office.until(lambda: len(wire.tries) == 1)
        await office.settled(0.05)
        office.clock.jump(-timedelta(hours=1))
        office.sender.wake()
        await office.until_states([one], "sent", limit=3)


@both
async def test_a_clock_that_went_back_shuts_no_window_and_opens_none(database: Database) -> None:
    shape = Capabilities(limits=Limits(per_reply_window=2), reply_window=timedelta(hours=48))
    async with Office(database, Wire(capabilities=shape)).open() as office:
        await office.writes()
        await office.until_states(await office.say("一", "二"), "sent", "sent")
        office.clock.jump(timedelta(seconds=10))
        await office.writes()  # a window of its own, in which nothing was sent yet
        await office.writes("p2")
        await office.until_states(await office.say("一", to="p2"), "sent")
        office.clock.jump(timedelta(seconds=10))
        office.clock.jump(-timedelta(hours=2))
        await office.until_states(await office.say("三", "四"), "sent", "sent", limit=3)
        others = await office.say("二", "三", to="p2")
        await office.until_states(others, "sent", "queued", limit=3)
        await office.settled()
        assert (await office.find(others[1])).error_code == "window_closed"


async def test_a_sending_begun_by_a_clock_that_was_ahead_is_not_waited_for(
    database: Database,
) -> None:
    wire = Wire()
    crashed = asyncio.Event()

    async def hangs(_: Rendered) -> Sent:
        crashed.set()
        await asyncio.Event().wait()
        raise AssertionError

    wire.script.append(hangs)
    before = Office(database, wire)
    (one,) = await before.say("在")
    before.clock.jump(timedelta(hours=2))
    running = asyncio.create_task(before.sender.run())
    await crashed.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    for task in before.sender._under_way.values():
        task.cancel()
    before.clock.jump(-timedelta(hours=2))
    async with Office(database, wire, clock=before.clock).open() as after:
        await after.until_states([one], "sent", limit=3)


async def test_a_clock_that_went_back_does_not_stop_an_accounts_pace(database: Database) -> None:
    wire = Wire(capabilities=Capabilities(limits=Limits(per_second=20)))
    async with Office(database, wire).open() as office:
        await office.until_states(await office.say("一"), "sent")
        office.clock.jump(-timedelta(hours=1))
        await office.until_states(await office.say("二", to="p2"), "sent", limit=3)


async def test_what_fails_on_its_way_out_is_logged_with_the_trace_of_its_message(
    office: Office, wire: Wire, production_logs: None
) -> None:
    wire.script += [ContentRefused("a word in it")] * 2
    given_up = await office.say("在")
    await office.until_states(given_up, "dead")
    trace = update(messages_table).values(trace_id="t_of_this_talk")
    await office.db.transact(lambda conn: conn.execute(trace))
    with written("debug", "json") as stream:
        await office.db.transact(
            lambda conn: outbox.resend(conn, given_up[0], office.clock.now(), actor="a_1")
        )
        office.sender.wake()
        await office.until(lambda: "outbound.given_up" in stream.getvalue())
    told = [json.loads(line) for line in stream.getvalue().splitlines()]
    named = {line["event"] for line in told if line.get("trace_id") == "t_of_this_talk"}
    assert {"outbound.failed", "outbound.given_up"} <= named
