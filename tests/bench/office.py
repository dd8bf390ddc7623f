"""A portal that writes in and takes the answers: the measuring end of a dialogue."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import aiohttp
from aiohttp import web

from connectors.signing import signed_headers
from tests.bench.processes import Process, free_port

SECRET = "a-secret-of-at-least-32-characters-x"


class Office:
    """``took``: seconds from a message's sending to its answer, by the message's name."""

    def __init__(self) -> None:
        self.port = free_port()
        self.took: dict[str, float] = {}
        self.acknowledged: list[float] = []
        self._sent: dict[str, float] = {}
        self._ours: dict[str, str] = {}  # the message's name by our id of it
        self._early: dict[str, float] = {}
        self._all = asyncio.Event()
        self._expected = 0
        self._http: aiohttp.ClientSession | None = None
        self._url = ""

    @property
    def callback(self) -> str:
        """Where it takes the answers."""
        return f"http://127.0.0.1:{self.port}/callback"

    def settings(self) -> Mapping[str, str]:
        """What makes a gateway know this portal."""
        account = {
            "secret": SECRET,
            "callback_url": self.callback,
            "insecure_http": True,
            "per_minute": 1_000_000,
        }
        return {"HUIYING_PORTAL__ACCOUNTS": json.dumps({"bench": account})}

    @asynccontextmanager
    async def open(self, gateway: Process) -> AsyncIterator[Office]:
        self._url = f"{gateway.url}/portal/bench/messages"
        app = web.Application()
        app.add_routes([web.post("/callback", self._callback)])
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", self.port).start()
        connector = aiohttp.TCPConnector(limit=64)
        async with aiohttp.ClientSession(connector=connector) as self._http:
            yield self
        await runner.cleanup()

    async def say(self, person: str, text: str, *, name: str | None = None) -> None:
        """``name`` (or the text) is what the answer is known by: it must be new."""
        assert self._http is not None
        name = name or text.replace(" ", "-")
        message = {"type": "message", "id": name, "from": person, "text": text}
        body = json.dumps(message).encode()
        headers = signed_headers(SECRET, body, datetime.now(UTC))
        self._sent[name] = time.perf_counter()
        async with self._http.post(
            self._url, data=body, headers=headers | {"Content-Type": "application/json"}
        ) as response:
            if response.status != 200:
                raise SystemExit(f"{response.status}: {await response.text()}")
            ours = str((await response.json())["message_id"])
        self.acknowledged.append(time.perf_counter() - self._sent[name])
        self._ours[ours] = name
        if ours in self._early:
            self._answered(name, self._early.pop(ours))

    async def _callback(self, request: web.Request) -> web.Response:
        at = time.perf_counter()
        body = await request.json()
        if body["from"] == "bot":
            name = self._ours.get(body["in_reply_to"])
            if name is None:  # quicker than the acknowledgement
                self._early.setdefault(body["in_reply_to"], at)
            else:
                self._answered(name, at)
        return web.json_response({})

    def _answered(self, name: str, at: float) -> None:
        self.took.setdefault(name, at - self._sent[name])
        if len(self.took) >= self._expected:
            self._all.set()

    async def hear(self, answers: int, within: float) -> None:
        """Waits until so many messages in all have been answered."""
        self._expected = answers
        if len(self.took) >= answers:
            return
        self._all.clear()
        async with asyncio.timeout(within):
            await self._all.wait()
