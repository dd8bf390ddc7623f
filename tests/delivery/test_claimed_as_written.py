"""What a unit writes and claims in one: sent without a look at the queue, once, in order."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from sqlalchemy import Connection, func, select

from connectors.channel import Capabilities, ConnectionFailed, Limits, Manners
from connectors.delivery.sender import Sender
from connectors.messages import Outbound, Text
from connectors.store import messages
from connectors.store.database import Database, StoreUnavailable
from connectors.store.outbox import Claim
from connectors.store.schema import deliveries
from tests.delivery.office import Office, Wire, both, found_or_made


async def answer(
    office: Office, *lines: str, runs: int = 1, failing: Exception | None = None
) -> None:
    """Writes answers in one unit that claims them; a unit that is undone runs again."""

    def unit(conn: Connection) -> None:
        talk = found_or_made(conn, "wire", "a", "p1", office.clock.now())
        now = office.clock.now()
        said = [messages.add(conn, talk, Outbound((Text(line),)), now) for line in lines]
        claim(conn, talk, said)
        if failing is not None:
            raise failing

    def undone(conn: Connection) -> None:
        inner = conn.begin_nested()
        unit(conn)
        inner.rollback()

    claim: Claim
    async with office.sender.claiming() as claim:
        for _ in range(runs - 1):
            await office.db.transact(undone)
        await office.db.transact(unit)


async def queued(office: Office) -> int:
    counted = select(func.count()).where(deliveries.c.state == "queued")
    return await office.db.read(lambda conn: int(conn.execute(counted).scalar_one()))


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """One for each look of a sender at the queue."""
    seen: list[str] = []
    look = Sender._look

    def counted(self: Sender, conn: Connection, now: object) -> object:
        seen.append("look")
        return look(self, conn, now)  # type: ignore[arg-type]

    monkeypatch.setattr(Sender, "_look", counted)
    return seen


@both
async def test_an_answer_goes_without_a_look(office: Office, wire: Wire, looks: list[str]) -> None:
    await office.until(lambda: bool(looks))  # the first one, at the start
    looks.clear()
    await answer(office, "在")
    await office.until(lambda: wire.sent == [("p1", "在")])
    await office.settled(0.05)
    assert looks == []
    assert await queued(office) == 0


@both
async def test_several_answers_go_in_their_order(office: Office, wire: Wire) -> None:
    await answer(office, "一", "二", "三")
    await office.until(lambda: len(wire.sent) == 3)
    assert [text for _, text in wire.sent] == ["一", "二", "三"]


async def test_it_waits_behind_what_was_said_before(office: Office, wire: Wire) -> None:
    wire.script.append(ConnectionFailed("down", retry_after=timedelta(seconds=60)))
    await office.say("先")
    await office.until(lambda: len(wire.tries) == 1)
    await answer(office, "后")
    await office.settled()
    assert wire.tries == [("p1", "先")]
    office.clock.jump(timedelta(seconds=61))
    office.sender.wake()
    await office.until(lambda: [text for _, text in wire.sent] == ["先", "后"])


async def test_a_unit_that_ran_again_sends_once_and_keeps_no_room(
    database: Database, wire: Wire
) -> None:
    async with Office(database, wire, parallel=1).open() as office:
        for line in ("一", "二"):
            await answer(office, line, runs=3)
            await office.until(lambda line=line: wire.sent[-1:] == [("p1", line)])
        await office.until_states(await office.say("三"), "sent")
    assert [text for _, text in wire.sent] == ["一", "二", "三"]


async def test_a_unit_that_failed_gives_its_room_back(database: Database, wire: Wire) -> None:
    async with Office(database, wire, parallel=1).open() as office:
        with pytest.raises(StoreUnavailable):
            await answer(office, "无", failing=StoreUnavailable("full"))
        await office.until_states(await office.say("有"), "sent")
    assert [text for _, text in wire.sent] == ["有"]


@pytest.mark.parametrize(
    "capabilities",
    [
        Capabilities(limits=Limits(per_second=100)),
        Capabilities(limits=Limits(per_day=100)),
        Capabilities(limits=Limits(per_reply_window=5)),
        Capabilities(reply_window=timedelta(hours=48)),
        Capabilities(manners=Manners(quiet=(time(0), time(0)))),
    ],
)
async def test_where_a_rule_could_hold_it_back_the_look_decides(
    database: Database, capabilities: Capabilities, looks: list[str]
) -> None:
    wire = Wire(capabilities=capabilities)
    async with Office(database, wire).open() as office:
        await office.writes()
        await office.until(lambda: bool(looks))
        looks.clear()
        await answer(office, "在")
        await office.until(lambda: wire.sent == [("p1", "在")])
        assert looks


async def test_a_channel_that_fails_rests_for_claimed_answers_too(database: Database) -> None:
    wire = Wire(always=ConnectionFailed("down"))
    async with Office(database, wire, rest_after=1).open() as office:
        await answer(office, "一")
        await office.until(lambda: len(wire.tries) == 1)
        await answer(office, "二")
        await office.settled()
        assert len(wire.tries) == 1
        assert await queued(office) == 2


async def test_a_sender_that_stops_leaves_it_for_the_next(database: Database, wire: Wire) -> None:
    office = Office(database, wire)
    async with office.open():
        pass
    await answer(office, "在")
    assert (wire.tries, await queued(office)) == ([], 1)
    async with Office(database, wire, clock=office.clock).open() as next_one:
        await next_one.until(lambda: wire.sent == [("p1", "在")])
