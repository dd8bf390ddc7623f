"""A platform's side of the wire, on loopback: remembers what it is sent and answers after a script.

Adapters give it the platform's good answer; a test puts misbehaviour before that.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer


@dataclass(frozen=True, slots=True)
class Received:
    """One request of ours."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


Behaviour = Callable[[web.Request], Awaitable[web.StreamResponse]]


def answers(
    status: int, body: str = "", content_type: str = "application/json", **headers: str
) -> Behaviour:
    """Answers so."""

    async def behave(_: web.Request) -> web.StreamResponse:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.Response(status=status, text=body, content_type=content_type, headers=given)

    return behave


async def hangs(_: web.Request) -> web.StreamResponse:
    """Takes the request and never answers."""
    await asyncio.Event().wait()
    raise AssertionError


async def hangs_up(request: web.Request) -> web.StreamResponse:
    """Breaks the connection without an answer."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def dribbles(request: web.Request) -> web.StreamResponse:
    """Begins an answer and never ends it."""
    response = web.StreamResponse()
    await response.prepare(request)
    await response.write(b'{"id":')
    await asyncio.Event().wait()
    raise AssertionError


async def floods(request: web.Request) -> web.StreamResponse:
    """Answers with more than anybody wants to read."""
    response = web.StreamResponse(status=500)
    await response.prepare(request)
    with contextlib.suppress(ConnectionError):
        for _ in range(4096):
            await response.write(b"x" * 65536)
    return response


@dataclass
class Peer:
    url: str = ""
    good: Behaviour = field(default_factory=lambda: answers(200, "{}"))
    script: deque[Behaviour] = field(default_factory=deque)
    always: Behaviour | None = None
    received: list[Received] = field(default_factory=list)
    taken: list[Received] = field(default_factory=list)  # those it answered well
    # Requests the tests are not about: answered well, whatever the script says, and not kept.
    beside: Callable[[web.Request], bool] = lambda _: False

    async def handle(self, request: web.Request) -> web.StreamResponse:
        if self.beside(request):
            return await self.good(request)
        received = Received(request.path_qs, request.headers.copy(), await request.read())
        self.received.append(received)
        behave = self.script.popleft() if self.script else self.always
        if behave is not None:
            return await behave(request)
        self.taken.append(received)
        return await self.good(request)


@contextlib.asynccontextmanager
async def listening_peer() -> AsyncIterator[Peer]:
    peer = Peer()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", peer.handle)
    server = TestServer(app)
    await server.start_server(shutdown_timeout=0.1)
    peer.url = str(server.make_url("")).rstrip("/")
    try:
        yield peer
    finally:
        await server.close()
