"""WeChat's pushes under load, in safe mode: how quickly they are accepted, and a storm of retries.

    python -m tests.bench.wechat [--rate N] [--seconds N] [--storm N] [--json]

*Push*: ``--rate`` messages a second, sealed as the platform seals them, from many people to a
gateway in a process of its own, whether or not it keeps up; measured from the moment a message was
due until it was acknowledged, which is after it is on the disk. Beside it, in the same run, the
same requests against a server that only says ``success``: what the machine and the wire cost alone.
*Storm*: ``--storm`` messages, each brought three times in disorder, as when acknowledgements get
lost; counted is what is in the store and how many turns were taken. Exits with 1 when anything was
lost or doubled.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import deque
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import aiohttp
import structlog
from aiohttp import web

from actions.understanding.understand import warm_up
from connectors.conversation.dialogue import TurnReply, TurnRequest
from connectors.lifecycle import ready_for_load
from tests.house import ScriptedDialogue, house
from tests.servers import free_port
from tests.wechat.platform import AES_KEY, APPID, TOKEN, Pushing

PEOPLE = 500
WORDS = "楼下的路灯坏了三天了，晚上很黑，希望尽快来修"
TARGET = 0.1  # seconds, p99
CONNECTIONS = 64


@dataclass(frozen=True, slots=True)
class Push:
    sent: int
    stored: int
    rate: float
    p50: float
    p99: float
    longest: float
    bare_p99: float
    refused: int
    processor: float  # seconds a message, its turn included


@dataclass(frozen=True, slots=True)
class Storm:
    messages: int
    requests: int
    stored: int
    turns: int
    refused: int
    seconds: float


async def serve(folder: Path, port: int) -> None:
    """The gateway; when its input ends it says how many turns were taken."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))

    async def silent(_: TurnRequest) -> TurnReply:
        return TurnReply(())

    warm_up()
    ready_for_load()
    dialogue = ScriptedDialogue(silent)
    account = {"appid": APPID, "secret": "s" * 32, "token": TOKEN, "encoding_aes_key": AES_KEY}
    settings: dict[str, Any] = {"wechat": {"mini": {"city": account}}}
    async with house(folder, dialogue, port=port, **settings):
        began = time.process_time()
        print("ready", flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    print(len(dialogue.requests), time.process_time() - began, flush=True)


async def bare(port: int) -> None:
    async def thanks(request: web.Request) -> web.Response:
        await request.read()
        return web.Response(body=b"success")

    app = web.Application()
    app.router.add_post("/{path:.*}", thanks)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    print("ready", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await runner.cleanup()
    print(0, time.process_time(), flush=True)


class Server:
    """``--serve`` or ``--bare`` in a process of its own."""

    def __init__(self, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.wechat", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    async def ready(self) -> None:
        assert self._process.stdout is not None
        line = await asyncio.to_thread(self._process.stdout.readline)
        assert line.strip() == b"ready"

    def stop(self) -> tuple[int, float]:
        """Ends it; how many turns it took, and its seconds of processor time."""
        try:
            out, _ = self._process.communicate(b"", 60)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise
        turns, seconds = out.split()[-2:]
        return int(turns), float(seconds)


def sealed(pushing: Pushing, count: int) -> list[tuple[dict[str, str], bytes]]:
    """Requests ready to be sent: sealing costs the platform, not us."""
    return [
        pushing.enclose(
            pushing.write(
                pushing.message(f"p{n % PEOPLE}", "text", 10**15 + n, Content=f"{WORDS} {n}")
            )
        )
        for n in range(count)
    ]


async def paced(
    pushing: Pushing, requests: list[tuple[dict[str, str], bytes]], rate: float
) -> tuple[list[float], int]:
    """How long each request took from its due moment, and how many were not taken."""
    took: list[float] = []
    refused = 0
    began = time.perf_counter() + 0.1

    async def one(n: int) -> None:
        nonlocal refused
        told = await pushing.knock(*requests[n])
        took.append(time.perf_counter() - (began + n / rate))
        refused += not told.taken

    async with asyncio.TaskGroup() as group:
        for n in range(len(requests)):
            ahead = began + n / rate - time.perf_counter()
            if ahead > 0:
                await asyncio.sleep(ahead)
            group.create_task(one(n))
    return took, refused


def at(took: list[float], share: float) -> float:
    return sorted(took)[min(len(took) - 1, int(len(took) * share))]


def unlimited() -> aiohttp.TCPConnector:
    """WeChat opens as many connections as it has messages."""
    return aiohttp.TCPConnector(limit=0)


async def push(rate: float, seconds: float) -> Push:
    count = int(rate * seconds)
    with tempfile.TemporaryDirectory() as folder:
        found: dict[str, tuple[list[float], int]] = {}
        processor = 0.0
        for kind in ("--bare", "--serve"):
            port = free_port()
            server = Server(kind, folder, str(port))
            try:
                await server.ready()
                async with aiohttp.ClientSession(connector=unlimited()) as http:
                    url = f"http://127.0.0.1:{port}/wechat/mini/city"
                    pushing = Pushing(url, http, form="json")
                    await paced(pushing, sealed(pushing, 50), rate)  # connections, caches
                    requests = sealed(pushing, count + 50)[50:]
                    found[kind] = await paced(pushing, requests, rate)
            finally:
                _, processor = server.stop()
        took, refused = found["--serve"]
        stored = len(_texts(Path(folder))) - 50
    return Push(
        count, stored, rate, at(took, 0.5), at(took, 0.99), max(took),
        at(found["--bare"][0], 0.99), refused, processor / (count + 50),
    )  # fmt: skip


async def storm(count: int) -> Storm:
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        server = Server("--serve", folder, str(port))
        refused = 0
        try:
            await server.ready()
            async with aiohttp.ClientSession() as http:
                pushing = Pushing(f"http://127.0.0.1:{port}/wechat/mini/city", http, form="json")
                first = sealed(pushing, count)
                again = sealed(pushing, count)  # the same messages, signed and sealed anew
                waiting = deque(disorder([*first, *again, *first]))
                requests = len(waiting)
                began = time.perf_counter()

                async def brings() -> None:
                    nonlocal refused
                    while waiting:
                        refused += not (await pushing.knock(*waiting.popleft())).taken

                await asyncio.gather(*(brings() for _ in range(CONNECTIONS)))
                seconds = time.perf_counter() - began
                await _handled(Path(folder), count)
        finally:
            turns, _ = server.stop()
        texts = _texts(Path(folder))
    assert len(texts) == len(set(texts)), "a message twice"
    return Storm(count, requests, len(texts), turns, refused, seconds)


def disorder(requests: list[Any]) -> list[Any]:
    """Retries come seconds after the first try, among messages of others."""
    chance, count = random.Random(7), len(requests) // 3
    places = [n % count + chance.random() * 900 for n in range(len(requests))]
    return [requests[n] for n in sorted(range(len(requests)), key=places.__getitem__)]


async def _handled(folder: Path, count: int) -> None:
    limit = time.monotonic() + 120
    while time.monotonic() < limit:
        with closing(_store(folder)) as db:
            found = "SELECT count(*) FROM messages WHERE inbox_state = 'handled'"
            if db.execute(found).fetchone()[0] >= count:
                return
        await asyncio.sleep(0.2)


def _store(folder: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{folder / 'test.db'}?mode=ro", uri=True)


def _texts(folder: Path) -> list[str]:
    with closing(_store(folder)) as db:
        rows = db.execute("SELECT parts FROM messages WHERE author = 'citizen'").fetchall()
    return [str(row[0]) for row in rows]


def show(found: dict[str, Any]) -> str:
    one, many = found["push"], found["storm"]
    return (
        f"WeChat, safe mode, {one['rate']:.0f} a second: p50 {one['p50'] * 1000:.1f} ms, "
        f"p99 {one['p99'] * 1000:.1f} ms (target {TARGET * 1000:.0f}; only saying success "
        f"{one['bare_p99'] * 1000:.1f} ms), {one['sent'] - one['stored']} lost; "
        f"{one['processor'] * 1000:.1f} ms of processor a message\n"
        f"storm: {many['requests']} requests of {many['messages']} messages in "
        f"{many['seconds']:.0f} s: {many['stored']} stored, {many['turns']} turns, "
        f"{many['refused']} refused"
    )


def right(one: Push, many: Storm) -> bool:
    """Whether nothing was lost, doubled or refused. Joined messages are one turn."""
    pushed = one.sent == one.stored and one.refused == 0
    return pushed and many.stored == many.messages and many.refused == 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.wechat", description=__doc__)
    parser.add_argument("--rate", type=float, default=300)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--storm", type=int, default=10_000)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--serve", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--bare", nargs=2, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.serve or args.bare:
        folder, port = args.serve or args.bare
        asyncio.run(serve(Path(folder), int(port)) if args.serve else bare(int(port)))
        return 0
    one = asyncio.run(push(args.rate, args.seconds))
    many = asyncio.run(storm(args.storm))
    found = {"push": asdict(one), "storm": asdict(many)}
    print(json.dumps(found) if args.json else show(found))
    return 0 if right(one, many) else 1


if __name__ == "__main__":
    raise SystemExit(main())
