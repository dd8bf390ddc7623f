"""A Redis that answers slowly: a real one behind a proxy that holds back what it says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress

from tests.servers import RedisServer


class SlowRedis:
    """``delay``: seconds by which each answer is late; may be changed at any time."""

    def __init__(self, redis: RedisServer, delay: float) -> None:
        self._redis = redis
        self.delay = delay
        self.port = 0
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    @asynccontextmanager
    async def open(self) -> AsyncIterator[SlowRedis]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for task in list(self._tasks):
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        with suppress(OSError, asyncio.CancelledError), closing(writer):
            there = await asyncio.open_connection("127.0.0.1", self._redis.port)
            with closing(there[1]):
                asking = asyncio.create_task(_pass_on(reader, there[1]))
                try:
                    await self._answer(there[0], writer)
                finally:
                    asking.cancel()
                    await asyncio.gather(asking, return_exceptions=True)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Each piece as late as it has to be, without holding up the reading of the next."""
        loop = asyncio.get_running_loop()
        queue: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

        async def write() -> None:
            while True:
                came, data = await queue.get()
                await asyncio.sleep(max(0.0, came + self.delay - loop.time()))
                writer.write(data)
                await writer.drain()

        writing = asyncio.create_task(write())
        try:
            while data := await reader.read(65536):
                queue.put_nowait((loop.time(), data))
        finally:
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
