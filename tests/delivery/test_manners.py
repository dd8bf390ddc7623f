"""What we begin: not at night, not too often, not to who refused. And other accounts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import Connection, select

from connectors.channel import (
    Capabilities,
    ConnectionFailed,
    ContentRefused,
    Manners,
    MisconfiguredAccount,
    Receipt,
    ReceiptState,
    RecipientRefused,
    Rendered,
    SendError,
    Sent,
    TextUnit,
)
from connectors.clock import CHINA, in_china
from connectors.delivery.manners import quiet_until
from connectors.messages import Outbound, Purpose, Text
from connectors.store import costs, messages, opt_outs
from connectors.store.database import Database
from connectors.store.schema import deliveries as table
from tests.clocks import MovableClock
from tests.delivery.office import Office, Wire, both, found_or_made

MANNERS = Manners(quiet=(time(21), time(8)), per_day=2, opt_out=True)


@dataclass
class Carrier(Wire):
    """Fails by account, as told."""

    down: dict[str, SendError] = field(default_factory=dict)
    by: list[str] = field(default_factory=list)

    async def send(self, rendered: Rendered) -> Sent:
        if error := self.down.get(rendered.person.account):
            raise error
        self.by.append(rendered.person.account)
        return await super().send(rendered)


def accounts_for(address: str) -> tuple[str, ...]:
    return ("b", "a", "c") if address.startswith("+86134") else ("a", "b", "c")


class NightClock(MovableClock):
    """Begins at an hour of China's day."""

    def set(self, hour: int, minute: int = 0) -> None:
        here = in_china(self.now())
        wanted = here.replace(hour=hour, minute=minute, second=0, microsecond=0)
        self.jump(wanted - here)


@pytest.fixture
def carrier() -> Carrier:
    return Carrier(
        capabilities=Capabilities(
            manners=MANNERS,
            accounts_for=accounts_for,
            text_unit=TextUnit.SMS_SEGMENTS,
            max_text=9,
            signature="【12345】",
        )
    )


@pytest.fixture
async def post(database: Database, carrier: Carrier) -> AsyncIterator[Office]:
    clock = NightClock()
    clock.set(12)
    async with Office(database, carrier, clock=clock, rest_after=2, first_rest=60).open() as office:
        yield office


async def begin(
    post: Office, text: str, purpose: Purpose = Purpose.NOTICE, to: str = "+8613900000001"
) -> str:
    """Queues a message of ours for some purpose; its delivery's id."""
    now = post.clock.now()

    def unit(conn: Connection) -> str:
        talk = found_or_made(conn, "wire", "a", to, now)
        said = messages.add(conn, talk, Outbound((Text(text),), purpose=purpose), now)
        found: str = conn.execute(
            select(table.c.id).where(table.c.message_id == said.id)
        ).scalar_one()
        return found

    delivery_id = await post.db.transact(unit)
    post.sender.wake()
    return delivery_id


def clock(post: Office) -> NightClock:
    assert isinstance(post.clock, NightClock)
    return post.clock


@pytest.mark.parametrize(
    ("hour", "minute", "until"),
    [(20, 59, None), (21, 0, 8), (23, 30, 8), (0, 0, 8), (7, 59, 8), (8, 0, None), (12, 0, None)],
)
def test_the_night_is_quiet_on_chinas_clock(hour: int, minute: int, until: int | None) -> None:
    now = datetime(2026, 3, 2, hour, minute, tzinfo=CHINA).astimezone(UTC)
    found = quiet_until(MANNERS, now)
    assert (in_china(found).hour if found else None) == until
    assert found is None or timedelta(0) < found - now <= timedelta(hours=11)
    assert quiet_until(Manners(quiet=(time(8), time(8))), now) is None


async def test_what_we_begin_at_night_waits_for_the_morning_and_answers_do_not(
    post: Office, carrier: Carrier
) -> None:
    clock(post).set(23)
    notice = await begin(post, "您的工单已办结", to="+8613900000009")
    answer = await begin(post, "这是您要的答复", Purpose.ANSWER)
    code = await begin(post, "验证码 123456", Purpose.VERIFICATION)
    await post.until_states([notice, answer, code], "queued", "sent", "sent")
    clock(post).jump(timedelta(hours=9))
    post.sender.wake()
    await post.until_states([notice], "sent")
    assert carrier.sent[-1][1] == "您的工单已办结"


async def test_who_writes_at_night_is_awake(post: Office) -> None:
    clock(post).set(23)
    notice = await begin(post, "您的工单已办结")
    await post.until_states([notice], "queued")
    clock(post).jump(timedelta(minutes=1))
    await post.writes("+8613900000001")
    await post.until_states([notice], "sent")


async def test_one_person_is_begun_with_so_often_a_day(post: Office) -> None:
    ids = [await begin(post, f"第{n}条") for n in range(3)]
    await post.until_states(ids, "sent", "sent", "queued")
    other = await begin(post, "别人", to="+8613900000002")
    answer = await begin(post, "答复", Purpose.ANSWER, to="+8613900000003")
    await post.until_states([other, answer], "sent", "sent")
    clock(post).jump(timedelta(days=1))
    post.sender.wake()
    await post.until_states(ids, "sent", "sent", "sent")


