"""What ticket systems tell us: verified, heeded once, in any order, never lost."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from actions.work_orders import nodes as stations
from actions.work_orders import steps, way
from actions.work_orders.steps import Said
from actions.work_orders.way import Step
from connectors.signing import NONCE, TIMESTAMP, signed_headers
from connectors.store import ticket_events
from tests.tickets.stand import Stand, stand
from tests.tickets.subjects import KEY


def moment(minutes: float) -> str:
    return (datetime.now(UTC) + timedelta(minutes=minutes)).isoformat()


async def test_an_order_goes_its_way_and_its_person_hears_of_it(tmp_path: Path) -> None:
    async with stand(tmp_path) as s:
        order = await s.file()
        await s.empty()
        for status, said in (
            ("accepted", {}),
            ("dispatched", {"unit": "区城管局"}),
            ("returned", {"note": "不属我局职责"}),
            ("dispatched", {"unit": "区路灯所"}),
            ("signed", {}),
            ("noted", {"note": "已约定明天上门。"}),
            ("answered", {"answer": "已更换灯头。"}),
            ("closed", {"outcome": "solved"}),
        ):
            event = s.receiver.event(order.number, status, **said)
            assert await s.event(event) == (200, {"state": "applied"}), status
        heard = await s.heard()
        assert ["区城管局" in heard[1], "重新派单" in heard[2], "区路灯所" in heard[3]] == [
            True
        ] * 3
        assert "已约定明天上门" in heard[5]
        assert "已更换灯头" in heard[6]
        assert "问题解决了吗" in heard[6]
        done = await s.look(order)
        assert way.station(done) == stations.ASKED
        assert (done.handling.unit, done.handling.outcome) == ("区路灯所", "solved")
        assert done.receipt in heard[-1]


async def test_an_order_that_is_not_taken_on_says_why(tmp_path: Path) -> None:
    async with stand(tmp_path) as s:
        order = await s.file()
        await s.empty()
        event = s.receiver.event(order.number, "rejected", note="属于法院受理范围")
        assert (await s.event(event))[1] == {"state": "applied"}
        assert "法院受理范围" in (await s.heard())[-1]
        assert (await s.look(order)).handling.outcome == "procedural"


async def test_what_is_told_twice_is_heeded_once(tmp_path: Path) -> None:
    async with stand(tmp_path) as s:
        order = await s.file()
        await s.empty()
        event = s.receiver.event(order.number, "dispatched", unit="区城管局")
        answers = await asyncio.gather(*(s.event(event) for _ in range(4)))
        states = sorted(answer[1]["state"] for answer in answers)
        assert states == ["applied", "duplicate", "duplicate", "duplicate"]
        assert len(await s.heard()) == 2


async def test_what_comes_late_moves_nothing_back(tmp_path: Path) -> None:
    async with stand(tmp_path) as s:
        order = await s.file()
        await s.empty()
        closed = s.receiver.event(order.number, "closed", answer="已修好") | {"at": moment(-1)}
        signed = s.receiver.event(order.number, "signed", unit="x") | {"at": moment(-5)}
        returned = s.receiver.event(order.number, "returned") | {"at": moment(-4)}
        assert (await s.event(closed))[1] == {"state": "applied"}
        assert (await s.event(signed))[1] == {"state": "late"}
        assert (await s.event(returned))[1] == {"state": "late"}
        assert way.station(await s.look(order)) == stations.ASKED
        assert len(await s.heard()) == 2


async def test_an_event_before_the_answer_brings_the_number(tmp_path: Path) -> None:
    async with stand(tmp_path) as s:
        order = await s.file()
        early = {**s.receiver.event(order.number, "accepted"), "number": "GD-2026-000001"}
        assert (await s.event(early))[1] == {"state": "applied"}
        assert (await s.look(order)).receipt == "GD-2026-000001"
        await s.empty()  # the answer says the same
        assert len(await s.heard()) == 1


async def test_an_event_of_a_number_not_known_yet_waits_for_it(tmp_path: Path) -> None:
    async with stand(tmp_path) as s:
        order = await s.file()
        early = {**s.receiver.event("", "dispatched", unit="区城管局"), "number": "GD-2026-000001"}
        assert await s.event(early) == (202, {"state": "waiting"})
        assert len(await s.database.read(ticket_events.unknown)) == 1
        await s.empty()
        assert way.station(await s.look(order)) == stations.SIGNED
        assert await s.database.read(ticket_events.unknown) == []
        heard = await s.heard()
        assert ["正式编号" in heard[0], "区城管局" in heard[1]] == [True, True]


async def test_an_event_of_an_order_nobody_knows_is_kept_and_seen(tmp_path: Path) -> None:
    async with stand(tmp_path) as s:
        event = s.receiver.event("HY20260101-000001-5", "signed") | {"number": "NOBODY"}
        assert await s.event(event) == (202, {"state": "waiting"})
        (kept,) = await s.database.read(ticket_events.unknown)
        assert (kept.receipt, kept.body["status"]) == ("NOBODY", "signed")


async def test_a_number_that_comes_by_event_only(tmp_path: Path) -> None:
    async with stand(tmp_path) as s:
        s.receiver.late = True
        order = await s.file()
        await s.empty()
        assert (await s.look(order)).provisional
        assert (await s.event(s.receiver.event(order.number, "accepted")))[1]["state"] == "applied"
        assert (await s.look(order)).receipt == "GD-2026-000001"


async def test_what_is_asked_for_is_heeded_too(tmp_path: Path) -> None:
    async with stand(tmp_path, look_every=timedelta(minutes=1)) as s:
        order = await s.file()
        await s.empty()
        s.receiver.event(order.number, "dispatched", unit="区城管局")
        assert await s.looker.look() == 0, "it is not time yet"
        s.clock.jump(timedelta(minutes=2))
        assert await s.looker.look() == 1
        assert way.station(await s.look(order)) == stations.SIGNED
        s.clock.jump(timedelta(minutes=2))
        await s.looker.look()
        assert len(await s.heard()) == 2, "the same again is no news"


async def test_not_solved_outlasts_the_closing_that_is_told_again(tmp_path: Path) -> None:
    """A system that is asked goes on saying "closed" until it has taken the order up again."""
    async with stand(tmp_path, look_every=timedelta(minutes=1)) as s:
        order = await s.file()
        await s.empty()
        s.receiver.event(order.number, "closed", answer="已修好")
        s.clock.jump(timedelta(minutes=2))
        await s.looker.look()
        texts, now = s.courier.teller.texts, s.clock.now()
        said = Said(note="还是不亮")
        await s.database.transact(
            lambda conn: steps.take(
                conn, texts, order.number, Step.REOPEN, said, actor="citizen", now=now
            )
        )
        s.clock.jump(timedelta(minutes=2))
        await s.looker.look()
        assert way.station(await s.look(order)) == stations.HANDLED
        s.receiver.event(order.number, "closed", answer="这回修好了")
        s.clock.jump(timedelta(minutes=2))
        await s.looker.look()
        assert way.station(await s.look(order)) == stations.ASKED
        assert "这回修好了" in (await s.heard())[-1]


async def test_open_after_closed_means_handled_anew(tmp_path: Path) -> None:
    async with stand(tmp_path, look_every=timedelta(minutes=1)) as s:
        order = await s.file()
        await s.empty()
        for status in ("closed", "signed"):
            s.receiver.event(order.number, status)
            s.clock.jump(timedelta(minutes=2))
            await s.looker.look()
        assert way.station(await s.look(order)) == stations.HANDLED


async def post(s: Stand, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
    async with s.client.post("/tickets/core/events", data=body, headers=headers) as answer:
        return answer.status, (await answer.json())["error"]["code"]


def event(**more: Any) -> bytes:
    said = {"id": "e1", "order": "HY1", "status": "signed", "at": moment(0)} | more
    return json.dumps(said).encode()


BAD = {
    "no id": ({"id": ""}, "malformed"),
    "no order": ({"order": None}, "malformed"),
    "a status nobody knows": ({"status": "exploded"}, "malformed"),
    "a time without its zone": ({"at": "2026-11-22T10:00:00"}, "malformed"),
    "a time with no hour in China": ({"at": "9999-12-31T23:59:59-14:00"}, "malformed"),
    "a time before all time": ({"due_at": "0001-01-01T00:00:00+14:00"}, "malformed"),
    "a number with a space": ({"number": "A 1"}, "malformed"),
    "too large": ({"note": "x" * 70_000}, "too_large"),
}


@pytest.mark.parametrize(("more", "code"), BAD.values(), ids=BAD.keys())
async def test_what_cannot_be_read_is_refused_with_the_reason(
    more: dict[str, Any], code: str, tmp_path: Path
) -> None:
    async with stand(tmp_path) as s:
        body = event(**more)
        headers = signed_headers(KEY, body, datetime.now(UTC))
        assert (await post(s, body, headers))[1] == code
        assert await s.database.read(ticket_events.unknown) == []


async def test_what_no_store_takes_is_left_out_of_its_words(tmp_path: Path) -> None:
    async with stand(tmp_path) as s:
        order = await s.file()
        await s.empty()
        said = s.receiver.event(order.number, "answered", answer="已更换\0灯头。", unit="路灯所\0")
        assert await s.event(said) == (200, {"state": "applied"})
        done = await s.look(order)
        assert (done.handling.answer, done.handling.unit) == ("已更换灯头。", "路灯所")


async def test_only_the_system_itself_is_heard(tmp_path: Path) -> None:
    async with stand(tmp_path) as s:
        body, now = event(), datetime.now(UTC)
        good = signed_headers(KEY, body, now)
        old = signed_headers(KEY, body, now - timedelta(minutes=6))
        assert await post(s, body, {}) == (401, "unsigned")
        assert await post(s, body, signed_headers("x" * 40, body, now)) == (401, "bad_signature")
        assert await post(s, body, old) == (401, "stale")
        assert await post(s, body.replace(b"HY1", b"HY2"), good) == (401, "bad_signature")
        moved = {**good, TIMESTAMP: str(int(now.timestamp()) + 1)}
        assert await post(s, body, moved) == (401, "bad_signature")
        async with s.client.post("/tickets/core/events", data=body, headers=good) as answer:
            assert answer.status == 202
        assert await post(s, body, good) == (409, "replayed")
        assert await post(s, body, {**good, NONCE: "n" * 20}) == (401, "bad_signature")
        async with s.client.post("/tickets/other/events", data=body, headers=good) as answer:
            assert answer.status == 401
