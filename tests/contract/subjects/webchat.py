"""The web chat on the stand. Its platform is the page: one socket for each person."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from aiohttp import ClientWebSocketResponse, WSMsgType, WSServerHandshakeError

from connectors.channel import ReceiptState
from connectors.channels.webchat.tokens import VisitorTokens
from tests.contract.peer import Peer
from tests.contract.subject import PERSON, Answer, Line, Subject

KEY = b"k" * 32
LIFE = timedelta(days=30)


class Tab:
    """A page of one person: keeps all it was shown."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self.socket = socket
        self.frames: list[dict[str, Any]] = []
        self.news = asyncio.Event()
        self.token = ""
        self.closed = False
        self.reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for raw in self.socket:
            if raw.type is WSMsgType.TEXT:
                frame = json.loads(raw.data)
                self.frames.append(frame)
                self.token = frame.get("token", self.token)
                self.news.set()
        self.closed = True
        self.news.set()

    async def wait(self, *kinds: str, since: int = 0, **fields: object) -> dict[str, Any]:
        async with asyncio.timeout(5):
            while True:
                for frame in self.frames[since:]:
                    same = all(frame.get(key) == value for key, value in fields.items())
                    if frame["type"] in kinds and same:
                        return frame
                if self.closed:
                    return {"type": "closed"}
                self.news.clear()
                await self.news.wait()

    async def close(self) -> None:
        await self.socket.close()
        await asyncio.gather(self.reader, return_exceptions=True)


def with_token(make: Any) -> Any:
    """A page that comes with a token of its own making and reads what it is given."""

    async def attack(self: WebChatSubject, line: Line) -> Answer:
        tab = await self.open_tab(make(self))
        await tab.socket.send_json({"type": "message", "id": line.id, "text": line.text})
        await tab.wait("accepted", "error")
        await asyncio.sleep(0.05)
        told = json.dumps(tab.frames[:2], ensure_ascii=False)  # before it has said anything
        await tab.close()
        return Answer(taken=False, told=told)

    return attack


async def from_another_site(self: WebChatSubject, line: Line) -> Answer:
    try:
        await self.house.client.ws_connect(
            "/webchat/socket", headers={"Origin": "https://evil.example"}
        )
    except WSServerHandshakeError as error:
        return Answer(taken=False, code="forbidden_origin", status=error.status)
    return Answer(taken=True)


def frame(raw: str | bytes) -> Any:
    async def attack(self: WebChatSubject, _: Line) -> Answer:
        tab = await self.tab_of(PERSON)
        since = len(tab.frames)
        if isinstance(raw, bytes):
            await tab.socket.send_bytes(raw)
        else:
            await tab.socket.send_str(raw)
        answered = await tab.wait("error", "accepted", "closed", since=since)
        if answered["type"] == "closed":  # the page comes back by itself
            self.tabs[PERSON] = await self.open_tab(tab.token)
        return Answer(answered["type"] == "accepted", answered.get("code", answered["type"]))

    return attack


async def same_frame(self: WebChatSubject, line: Line) -> Answer:
    await self.say(line)
    return await self.say(line)


async def silent_socket(self: WebChatSubject, line: Line) -> Answer:
    """A socket that never says hello."""
    self.silent.append(await self.house.client.ws_connect("/webchat/socket"))
    return Answer(taken=False)


def tampered(self: WebChatSubject) -> str:
    token = self.tabs[PERSON].token
    return token[:-1] + ("0" if token[-1] != "0" else "1")


def of_another_key(self: WebChatSubject) -> str:
    visitor = self.tabs[PERSON].token.split(".")[1]
    forger = VisitorTokens(b"x" * 32, LIFE)
    body = f"v1.{visitor}.{int(datetime.now(UTC).timestamp())}"
    return f"{body}.{forger._sign(body)}"


def outlived(self: WebChatSubject) -> str:
    visitor = self.tabs[PERSON].token.split(".")[1]
    issued = int((datetime.now(UTC) - LIFE - timedelta(minutes=1)).timestamp())
    body = f"v1.{visitor}.{issued}"
    return f"{body}.{VisitorTokens(KEY, LIFE)._sign(body)}"