@both
async def test_who_opted_out_is_sent_nothing_but_what_they_ask_for(post: Office) -> None:
    who = ("wire", "+8613900000001")
    now = post.clock.now()
    assert await post.db.transact(lambda conn: opt_outs.stop(conn, *who, now))
    assert not await post.db.transact(lambda conn: opt_outs.stop(conn, *who, now))
    notice = await begin(post, "您的工单已办结")
    answer = await begin(post, "这是您要的答复", Purpose.ANSWER)
    code = await begin(post, "验证码 123456", Purpose.VERIFICATION)
    await post.until_states([notice, answer, code], "dead", "sent", "sent")
    assert (await post.find(notice)).error_code == RecipientRefused.code
    assert await post.db.transact(lambda conn: opt_outs.resume(conn, *who))
    again = await begin(post, "您的工单已办结")
    await post.until_states([again], "sent")


@pytest.mark.parametrize("error", [ConnectionFailed, MisconfiguredAccount, ContentRefused])
async def test_what_one_account_cannot_send_goes_by_the_next(
    post: Office, carrier: Carrier, error: type[SendError]
) -> None:
    carrier.down = {"a": error("no"), "b": error("no")}
    sent = await begin(post, "您好", Purpose.ANSWER)
    await post.until_states([sent], "sent")
    assert carrier.by == ["c"]


async def test_when_all_accounts_fail_it_is_tried_again_and_given_up_where_that_is_in_vain(
    post: Office, carrier: Carrier
) -> None:
    carrier.down = {name: ConnectionFailed("away") for name in "abc"}
    waits = await begin(post, "您好", Purpose.ANSWER)

    async def tried() -> bool:
        return (await post.find(waits)).attempts >= 3

    await post.until(tried)
    carrier.down = {}
    clock(post).jump(timedelta(minutes=6))
    post.sender.wake()
    await post.until_states([waits], "sent")
    carrier.down = {name: ContentRefused("no") for name in "abc"}
    never = await begin(post, "不行", Purpose.ANSWER, to="+8613900000002")
    await post.until_states([never], "dead")


async def test_an_account_that_rests_hands_its_queue_to_the_next(
    post: Office, carrier: Carrier
) -> None:
    carrier.down = {"a": ConnectionFailed("away")}
    ids = [await begin(post, f"第{n}", Purpose.ANSWER, f"+861390000{n:04}") for n in range(30)]
    await post.until_states(ids, *["sent"] * 30, limit=20)
    assert set(carrier.by) == {"b"}
    assert len(carrier.sent) == 30


@both
async def test_a_late_receipt_of_the_first_account_counts(post: Office, carrier: Carrier) -> None:
    carrier.down = {"a": ConnectionFailed("no answer, and yet it was taken")}
    sent = await begin(post, "您好", Purpose.ANSWER)
    await post.until_states([sent], "sent")
    assert carrier.by == ["b"]
    late = Receipt("wire", "a", ReceiptState.DELIVERED, key=sent)
    assert await post.sender.receipts.record(late)
    await post.until_states([sent], "delivered")
    stranger = replace(late, account="c")
    assert not await post.sender.receipts.record(stranger)


async def test_what_was_taken_and_not_delivered_is_tried_elsewhere_and_not_for_ever(
    post: Office, carrier: Carrier
) -> None:
    sent = await begin(post, "您好", Purpose.ANSWER)
    for account in ("a", "b", "c"):
        await post.until_states([sent], "sent")
        failed = Receipt(
            "wire", account, ReceiptState.FAILED, key=sent, error=ConnectionFailed("EXPIRED")
        )
        assert await post.sender.receipts.record(failed)
    await post.until_states([sent], "dead")
    assert carrier.by == ["a", "b", "c"]


@both
async def test_the_ledger_counts_segments_by_account_day_and_purpose(
    post: Office, carrier: Carrier
) -> None:
    await begin(post, "短" * 10, Purpose.ANSWER)
    await begin(post, "长" * 100, Purpose.ANSWER)
    notice = await begin(post, "通知", Purpose.NOTICE)
    carrier.down = {"a": ConnectionFailed("away")}
    await post.until_states([notice], "sent")
    code = await begin(post, "验证码 123456", Purpose.VERIFICATION)
    await post.until_states([code], "sent")
    today = in_china(post.clock.now()).date()
    found = await post.db.read(lambda conn: costs.between(conn, today, today))
    assert sum(one.messages for one in found if one.purpose == "answer") == 2
    assert sum(one.units for one in found if one.purpose == "answer") == 3
    assert {(one.account, one.purpose, one.units) for one in found if one.account == "b"} >= {
        ("b", "verification", 1)
    }
    yesterday = today - timedelta(days=1)
    assert await post.db.read(lambda c: costs.between(c, yesterday, yesterday)) == []
