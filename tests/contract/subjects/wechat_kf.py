"""WeCom's customer service on the stand: what is pushed only says that there is something."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any, ClassVar

from sqlalchemy import Connection

from connectors.channel import (
    ConnectionFailed,
    ContentRefused,
    MisconfiguredAccount,
    RecipientRefused,
    WindowClosed,
)
from connectors.store import conversations, messages
from tests.contract.peer import Peer, Received, answers, dribbles, floods, hangs, hangs_up
from tests.contract.subject import PERSON, Answer, Line, PeerError, Subject
from tests.contract.subjects.wechat import (
    BOMB,
    OTHER_APPID,
    OTHER_KEY,
    OTHER_TOKEN,
    XXE,
    WechatSubject,
    altered,
    asking,
    at,
    bare,
    half_a_body,
    raw,
    refuses,
    setting,
)
from tests.wechat import sealing
from tests.wechat.platform import AES_KEY, TOKEN, Fields, Pushing, openid
from tests.wechat.wecom import FakeWecom

KFID = "wkAJ2GCAAAkf"
SECRET = "wecom-secret-of-the-company-07"
SEND = "/cgi-bin/kf/send_msg"


async def of_another_kind(self: WechatSubject, line: Line) -> Answer:
    fields = self.pushing.message(line.person, "text", line.id, Content=line.text)
    answer = await self.knock(*self.pushing.enclose(self.pushing.write(fields)))
    assert answer.taken  # acknowledged, counted, and not believed
    return Answer(taken=False)


class WechatKfSubject(WechatSubject):
    name = "wechat_kf"
    kind = "kf"
    form = "xml"
    secrets = (TOKEN, AES_KEY, OTHER_TOKEN, SECRET, OTHER_KEY)
    forged: ClassVar = {
        "no signature": asking(msg_signature=""),
        "no query": asking(msg_signature=None, timestamp=None, nonce=None),
        "a wrong signature": asking(msg_signature="0" * 40),
        "another Token": setting(token="TokenOfAStranger89"),
        "another account's Token": setting(token=OTHER_TOKEN),
        "an account that is not there": setting(url="nobody"),
        "another company": setting(appid=OTHER_APPID),
        "another key": setting(aes_key=OTHER_KEY),
        "a message that was altered": altered,
        "another nonce": asking(nonce="424242"),
        "a time that is no number": asking(timestamp="now"),
        "a message that should have been fetched": of_another_kind,
    }
    stale: ClassVar = {"six minutes old": at(-360), "from the future": at(360)}
    replayed: ClassVar = {"the same push again": lambda self, line: self.push_twice(line)}
    malformed: ClassVar = {
        "nothing": raw(b""),
        "neither XML nor JSON": raw(b"hello"),
        "half of XML": raw(b"<xml><MsgType>"),
        "a list": raw(b"[]"),
        "a foreign entity": raw(XXE),
        "an entity bomb": raw(BOMB),
        "encrypted, without the ciphertext": bare(b"<xml><ToUserName>a</ToUserName></xml>"),
    }
    oversized: ClassVar = {"a body beyond all measure": raw(b" " * 500_000)}
    unending: ClassVar = {"half a body": half_a_body}
    peer_errors: ClassVar = {
        "hangs up": PeerError(hangs_up, ConnectionFailed),
        "does not answer": PeerError(hangs, ConnectionFailed),
        "begins to answer": PeerError(dribbles, ConnectionFailed),
        "a flood": PeerError(floods, ConnectionFailed),
        "500": PeerError(answers(500, "oops"), ConnectionFailed),
        "200 with a page": PeerError(answers(200, "<html>", "text/html"), ConnectionFailed),
        "a redirect": PeerError(answers(302, Location="http://127.0.0.1:1/"), MisconfiguredAccount),
        "busy": refuses(-1, ConnectionFailed),
        "95001": refuses(95001, WindowClosed),
        "95002": refuses(95002, WindowClosed),
        "95018": refuses(95018, WindowClosed),
        "48001": refuses(48001, MisconfiguredAccount),
        "40096": refuses(40096, RecipientRefused),
        "45002": refuses(45002, ContentRefused),
    }
    excused: ClassVar = {
        "unknown": "what is pushed carries nothing; what is fetched is tried in tests/wechat",
        "receipts": "WeCom tells of failures only, tried in tests/wechat/test_kf.py",
        "forged_receipts": "the same",
    }

    def __init__(self, house: Any, peer: Peer) -> None:
        Subject.__init__(self, house, peer)
        self.open_writers: list[asyncio.StreamWriter] = []
        self.replied = []
        self.fake: FakeWecom = peer.good.__self__  # type: ignore[attr-defined]
        self.fake.now = house.clock.now
        self.lines: set[tuple[str, str]] = set()

    @classmethod
    def settings(cls, peer: Peer) -> dict[str, Any]:
        fake = FakeWecom(secret=SECRET)
        peer.good = fake.handle
        peer.beside = lambda request: request.path != SEND
        common = {"secret": SECRET, "api_url": peer.url, "insecure_http": True, "timeout": 3.0}
        city = {"corp_id": fake.corp_id, "token": TOKEN, "encoding_aes_key": AES_KEY}
        other = {"corp_id": fake.corp_id, "token": OTHER_TOKEN, "encoding_aes_key": OTHER_KEY}
        return {"wechat": {"kf": {"city": common | city, "other": common | other}}}

    async def warm(self) -> None:
        channel: Any = self.house.gateway.channels[self.name]
        async with asyncio.timeout(20):  # the machine may be busy
            while True:
                with contextlib.suppress(ConnectionFailed):
                    await channel.apis["city"].tokens.current()
                    return

    def pushing_to(self, account: str) -> Pushing:
        url = str(self.house.client.make_url(self.path(account)))
        return Pushing(
            url,
            self.house.client.session,
            "kf",
            "xml",
            appid=self.fake.corp_id,
            seal=sealing.wechatpy_seal,
        )

    @property
    def address(self) -> tuple[str, str]:
        return "city", f"{KFID}:{openid(PERSON)}"

    def written(self, line: Line) -> Fields:
        """The push, and behind it the message that can be fetched."""
        person = openid(line.person)
        if (person, line.id) not in self.lines:
            self.lines.add((person, line.id))
            self.fake.wrote(KFID, person, content=line.text)
            self.fake.messages[-1]["msgid"] = line.id
        return self.fields(line)

    def fields(self, line: Line) -> Fields:
        """The push alone: a forger puts nothing behind it."""
        return {
            "ToUserName": self.fake.corp_id,
            "CreateTime": int(self.pushing.now()),
            "MsgType": "event",
            "Event": "kf_msg_or_event",
            "Token": "ENCApHxnGDNAVNY4",
            "OpenKfId": KFID,
        }

    async def say(self, line: Line) -> Answer:
        answer = self.answer(await self.pushing.once(self.written(line)))
        if answer.taken:
            await self.fetched(line)
        return answer

    async def fetched(self, line: Line) -> None:
        """WeCom keeps what is pushed for three days: it is safe before it is fetched, too."""
        address = f"{KFID}:{openid(line.person)}"

        def there(conn: Connection) -> bool:
            talk = conversations.find(conn, self.name, "city", address)
            said = messages.after(conn, talk.id, 0) if talk is not None else []
            return any(one.external_id == f"{address}:{line.id}" for one in said)

        async with asyncio.timeout(8):
            while not await self.house.database.read(there):
                await asyncio.sleep(0.01)

    async def push_twice(self, line: Line) -> Answer:
        query, body = self.pushing.enclose(self.pushing.write(self.written(line)))
        await self.knock(query, body)
        return await self.knock(query, body)

    async def heard(self, person: str = PERSON) -> list[str]:
        return [
            one.json["text"]["content"]
            for one in self.peer.taken
            if one.path.startswith(SEND) and one.json["touser"] == openid(person)
        ]

    def key_of(self, received: Received) -> str:
        return str(received.json["msgid"])
