"""What holds for every answer over HTTP, and for requests that are none."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest
from aiohttp import ClientPayloadError, web
from aiohttp.test_utils import TestClient, TestServer

from connectors import app
from connectors.desk.queue import QueuePages
from connectors.http import errors_as_json
from connectors.store.database import StoreUnavailable
from tests.desk.people import log_in, make_agent
from tests.house import house
from tests.lines import heard
from tests.servers import free_port


async def test_every_answer_says_how_a_browser_must_take_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house(tmp_path) as h:
        await make_agent(h)
        expected = {"/": 200, "/nowhere": 404, "/desk/queue": 401, "/%00": 400}
        for path, status in expected.items():
            async with h.client.get(path) as answer:
                assert (answer.status, _guarded(answer.headers)) == (status, True), path
        await log_in(h)
        monkeypatch.setattr(QueuePages, "lists", None)
        async with h.client.get("/desk/queue") as answer:
            assert (answer.status, _guarded(answer.headers)) == (500, True)


async def test_a_request_that_is_no_http_is_not_quoted_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    port = free_port()
    with caplog.at_level(logging.DEBUG):
        async with app.listening(web.Application(), "127.0.0.1", port):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write("GET /sms/a/SECRET/inbound?text=楼下太吵 HTTP/1.1\r\n\r\n".encode())
            answer = await reader.read()
            writer.close()
    assert answer.startswith(b"HTTP/1.0 400")
    assert "http.malformed" in caplog.text
    assert "SECRET" not in caplog.text


@pytest.mark.parametrize("fault", [StoreUnavailable("away"), RuntimeError()])
async def test_an_answer_that_fails_half_way_breaks_off(fault: Exception) -> None:
    async def half(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"number,title\r\n")
        raise fault

    server = web.Application(middlewares=[errors_as_json])
    server.router.add_get("/", half)
    async with TestClient(TestServer(server)) as client, asyncio.timeout(5):
        answer = await client.get("/")
        with pytest.raises(ClientPayloadError):
            await answer.read()


async def test_who_is_gone_before_the_answer_is_no_fault_of_ours() -> None:
    """A page that is left while its socket opens, say."""
    left = asyncio.Event()

    async def slow(request: web.Request) -> web.StreamResponse:
        left.set()
        while request.transport is not None and not request.transport.is_closing():
            await asyncio.sleep(0.01)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        return socket

    server = web.Application(middlewares=[errors_as_json])
    server.router.add_get("/", slow)
    port = free_port()
    with heard() as lines:
        async with app.listening(server, "127.0.0.1", port):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(
                b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
            )
            await left.wait()
            writer.transport.abort()
            await asyncio.sleep(0.2)
    assert [line["event"] for line in lines if line["level"] == "error"] == []
    assert "http.left" in [line["event"] for line in lines]


def _guarded(headers: object) -> bool:
    assert hasattr(headers, "get")
    return (
        headers.get("X-Content-Type-Options") == "nosniff"
        and "frame-ancestors 'self'" in headers.get("Content-Security-Policy", "")
        and headers.get("Referrer-Policy") == "same-origin"
    )