class WebChatSubject(Subject):
    name = "webchat"
    secrets: ClassVar[tuple[str, ...]] = (KEY.decode(),)

    forged: ClassVar = {
        "a token that was tampered with": with_token(tampered),
        "a token signed by somebody else": with_token(of_another_key),
        "a token that is none": with_token(lambda _: "v1.x.y.z"),
        "a page of another site": from_another_site,
    }
    stale: ClassVar = {"a token that has outlived its time": with_token(outlived)}
    replayed: ClassVar = {"the same frame again": same_frame}
    malformed: ClassVar = {
        "no JSON": frame("{"),
        "a list": frame("[]"),
        "null": frame("null"),
        "no id": frame('{"type":"message","text":"x"}'),
        "no text": frame('{"type":"message","id":"a"}'),
        "an id with blanks": frame('{"type":"message","id":"a b","text":"x"}'),
        "a surrogate alone": frame('{"type":"message","id":"a","text":"\\ud800"}'),
        "nothing said": frame('{"type":"message","id":"a","text":" \\u200b"}'),
        "bytes": frame(b"\x00\x01"),
        "nested without end": frame("[" * 60_000),
        "a choice nobody offered": frame(
            '{"type":"choose","id":"a","message_id":"m_1","choice":"k_1"}'
        ),
    }
    oversized: ClassVar = {
        "a text beyond the limit": frame(
            json.dumps({"type": "message", "id": "a", "text": "长" * 4001})
        ),
        "a frame beyond all measure": frame(json.dumps({"type": "message", "text": "x" * 300_000})),
    }
    unknown: ClassVar = {"an unknown frame": frame('{"type":"dance"}')}
    unending: ClassVar = {"a socket that says nothing": silent_socket}
    receipts = (ReceiptState.SEEN,)
    excused: ClassVar = {
        "peer_errors": "a page that is not there finds the message when it comes back",
        "forged_receipts": "a page speaks of no conversation but the one its socket is bound to",
    }

    def __init__(self, house: Any, peer: Peer) -> None:
        super().__init__(house, peer)
        self.tabs: dict[str, Tab] = {}
        self.silent: list[ClientWebSocketResponse] = []

    @classmethod
    def settings(cls, peer: Peer) -> dict[str, Any]:
        return {"webchat": {"messages_per_minute": 1000}}

    @contextlib.asynccontextmanager
    async def present(self) -> AsyncIterator[None]:
        await self.tab_of(PERSON)
        try:
            yield
        finally:
            for tab in self.tabs.values():
                await tab.close()
            for socket in self.silent:
                await socket.close()

    @property
    def address(self) -> tuple[str, str]:
        return "default", self.tabs[PERSON].token.split(".")[1]

    async def open_tab(self, token: str | None = None) -> Tab:
        tab = Tab(await self.house.client.ws_connect("/webchat/socket"))
        await tab.socket.send_json({"type": "hello", "token": token, "last_seq": 0})
        await tab.wait("welcome")
        return tab

    async def tab_of(self, person: str) -> Tab:
        if person not in self.tabs:
            self.tabs[person] = await self.open_tab()
        return self.tabs[person]

    async def say(self, line: Line) -> Answer:
        tab = await self.tab_of(line.person)
        since = len(tab.frames)
        await tab.socket.send_json({"type": "message", "id": line.id, "text": line.text})
        answered = await tab.wait("accepted", "error", since=since, id=line.id)
        told = json.dumps(answered)
        return Answer(answered["type"] == "accepted", answered.get("code", ""), told=told)

    async def heard(self, person: str = PERSON) -> list[str]:
        tab = await self.tab_of(person)
        shown = [frame["message"] for frame in tab.frames if frame["type"] == "message"]
        return [
            "\n".join(part.get("text", "") for part in message["parts"])
            for message in shown
            if message["from"] != "me"
        ]

    async def tell(self, key: str, state: ReceiptState) -> Answer:
        tab = self.tabs[PERSON]
        last = max(frame["message"]["seq"] for frame in tab.frames if frame["type"] == "message")
        since = len(tab.frames)
        await tab.socket.send_json({"type": "seen", "seq": last})
        await tab.socket.send_json({"type": "ping"})
        await tab.wait("pong", since=since)
        return Answer(taken=True)
