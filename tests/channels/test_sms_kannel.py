"""Text messages through a real Kannel: bearerbox, smsbox and its fake carrier on loopback."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select

from connectors.messages import Author
from connectors.settings.outbox import Outbox
from connectors.store import conversations, messages
from connectors.store.schema import deliveries
from tests.house import House, ScriptedDialogue, house
from tests.kannel import FAKE, NUMBER, PASSWORD, SMPP, USER, Handset, KannelServer, installed
from tests.servers import free_port
from tests.smpp_carrier import Carrier

pytestmark = [
    pytest.mark.kannel,
    pytest.mark.skipif(not installed(), reason="Kannel is missing: apt-get install kannel"),
]

SECRET = "callback-secret-of-the-carrier-01"
PHONE = "+8613912340001"
SIGNATURE = "【12345】"


class Setup:
    """A gateway's address and a Kannel that knows each other, whichever is up."""

    def __init__(self, folder: Path, carrier: str = FAKE) -> None:
        self.folder = folder
        self.port = free_port()
        self.kannel = KannelServer(
            f"http://127.0.0.1:{self.port}/sms/carrier/{SECRET}/inbound",
            carrier,
        )

    def settings(self) -> dict[str, Any]:
        account = {
            "url": self.kannel.url,
            "username": USER,
            "password": PASSWORD,
            "number": NUMBER,
            "callback_secret": SECRET,
            "callback_base": f"http://127.0.0.1:{self.port}",
        }
        outbox = Outbox(rest_after=2, first_rest=0.3, longest_rest=0.5)
        return {"sms": {"kannel": {"carrier": account}, "join_within": 0}, "outbox": outbox}

    @contextlib.asynccontextmanager
    async def gateway(self) -> AsyncIterator[House]:
        dialogue = ScriptedDialogue()
        async with house(self.folder, dialogue, port=self.port, **self.settings()) as opened:
            yield opened


@pytest.fixture
def setup(tmp_path: Path) -> Iterator[Setup]:
    made = Setup(tmp_path)
    yield made
    made.kannel.remove()


async def states(opened: House) -> list[str]:
    def unit(conn: Connection) -> list[str]:
        return list(conn.execute(select(deliveries.c.state)).scalars())

    return await opened.database.read(unit)


async def said(opened: House, address: str = PHONE) -> list[str]:
    def unit(conn: Connection) -> list[str]:
        talk = conversations.find(conn, "sms", "carrier", address)
        found = messages.after(conn, talk.id, 0, limit=1000) if talk is not None else []
        return [one.text for one in found if one.author is Author.CITIZEN]

    return await opened.database.read(unit)


async def until(true: Any, within: float = 30) -> None:
    async with asyncio.timeout(within):
        while not await true():
            await asyncio.sleep(0.05)


async def test_a_message_is_answered_and_its_delivery_is_known(setup: Setup) -> None:
    await asyncio.to_thread(setup.kannel.start)
    async with setup.gateway() as opened, Handset(setup.kannel.port) as handset:
        for spelled in ("13912340001", "+8613912340001", "008613912340001", "8613912340001"):
            await handset.say(spelled, f"路灯坏了 {len(spelled)}")
        heard = await handset.hear(PHONE, 4)
        assert sorted(one.text for one in heard) == sorted(
            f"{SIGNATURE}回声：路灯坏了 {length}" for length in (11, 14, 15, 13)
        )
        assert len(await said(opened)) == 4  # one person

        async def delivered() -> bool:
            return await states(opened) == ["delivered"] * 4

        await until(delivered)


async def test_every_character_goes_both_ways(setup: Setup) -> None:
    words = [
        "𠮷野家门口的路灯坏了",
        "ｌｕｄｅｎｇ　坏了",
        "路燈壞了，請修",
        "hello + 100% & #1 @£",
        "选1",
    ]
    await asyncio.to_thread(setup.kannel.start)
    async with setup.gateway() as opened, Handset(setup.kannel.port) as handset:
        for n, text in enumerate(words):
            await handset.say("13912340001", text)
            await handset.hear(PHONE, n + 1)
        assert await said(opened) == words
        heard = await handset.hear(PHONE, len(words))
        assert [one.text for one in heard] == [f"{SIGNATURE}回声：{text}" for text in words]


async def test_a_long_message_comes_in_parts_and_in_any_order(setup: Setup) -> None:
    whole = "我们小区楼下的工地半夜还在施工，" * 9 + "吵得睡不着𠮷。"
    content = whole.encode("utf-16-be")
    pieces = [content[start : start + 133] for start in range(0, len(content), 133)]  # odd: bytes
    await asyncio.to_thread(setup.kannel.start)
    async with setup.gateway() as opened, Handset(setup.kannel.port) as handset:
        for number in (2, 1, *range(3, len(pieces) + 1), 2):
            udh = bytes([5, 0, 3, 77, len(pieces), number])
            await handset.say_part("13912340001", udh, pieces[number - 1])
        await handset.hear(PHONE, 1)
        assert await said(opened) == [whole]


async def test_while_the_gateway_is_down_nothing_is_lost(setup: Setup) -> None:
    await asyncio.to_thread(setup.kannel.start)
    lines = [f"第{n}条" for n in range(30)]
    async with Handset(setup.kannel.port) as handset:
        for line in lines:
            await handset.say("13912340001", line)
        await asyncio.sleep(1)
        async with setup.gateway() as opened:

            async def all_there() -> bool:
                return len(await said(opened)) == len(lines)

            await until(all_there, 60)
            assert sorted(await said(opened)) == sorted(lines)
            await handset.hear(PHONE, len(lines))


async def test_while_kannel_is_down_answers_wait(setup: Setup) -> None:
    async with setup.gateway() as opened:
        query = "from=%2B8613912340001&id=m1&charset=UTF-8&coding=2&text=%E8%B7%AF%E7%81%AF"
        async with opened.client.get(f"/sms/carrier/{SECRET}/inbound?{query}") as answer:
            assert answer.status == 200
        await asyncio.sleep(1)
        assert await states(opened) == ["queued"]
        await asyncio.to_thread(setup.kannel.start)
        async with Handset(setup.kannel.port) as handset:
            heard = await handset.hear(PHONE, 1)
            assert heard[0].text == f"{SIGNATURE}回声：路灯"


async def test_behind_kannel_a_carrier_by_smpp(tmp_path: Path) -> None:
    """MO, MT and receipts over SMPP 3.4, and a receipt that tells of a failure."""
    setup = Setup(tmp_path, SMPP)
    try:
        async with setup.gateway() as opened, Carrier(setup.kannel.port) as carrier:
            await asyncio.to_thread(setup.kannel.start)
            await carrier.bound()
            carrier.deliver("13912340001", NUMBER, "路灯坏了")
            assert await carrier.submitted(1) == [(PHONE, f"{SIGNATURE}回声：路灯坏了")]

            async def delivered() -> bool:
                return await states(opened) == ["delivered"]

            await until(delivered)
            carrier.fail_next("UNDELIV", "MK:0001")
            carrier.deliver("13912340002", NUMBER, "空号")
            await carrier.submitted(2)
            whole = "我们小区楼下的工地半夜还在施工，" * 9 + "吵得睡不着𠮷。"
            carrier.deliver("13912340003", NUMBER, whole)
            await carrier.submitted(4)  # an answer of two segments
            assert await said(opened, "+8613912340003") == [whole]

            async def dead() -> bool:
                return sorted(await states(opened)) == ["dead", "delivered", "delivered"]

            await until(dead)
    finally:
        setup.kannel.remove()
