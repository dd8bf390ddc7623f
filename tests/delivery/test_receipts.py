"""Receipts: in any order, twice, too early, for nothing of ours, and about what has failed."""

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from datetime import timedelta

import pytest
from sqlalchemy import Connection, func, select, update

from connectors.channel import (
    Capabilities,
    ConnectionFailed,
    Receipt,
    ReceiptState,
    RecipientRefused,
    Rendered,
    Sent,
)
from connectors.store import receipts
from connectors.store.database import Database
from connectors.store.delivery_tables import stray_receipts
from connectors.store.receipts import NEXT
from connectors.store.schema import deliveries
from tests.delivery.office import Office, Wire, both

SENT, DELIVERED, SEEN, FAILED = ReceiptState
STATES = ("queued", "sent", "delivered", "seen", "dead", "expired", "moved")


def about(state: ReceiptState, key: str | None = None, **more: object) -> Receipt:
    values: dict[str, object] = {"channel": "wire", "account": "a", "key": key} | more
    return Receipt(state=state, **values)  # type: ignore[arg-type]


async def strays(office: Office) -> int:
    def unit(conn: Connection) -> int:
        return int(conn.execute(select(func.count()).select_from(stray_receipts)).scalar_one())

    return await office.db.read(unit)


@pytest.mark.parametrize(("state", "told"), list(itertools.product(STATES, ReceiptState)))
async def test_every_state_knows_what_every_receipt_does(
    database: Database, wire: Wire, state: str, told: ReceiptState
) -> None:
    office = Office(database, wire)
    (one,) = await office.say("在")
    await database.transact(
        lambda conn: conn.execute(
            update(deliveries).where(deliveries.c.id == one).values(state=state)
        )
    )
    assert await office.sender.receipts.record(about(told, one))
    after = (await office.find(one)).state
    expected = NEXT.get((state, told), state)
    assert after == {"failed": "queued", "early": "queued"}.get(expected, expected)
    order = ["queued", "sent", "delivered", "seen"]
    if state in order and after in order and told is not FAILED:
        assert order.index(after) >= order.index(state)


@both
@pytest.mark.parametrize("order", list(itertools.permutations([SENT, DELIVERED, SEEN])))
async def test_in_whatever_order_they_come_the_furthest_one_stands(
    database: Database, wire: Wire, order: tuple[ReceiptState, ...]
) -> None:
    wire.always = Sent("their-id")
    async with Office(database, wire).open() as office:
        ids = await office.say("在")
        await office.until_states(ids, "sent")
        for told in (*order, *order):
            await office.sender.receipts.record(about(told, provider_id="their-id"))
        assert await office.states(ids) == ["seen"]


async def test_a_receipt_that_comes_before_we_know_its_id_is_not_lost(database: Database) -> None:
    wire = Wire()
    office = Office(database, wire)

    async def told_first(_: Rendered) -> Sent:
        assert not await office.sender.receipts.record(about(DELIVERED, provider_id="their-id"))
        return Sent("their-id")

    wire.always = told_first
    async with office.open():
        await office.until_states(await office.say("在"), "delivered")
        assert await strays(office) == 0


@pytest.mark.parametrize("by_key", [True, False])
async def test_a_failure_told_before_we_noted_the_sending_is_acted_upon(
    database: Database, by_key: bool
) -> None:
    wire = Wire()
    office = Office(database, wire)

    async def told_first(rendered: Rendered) -> Sent:
        key = rendered.key if by_key else None
        named = about(
            FAILED,
            key,
            provider_id=None if by_key else "their-id",
            error=RecipientRefused("no such number"),
        )
        await office.sender.receipts.record(named)
        return Sent("their-id")

    wire.always = told_first
    async with office.open():
        ids = await office.say("在")
        await office.until_states(ids, "dead")
        assert (await office.find(ids[0])).error_code == "recipient_refused"
        assert len(wire.tries) == 1


async def test_a_failure_told_of_a_try_that_failed_anyway_sends_nothing_more(
    database: Database,
) -> None:
    wire = Wire()
    office = Office(database, wire)

    async def told_and_refused(rendered: Rendered) -> Sent:
        failed = about(FAILED, rendered.key, error=ConnectionFailed("off"))
        assert await office.sender.receipts.record(failed)
        raise ConnectionFailed("status 500")

    wire.script.append(told_and_refused)
    async with office.open():
        ids = await office.say("在")
        await office.until(lambda: len(wire.sent) == 1)
        await office.until_states(ids, "sent")
        await office.settled(0.05)
    assert len(wire.tries) == 2
    assert await strays(office) == 0


