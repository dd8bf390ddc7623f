"""By the text message channel: the code leaves by its carrier, the answer comes in the same way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from sqlalchemy import select

from actions.identity.verification import PhoneLine, Verification
from actions.turn import Turn
from connectors.conversation.identity import phone_account
from connectors.phones import Phone
from connectors.settings import Settings
from connectors.store import conversations
from connectors.store.identity import people
from connectors.store.identity.codes import Issued, Outcome
from connectors.store.schema import conversations as table
from tests.contract.peer import Peer, listening_peer
from tests.contract.subjects.sms import SECRET, SIGNATURE, KannelSubject
from tests.house import House, house

PHONE = Phone("+8613800001234")


@dataclass
class Carrier:
    """The carrier's side, and the verification as the gateway's actions have it."""

    house: House
    peer: Peer
    verification: Verification
    count: int = 0

    def sent(self) -> list[tuple[str, str]]:
        queries = [parse_qs(urlsplit(one.path).query) for one in self.peer.taken]
        return [(one["to"][0], one["text"][0]) for one in queries]

    async def wait(self, count: int) -> list[tuple[str, str]]:
        async with asyncio.timeout(10):
            while len(self.sent()) < count:
                await asyncio.sleep(0.02)
        return self.sent()

    async def brings(self, sender: str, text: str) -> None:
        self.count += 1
        fields = {"from": sender, "to": "12345", "text": text, "coding": "2", "charset": "UTF-8"}
        query = "&".join(f"{k}={quote(v, safe='')}" for k, v in fields.items())
        url = f"/sms/carrier/{SECRET}/inbound?{query}&id=mo{self.count}&udh="
        async with self.house.client.session.get(self.house.client.make_url(url)) as answer:
            assert answer.ok

    async def talk(self, address: str) -> conversations.Conversation:
        found = await self.house.database.read(
            lambda conn: conversations.find(conn, "sms", "carrier", address)
        )
        assert found is not None
        return found


@pytest.fixture
async def carrier(tmp_path: Path) -> AsyncIterator[Carrier]:
    async with listening_peer() as peer, house(tmp_path, **KannelSubject.settings(peer)) as h:
        line = PhoneLine(
            b"k" * 32, lambda: phone_account(h.gateway.channels), h.gateway.sender.wake
        )
        clock = h.clock
        rules = Settings().identity
        yield Carrier(h, peer, Verification(h.database, clock, rules, line, "（不显示）"))


async def visitor(h: House) -> Turn:
    """Somebody on the page, who says something to the bot's actions."""
    async with h.page() as page:
        await page.say("你好", id="one")
        await page.hear("bot")
    row = await h.database.read(
        lambda conn: conn.execute(select(table).where(table.c.channel == "webchat")).one()
    )
    now = h.clock.now()
    who = {"conversation_id": row.id, "contact_id": row.contact_id}
    return Turn("", "", 0.0, (), {}, "m1", now, **who)


async def test_a_code_leaves_by_the_carrier_and_proves_the_phone(carrier: Carrier) -> None:
    turn = await visitor(carrier.house)
    assert carrier.verification.available
    assert isinstance(await carrier.verification.ask(turn, PHONE), Issued)
    ((to, words),) = await carrier.wait(1)
    assert to == PHONE
    assert words.startswith(SIGNATURE)
    code = words.removeprefix(SIGNATURE)[:6]
    answered = await carrier.verification.answer(replace(turn, message_id="m2"), code)
    assert answered.outcome is Outcome.RIGHT
    # The same phone, spelt as a carrier may: it is the visitor's own person that writes.
    await carrier.brings("8613800001234", "你们好")
    await carrier.wait(2)
    talk = await carrier.talk(PHONE)
    members = (
        await carrier.house.database.read(
            lambda conn: people.person_of(conn, turn.contact_id or "")
        )
    ).members
    assert talk.contact_id in members


async def test_spellings_of_carriers_are_one_conversation(carrier: Carrier) -> None:
    for n, sender in enumerate(("13800001234", "+8613800001234", "008613800001234"), 1):
        await carrier.brings(sender, f"第{n}次问好")
        await carrier.wait(n)
    talk = await carrier.talk(PHONE)
    assert talk.last_seq == 6
    contact = await carrier.house.database.read(
        lambda conn: conversations.contact(conn, talk.contact_id)
    )
    assert contact.verified_phone == PHONE


async def test_who_has_stopped_notices_still_gets_the_code_they_ask_for(carrier: Carrier) -> None:
    await carrier.brings("13800001234", "TD")
    await carrier.wait(1)
    turn = await visitor(carrier.house)
    assert isinstance(await carrier.verification.ask(turn, PHONE), Issued)
    sent = await carrier.wait(2)
    assert "验证码" in sent[-1][1]


async def test_without_an_account_no_code_can_be_sent(tmp_path: Path) -> None:
    async with house(tmp_path) as h:
        assert phone_account(h.gateway.channels) is None
