"""Mini-programs and official accounts on the stand."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any, ClassVar

from aiohttp import ClientError, web

from connectors.channel import (
    ConnectionFailed,
    ContentRefused,
    MisconfiguredAccount,
    RecipientRefused,
    SendError,
    WindowClosed,
)
from tests.contract.peer import (
    Behaviour,
    Peer,
    Received,
    answers,
    dribbles,
    floods,
    hangs,
    hangs_up,
)
from tests.contract.subject import PERSON, Answer, Line, PeerError, Subject
from tests.wechat import sealing
from tests.wechat.platform import AES_KEY, APPID, TOKEN, Fields, Pushing, Told, openid

OTHER_TOKEN, OTHER_APPID = "TokenOfAnother4567", "wxfedcba9876543210"
OTHER_KEY = "ZYXWVUTSRQPONMLKJIHGFEDCBA9876543210abcdefg"
APP_SECRET = "app-secret-of-the-account-05"
ACCESS_TOKEN = "access-token-of-the-account-06"
SEND = "/cgi-bin/message/custom/send"

XXE = b'<!DOCTYPE xml [<!ENTITY x SYSTEM "file:///etc/passwd">]><xml><MsgType>&x;</MsgType></xml>'
BOMB = (
    b'<!DOCTYPE xml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><xml><MsgType>&c;</MsgType></xml>'
)


def raw(body: bytes) -> Any:
    """Signed and sealed as it should be, but of no form."""

    async def attack(self: WechatSubject, _: Line) -> Answer:
        return await self.knock(*self.pushing.enclose(body))

    return attack


def bare(body: bytes) -> Any:
    """Signed as in plain mode, where encrypted messages are expected."""

    async def attack(self: WechatSubject, _: Line) -> Answer:
        query, _sealed = self.pushing.enclose(b"<xml></xml>")
        return await self.knock(query, body)

    return attack


def asking(**change: str | None) -> Any:
    """Another query."""

    async def attack(self: WechatSubject, line: Line) -> Answer:
        query, body = self.pushing.enclose(self.pushing.write(self.fields(line)))
        given = {k: v for k, v in (query | change).items() if v is not None}
        return await self.knock(given, body)

    return attack


def setting(**change: Any) -> Any:
    """Another set-up at the platform's side."""

    async def attack(self: WechatSubject, line: Line) -> Answer:
        for name, value in change.items():
            setattr(self.pushing, name, value)
        try:
            query, body = self.pushing.enclose(self.pushing.write(self.fields(line)))
            return await self.knock(query, body)
        finally:
            self.pushing = self.pushing_to("city")

    return attack


def at(seconds: float) -> Any:
    async def attack(self: WechatSubject, line: Line) -> Answer:
        when = max(0.0, self.pushing.now() + seconds)
        body = self.pushing.write(self.fields(line))
        return await self.knock(*self.pushing.enclose(body, at=when))

    return attack


def said(**change: Any) -> Any:
    async def attack(self: WechatSubject, line: Line) -> Answer:
        fields = {k: v for k, v in (self.fields(line) | change).items() if v is not None}
        return await self.knock(*self.pushing.enclose(self.pushing.write(fields)))

    return attack


async def altered(self: WechatSubject, line: Line) -> Answer:
    query, _ = self.pushing.enclose(self.pushing.write(self.fields(line)))
    _, body = self.pushing.enclose(self.pushing.write(self.fields(line)))
    return await self.knock(query, body)


async def another_message_under_its_nonce(self: WechatSubject, line: Line) -> Answer:
    before = self.pushing.happening(line.person, "VIEW", EventKey="https://example.com")
    assert (await self.pushing.once(before, nonce="5550123")).taken
    body = self.pushing.write(self.fields(line))
    answer = await self.knock(*self.pushing.enclose(body, nonce="5550123"))
    assert answer.code == "replayed"
    return answer


async def twice(self: WechatSubject, line: Line) -> Answer:
    query, body = self.pushing.enclose(self.pushing.write(self.fields(line)))
    await self.knock(query, body, line)
    return await self.knock(query, body, line)