async def test_what_the_carrier_could_not_deliver_is_sent_again(office: Office, wire: Wire) -> None:
    wire.script.extend([Sent("first"), Sent("second")])
    ids = await office.say("在")
    await office.until_states(ids, "sent")
    failed = about(FAILED, provider_id="first", error=ConnectionFailed("not reachable"))
    assert await office.sender.receipts.record(failed)
    await office.until(lambda: len(wire.tries) == 2)
    await office.until_states(ids, "sent")
    assert not await office.sender.receipts.record(failed)  # of the first try: it is over
    await office.settled(0.05)
    assert await office.states(ids) == ["sent"]


async def test_a_failure_named_by_our_key_sends_again_what_the_platform_had_numbered(
    office: Office, wire: Wire
) -> None:
    wire.script.extend([Sent("first"), Sent("second")])
    ids = await office.say("在")
    await office.until_states(ids, "sent")
    await office.sender.receipts.record(about(FAILED, ids[0], error=ConnectionFailed("off")))
    await office.until(lambda: len(wire.sent) == 2)
    await office.until_states(ids, "sent")


async def test_what_can_never_be_delivered_is_given_up_and_shown(
    office: Office, wire: Wire
) -> None:
    ids = await office.say("在")
    await office.until_states(ids, "sent")
    refused = about(FAILED, ids[0], error=RecipientRefused("empty number 13800001234"))
    await office.sender.receipts.record(refused)
    found = await office.find(ids[0])
    assert (found.state, found.error_code) == ("dead", "recipient_refused")
    assert "13800001234" not in (found.error_detail or "")
    await office.until(lambda: any(h.kind == "dead_letter" for h in office.heard))


async def test_it_counts_as_delivered_once_every_piece_is(database: Database) -> None:
    wire = Wire(
        capabilities=Capabilities(max_text=8), script=deque([Sent("x0"), Sent("x1"), Sent("x2")])
    )
    async with Office(database, wire).open() as office:
        ids = await office.say("第一句话在这。第二句话在这。第三句话在这。")
        await office.until_states(ids, "sent")
        record = office.sender.receipts.record
        await record(about(DELIVERED, provider_id="x2"))
        await record(about(SEEN, f"{ids[0]}.0"))
        assert await office.states(ids) == ["sent"]
        await record(about(DELIVERED, provider_id="x1"))
        assert await office.states(ids) == ["delivered"]


async def test_a_piece_known_to_have_arrived_is_not_sent_again(database: Database) -> None:
    """The receipt was durable, our own note of the sending was not."""
    wire = Wire(capabilities=Capabilities(max_text=8))
    office = Office(database, wire)

    async def arrived_but_no_answer(rendered: Rendered) -> Sent:
        await office.sender.receipts.record(about(DELIVERED, rendered.key))
        raise ConnectionFailed("reset after it was taken")

    wire.script.extend([arrived_but_no_answer, Sent(), Sent()])
    async with office.open():
        ids = await office.say("第一句话在这。第二句话在这。第三句话在这。")
        await office.until_states(ids, "sent")
    assert [text for _, text in wire.tries] == [
        "第一句话在这。",
        "第二句话在这。",
        "第三句话在这。",
    ]


async def test_a_receipt_cannot_touch_another_accounts_message(office: Office) -> None:
    ids = await office.say("在", account="a")
    await office.until_states(ids, "sent")
    assert not await office.sender.receipts.record(about(SEEN, ids[0], account="b"))
    assert not await office.sender.receipts.record(about(SEEN, ids[0], channel="other"))
    assert await office.states(ids) == ["sent"]


@pytest.mark.parametrize("key", ["", "d_unknown", "d_unknown.7", "x" * 500, "d_..", "d_.x"])
async def test_receipts_for_nothing_of_ours_are_counted_and_forgotten(
    office: Office, key: str
) -> None:
    assert not await office.sender.receipts.record(about(DELIVERED, key))
    assert await strays(office) == 1
    later = office.clock.now() + timedelta(days=4)
    await office.db.transact(lambda conn: receipts.forget_old_strays(conn, later))
    assert await strays(office) == 0


async def test_receipts_racing_each_other_end_at_the_furthest(office: Office, wire: Wire) -> None:
    wire.always = Sent("x")
    ids = await office.say("在")
    await office.until_states(ids, "sent")
    told = [about(state, provider_id="x") for state in (DELIVERED, SEEN, SENT) * 5]
    await asyncio.gather(*(office.sender.receipts.record(one) for one in told))
    assert await office.states(ids) == ["seen"]
