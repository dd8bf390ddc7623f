"""Text messages under load: in through a real Kannel, out at an account's own rate.

    python -m tests.bench.sms [--rate N] [--seconds N] [--outbound N] [--per-second N] [--json]

*In*: handsets write through Kannel's fake carrier, bearerbox and smsbox to a gateway in a process
of its own, ``--rate`` messages a second; counted is what is in the store in the end, and how long
after the last one was written the last one was there. *Out*: ``--outbound`` messages to as many
people wait in the outbox of an account that may send ``--per-second``; the rate is measured where
Kannel would stand. Both parts say how far they are from what was asked, and exit with 1 when
anything was lost or the rate is more than 2 % off.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from aiohttp import web
from sqlalchemy import Connection

from connectors.clock import SystemClock
from connectors.conversation.dialogue import TurnReply, TurnRequest
from connectors.messages import Outbound, Text
from connectors.store import conversations, messages
from tests.house import ScriptedDialogue, house, new_store
from tests.kannel import NUMBER, PASSWORD, USER, Handset, KannelServer
from tests.servers import free_port

SECRET = "callback-secret-of-the-carrier-01"
PEOPLE = 500
WORDS = "楼下的路灯坏了三天了，晚上很黑，希望尽快来修"
TOLERANCE = 0.02


@dataclass(frozen=True, slots=True)
class In:
    sent: int
    accepted: int
    twice: int
    rate: float
    wanted: float
    seconds_after: float


@dataclass(frozen=True, slots=True)
class Out:
    queued: int
    sent: int
    twice: int
    rate: float
    wanted: float
    off: float


# The gateway ----------------------------------------------------------------------------------


async def serve(folder: Path, port: int, settings: dict[str, Any], outbound: int) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))

    async def silent(_: TurnRequest) -> TurnReply:
        return TurnReply(())

    store = new_store(folder / "test.db")
    now = SystemClock().now()

    def fill(conn: Connection, first: int, last: int) -> None:
        for n in range(first, last):
            address = f"+86139{n:08}"
            conversations.make(conn, "sms", "carrier", address, now)
            talk = conversations.find(conn, "sms", "carrier", address)
            assert talk is not None
            said_at = now + timedelta(microseconds=n)  # one after the other, as people are answered
            messages.add(conn, talk, Outbound((Text(f"{WORDS} {n}"),)), said_at)

    for first in range(0, outbound, 1000):
        last = min(outbound, first + 1000)
        await store.transact(lambda conn, a=first, b=last: fill(conn, a, b))  # type: ignore[misc]
    await store.close()
    async with house(folder, ScriptedDialogue(silent), port=port, **settings):
        print("ready", flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


class Gateway:
    def __init__(self, folder: Path, port: int, settings: dict[str, Any], outbound: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.sms", "--serve", str(folder), str(port),
             json.dumps(settings), str(outbound)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )  # fmt: skip

    async def ready(self) -> None:
        assert self._process.stdout is not None
        line = await asyncio.to_thread(self._process.stdout.readline)
        assert line.strip() == b"ready"

    def stop(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def account(url: str, **more: Any) -> dict[str, Any]:
    common = {"url": url, "username": USER, "password": PASSWORD, "number": NUMBER}
    one = common | {"callback_secret": SECRET} | more
    limits = {"per_number_hour": 10**6, "per_number_day": 10**6, "join_within": 0}
    return {"sms": {"kannel": {"carrier": one}} | limits}


# In -------------------------------------------------------------------------------------------


async def inbound(rate: float, seconds: float) -> In:
    count = int(rate * seconds)
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        kannel = KannelServer(f"http://127.0.0.1:{port}/sms/carrier/{SECRET}/inbound")
        gateway = Gateway(Path(folder), port, account(kannel.url), 0)
        try:
            await gateway.ready()
            await asyncio.to_thread(kannel.start)
            async with Handset(kannel.port) as handset:
                began = time.perf_counter()
                for n in range(count):
                    ahead = began + n / rate - time.perf_counter()
                    if ahead > 0.005:
                        await asyncio.sleep(ahead)
                    await handset.say(f"139{n % PEOPLE:08}", f"{WORDS} {n}")
                ended = time.perf_counter()
                accepted = await _accepted(Path(folder), count)
                after = time.perf_counter() - ended
        finally:
            gateway.stop()
            kannel.remove()
        texts = _texts(Path(folder))
    return In(count, len(set(texts)), len(texts) - len(set(texts)), count / (ended - began), rate,
              after if accepted >= count else float("inf"))  # fmt: skip


async def _accepted(folder: Path, count: int) -> int:
    """How many messages are there, waiting for the last one for a while."""
    limit = time.monotonic() + 60
    found = 0
    while found < count and time.monotonic() < limit:
        found = len(_texts(folder))
        await asyncio.sleep(0.1)
    return found


def _texts(folder: Path) -> list[str]:
    with closing(sqlite3.connect(f"file:{folder / 'test.db'}?mode=ro", uri=True)) as db:
        rows = db.execute("SELECT parts FROM messages WHERE author = 'citizen'").fetchall()
    return [str(row[0]) for row in rows]


# Out ------------------------------------------------------------------------------------------


async def outgoing(count: int, per_second: float) -> Out:
    times: list[float] = []
    people: list[str] = []

    async def taken(request: web.Request) -> web.Response:
        times.append(time.perf_counter())
        people.append(request.query["to"])
        return web.Response(status=202, text="0: Accepted for delivery")

    app = web.Application()
    app.router.add_get("/cgi-bin/sendsms", taken)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    carrier, port = free_port(), free_port()
    await web.TCPSite(runner, "127.0.0.1", carrier).start()
    with tempfile.TemporaryDirectory() as folder:
        settings = account(f"http://127.0.0.1:{carrier}/cgi-bin/sendsms", per_second=per_second)
        gateway = Gateway(Path(folder), port, settings, count)
        try:
            await gateway.ready()
            limit = time.monotonic() + 30 + 1.5 * count / per_second
            while len(times) < count and time.monotonic() < limit:
                await asyncio.sleep(0.1)
            await asyncio.sleep(1)
        finally:
            gateway.stop()
            await runner.cleanup()
    rate = (len(times) - 1) / (times[-1] - times[0]) if len(times) > 1 else 0.0
    twice = len(people) - len(set(people))
    return Out(count, len(set(people)), twice, rate, per_second, rate / per_second - 1)


async def measure(options: argparse.Namespace) -> int:
    came = await inbound(options.rate, options.seconds)
    went = await outgoing(options.outbound, options.per_second)
    result = {"in": asdict(came), "out": asdict(went)}
    print(json.dumps(result) if options.json else show(result))
    complete = came.accepted == came.sent and went.sent == went.queued
    once = came.twice == 0 and went.twice == 0
    return 0 if complete and once and abs(went.off) <= TOLERANCE else 1


def show(result: dict[str, dict[str, float]]) -> str:
    came, went = result["in"], result["out"]
    return (
        f"in:  {came['accepted']} of {came['sent']} written at {came['rate']:.0f}/s, "
        f"{came['twice']} twice, the last {came['seconds_after']:.2f} s after it was written\n"
        f"out: {went['sent']} of {went['queued']} sent at {went['rate']:.1f}/s of "
        f"{went['wanted']:g}/s ({went['off']:+.2%}), {went['twice']} twice"
    )


def main() -> None:
    if sys.argv[1:2] == ["--serve"]:
        folder, port, settings, outbound = sys.argv[2:]
        asyncio.run(serve(Path(folder), int(port), json.loads(settings), int(outbound)))
        return
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rate", type=float, default=300.0, help="messages in a second")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--outbound", type=int, default=10_000)
    parser.add_argument("--per-second", type=float, default=100.0, help="the account's rate")
    parser.add_argument("--json", action="store_true")
    raise SystemExit(asyncio.run(measure(parser.parse_args())))


if __name__ == "__main__":
    main()
