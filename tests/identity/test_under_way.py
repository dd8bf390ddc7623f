"""Persons are linked, parted and forms moved while turns and sends are under way: nothing is lost,
nothing doubled, and a code goes to its phone or nowhere."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, select, update

from connectors.channel import Addresses, Capabilities, ConnectionFailed, WindowClosed
from connectors.conversation.dialogue import TurnReply, TurnRequest
from connectors.delivery.codes import Codes
from connectors.ids import ConversationId, MessageId
from connectors.messages import Author, OneTimeCode, Outbound, Purpose, Stored
from connectors.one_time_code import code_of, new_nonce
from connectors.store import messages
from connectors.store.database import Database
from connectors.store.identity import open_forms, people
from connectors.store.identity.open_forms import Busy, Taken
from connectors.store.identity.people import How
from connectors.store.schema import conversations as conversations_table
from connectors.store.schema import deliveries
from connectors.store.schema import messages as messages_table
from tests.delivery.conftest import database as database
from tests.delivery.conftest import empty_store as empty_store
from tests.delivery.conftest import where as where
from tests.delivery.office import TEXTS, Office, Wire, found_or_made
from tests.house import House, ScriptedDialogue, reply
from tests.identity.phone_channel import Telephones, house_with_telephones
from tests.store.people import IDLE

PHONE = "+8613800001234"
DRAFT = {"kind": "投诉", "said": "路灯坏了"}


class Slow(ScriptedDialogue):
    """Answers when it is let; holds a form for whoever says so."""

    def __init__(self) -> None:
        super().__init__(self.answer)
        self.let = asyncio.Event()
        self.let.set()
        self.begun = asyncio.Event()

    async def answer(self, request: TurnRequest) -> TurnReply:
        self.begun.set()
        await self.let.wait()
        state = {"complaint": DRAFT, "active_form": "complaint_form"}
        said = reply(f"回声：{request.text}")
        return replace(said, state=state if "投诉" in request.text else {})

    async def has_begun(self, *texts: str) -> None:
        """Waits until the turns of all these texts are under way."""
        async with asyncio.timeout(10):
            while not {*texts} <= {request.text for request in self.requests}:
                await asyncio.sleep(0.02)


async def contacts(h: House) -> dict[str, tuple[str, ConversationId]]:
    """Contact and conversation by channel."""

    def unit(conn: Connection) -> dict[str, tuple[str, ConversationId]]:
        rows = conn.execute(select(conversations_table))
        return {row.channel: (row.contact_id, ConversationId(row.id)) for row in rows}

    return await h.database.read(unit)


async def until(h: House, phones: Telephones, count: int) -> None:
    async with asyncio.timeout(10):
        while len(phones.said_to(PHONE)) < count:
            await asyncio.sleep(0.02)


async def link(h: House) -> str:
    both = await contacts(h)
    now = h.clock.now()
    made = await h.database.transact(
        lambda conn: people.link(
            conn, both["webchat"][0], both["telephones"][0], now, how=How.OPERATOR, actor="cli"
        )
    )
    assert made is not None
    return made.id


async def test_links_made_and_undone_in_mid_turn_change_nothing_that_is_said(
    tmp_path: Path,
) -> None:
    dialogue = Slow()
    async with (
        house_with_telephones(tmp_path, dialogue=dialogue) as (h, phones),
        h.page() as page,
    ):
        await page.say("你们好", id="one")
        await page.hear("bot")
        await phones.write(PHONE, "路灯坏了")
        await until(h, phones, 1)
        dialogue.let.clear()
        await page.say("几点上班", id="two")
        await phones.write(PHONE, "路灯又坏了")
        await dialogue.has_begun("几点上班", "路灯又坏了")
        made = await link(h)
        dialogue.let.set()
        assert await page.hear("bot") == "回声：几点上班"
        await until(h, phones, 2)
        dialogue.let.clear()
        await page.say("周末上班吗", id="three")
        now = h.clock.now()
        await h.database.transact(lambda conn: people.unlink(conn, made, now, actor="cli"))
        dialogue.let.set()
        assert await page.hear("bot") == "回声：周末上班吗"
        assert phones.said_to(PHONE) == ["回声：路灯坏了", "回声：路灯又坏了"]
        rows = await h.database.read(lambda conn: list(conn.execute(select(messages_table))))
        said = [row.parts[0]["text"] for row in rows if row.author == "bot"]
        assert sorted(said) == sorted(set(said))
        assert len(said) == 5
        seen = {request.text: request.metadata["verified_phone"] for request in dialogue.requests}
        assert seen["路灯坏了"] == PHONE
        assert seen["几点上班"] is None


async def test_a_form_is_not_taken_out_from_under_a_turn(tmp_path: Path) -> None:
    dialogue = Slow()
    async with (
        house_with_telephones(tmp_path, dialogue=dialogue) as (h, phones),
        h.page() as page,
    ):
        await page.say("我要投诉", id="one")
        await page.hear("bot")
        await phones.write(PHONE, "你好")
        await until(h, phones, 1)
        await link(h)
        both = await contacts(h)
        contact, here = both["telephones"]
        dialogue.let.clear()
        dialogue.begun.clear()
        await page.say("继续说投诉的事", id="two")
        await dialogue.begun.wait()

        async def take(n: int) -> Taken | Busy | None:
            now = h.clock.now()
            return await h.database.transact(
                lambda conn: open_forms.take(conn, here, contact, MessageId(f"m{n}"), now, IDLE)
            )

        assert await take(1) == Busy()
        dialogue.let.set()
        assert await page.hear("bot") == "回声：继续说投诉的事"
        async with asyncio.timeout(5):
            while isinstance(await take(2), Busy):
                await asyncio.sleep(0.02)
        before = {request.session_id for request in dialogue.requests}
        await page.say("还在吗", id="three")
        assert await page.hear("bot") == "回声：还在吗"
        assert dialogue.requests[-1].session_id not in before


async def test_somebody_whose_phone_is_proved_is_asked_once_to_go_on(tmp_path: Path) -> None:
    async with (
        house_with_telephones(tmp_path, dialogue=Slow()) as (h, phones),
        h.page() as page,
    ):
        await page.say("我要投诉", id="one")
        await page.hear("bot")
        await phones.write(PHONE, "你好")
        await until(h, phones, 1)
        assert len(phones.said_to(PHONE)) == 1  # nobody knows yet who it is
        await link(h)
        await phones.write(PHONE, "在吗")
        await until(h, phones, 3)
        assert "网页上还有一份没填完的投诉" in phones.said_to(PHONE)[2]
        await phones.write(PHONE, "好")
        await until(h, phones, 4)
        assert phones.said_to(PHONE)[3:] == ["回声：好"]


# Codes in the outbox ---------------------------------------------------------------------------


def telephones(reply_window: timedelta | None = None) -> Wire:
    able = Capabilities(addresses=Addresses.PHONES, may_begin=True, begins_from="a")
    return Wire(capabilities=replace(able, reply_window=reply_window))


async def put_code(office: Office, nonce: str, to: str = PHONE) -> str:
    now = office.clock.now()

    def unit(conn: Connection) -> str:
        talk = found_or_made(conn, "wire", "a", to, now)
        words = Outbound((OneTimeCode(nonce, 5, text="（不显示）"),), purpose=Purpose.VERIFICATION)
        return messages.add(conn, talk, words, now, expires_at=now + timedelta(minutes=5)).id

    message_id = await office.db.transact(unit)
    office.sender.wake()
    return message_id


async def delivery_of(office: Office, message_id: str) -> str:
    def unit(conn: Connection) -> str:
        found: str = conn.execute(
            select(deliveries.c.id).where(deliveries.c.message_id == message_id)
        ).scalar_one()
        return found

    return await office.db.read(unit)


async def test_a_code_is_said_to_its_phone_and_kept_nowhere(database: Database) -> None:
    wire, nonce = telephones(), new_nonce()
    async with Office(database, wire).open() as office:
        await put_code(office, nonce)
        await office.until(lambda: len(wire.sent) == 1)
        rows = await office.db.read(lambda conn: list(conn.execute(select(messages_table))))
    assert code_of(b"", nonce) in wire.sent[0][1]  # an office of these tests has an empty key
    assert code_of(b"", nonce) not in str([row.parts for row in rows])


def test_the_sentence_with_the_code_names_its_life_and_warns() -> None:
    nonce = new_nonce()
    part = OneTimeCode(nonce, 5, text="（不显示）")
    kept = _stored(part)
    (filled,) = Codes(b"key", TEXTS).filled(kept, "sms").parts
    assert isinstance(filled, OneTimeCode)
    assert filled.code == code_of(b"key", nonce)
    assert filled.code in filled.text
    assert "5分钟" in filled.text
    assert "不要给" in filled.text
    assert kept.parts == (part,)


def _stored(part: OneTimeCode) -> Stored:
    return Stored(MessageId("m"), ConversationId("c"), 1, Author.SYSTEM, (part,), datetime.now(UTC))


@pytest.mark.parametrize("error", [WindowClosed("shut"), ConnectionFailed("down")])
async def test_a_code_goes_to_no_other_address_and_does_not_wait(
    database: Database, error: Exception
) -> None:
    wire, other = telephones(), Wire(name="other", capabilities=Capabilities(may_begin=True))
    wire.always = error
    office = Office(database, wire, other)
    await office.same_person(("wire", PHONE), ("other", "openid"))
    async with office.open():
        message_id = await put_code(office, new_nonce())
        delivery = await delivery_of(office, message_id)
        await office.until(lambda: len(wire.tries) >= 1)
        office.clock.jump(timedelta(minutes=6))
        office.sender.wake()

        async def over() -> bool:
            return (await office.find(delivery)).state in ("dead", "expired")

        await office.until(over, 20)
        await office.settled()
    assert other.tries == []


async def test_a_code_that_comes_too_late_is_not_sent(database: Database) -> None:
    wire = telephones()
    office = Office(database, wire)
    message_id = await put_code(office, new_nonce())
    office.clock.jump(timedelta(minutes=5, seconds=1))
    async with office.open():
        delivery = await delivery_of(office, message_id)

        async def over() -> bool:
            return (await office.find(delivery)).state == "expired"

        await office.until(over)
    assert wire.tries == []


async def test_a_code_does_not_wait_behind_what_is_held_back(database: Database) -> None:
    wire = telephones(reply_window=timedelta(hours=1))
    office = Office(database, wire)
    await office.writes(PHONE)
    await office.say("一句要等的话", to=PHONE)
    now = office.clock.now()

    def hold(conn: Connection) -> None:
        conn.execute(update(deliveries).values(next_attempt_at=now + timedelta(hours=3)))

    await office.db.transact(hold)
    async with office.open():
        await put_code(office, new_nonce())
        await office.until(lambda: len(wire.sent) == 1)
        await office.settled()
    assert len(wire.sent) == 1