async def half_a_body(self: WechatSubject, line: Line) -> Answer:
    url = self.house.client.make_url(self.path("city"))
    _, writer = await asyncio.open_connection(url.host, url.port)
    head = f"POST {url.path} HTTP/1.1\r\nHost: x\r\nContent-Length: 999\r\n\r\n<xml>"
    writer.write(head.encode())
    await writer.drain()
    self.open_writers.append(writer)
    return Answer(taken=False)


def refuses(code: int, error: Any) -> PeerError:
    return PeerError(answers(200, json.dumps({"errcode": code, "errmsg": "no rid: 6"})), error)


class WechatSubject(Subject):
    kind: ClassVar[Any] = "mini"
    form: ClassVar[Any] = "json"
    secrets = (TOKEN, AES_KEY, OTHER_TOKEN, APP_SECRET, ACCESS_TOKEN)
    # The many ways of a wrong query or a broken body are tried on the door alone, which is quicker:
    # ``tests/wechat/test_door.py``. Here stand those that must not get beyond it.
    forged: ClassVar = {
        "no signature": asking(msg_signature=None, signature=None),
        "a signature of plain mode": asking(msg_signature=None),
        "another account's Token": setting(token=OTHER_TOKEN),
        "an account that is not there": setting(url="nobody"),
        "another AppID": setting(appid=OTHER_APPID),
        "a message that was altered": altered,
        "not encrypted": setting(safe=False),
        "another message under a nonce that was used": another_message_under_its_nonce,
    }
    stale: ClassVar = {"six minutes old": at(-360), "from the future": at(360)}
    replayed: ClassVar = {"the same bytes again": twice}
    malformed: ClassVar = {
        "nothing": raw(b""),
        "half of JSON": raw(b'{"MsgType":'),
        "JSON nested without end": raw(b"[" * 60_000),
        "a foreign entity": raw(XXE),
        "an entity bomb outside": bare(BOMB),
        "no type": said(MsgType=None),
        "no person": said(FromUserName=None),
    }
    oversized: ClassVar = {"a body above the whole gateway's limit": raw(b" " * 2_000_000)}
    unending: ClassVar = {"half a body": half_a_body}
    excused: ClassVar = {
        "unknown": "answered politely and counted: a refusal would be shown to the person",
        "receipts": "WeChat tells nothing of what became of a customer message",
        "forged_receipts": "the same",
    }

    def __init__(self, house: Any, peer: Peer) -> None:
        super().__init__(house, peer)
        self.open_writers: list[asyncio.StreamWriter] = []
        self.replied: list[tuple[str, str, int]] = []  # to whom, what, after how many sends

    @classmethod
    def settings(cls, peer: Peer) -> dict[str, Any]:
        async def good(request: web.Request) -> web.StreamResponse:
            if request.path == "/cgi-bin/stable_token":
                return web.json_response({"access_token": ACCESS_TOKEN, "expires_in": 7200})
            return web.json_response({"errcode": 0, "errmsg": "ok"})

        peer.good = good
        common = {"secret": APP_SECRET, "api_url": peer.url, "insecure_http": True, "timeout": 3.0}
        city = {"appid": APPID, "token": TOKEN, "encoding_aes_key": AES_KEY}
        other = {"appid": OTHER_APPID, "token": OTHER_TOKEN, "encoding_aes_key": OTHER_KEY}
        accounts = {"city": common | city | cls.more(), "other": common | other}
        return {"wechat": {cls.kind: accounts}}

    @classmethod
    def more(cls) -> dict[str, Any]:
        return {}

    @contextlib.asynccontextmanager
    async def present(self) -> AsyncIterator[None]:
        self.pushing = self.pushing_to("city")
        await self.warm()
        yield
        for writer in self.open_writers:
            writer.close()
            await writer.wait_closed()
        assert not [breach for breach in self.pushing.breaches if "out of order" not in breach]

    async def warm(self) -> None:
        """Has the token fetched, so that the script begins with what is sent."""
        channel: Any = self.house.gateway.channels[self.name]
        with contextlib.suppress(SendError):
            for api in channel._messages.sending.apis.values():
                await api.tokens.current()
        self.peer.received.clear()
        self.peer.taken.clear()

    def path(self, account: str) -> str:
        return f"/wechat/{self.kind}/{account}"

    def pushing_to(self, account: str) -> Pushing:
        url = str(self.house.client.make_url(self.path(account)))
        return Pushing(
            url, self.house.client.session, self.kind, self.form, seal=sealing.wechatpy_seal
        )

    @property
    def address(self) -> tuple[str, str]:
        return "city", openid(PERSON)

    def fields(self, line: Line) -> Fields:
        return self.pushing.message(line.person, "text", line.id, Content=line.text)

    async def knock(self, query: dict[str, str], body: bytes, line: Line | None = None) -> Answer:
        if self.pushing.url == "nobody":
            self.pushing.url = str(self.house.client.make_url(self.path("nobody")))
        try:
            fields = self.fields(line) if line is not None else {}
            return self.answer(await self.pushing.knock(query, body, fields))
        except ClientError:
            return Answer(taken=False, code="closed", status=413)

    def answer(self, told: Told) -> Answer:
        if told.content:
            reply = (told.fields["ToUserName"], told.content, len(self.peer.taken))
            self.replied.append(reply)
        words = f"reply:{told.content}" if told.fields else told.body.decode()
        return Answer(told.taken, told.code, told.status, words)

    async def say(self, line: Line) -> Answer:
        told = await self.pushing.once(self.fields(line))
        return self.answer(told)

    async def heard(self, person: str = PERSON) -> list[str]:
        """Passive replies and customer messages, in order; a repeated reply is shown once."""
        shown: list[tuple[int, str]] = []
        for who, text, after in self.replied:
            if who == openid(person) and text not in [told for _, told in shown]:
                shown.append((after, text))
        for place, one in enumerate(self.peer.taken):
            if one.path.startswith(SEND) and one.json["touser"] == openid(person):
                shown.append((place, one.json["text"]["content"]))
        return [text for _, text in sorted(shown, key=lambda one: one[0])]

    def key_of(self, received: Received) -> str:
        """WeChat knows repeats by no key of ours; at least they are the same."""
        return received.body.decode()

    def hold_back(self) -> Behaviour:
        return hangs


