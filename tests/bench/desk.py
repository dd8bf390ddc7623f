"""The desk under load: ``python -m tests.bench.desk [--agents N] [--talks N] [--past N]``.

Agents' pages with their sockets, conversations in their hands, people who write while talks change
hands: how long from a person's message to the words on the screen of whoever has the talk, by the
same two steps as the page (the event, then the piece of the thread). Then the size of the first
load, and the queue's operations with few and with many past conversations. Agents and people are
another process than the gateway.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import resource
import tempfile
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import aiohttp

from connectors.conversation.ownership import Event
from connectors.store import agents, conversations, owners
from connectors.store.open import FILE, open_embedded
from tests.bench.desk_queue import FEW, FLAT, MANY, flatness
from tests.bench.office import Office as Portal
from tests.bench.processes import free_port, gateway, percentile

TARGET_MS = 300
FIRST_LOAD_KB = 300
PER_SECOND = 40  # messages: each of 2,000 people writes every fifty seconds
SECONDS = 12
WARM_UP = 80  # messages that do not count


@dataclass(frozen=True, slots=True)
class Seat:
    """An agent with a session, and the talks in their hands."""

    cookie: str
    csrf: str
    talks: tuple[str, ...]


def furnish(folder: Path, seats: int, talks: int) -> list[Seat]:
    """A store with so many agents, each holding their share of so many talks."""
    store = open_embedded(folder / FILE)
    conn, now = store.connection, datetime.now(UTC)
    hashed = agents.hash_password("bench")
    conn.exec_driver_sql("BEGIN")
    made = []
    for number in range(seats):
        agent = agents.add(conn, f"agent{number}", f"{number}", hashed, "agent", now)
        cookie = agents.open_session(conn, agent, now)
        session = agents.session(conn, cookie, now)
        assert session is not None
        held = []
        for person in range(number, talks, seats):
            conversations.make(conn, "portal", "bench", f"person{person}", now)
            found = conversations.find(conn, "portal", "bench", f"person{person}")
            assert found is not None
            owners.change_owner(conn, found.id, Event.TAKE, now, actor=agent.id, agent_id=agent.id)
            held.append(str(found.id))
        made.append(Seat(cookie, session.csrf, tuple(held)))
    conn.exec_driver_sql("COMMIT")
    store.let_go()
    return made


class Floor:
    """All the agents' pages. ``took``: seconds from a message's sending to its place on a page."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self._http = http
        self._url = url
        self.sent: dict[str, float] = {}
        self.took: list[float] = []

    async def sit(self, seat: Seat, ready: asyncio.Event) -> None:
        """One page: watches its talks and fetches what is new when told, for ever."""
        headers = {"Cookie": f"huiying_desk={seat.cookie}", "X-Partial": "1"}
        last = dict.fromkeys(seat.talks, 0)
        async with self._http.ws_connect(f"{self._url}/desk/events", headers=headers) as socket:
            await socket.receive_json()
            await socket.send_json({"watch": list(seat.talks)})
            ready.set()
            async for frame in socket:
                event = json.loads(frame.data)
                talk = event.get("conversation_id")
                if event["kind"] == "message" and talk in last:
                    await self._fetch(talk, last, headers)

    async def _fetch(self, talk: str, last: dict[str, int], headers: dict[str, str]) -> None:
        url = f"{self._url}/desk/conversations/{talk}/messages?after={talk}:{last[talk]}"
        async with self._http.get(url, headers=headers) as piece:
            html = await piece.text()
        at = time.perf_counter()
        last[talk] = max([last[talk], *map(int, re.findall(r'data-seq="(\d+)"', html))])
        for word in re.findall(r"bench-\d+", html):
            if word in self.sent:
                self.took.append(at - self.sent.pop(word))

    async def pass_on(self, seat: Seat) -> None:
        """A talk goes back to the bot and is taken again: every page hears of both."""
        headers = {"Cookie": f"huiying_desk={seat.cookie}", "X-CSRF-Token": seat.csrf}
        for action in ("hand-back", "take"):
            url = f"{self._url}/desk/conversations/{seat.talks[0]}/{action}"
            async with self._http.post(url, headers=headers) as answer:
                await answer.read()


