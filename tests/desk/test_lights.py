"""Deadlines: what is late lights up once, is seen by the supervisor, and goes out when done."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from connectors.clock import CHINA, FrozenClock
from connectors.conversation.skills import Skill
from connectors.desk.lights import Watch, light
from connectors.settings.desk import Desk
from connectors.settings.orders import Orders, SlaRule
from connectors.store import callbacks, deadline_events, order_work, work_orders
from connectors.store.desk_tables import deadline_events as table
from connectors.store.work_orders import NewWorkOrder
from tests.desk.people import csrf, log_in, make_agent
from tests.desk.talks import at_their_desk, now, somebody, waits
from tests.house import House, house

pytestmark = pytest.mark.usefixtures("by_hand")

WEDNESDAY = datetime(2026, 11, 18, 10, 0, tzinfo=CHINA)
HOURS = {"mon-fri": ["08:30-12:00", "14:00-17:30"]}


async def lit(h: House) -> list[tuple[str, str, bool]]:
    """(kind, light, settled) of all that came on, in order."""
    rows = await h.database.read(
        lambda conn: conn.execute(
            select(table.c.kind, table.c.light, table.c.settled_at).order_by(table.c.id)
        ).all()
    )
    return [(row.kind, row.light, row.settled_at is not None) for row in rows]


async def close(h: House, number: str) -> None:
    await h.database.transact(lambda conn: work_orders.set_status(conn, number, "closed"))


@pytest.mark.parametrize(
    ("minutes", "colour"),
    [(-60, "green"), (0, "green"), (49, "green"), (50, "yellow"), (79, "yellow"), (80, "orange"),
     (99, "orange"), (100, "red"), (1000, "red")],
)  # fmt: skip
def test_a_light_follows_the_share_of_the_time_used_up(minutes: int, colour: str) -> None:
    due = WEDNESDAY + timedelta(minutes=100)
    assert light(Desk(), WEDNESDAY, due, WEDNESDAY + timedelta(minutes=minutes)) == colour


async def test_each_light_of_a_wait_is_noted_once_and_settled_by_the_answer(
    tmp_path: Path,
) -> None:
    clock = FrozenClock(WEDNESDAY)
    async with house(tmp_path, clock=clock) as h:
        agent = await at_their_desk(h, "a1")
        talk = await waits(h, 1)
        looks = [h.gateway.desk.watch, Watch(h.gateway.desk.office)]  # two gateways
        for _ in range(40):
            clock.advance(timedelta(seconds=5))
            for one in looks:
                await one.look()
        assert await lit(h) == [
            ("answer", "yellow", True),
            ("answer", "orange", True),
            ("answer", "red", False),
        ]
        await h.gateway.desk.service.take(agent, talk.id)
        await looks[0].look()
        assert (await lit(h))[-1] == ("answer", "red", False)  # taken is not answered
        await h.gateway.desk.service.say(agent, talk.id, "您好", "c1")
        assert (await lit(h))[-1] == ("answer", "red", True)
        assert (await now(h, talk)).unanswered_since is None
        await somebody(h, 1, text="那什么时候修？")  # and the clock of the next question runs
        clock.advance(timedelta(minutes=2))
        await looks[0].look()
        assert (await lit(h))[3:] == [("answer", "yellow", False)]


async def test_a_channel_may_have_a_time_of_its_own(tmp_path: Path) -> None:
    clock = FrozenClock(WEDNESDAY)
    desk = Desk(answer_within_of={"portal": timedelta(hours=24)})
    async with house(tmp_path, clock=clock, desk=desk) as h:
        await waits(h, 1)
        clock.advance(timedelta(hours=1))
        assert await h.gateway.desk.watch.look() == 0


async def test_who_is_in_danger_is_to_be_answered_sooner(tmp_path: Path) -> None:
    clock = FrozenClock(WEDNESDAY)
    desk = Desk(answer_within_of={"portal": timedelta(hours=24)})
    async with house(tmp_path, clock=clock, desk=desk) as h:
        await waits(h, 1)
        await waits(h, 2, Skill.CRISIS, "safety")
        clock.advance(timedelta(seconds=31))
        await h.gateway.desk.watch.look()
        assert await lit(h) == [("answer", "red", False)]


async def test_the_supervisor_sees_the_alert_and_settles_it(tmp_path: Path) -> None:
    clock = FrozenClock(WEDNESDAY)
    async with house(tmp_path, clock=clock) as h:
        await make_agent(h, "s1", "supervisor")
        talk = await waits(h, 1)
        clock.advance(timedelta(minutes=4))
        await h.gateway.desk.watch.look()
        await log_in(h, "s1")
        board = await (await h.client.get("/desk/board")).text()
        assert "要处理的告警" in board
        assert talk.id in board
        (alert,) = await h.database.read(deadline_events.alerts)
        headers = {"X-CSRF-Token": await csrf(h)}
        await h.client.post(f"/desk/alerts/{alert.id}", headers=headers)
        assert await h.database.read(deadline_events.alerts) == []
        found = await (await h.client.get("/desk/audit?event=deadline.")).text()
        assert "deadline.settled" in found
        assert "deadline.red" in found


async def test_a_promised_callback_is_due_in_office_hours_and_kept_by_writing(
    tmp_path: Path,
) -> None:
    clock = FrozenClock(WEDNESDAY.replace(hour=16, minute=45))
    async with house(tmp_path, clock=clock, desk=Desk(hours=HOURS)) as h:
        agent = await at_their_desk(h, "a1")
        talk = await waits(h, 1)
        clock.advance(timedelta(minutes=10))
        assert await h.gateway.desk.waiting.look() == 1
        (owed,) = await h.database.read(callbacks.still_owed)
        # 35 minutes are left today; the rest of the two hours is tomorrow morning's.
        assert owed.due_at == WEDNESDAY.replace(day=19, hour=9, minute=55)
        clock.advance(owed.due_at - clock.now() - timedelta(minutes=1))
        await h.gateway.desk.watch.look()
        assert ("callback", "orange", False) in await lit(h)
        clock.advance(timedelta(minutes=2))
        await h.gateway.desk.watch.look()
        assert ("callback", "red", False) in await lit(h)
        await h.gateway.desk.service.take(agent, talk.id)
        await h.gateway.desk.service.say(agent, talk.id, "让您久等了", "c1")
        assert await h.database.read(callbacks.still_owed) == []
        assert not [one for one in await lit(h) if not one[2] and one[0] == "callback"]
        kept = await h.database.read(lambda conn: work_orders.by_number(conn, owed.number))
        assert kept is not None
        assert (kept.status, kept.handling.answer) == ("closed", "座席已与市民联系")
        assert [node.state for node in kept.nodes][:3] == ["done", "done", "todo"]


async def test_an_order_has_the_time_of_its_category_and_urgency(tmp_path: Path) -> None:
    clock = FrozenClock(WEDNESDAY)
    rules = [
        SlaRule(category="城乡建设/市政设施", urgency="urgent", hours=4),
        SlaRule(category="城乡建设", days=2),
    ]
    async with house(tmp_path, clock=clock, desk=Desk(hours=HOURS), orders=Orders(sla=rules)) as h:
        register = h.gateway.desk.waiting._register

        async def due(category: tuple[str, ...], urgency: str) -> datetime | None:
            order = NewWorkOrder(
                key=f"{category}{urgency}",
                channel="portal",
                kind="投诉",
                title="路灯",
                content="路灯坏了",
                category=category,
                urgency=urgency,
            )
            filed = await h.database.transact(lambda conn: register.enter(conn, order, clock.now()))
            return filed.filed.due_at

        # Two hours this morning, two in the afternoon; the break at noon does not count.
        urgent = await due(("城乡建设", "市政设施", "路灯"), "urgent")
        assert urgent == WEDNESDAY.replace(hour=16)
        two_days = await due(("城乡建设", "物业"), "normal")
        assert two_days is not None
        assert two_days.astimezone(CHINA).day == 20
        by_kind = await due(("交通",), "normal")
        assert by_kind is not None
        assert by_kind > two_days
        clock.advance(timedelta(hours=7))
        await h.gateway.desk.watch.look()
        rows = await h.database.read(order_work.listed)
        assert ("order", "red", False) in await lit(h)
        for row in rows:
            await close(h, row.number)
        await h.gateway.desk.watch.look()
        assert not [one for one in await lit(h) if not one[2]]


async def test_a_clock_that_goes_back_over_midnight_tells_nobody_anything_twice(
    tmp_path: Path,
) -> None:
    clock = FrozenClock(WEDNESDAY.replace(hour=23, minute=58))
    hours = {"mon-sun": ["08:00-24:00"], "holiday": ["08:00-24:00"]}
    async with house(tmp_path, clock=clock, desk=Desk(hours=hours, assign="offer")) as h:
        agent = await at_their_desk(h, "a1")
        talk = await waits(h, 1)
        assert await h.gateway.desk.waiting.look() == 0
        clock.advance(timedelta(minutes=2, seconds=1))  # 00:00:01: closed
        assert await h.gateway.desk.waiting.look() == 1
        (owed,) = await h.database.read(callbacks.still_owed)
        assert owed.due_at == WEDNESDAY.replace(day=19, hour=10)
        clock.advance(timedelta(seconds=-5))  # 23:59:56 once more: open
        assert await h.gateway.desk.waiting.look() == 0
        await waits(h, 1)
        await h.gateway.desk.assigner.look()
        clock.advance(timedelta(seconds=-2))
        await h.gateway.desk.watch.look()
        await h.gateway.desk.assigner.look()  # an offer of a moment to come does not stand for ever
        assert await h.gateway.desk.waiting.tell_places() == 0
        clock.advance(timedelta(seconds=7))  # and midnight comes again
        assert await h.gateway.desk.waiting.look() == 1
        assert len(await h.database.read(order_work.listed)) == 2  # each asking has its promise
        assert len(await h.database.read(callbacks.still_owed)) == 2
        await h.gateway.desk.service.take(agent, talk.id)
        await h.gateway.desk.service.say(agent, talk.id, "您好", "c1")
        assert await h.database.read(callbacks.still_owed) == []
