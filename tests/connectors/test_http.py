"""What holds for every answer over HTTP, and for requests that are none."""

from __future__ import annotations

import asyncio
import gzip
import logging
import re
from pathlib import Path

import pytest
from aiohttp import ClientPayloadError, ClientSession, web
from aiohttp.test_utils import TestClient, TestServer
from pydantic import SecretStr

from connectors import app
from connectors.desk.queue import QueuePages
from connectors.http import errors_as_json
from connectors.settings.tickets import Served
from connectors.store.database import StoreUnavailable
from tests.desk.people import csrf, log_in, make_agent
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


PARTS = "multipart/form-data; boundary=x"
UNREADABLE = {
    "no boundary": ({"Content-Type": "multipart/form-data"}, b"x"),
    "parts without end": ({"Content-Type": PARTS}, b"--x\r\n" * 100),
    "a header beyond measure": ({"Content-Type": PARTS}, b"--x\r\nA: " + b"a" * 9000 + b"\r\n\r\n"),
    "headers beyond number": ({"Content-Type": PARTS}, b"--x\r\n" + b"A: a\r\n" * 9000 + b"\r\n"),
    "a part without a name": ({"Content-Type": PARTS}, b"--x\r\n\r\n1\r\n--x--"),
    "no charset": ({"Content-Type": "application/x-www-form-urlencoded; charset=base64"}, b"a=b"),
    "no UTF-8": ({"Content-Type": "application/x-www-form-urlencoded"}, b"a=\xff"),
    "compressed": ({"Content-Encoding": "gzip"}, gzip.compress(b"{}")),
    "a bomb": ({"Content-Encoding": "gzip"}, gzip.compress(bytes(20_000_000))),
    "a type without end": ({"Content-Type": "text/plain" + ";a=" * 2000}, b"x"),
}


@pytest.mark.parametrize(("headers", "body"), UNREADABLE.values(), ids=UNREADABLE)
async def test_a_body_that_cannot_be_read_is_refused_at_every_door(
    tmp_path: Path, headers: dict[str, str], body: bytes
) -> None:
    served = Served(public=True, api_keys={"portal": SecretStr("k" * 32)})
    async with house(tmp_path, open311=served) as h:
        await make_agent(h, "me", "supervisor")
        await log_in(h, "me")
        headers = {**headers, "X-CSRF-Token": await csrf(h)}
        for route in h.gateway.app.router.routes():
            if route.method == "POST" and route.resource is not None:
                path = re.sub(r"\{[^}]*\}+", "x", route.resource.canonical)
                if path == "/desk/logout":
                    continue
                async with h.client.post(
                    path, data=body, headers=headers, allow_redirects=False
                ) as answer:
                    assert 300 <= answer.status < 500, path


async def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    port = free_port()

    async def length(request: web.Request) -> web.Response:
        return web.Response(text=str(len(await request.read())))

    site = web.Application(client_max_size=1_000_000)
    site.add_routes([web.post("/", length)])
    bomb = gzip.compress(bytes(20_000_000))
    async with (
        app.listening(site, "127.0.0.1", port),
        ClientSession() as http,
        http.post(
            f"http://127.0.0.1:{port}/", data=bomb, headers={"Content-Encoding": "gzip"}
        ) as answer,
    ):
        assert await answer.text() == str(len(bomb))


async def test_a_page_of_an_endless_name_is_not_there(tmp_path: Path) -> None:
    async with house(tmp_path) as h, h.client.get("/desk/static/" + "a" * 5000) as answer:
        assert answer.status == 404


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