async def floor(seats: int, talks: int) -> dict[str, float]:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    portal = Portal()
    env = {
        **portal.settings(),
        "HUIYING_RASA_URL": f"http://127.0.0.1:{free_port()}",
        "HUIYING_LOG_LEVEL": "error",
    }
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        sitting = await asyncio.to_thread(furnish, folder, seats, talks)
        process = await stack.enter_async_context(gateway(folder, env))
        http = await stack.enter_async_context(
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        )
        await stack.enter_async_context(portal.open(process))
        pages = Floor(http, process.url)
        ready = [asyncio.Event() for _ in sitting]
        tasks = [
            asyncio.create_task(pages.sit(seat, event))
            for seat, event in zip(sitting, ready, strict=True)
        ]
        try:
            async with asyncio.timeout(120):
                await asyncio.gather(*(event.wait() for event in ready))
            load = await _first_load(http, process.url, sitting[0])
            cpu, count = await _write(pages, portal, sitting, talks, lambda: process.cpu)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        memory = process.memory
    took = pages.took[WARM_UP:]
    return {
        "agents": seats,
        "talks": talks,
        "messages": count,
        "lost": len(pages.sent),
        "p50_ms": 1000 * median(took),
        "p99_ms": 1000 * percentile(took, 0.99),
        "cores": cpu,
        "memory_mb": memory / 2**20,
        "first_load_kb": load / 1000,
    }


async def _write(
    pages: Floor,
    portal: Portal,
    sitting: list[Seat],
    talks: int,
    cpu: Callable[[], float],
) -> tuple[float, int]:
    """People write at a steady rate; (cores the gateway took, messages sent)."""
    count = PER_SECOND * SECONDS
    began, before = time.perf_counter(), cpu()
    async with asyncio.TaskGroup() as writing:
        for number in range(count):
            await asyncio.sleep(max(0.0, began + number / PER_SECOND - time.perf_counter()))
            word = f"bench-{number}"
            pages.sent[word] = time.perf_counter()
            writing.create_task(portal.say(f"person{number * 7 % talks}", word))
            if number % PER_SECOND == 0:
                writing.create_task(pages.pass_on(sitting[-1 - number // PER_SECOND]))
    used = (cpu() - before) / (time.perf_counter() - began)
    for _ in range(100):
        if not pages.sent:
            break
        await asyncio.sleep(0.1)
    return used, count


async def _first_load(http: aiohttp.ClientSession, url: str, seat: Seat) -> int:
    """Bytes of everything the desk's first page loads, not compressed."""
    headers = {"Cookie": f"huiying_desk={seat.cookie}", "Accept": "text/html"}
    size = 0
    parts = ["/desk"] + [
        f"/desk/static/{n}" for n in ("desk.css", "desk.js", "keys.js", "sound.js")
    ]
    for part in parts:
        async with http.get(url + part, headers=headers) as answer:
            if answer.status != 200:
                raise SystemExit(f"{part}: {answer.status}")
            size += len(await answer.read())
    return size


def show(result: dict[str, Any]) -> str:
    queue = result["queue"]
    lines = [
        f"{result['agents']} agents, {result['talks']} talks, {result['messages']} messages: event "
        f"to screen p50 {result['p50_ms']:.0f} ms, p99 {result['p99_ms']:.0f} ms (target "
        f"{TARGET_MS}), {result['lost']} lost, {result['cores']:.2f} of a core, "
        f"{result['memory_mb']:.0f} MB",
        f"first load {result['first_load_kb']:.0f} kB (target {FIRST_LOAD_KB})",
        f"queue with {queue['past']} past conversations against {FEW}: at worst "
        f"{queue['worst']:.2f} times (target {FLAT})",
    ]
    lines += [
        f"  {name}: {queue['few_us'][name]:.0f} µs, {queue['many_us'][name]:.0f} µs"
        for name in queue["few_us"]
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description="the desk under load")
    parser.add_argument("--agents", type=int, default=200)
    parser.add_argument("--talks", type=int, default=2000)
    parser.add_argument("--past", type=int, default=MANY)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    result = asyncio.run(floor(args.agents, args.talks)) | {"queue": flatness(args.past)}
    print(json.dumps(result) if args.json else show(result))


if __name__ == "__main__":
    main()
