"""Several accounts side by side: one person one conversation, routes, order, standing in."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from pydantic import ValidationError
from sqlalchemy import Connection, select
from yarl import URL

from connectors.channels.sms.routing import route
from connectors.settings.outbox import Outbox
from connectors.settings.sms import Sms
from connectors.store.schema import conversations
from tests.contract.peer import Peer, answers, listening_peer
from tests.house import House, ScriptedDialogue, house

SECRET = "callback-secret-of-the-carrier-01"
PHONE = "+8613912340001"


def kannel(url: str, path: str, **more: Any) -> dict[str, Any]:
    common = {"username": "u", "password": "p", "number": "12345", "callback_secret": SECRET}
    return common | {"url": f"{url}/{path}"} | more


@dataclass
class Line:
    house: House
    peer: Peer

    async def say(self, account: str, text: str, message_id: str) -> None:
        query = f"from={quote(PHONE, safe='')}&id={message_id}&text={quote(text, safe='')}"
        base = str(self.house.client.make_url("/")).rstrip("/")
        url = URL(f"{base}/sms/{account}/{SECRET}/inbound?{query}&charset=UTF-8", encoded=True)
        async with self.house.client.session.get(url) as answer:
            assert answer.status == 200

    async def heard(self, count: int) -> list[tuple[str, str]]:
        """By which way, and what, the handset was sent."""
        async with asyncio.timeout(8):
            while len(self.peer.taken) < count:
                await asyncio.sleep(0.02)
        parts = [urlsplit(one.path) for one in self.peer.taken]
        return [(part.path[1:], parse_qs(part.query)["text"][0]) for part in parts]


@pytest.fixture
async def line(tmp_path: Path) -> AsyncIterator[Line]:
    async with listening_peer() as peer:
        peer.good = answers(202, "0: Accepted for delivery", "text/html")
        accounts = {name: kannel(peer.url, name) for name in ("a", "b")}
        aliyun = {
            "access_key_id": "k",
            "access_key_secret": "s",
            "callback_secret": SECRET,
        }
        sms = {"signature": "", "join_within": 0, "kannel": accounts, "aliyun": {"cloud": aliyun}}
        async with house(tmp_path, ScriptedDialogue(), sms=sms, outbox=Outbox()) as opened:
            yield Line(opened, peer)


async def test_a_person_is_answered_by_the_account_they_wrote_to_and_stays_one(line: Line) -> None:
    await line.say("a", "一", "m1")
    await line.heard(1)
    await line.say("b", "二", "m2")
    await line.heard(2)
    await line.say("b", "二", "m2")  # brought again
    await line.say("a", "一", "m1")
    await line.say("a", "三", "m3")
    assert await line.heard(3) == [("a", "回声：一"), ("b", "回声：二"), ("a", "回声：三")]

    def unit(conn: Connection) -> list[tuple[str, str]]:
        rows = conn.execute(select(conversations.c.account, conversations.c.address))
        return [(row.account, row.address) for row in rows]

    assert await line.house.database.read(unit) == [("a", PHONE)]


async def test_what_one_cannot_send_the_next_does_and_the_talk_goes_on(line: Line) -> None:
    line.peer.script.append(answers(403, "Authorization failed for sendsms"))
    await line.say("a", "一", "m1")
    assert await line.heard(1) == [("b", "回声：一")]
    await line.say("b", "二", "m2")  # an answer to the number they were written from
    assert await line.heard(2) == [("b", "回声：一"), ("b", "回声：二")]


async def test_what_is_good_of_a_batch_is_taken(line: Line) -> None:
    good = {"phone_number": "13912340009", "content": "路灯", "sequence_id": 7}
    body = json.dumps([good, {"phone_number": "13912340009"}, good | {"sequence_id": "8"}])
    path = f"/sms/cloud/{SECRET}/inbound"
    async with line.house.client.post(path, data=body) as answer:
        assert answer.status == 200
        assert await answer.json() == {"code": 0, "msg": "接收成功"}
    async with asyncio.timeout(5):
        while len(line.house.dialogue.requests) < 2:
            await asyncio.sleep(0.02)


def settings(**more: Any) -> Sms:
    accounts = {name: kannel("http://127.0.0.1", name) for name in ("a", "b", "c")}
    return Sms.model_validate({"kannel": accounts} | more)


def test_the_longest_prefix_says_who_goes_first_and_the_others_follow() -> None:
    routes = {"+86": ["b"], "+86134": ["c", "a"]}
    assert route(settings(routes=routes), "+8613412345678") == ("c", "a", "b")
    assert route(settings(routes=routes), "+8613912345678") == ("b", "a", "c")
    assert route(settings(routes=routes), "+85291234567") == ("a", "b", "c")
    assert route(settings(order=["c", "a"]), PHONE) == ("c", "a")


@pytest.mark.parametrize(
    ("mistake", "what"),
    [
        ({"order": ["nobody"]}, "no account 'nobody'"),
        ({"routes": {"+86": ["nobody"]}}, "no account 'nobody'"),
        ({"quiet_from": "25:00"}, "a time of day"),
        ({"signature": "12345"}, "pattern"),
        ({"kannel": {"a": kannel("u", "p", callback_secret="short")}}, "24 characters"),
        ({"kannel": {"a": kannel("u", "p", allow_from=["300.1.1.1"])}}, "300.1.1.1"),
        (
            {"tencent": {"a": {"secret_id": "i", "secret_key": "k", "sdk_app_id": "1",
                               "callback_secret": SECRET}}},
            "two accounts are called 'a'",
        ),
        (
            {"aliyun": {"x": {"access_key_id": "i", "access_key_secret": "k",
                              "callback_secret": SECRET, "endpoint": "http://e"}}},
            "must be https://",
        ),
        (
            {"aliyun": {"x": {"access_key_id": "i", "access_key_secret": "k",
                              "callback_secret": SECRET, "templates": {"ad": {"id": "1"}}}}},
            "is no purpose",
        ),
    ],
)  # fmt: skip
def test_each_mistake_in_the_settings_is_named(mistake: dict[str, Any], what: str) -> None:
    with pytest.raises(ValidationError, match=what):
        settings(**mistake)