class MiniSubject(WechatSubject):
    name = "wechat_mini"
    peer_errors: ClassVar = {
        "hangs up": PeerError(hangs_up, ConnectionFailed),
        "does not answer": PeerError(hangs, ConnectionFailed),
        "begins to answer": PeerError(dribbles, ConnectionFailed),
        "a flood": PeerError(floods, ConnectionFailed),
        "500": PeerError(answers(500, "oops"), ConnectionFailed),
        "200 with a page": PeerError(answers(200, "<html>", "text/html"), ConnectionFailed),
        "a redirect": PeerError(answers(302, Location="http://127.0.0.1:1/"), MisconfiguredAccount),
        "busy": refuses(-1, ConnectionFailed),
        "a number nobody knows": refuses(99_999, ConnectionFailed),
        "45015": refuses(45015, WindowClosed),
        "45047": refuses(45047, WindowClosed),
        "48001": refuses(48001, MisconfiguredAccount),
        "40003": refuses(40003, RecipientRefused),
        "87014": refuses(87014, ContentRefused),
    }


class OfficialSubject(WechatSubject):
    name = "wechat_official"
    form = "xml"
    kind = "official"
    forged: ClassVar = {"another account's Token": setting(token=OTHER_TOKEN)}
    stale: ClassVar = {"six minutes old": at(-360)}
    malformed: ClassVar = {
        "half of XML": raw(b"<xml><MsgType>"),
        "an entity bomb": raw(BOMB),
        "XML in several bytes a character": raw(b'<?xml version="1.0" encoding="gbk"?><xml></xml>'),
        "XML in no encoding": raw(b'<?xml version="1.0" encoding="idna"?><xml></xml>'),
    }
    oversized: ClassVar = {"a body beyond all measure": raw(b" " * 500_000)}
    excused: ClassVar = WechatSubject.excused | {
        "peer_errors": "customer messages go as a mini-program's; passive replies meet no peer"
    }

    @classmethod
    def more(cls) -> dict[str, Any]:
        return {"passive_within": 0.5}
