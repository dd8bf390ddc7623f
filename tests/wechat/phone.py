"""A telephone with the mini-program, as the server sees it: it does what the app in
``connectors/channels/wechat/miniprogram`` does, with the same requests and frames."""

from __future__ import annotations

import io
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import FormData
from aiohttp.test_utils import TestClient

from tests.house import House, Page
from tests.wechat.api import Account, FakeWechat

APPID, SECRET = "wx0123456789abcdef", "app-secret-of-the-miniprogram"
OPENID = "oAbCdEfGhIjKlMnOpQrStUvWxYz1"
_codes = itertools.count(1)


def settings(url: str, **more: Any) -> dict[str, Any]:
    """The gateway's settings for one mini-program at a platform on loopback."""
    account = {
        "token": "TokenOfTheConsole0123",
        "appid": APPID,
        "secret": SECRET,
        "mode": "plain",
        "api_url": url,
        "insecure_http": True,
        "timeout": 5.0,
    }
    return {"wechat": {"mini": {"city": account | more}}}


@dataclass
class Phone:
    h: House
    fake: FakeWechat
    account: Account
    openid: str = OPENID
    token: str = ""
    last_seq: int = 0
    session: dict[str, Any] = field(default_factory=dict)

    @property
    def client(self) -> TestClient[Any, Any]:
        return self.h.client

    def code(self) -> str:
        """What ``wx.login`` gives: good once."""
        code = f"code{next(_codes)}"
        self.account.codes[code] = self.openid
        return code

    async def ask_in(self, code: str | None = None, **more: Any) -> tuple[int, dict[str, Any]]:
        body = {"appid": APPID, "code": self.code() if code is None else code} | more
        async with self.client.post("/miniapp/session", json=body) as answer:
            return answer.status, await answer.json()

    async def log_in(self) -> None:
        status, self.session = await self.ask_in()
        assert status == 200, self.session
        self.token = self.session["token"]

    async def get(self, path: str, token: str | None = None) -> tuple[int, dict[str, Any]]:
        async with self.client.get(path, headers=self._bearer(token)) as answer:
            return answer.status, await answer.json()

    async def post(self, path: str, body: object) -> tuple[int, dict[str, Any]]:
        async with self.client.post(path, json=body, headers=self._bearer()) as answer:
            return answer.status, await answer.json()

    async def upload(
        self,
        data: bytes,
        id: str = "up1",  # noqa: A002
        name: str = "a.jpg",
    ) -> tuple[int, dict[str, Any]]:
        form = FormData()
        form.add_field("id", id)
        form.add_field("file", io.BytesIO(data), filename=name)
        async with self.client.post(
            "/miniapp/attachments", data=form, headers=self._bearer()
        ) as answer:
            return answer.status, await answer.json()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Page]:
        """The chat, welcomed, from where it was left."""
        socket = await self.client.ws_connect("/miniapp/socket")
        await socket.send_json({"type": "hello", "token": self.token, "last_seq": self.last_seq})
        page = Page(socket, self.token)
        await page.wait("welcome")
        try:
            yield page
        finally:
            for frame in page.seen:
                if frame["type"] == "message":
                    self.last_seq = max(self.last_seq, frame["message"]["seq"])
            await socket.close()

    def _bearer(self, token: str | None = None) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token if token is None else token}"}
