"""A house with WeChat's accounts, WeChat on both its sides, and people who write."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlalchemy import Connection, select

from connectors.messages import Author, Stored
from connectors.store import conversations, messages
from connectors.store.schema import deliveries
from tests.clocks import MovableClock
from tests.house import House, ScriptedDialogue, house
from tests.wechat.api import Account, FakeWechat
from tests.wechat.platform import AES_KEY, APPID, TOKEN, Pushing, openid

SECRET = "app-secret-of-the-account"
PERSON = "wang"


@dataclass
class Town:
    """``platform`` pushes, ``wechat`` is called; both know the same account."""

    house: House
    platform: Pushing
    wechat: FakeWechat
    account: Account
    clock: MovableClock
    name: str

    async def said(self, person: str = PERSON) -> list[Stored]:
        """The conversation of a person as the store has it."""

        def unit(conn: Connection) -> list[Stored]:
            talk = conversations.find(conn, self.name, "city", openid(person))
            return messages.after(conn, talk.id, 0) if talk is not None else []

        return await self.house.database.read(unit)

    async def heard(self, author: Author = Author.CITIZEN, person: str = PERSON) -> list[str]:
        return [one.text for one in await self.said(person) if one.author is author]

    async def states(self) -> list[str]:
        """What became of what we said, in order."""

        def unit(conn: Connection) -> list[str]:
            rows = conn.execute(select(deliveries.c.state).order_by(deliveries.c.seq))
            return list(rows.scalars())

        return await self.house.database.read(unit)

    def shown(self, person: str = PERSON) -> list[str]:
        """The customer messages a person was sent."""
        return self.wechat.texts(openid(person))

    async def wrote(self, content: str, id: object = None, person: str = PERSON) -> Any:  # noqa: A002
        self.wechat.wrote(self.account, openid(person))
        return await self.platform.text(person, content, id)


@asynccontextmanager
async def town(
    folder: Path,
    kind: str = "official",
    dialogue: ScriptedDialogue | None = None,
    form: Any = "xml",
    *,
    safe: bool = True,
    more: dict[str, Any] | None = None,
    **settings: Any,
) -> AsyncIterator[Town]:
    """Everything but Rasa, with one account of the kind, called ``city``. No breach is forgiven."""
    clock = MovableClock()
    fake = FakeWechat(clock.now)
    account = fake.add(APPID, SECRET, kind)
    app = web.Application(client_max_size=64 * 1024 * 1024)
    app.router.add_route("*", "/{path:.*}", fake.handle)
    server = TestServer(app)
    await server.start_server(shutdown_timeout=0.1)
    one = {
        "appid": APPID,
        "secret": SECRET,
        "token": TOKEN,
        "mode": "safe" if safe else "plain",
        "encoding_aes_key": AES_KEY if safe else None,
        "api_url": str(server.make_url("")).rstrip("/"),
        "insecure_http": True,
    }
    settings.setdefault("drain_seconds", 0.5)
    tree = {"wechat": {kind: {"city": one | (more or {})}}, **settings}
    try:
        async with house(folder, dialogue, clock=clock, **tree) as opened:
            url = str(opened.client.make_url(f"/wechat/{kind}/city"))
            pushing = Pushing(
                url,
                opened.client.session,
                kind,  # type: ignore[arg-type]
                form,
                safe,
                now=lambda: clock.now().timestamp(),
            )
            yield Town(opened, pushing, fake, account, clock, f"wechat_{kind}")
            assert pushing.breaches == []
            assert fake.breaches == []
    finally:
        await server.close()
