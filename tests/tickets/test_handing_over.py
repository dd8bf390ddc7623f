"""An order on its way to a ticket system: provisional, final, nothing lost, nothing doubled."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from sqlalchemy import select

from actions.work_orders import steps
from actions.work_orders.register import RecordKind
from actions.work_orders.steps import Said
from actions.work_orders.way import Step
from connectors.settings.tickets import LOCAL, PEERS, Open311System, Tickets
from connectors.store import ticket_sends, tickets
from connectors.store.schema import audit
from connectors.store.work_orders import WorkOrder
from tests.contract.peer import answers, dribbles, floods, hangs, hangs_up
from tests.tickets.stand import Stand, office_on, stand
from tests.tickets.subjects import SECRET

MINUTE, DAY = timedelta(minutes=6), timedelta(days=1)


async def test_a_number_is_provisional_until_the_system_took_the_order(tmp_path: Path) -> None:
    async with stand(tmp_path) as s:
        order = await s.file()
        assert order.provisional
        assert order.receipt == order.number
        assert await s.empty() == 1
        final = await s.look(order)
        assert (final.provisional, final.receipt) == (False, "GD-2026-000001")
        (told,) = await s.heard()
        assert "正式编号 GD-2026-000001" in told
        assert order.number in told
        assert await s.register.called("帮我查 gd-2026-000001 尾号1234") == (
            order.number,
            "gd-2026-000001",
        )


async def test_a_final_number_that_looks_like_ours_opens_its_own_order(tmp_path: Path) -> None:
    """Another Huiying counts as we do."""
    async with stand(tmp_path) as s:
        first = await s.file()
        s.receiver.numbers = lambda _: first.number
        order = await s.file(contact_phone="13900005678")
        await s.empty()
        found = await s.register.look_up(first.number, "5678", None)
        assert isinstance(found, WorkOrder)
        assert found.number == order.number
        found = await s.register.look_up(first.number, "1234", None)
        assert isinstance(found, WorkOrder)
        assert found.number == first.number
        assert not isinstance(await s.register.look_up(first.number, "9999", None), WorkOrder)


async def test_an_order_of_our_own_region_is_final_at_once(tmp_path: Path) -> None:
    async with stand(tmp_path, regions={"340100": "local"}) as s:
        ours = await s.file(place_region="340104")
        assert not ours.provisional
        assert (await s.file(place_region="110101")).provisional
        assert await s.empty() == 1
        assert await s.database.read(lambda conn: tickets.of_order(conn, ours.number)) is None


async def test_what_happens_meanwhile_waits_behind_the_order_and_goes_in_its_order(
    tmp_path: Path,
) -> None:
    async with stand(tmp_path) as s:
        order = await s.file()
        await s.add(order, RecordKind.URGE)
        await s.add(order, RecordKind.SUPPLEMENT, "又漏了")
        await s.add(order, RecordKind.WITHDRAW, "修好了")
        assert await s.empty() == 4
        assert [one["type"] for one in s.receiver.told] == [
            "order.filed",
            "order.urged",
            "order.supplemented",
            "order.withdrawn",
        ]
        assert s.receiver.told[2]["text"] == "又漏了"
        assert s.receiver.told[2]["number"] == "GD-2026-000001"


async def test_a_system_down_for_a_day_gets_all_of_it_afterwards(tmp_path: Path) -> None:
    async with stand(tmp_path) as s:
        s.receiver.misbehave = answers(503, "")
        orders = [await s.file() for _ in range(3)]
        for _ in range(24):
            assert await s.empty(timedelta(hours=1)) == 3
        await s.add(orders[0], RecordKind.URGE)
        assert await s.heard() == []
        assert all([(await s.look(one)).provisional for one in orders])
        s.receiver.misbehave = None
        assert await s.empty(timedelta(hours=1)) == 4
        assert len(s.receiver.orders) == 3
        assert len(await s.heard()) == 3


async def test_a_system_that_answers_again_gets_what_waited_at_once(tmp_path: Path) -> None:
    async with stand(tmp_path) as s:
        s.receiver.misbehave = answers(500, "")
        await s.file()
        for _ in range(8):  # the next try is minutes away
            await s.empty(MINUTE)
        s.receiver.misbehave = None
        await s.looker.ask_health()
        assert await s.empty() == 1


ODD = {
    "a page of a firewall": answers(200, "<html>", "text/html"),
    "an error inside a 200": answers(200, '{"code": 500, "msg": "库存异常"}'),
    "an error inside a 200, otherwise": answers(200, '{"success": false, "message": "x"}'),
    "a number nobody could write": answers(200, '{"number": "a\\u0007"}'),
    "words that are no JSON": answers(200, "OK"),
    "a broken server": answers(500, "oops"),
    "too much at once": answers(429, "", **{"Retry_After": "30"}),
    "a wrong key": answers(401, '{"error": {"code": "bad_signature"}}'),
    "nothing at all": hangs_up,
    "no end": dribbles,
    "no answer": hangs,
    "too long": floods,
}


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD.keys())
async def test_what_is_no_yes_is_tried_again_and_taken_once(odd: object, tmp_path: Path) -> None:
    slow = odd in (hangs, dribbles)
    async with stand(tmp_path, timeout=0.2 if slow else 10.0) as s:
        order = await s.file()
        s.receiver.misbehave = odd  # type: ignore[assignment]
        assert await s.empty() == 1
        (waiting,) = await s.sends()
        assert (waiting.state, waiting.attempts) == ("queued", 1)
        assert waiting.error_code
        assert (await s.look(order)).provisional
        s.receiver.misbehave = None
        for _ in range(20):  # a machine under load may be slower than a fifth of a second
            await s.empty(MINUTE)
        assert (await s.look(order)).receipt == "GD-2026-000001"
        assert len(s.receiver.orders) == 1


async def test_an_answer_that_got_lost_makes_no_second_order(tmp_path: Path) -> None:
    async with stand(tmp_path) as s:
        order = await s.file()

        async def takes_and_hangs_up(request: web.Request) -> web.StreamResponse:
            s.receiver.misbehave = None
            await s.receiver.receive(request)
            return await hangs_up(request)

        s.receiver.misbehave = takes_and_hangs_up
        await s.empty()
        await s.empty(MINUTE)
        assert len(s.receiver.orders) == 1
        assert (await s.look(order)).receipt == "GD-2026-000001"


async def test_what_is_refused_is_given_up_seen_and_can_be_sent_again(tmp_path: Path) -> None:
    async with stand(tmp_path) as s:
        order = await s.file()
        await s.add(order, RecordKind.URGE)
        s.receiver.misbehave = answers(422, '{"error": {"code": "x", "message": "缺少地址"}}')
        assert await s.empty() == 1
        (dead,) = await s.sends("dead")
        assert (dead.error_code, "缺少地址" in (dead.error_detail or "")) == ("refused", True)
        assert await s.empty(DAY) == 0, "nothing about an order goes before the order"
        s.receiver.misbehave = None
        now = s.clock.now()
        assert await s.database.transact(
            lambda conn: ticket_sends.resend(conn, dead.id, now, actor="a_1")
        )
        assert await s.empty() == 2
        assert (await s.look(order)).receipt == "GD-2026-000001"


async def test_one_poisoned_order_is_given_up_and_keeps_nobody_waiting(tmp_path: Path) -> None:
    async with stand(tmp_path) as s:
        poisoned = await s.file()
        s.receiver.misbehave = answers(200, '{"code": "E100", "msg": "系统异常"}')
        for _ in range(12):
            await s.empty(MINUTE)
        s.receiver.misbehave = None
        assert [one.number for one in await s.sends("dead")] == [poisoned.number]
        fine = await s.file()
        await s.empty()
        assert not (await s.look(fine)).provisional


async def test_patience_ends_and_the_desk_must_act(tmp_path: Path) -> None:
    async with stand(tmp_path, patience=timedelta(days=2)) as s:
        await s.file()
        s.receiver.misbehave = answers(502, "")
        for _ in range(3):
            await s.empty(DAY)
        assert [one.state for one in await s.sends()] == ["dead"]


async def test_an_order_nobody_takes_can_be_worked_on_here(tmp_path: Path) -> None:
    async with stand(tmp_path) as s:
        order = await s.file()
        now = s.clock.now()
        assert await s.database.transact(
            lambda conn: tickets.keep_here(conn, order.number, now, actor="a_1")
        )
        assert not (await s.look(order)).provisional
        assert await s.empty() == 0
        taken = await s.file()
        await s.empty()
        kept = await s.database.transact(
            lambda conn: tickets.keep_here(conn, taken.number, now, actor="a_1")
        )
        assert not kept, "the system has it"


async def test_two_gateways_send_each_thing_once(tmp_path: Path) -> None:
    async with stand(tmp_path) as s, aiohttp.ClientSession() as http:
        other, _ = office_on(s.database, s.clock, s.office._settings)
        second = other.courier("core", other.systems(http)["core"])
        for _ in range(12):
            await s.file()
        for _ in range(6):
            await asyncio.gather(s.courier.empty(), second.empty())
        assert len(s.receiver.told) == 12
        assert [one.attempts for one in await s.sends()] == [1] * 12


async def test_a_gateway_killed_while_sending_leaves_it_to_the_next(tmp_path: Path) -> None:
    async with stand(tmp_path) as s:
        order = await s.file()
        (due,) = await s.database.read(
            lambda conn: ticket_sends.due(conn, "core", s.clock.now(), 10)
        )
        claimed = s.clock.now()
        until = claimed + timedelta(seconds=90)
        assert await s.database.transact(lambda conn: ticket_sends.claim(conn, due, until, claimed))
        assert await s.empty() == 0, "another gateway may be at it"
        assert await s.empty(timedelta(seconds=91)) == 1
        assert not (await s.look(order)).provisional


async def test_a_clock_that_goes_back_keeps_nothing_waiting(tmp_path: Path) -> None:
    async with stand(tmp_path) as s:
        await s.file()
        assert await s.empty(timedelta(days=-1)) == 1


async def test_what_the_person_said_of_it_goes_back(tmp_path: Path) -> None:
    async with stand(tmp_path) as s:
        order = await s.file()
        await s.empty()
        await s.event(s.receiver.event(order.number, "closed", answer="已修好", outcome="solved"))
        await _say(s, order.number, Step.SETTLE, Said(solved=True))
        await s.database.transact(lambda c: steps.rate(c, order.number, 5, s.clock.now()))
        other = await s.file()
        await s.empty()
        await s.event(s.receiver.event(other.number, "closed", answer="已修好"))
        await _say(s, other.number, Step.REOPEN, Said(note="还是不亮"))
        await s.empty()
        told = [one for one in s.receiver.told if one["type"] != "order.filed"]
        assert [(one["type"], one["solved"], one["rating"]) for one in told] == [
            ("order.followed_up", True, None),
            ("order.followed_up", True, 5),
            ("order.reopened", False, None),
        ]
        assert told[-1]["text"] == "还是不亮"


async def _say(s: Stand, number: str, step: Step, said: Said) -> None:
    texts, now = s.courier.teller.texts, s.clock.now()
    await s.database.transact(
        lambda conn: steps.take(conn, texts, number, step, said, actor="citizen", now=now)
    )


async def test_what_came_by_open311_never_goes_on_by_open311() -> None:
    system = Open311System(url="https://b.example/v2", api_key=SECRET)
    own = Tickets(default="b", open311={"b": system})
    assert own.system_of("340100", "webchat") == "b"
    assert own.system_of("340100", PEERS) == LOCAL


async def test_a_number_that_comes_again_and_is_another_is_an_alarm(tmp_path: Path) -> None:
    async with stand(tmp_path) as s:
        order = await s.file()
        early = s.receiver.event(order.number, "accepted") | {"number": "GD-FIRST"}
        await s.event(early)
        await s.empty()
        assert (await s.look(order)).receipt == "GD-FIRST"
        rows = await s.database.read(lambda conn: conn.execute(select(audit.c.event)).all())
        assert ("ticket.second_number",) in rows


async def test_two_numbers_for_one_key_the_first_one_stays(tmp_path: Path) -> None:
    async with stand(tmp_path) as s:
        order = await s.file()
        await s.empty()
        event = s.receiver.event(order.number, "accepted") | {"number": "GD-OTHER"}
        assert await s.event(event) == (200, {"state": "second_number"})
        assert (await s.look(order)).receipt == "GD-2026-000001"
        rows = await s.database.read(lambda conn: conn.execute(select(audit)).all())
        alarm = [row for row in rows if row.event == "ticket.second_number"]
        assert [row.detail["second"] for row in alarm] == ["GD-OTHER"]
        assert len(await s.heard()) == 1
