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
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import aiohttp
from sqlalchemy import Connection, insert

from connectors.conversation.ownership import Event, Owner
from connectors.conversation.skills import Skill
from connectors.ids import AgentId
from connectors.store import agents, conversations, desk_lists, offers, presence, waits
from connectors.store.desk_tables import conversation_waits
from connectors.store.open import FILE, open_embedded
from connectors.store.schema import contacts
from connectors.store.schema import conversations as table
from tests.bench.office import Office as Portal
from tests.bench.processes import free_port, gateway, percentile

TARGET_MS = 300
FIRST_LOAD_KB = 300
PER_SECOND = 40  # messages: each of 2,000 people writes every fifty seconds
SECONDS = 12
WARM_UP = 80  # messages that do not count
ROUNDS = 150  # of each operation of the queue
FEW, MANY = 100, 100_000
FLAT = 1.5  # how much slower an operation may be with many


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
            conversations.change_owner(
                conn, found.id, Event.TAKE, now, actor=agent.id, agent_id=agent.id
            )
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


# The queue with few and with many past conversations --------------------------------------------


def flatness(past: int) -> dict[str, Any]:
    """Microseconds of each operation with few and with many past conversations: the two in turns,
    so that a busy machine slows both; the quickest tenth counts."""
    with tempfile.TemporaryDirectory() as folder:
        few = _queue(Path(folder) / "few.db", FEW)
        many = _queue(Path(folder) / "many.db", past)
        times = {name: _in_turns(few[name], many[name]) for name in few}
    return {
        "past": past,
        "few_us": {name: pair[0] for name, pair in times.items()},
        "many_us": {name: pair[1] for name, pair in times.items()},
        "worst": max(pair[1] / pair[0] for pair in times.values()),
    }


def _queue(path: Path, past: int) -> dict[str, Callable[[int], object]]:
    """The operations on a store with so many past conversations, a hundred people waiting."""
    store = open_embedded(path)
    conn, now = store.connection, datetime.now(UTC)
    conn.exec_driver_sql("BEGIN")
    staff = [agents.add(conn, f"agent{n}", f"{n}", "x", "agent", now).id for n in range(50)]
    presence.beat(conn, staff, now)
    _fill(conn, now, past, "past", Owner.BOT)
    _fill(conn, now, max(past // 10, 10), "over", Owner.CLOSED)
    waiting = [_asks(conn, now, n) for n in range(100)]
    for number in range(50):
        talk = _asks(conn, now, 100 + number)
        conversations.change_owner(
            conn, talk, Event.TAKE, now, actor="bench", agent_id=staff[number]
        )
    conn.exec_driver_sql("COMMIT")
    return _operations(conn, now, staff, waiting)


def _in_turns(one: Callable[[int], object], other: Callable[[int], object]) -> tuple[float, float]:
    taken: tuple[list[float], list[float]] = ([], [])
    for number in range(ROUNDS):
        for operation, times in zip((one, other), taken, strict=True):
            began = time.perf_counter()
            operation(number)
            times.append(time.perf_counter() - began)
    few, many = (1e6 * percentile(times, 0.1) for times in taken)
    return few, many


def _fill(conn: Connection, now: datetime, count: int, name: str, owner: Owner) -> None:
    """Past conversations, each with a wait that ended."""
    for first in range(0, count, 5000):
        numbers = range(first, min(count, first + 5000))
        ids = [f"{name}{n:08}" for n in numbers]
        at = [now - timedelta(minutes=n) for n in numbers]
        rows = list(zip(ids, at, strict=True))
        conn.execute(insert(contacts), [{"id": f"p_{i}", "created_at": t} for i, t in rows])
        conn.execute(
            insert(table),
            [
                {
                    "id": f"c_{i}",
                    "contact_id": f"p_{i}",
                    "channel": "portal",
                    "account": "bench",
                    "address": i,
                    "owner": owner.value,
                    "last_inbound_at": t,
                    "created_at": t,
                }
                for i, t in rows
            ],
        )
        conn.execute(
            insert(conversation_waits),
            [
                {
                    "conversation_id": f"c_{i}",
                    "channel": "portal",
                    "skill": "general",
                    "reason": "asked",
                    "began_at": t,
                    "ended_at": t + timedelta(seconds=30),
                    "outcome": "taken",
                    "place": 1,
                }
                for i, t in rows
            ],
        )


def _asks(conn: Connection, now: datetime, number: int) -> str:
    """Somebody who waits."""
    conversations.make(conn, "portal", "bench", f"asks{number}", now)
    found = conversations.find(conn, "portal", "bench", f"asks{number}")
    assert found is not None
    conversations.change_owner(
        conn, found.id, Event.HANDOFF, now, actor="bench", skill="general", reason="asked"
    )
    return str(found.id)


def _operations(
    conn: Connection, now: datetime, staff: list[AgentId], waiting: list[str]
) -> dict[str, Callable[[int], object]]:
    skills = frozenset({"general", "elderly"})

    def back(talk: str) -> None:
        conversations.change_owner(
            conn, talk, Event.HANDOFF, now, actor="b", skill="general", reason="asked"
        )

    def take(number: int) -> None:
        talk, agent = waiting[number % len(waiting)], staff[number % len(staff)]
        presence.note_taken(conn, agent, now)
        presence.load_of(conn, agent)
        conversations.change_owner(conn, talk, Event.TAKE, now, actor=agent, agent_id=agent)
        back(talk)

    def offer(number: int) -> None:
        talk, agent = waiting[number % len(waiting)], staff[number % len(staff)]
        offers.times(conn, talk, 1)
        offers.make(conn, talk, 1, agent, now, now)
        offers.lapse(conn, now)

    return {
        "waiting list": lambda _: desk_lists.listed(conn, Owner.WAITING, 100, skills=skills),
        "own talks": lambda n: desk_lists.listed(conn, Owner.AGENT, agent_id=staff[n % 50]),
        "latest of the bot": lambda _: desk_lists.listed(conn, Owner.BOT, 30),
        "latest ended": lambda _: desk_lists.listed(conn, Owner.CLOSED, 10),
        "place": lambda _: waits.place(conn, 3, now, Skill.GENERAL),
        "minutes": lambda _: waits.minutes(conn, "general", 3, now),
        "who is there": lambda _: presence.everybody(conn),
        "take and give back": take,
        "offer and lapse": offer,
    }


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
