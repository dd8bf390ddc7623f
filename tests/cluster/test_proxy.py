"""The shipped site under a real nginx: who sends a header byte by byte is cut off."""

from __future__ import annotations

import asyncio
import ssl
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from aiohttp import web

from tests.cluster import proxy
from tests.servers import free_port

CUT_AFTER = 14.0  # seconds: ten, as the site says, and what a busy machine adds


@pytest.fixture
async def gateway() -> AsyncIterator[int]:
    async def live(_request: web.Request) -> web.Response:
        return web.Response(text="live")

    app, port = web.Application(), free_port()
    app.router.add_get("/health/live", live)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    yield port
    await runner.cleanup()


@pytest.fixture
def nginx(gateway: int, tmp_path: Path) -> Iterator[tuple[int, int, ssl.SSLContext]]:
    port, tls_port = free_port(), free_port()
    trust = ssl.create_default_context(cafile=str(proxy.certificate(tmp_path)))
    process = subprocess.Popen(proxy.prepare(tmp_path, [gateway], port, tls_port))
    yield port, tls_port, trust
    process.terminate()
    process.wait()


async def connected(
    port: int, trust: ssl.SSLContext | None
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    async with asyncio.timeout(10):
        while True:
            try:
                return await asyncio.open_connection("127.0.0.1", port, ssl=trust)
            except ConnectionError:
                await asyncio.sleep(0.1)


async def held(port: int, trust: ssl.SSLContext | None, beginning: bytes, drip: bytes) -> float:
    """How long a connection lives that begins so and then sends a byte a second."""
    reader, writer = await connected(port, trust)
    began = time.monotonic()
    writer.write(beginning)
    reading = asyncio.create_task(reader.read())
    while not reading.done() and time.monotonic() - began < 2 * CUT_AFTER:
        if drip:
            writer.write(drip)
        await asyncio.wait([reading], timeout=1)
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    writer.transport.abort()
    return time.monotonic() - began


async def test_a_header_that_never_ends_holds_no_connection(
    nginx: tuple[int, int, ssl.SSLContext],
) -> None:
    port, tls_port, trust = nginx
    beginning = b"GET /health/live HTTP/1.1\r\nHost: a\r\nX-A: "
    lives = await asyncio.gather(
        *(held(tls_port, trust, beginning, b"a") for _ in range(5)),
        held(port, None, beginning, b"a"),
        held(port, None, b"", b""),
        held(tls_port, None, b"", b""),  # not even the handshake
    )
    assert max(lives) < CUT_AFTER, lives
    reader, writer = await connected(tls_port, trust)
    writer.write(b"GET /health/live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    assert (await reader.read()).endswith(b"live")
    writer.close()
