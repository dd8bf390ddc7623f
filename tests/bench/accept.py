"""How fast a message is taken in for good, against a handler that only parses the same JSON.

    python -m tests.bench.accept [--database URL] [--messages N] [--people N] [--connections N]
                                 [--few N] [--rounds N] [--log LEVEL] [--bolt PYTHON] [--json]

One server process answers three requests with the same body: ``/bare`` parses it and answers;
``/accept`` verifies its signature, finds or makes contact and conversation, deduplicates, commits
to disk, tells the live listeners and answers, through the very ``StoringIntake`` the channels use.
Rounds of both alternate, so that a busy machine slows both. Rates are of wall-clock time; the
processor time of the server (all its threads) is shown too, since it depends less on what else
runs. The last part leaves HTTP out: units of the store alone, so many at once.

Each connection sends its next request when it has its answer. Where there are few, all of them wait
for the disk together and the processor rests meanwhile; ``--connections`` is therefore enough of
them to keep it busy on either side, and the same with ``--few`` is shown beside it.

``--bolt`` names a Python in whose environment slack-bolt and aiohttp are installed; its rounds then
alternate with ours. What Bolt acknowledges it has verified and not stored.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import hmac
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

import structlog
from aiohttp import web
from sqlalchemy import Connection as SqlConnection

from connectors import logs
from connectors.channel import Accepted, Capabilities
from connectors.clock import SystemClock
from connectors.conversation.identity import Arrivals
from connectors.conversation.intake import StoringIntake
from connectors.coordination.in_process import InProcessCoordinator
from connectors.json_answer import json_answer
from connectors.json_codec import loads
from connectors.lifecycle import ready_for_load
from connectors.messages import Inbound, Text
from connectors.settings import Settings
from connectors.settings.dialogue import Dialogue
from connectors.store import accepting
from connectors.store.open import open_database, upgrade_postgres

KEY = b"k" * 32
WORDS = "楼下的路灯坏了三天了，晚上很黑，老人出门不方便，希望尽快派人来修。"
TICK = os.sysconf("SC_CLK_TCK")


# The server ------------------------------------------------------------------------------------


async def serve(data: Path, database_url: str | None, level: str) -> None:
    if level == "none":
        structlog.configure(
            wrapper_class=structlog.make_filtering_bound_logger("critical"),
            cache_logger_on_first_use=True,
        )
    else:
        logs.configure(level, "json")
    settings = Settings(data_dir=data, database_url=database_url)
    async with AsyncExitStack() as stack:
        database = await open_database(settings)
        stack.push_async_callback(database.close)
        clock = SystemClock()
        able = Capabilities()
        arrivals = Arrivals(lambda _: able, settings.identity.phone_lapses)
        intake = StoringIntake(
            database, InProcessCoordinator(), clock, Dialogue(), lambda _: None, arrivals
        )

        async def bare(request: web.Request) -> web.Response:
            body = await request.json()
            return web.json_response({"id": body["id"], "seq": 0})

        async def accept(request: web.Request) -> web.Response:
            raw = await request.read()
            given = request.headers.get("X-Signature", "")
            if not hmac.compare_digest(sign(raw), given):
                raise web.HTTPForbidden
            body = loads(raw)
            accepted = await intake.accept(
                Inbound(
                    channel="webchat",
                    account="default",
                    address=body["visitor"],
                    external_id=f"{body['visitor']}:{body['id']}",
                    parts=(Text(body["text"]),),
                    received_at=clock.now(),
                )
            )
            return json_answer({"id": body["id"], "seq": accepted.seq})

        app = web.Application()
        app.add_routes([web.post("/bare", bare), web.post("/accept", accept)])
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        ready_for_load()
        print(runner.addresses[0][1], flush=True)
        await asyncio.Event().wait()


def sign(body: bytes) -> str:
    return hmac.new(KEY, body, hashlib.sha256).hexdigest()


# The load --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Round:
    """``rate`` in requests a second, ``cpu`` in µs of the server a request, ``p99`` in ms."""

    rate: float
    cpu: float
    p99: float


def requests(path: str, count: int, people: int, tag: str) -> list[bytes]:
    made = []
    for n in range(count):
        body = json.dumps(
            {"id": f"{tag}{n}", "visitor": f"v{n * 7919 % people:032x}", "text": WORDS},
            ensure_ascii=False,
        ).encode()
        made.append(
            f"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
            f"X-Signature: {sign(body)}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            + body
        )
    return made


def slack_requests(count: int, tag: str) -> list[bytes]:
    """Message events as Slack signs them, with the same words."""
    made = []
    now = str(int(time.time()))
    for n in range(count):
        event = {"type": "message", "channel": "C1", "user": f"U{n}", "text": WORDS, "ts": f"{n}.0"}
        body = json.dumps(
            {"type": "event_callback", "team_id": "T1", "api_app_id": "A1", "event_id": f"{tag}{n}"}
            | {"event": event, "authorizations": []},
            ensure_ascii=False,
        ).encode()
        mac = hmac.new(KEY, f"v0:{now}:".encode() + body, hashlib.sha256).hexdigest()
        made.append(
            "POST /bolt HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
            f"X-Slack-Signature: v0={mac}\r\nX-Slack-Request-Timestamp: {now}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n".encode()
            + body
        )
    return made


class Connection(asyncio.Protocol):
    """The leanest HTTP client there is: the next request when the answer is there."""

    def __init__(self, waiting: list[bytes], times: list[float], ended: Callable[[], None]) -> None:
        self.waiting, self.times, self.ended = waiting, times, ended
        self.buffer = b""
        self.sent = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def next(self) -> None:
        if not self.waiting:
            self.transport.close()
            self.ended()
            return
        self.sent = time.perf_counter()
        self.transport.write(self.waiting.pop())

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, blank, rest = self.buffer.partition(b"\r\n\r\n")
        if not blank:
            return
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        if len(rest) < length:
            return
        if not head.startswith(b"HTTP/1.1 200"):
            raise SystemExit(f"the server answered {head[:60]!r} {rest[:200]!r}")
        self.buffer = b""
        self.times.append(time.perf_counter() - self.sent)
        self.next()


async def load(port: int, pid: int, waiting: list[bytes], connections: int) -> Round:
    loop = asyncio.get_running_loop()
    times: list[float] = []
    count, left, done = len(waiting), connections, asyncio.Event()

    def ended() -> None:
        nonlocal left
        left -= 1
        if not left:
            done.set()

    opened = [
        await loop.create_connection(lambda: Connection(waiting, times, ended), "127.0.0.1", port)
        for _ in range(connections)
    ]
    cpu, began = cpu_seconds(pid), time.perf_counter()
    for _, connection in opened:
        connection.next()
    await done.wait()
    took, cpu = time.perf_counter() - began, cpu_seconds(pid) - cpu
    times.sort()
    return Round(count / took, cpu / count * 1e6, times[len(times) * 99 // 100] * 1e3)


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


async def store_alone(
    settings: Settings, count: int, people: int, at_once: int, tag: str = ""
) -> Round:
    """Units of the store without HTTP, ``at_once`` of them waiting at any time."""
    database = await open_database(settings)
    clock = SystemClock()
    idle = Dialogue().session_idle
    times: list[float] = []
    numbers = iter(range(count))

    async def one() -> None:
        for n in numbers:
            visitor = f"v{n * 7919 % people:032x}"
            now = clock.now()
            inbound = Inbound(
                "webchat", "default", visitor, f"{visitor}:{tag}{n}", (Text(WORDS),), now
            )

            def unit(conn: SqlConnection, inbound: Inbound = inbound) -> Accepted:
                return accepting.accept(conn, inbound, now, idle)  # noqa: B023

            before = time.perf_counter()
            await database.transact(unit)
            times.append(time.perf_counter() - before)

    cpu, began = time.process_time(), time.perf_counter()
    await asyncio.gather(*(one() for _ in range(at_once)))
    took, cpu = time.perf_counter() - began, time.process_time() - cpu
    await database.close()
    times.sort()
    return Round(count / took, cpu / count * 1e6, times[len(times) * 99 // 100] * 1e3)


async def measure(args: argparse.Namespace, data: Path) -> dict[str, Any]:
    settings = Settings(data_dir=data, database_url=args.database)
    if args.database:
        await upgrade_postgres(args.database)
    command = [sys.executable, "-m", "tests.bench.accept", "--serve", str(data), "--log", args.log]
    command += ["--database", args.database] if args.database else []
    process, port = _server(command)
    theirs = [args.bolt, str(Path(__file__).with_name("bolt_server.py"))]
    bolt = _server(theirs) if args.bolt else None
    try:
        tag = os.urandom(4).hex()
        for path in ("/bare", "/accept"):  # everybody known, everything warm
            first = requests(path, args.people, args.people, f"{tag}w")
            await load(port, process.pid, first, args.connections)
        rounds: dict[str, list[Round]] = {"/bare": [], "/accept": []}
        few: dict[str, list[Round]] = {"/bare": [], "/accept": []}
        bolts: list[Round] = []
        for n in range(args.rounds):
            if bolt is not None:
                events = slack_requests(args.messages // 4, f"{tag}r{n}-")
                bolts.append(await load(bolt[1], bolt[0].pid, events, args.connections))
            for path in ("/bare", "/accept"):
                made = requests(path, args.messages, args.people, f"{tag}r{n}-")
                rounds[path].append(await load(port, process.pid, made, args.connections))
            for path in ("/bare", "/accept"):
                made = requests(path, args.messages // 2, args.people, f"{tag}f{n}-")
                few[path].append(await load(port, process.pid, made, args.few))
    finally:
        for one in [process, *([bolt[0]] if bolt else [])]:
            one.terminate()
            one.wait()
            assert one.stdout is not None
            one.stdout.close()
    alone = await store_alone(settings, args.messages, args.people, args.connections, tag)
    bare, accept = (middle(rounds[path]) for path in ("/bare", "/accept"))
    return {
        "store": args.database.partition(":")[0] if args.database else "sqlite",
        "log": args.log,
        "messages": args.messages,
        "connections": args.connections,
        "bare": asdict(bare),
        "accept": asdict(accept),
        "store_alone": asdict(alone),
        "ratio_by_rate": accept.rate / bare.rate,
        "few": args.few,
        "few_bare": asdict(middle(few["/bare"])),
        "few_accept": asdict(middle(few["/accept"])),
        "ratio_by_cpu": bare.cpu / accept.cpu,
        "bolt": asdict(middle(bolts)) if bolts else None,
        "best_round_ratio": max(
            a.rate / b.rate for a, b in zip(rounds["/accept"], rounds["/bare"], strict=True)
        ),
    }


def _server(command: list[str]) -> tuple[subprocess.Popen[str], int]:
    """A server process and the port it says it listens on."""
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout is not None
    return process, int(process.stdout.readline())


def middle(rounds: list[Round]) -> Round:
    return Round(
        median(one.rate for one in rounds),
        median(one.cpu for one in rounds),
        median(one.p99 for one in rounds),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="durable accepts a second")
    parser.add_argument("--database", help="postgresql+asyncpg://…; default: SQLite")
    parser.add_argument("--folder", help="where the SQLite file goes; default: the temp folder")
    parser.add_argument("--messages", type=int, default=10_000, help="a round")
    parser.add_argument("--people", type=int, default=2_000)
    parser.add_argument("--connections", type=int, default=512)
    parser.add_argument("--few", type=int, default=128)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--log", default="info", help="the log level, or none: not even looked at")
    parser.add_argument("--bolt", help="a Python with slack-bolt and aiohttp")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--serve", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.serve:
        with suppress(KeyboardInterrupt):
            asyncio.run(serve(Path(args.serve), args.database, args.log))
        return
    with tempfile.TemporaryDirectory(dir=args.folder) as folder:
        result = asyncio.run(measure(args, Path(folder)))
    if args.json:
        print(json.dumps(result))
        return
    print(show(result))


def show(result: dict[str, Any]) -> str:
    lines = []
    for name in ("bare", "accept", "few_bare", "few_accept", "store_alone", "bolt"):
        if (one := result[name]) is not None:
            lines.append(
                f"{name:12} {one['rate']:8.0f}/s   {one['cpu']:6.1f} µs of processor each   "
                f"p99 {one['p99']:6.1f} ms"
            )
    lines.append(
        f"accept / bare: {result['ratio_by_rate']:.2f} by rate (target 0.5; best round "
        f"{result['best_round_ratio']:.2f}), {result['ratio_by_cpu']:.2f} by processor"
    )
    few = result["few_accept"]["rate"] / result["few_bare"]["rate"]
    lines.append(
        f"{result['connections']} connections; with {result['few']}, which wait for the disk "
        f"together: {few:.2f} by rate"
    )
    if result["bolt"] is not None:
        lines.append(f"accept / Bolt: {result['accept']['rate'] / result['bolt']['rate']:.2f}")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
