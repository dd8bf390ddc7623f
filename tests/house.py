"""A gateway in the test's own process: real store and sockets, a dialogue after a script."""

from __future__ import annotations

import asyncio
import functools
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import ClientWebSocketResponse
from aiohttp.test_utils import TestClient, TestServer

from connectors.app import Gateway, assemble, serve
from connectors.clock import Clock, SystemClock
from connectors.conversation.dialogue import Handoff, TurnReply, TurnRequest
from connectors.coordination.coordinator import Coordinator
from connectors.coordination.in_process import InProcessCoordinator
from connectors.messages import Choice, Outbound, Text
from connectors.settings import Settings
from connectors.settings.dialogue import Dialogue
from connectors.store.database import Database, SqliteDatabase
from connectors.store.metadata import metadata
from connectors.store.sqlite_file import raw_of
from connectors.texts import Texts

Turn = Callable[[TurnRequest], Awaitable[TurnReply]]


def reply(*lines: str, choices: tuple[Choice, ...] = ()) -> TurnReply:
    """What the bot says: one message a line, choices on the last."""
    outbounds = [Outbound((Text(line),)) for line in lines]
    if choices:
        outbounds[-1] = Outbound(outbounds[-1].parts, choices=choices)
    return TurnReply(tuple(outbounds))


async def echo(request: TurnRequest) -> TurnReply:
    if request.text == "转人工":
        return TurnReply((), (Handoff("general", "asked"),))
    return reply(f"回声：{request.text}")


@dataclass
class ScriptedDialogue:
    """Stands where Rasa stands; keeps every request it was given."""

    turn_taker: Turn = echo
    up: bool = True
    requests: list[TurnRequest] = field(default_factory=list)

    async def turn(self, request: TurnRequest) -> TurnReply:
        self.requests.append(request)
        return await self.turn_taker(request)

    async def ready(self) -> bool:
        return self.up


@dataclass
class House:
    client: TestClient[Any, Any]
    gateway: Gateway
    database: Database
    coordinator: Coordinator
    dialogue: ScriptedDialogue
    settings: Settings
    texts: Texts
    clock: Clock

    @asynccontextmanager
    async def page(
        self, token: str | None = None, last_seq: int = 0, **headers: str
    ) -> AsyncIterator[Page]:
        """An open web chat page that has been welcomed."""
        socket = await self.client.ws_connect("/webchat/socket", headers=headers)
        await socket.send_json({"type": "hello", "token": token, "last_seq": last_seq})
        page = Page(socket)
        welcome = await page.wait("welcome")
        page.token = welcome["token"]
        try:
            yield page
        finally:
            await socket.close()


@dataclass
class Page:
    """The browser's side of a chat socket."""

    socket: ClientWebSocketResponse
    token: str = ""
    seen: list[dict[str, Any]] = field(default_factory=list)

    async def say(self, text: str, id: str | None = None) -> None:  # noqa: A002
        await self.socket.send_json(
            {"type": "message", "id": id or f"t{len(self.seen)}x{abs(hash(text))}", "text": text}
        )

    async def wait(self, kind: str, **fields: object) -> dict[str, Any]:
        """The next frame of that kind whose fields match. Fails after twenty seconds."""
        async with asyncio.timeout(20):
            while True:
                frame: dict[str, Any] = await self.socket.receive_json()
                self.seen.append(frame)
                if frame["type"] == kind and all(frame.get(k) == v for k, v in fields.items()):
                    return frame

    async def hear(self, author: str) -> str:
        """The text of the next message from ``author`` (bot, agent, system, me)."""
        while True:
            message = (await self.wait("message"))["message"]
            if message["from"] == author:
                return "\n".join(part.get("text", "") for part in message["parts"])


the_texts = functools.cache(Texts.load)


@functools.cache
def empty_store() -> bytes:
    """A store with all its tables and nothing in them: copying is quicker than making."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        made = SqliteDatabase(path)
        metadata.create_all(made.connection)
        made.connection.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32))")
        made.let_go()
        return path.read_bytes()


@functools.cache
def _empty_in_memory() -> SqliteDatabase:
    made = SqliteDatabase(None)
    metadata.create_all(made.connection)
    return made


def store_in_memory() -> SqliteDatabase:
    """An empty store of the test's own that leaves no file behind; again a copy."""
    store = SqliteDatabase(None)
    raw_of(_empty_in_memory().connection).backup(raw_of(store.connection))
    return store


def new_store(path: Path) -> SqliteDatabase:
    """The store at ``path``, made when it is not there."""
    if not path.exists():
        path.write_bytes(empty_store())
    return SqliteDatabase(path)


@asynccontextmanager
async def house(
    tmp_path: Path,
    dialogue: ScriptedDialogue | None = None,
    *,
    database: Database | None = None,
    clock: Clock | None = None,
    coordinator: Coordinator | None = None,
    port: int | None = None,
    **settings: Any,
) -> AsyncIterator[House]:
    """Everything but Rasa, on a free port unless told which."""
    dialogue = dialogue or ScriptedDialogue()
    settings.setdefault("dialogue", Dialogue(notice_after=0.3, attempts=2))
    tree = Settings(data_dir=tmp_path, **settings)
    store = database or new_store(tmp_path / "test.db")
    if database is not None and isinstance(database, SqliteDatabase):
        metadata.create_all(database.connection)
    coordinator, clock = coordinator or InProcessCoordinator(), clock or SystemClock()
    texts = the_texts()
    gateway = assemble(
        tree,
        database=store,
        coordinator=coordinator,
        dialogue=dialogue,
        clock=clock,
        texts=texts,
        signing_key=b"k" * 32,
        internal_token="test-token",
    )
    serving = asyncio.create_task(serve(gateway, tree))
    try:
        async with TestClient(TestServer(gateway.app, port=port or 0)) as client:
            yield House(client, gateway, store, coordinator, dialogue, tree, texts, clock)
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)
    finally:
        if database is None:
            await store.close()
