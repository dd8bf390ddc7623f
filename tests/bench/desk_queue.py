"""The desk's queue with few and with many past conversations, in turns in one run."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert

from connectors.conversation.ownership import Event, Owner
from connectors.conversation.skills import Skill
from connectors.ids import AgentId
from connectors.store import agents, conversations, desk_lists, offers, owners, presence, waits
from connectors.store.desk_tables import conversation_waits
from connectors.store.open import open_embedded
from connectors.store.schema import contacts
from connectors.store.schema import conversations as table
from tests.bench.processes import percentile

ROUNDS = 150  # of each operation
FEW, MANY = 100, 100_000
FLAT = 1.5  # how much slower an operation may be with many


def flatness(past: int) -> dict[str, Any]:
    """Microseconds of each operation with few and with many past conversations: the two in turns,
    by the processor's time, so that a busy machine slows neither; the quickest tenth counts."""
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
        owners.change_owner(conn, talk, Event.TAKE, now, actor="bench", agent_id=staff[number])
    conn.exec_driver_sql("COMMIT")
    return _operations(conn, now, staff, waiting)


def _in_turns(one: Callable[[int], object], other: Callable[[int], object]) -> tuple[float, float]:
    taken: tuple[list[float], list[float]] = ([], [])
    for number in range(ROUNDS):
        for operation, times in zip((one, other), taken, strict=True):
            began = time.process_time()
            operation(number)
            times.append(time.process_time() - began)
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
    owners.change_owner(
        conn, found.id, Event.HANDOFF, now, actor="bench", skill="general", reason="asked"
    )
    return str(found.id)


def _operations(
    conn: Connection, now: datetime, staff: list[AgentId], waiting: list[str]
) -> dict[str, Callable[[int], object]]:
    skills = frozenset({"general", "elderly"})

    def back(talk: str) -> None:
        owners.change_owner(
            conn, talk, Event.HANDOFF, now, actor="b", skill="general", reason="asked"
        )

    def take(number: int) -> None:
        talk, agent = waiting[number % len(waiting)], staff[number % len(staff)]
        presence.note_taken(conn, agent, now)
        presence.load_of(conn, agent)
        owners.change_owner(conn, talk, Event.TAKE, now, actor=agent, agent_id=agent)
        back(talk)

    def offer(number: int) -> None:
        talk, agent = waiting[number % len(waiting)], staff[number % len(staff)]
        offers.times(conn, talk, 1)
        offers.make(conn, talk, 1, agent, now, now)
        offers.lapse(conn, now)

    def undone(operation: Callable[[int], None]) -> Callable[[int], None]:
        """Without its wait for the disk, which is the same however much there is."""

        def run(number: int) -> None:
            conn.exec_driver_sql("BEGIN")
            operation(number)
            conn.exec_driver_sql("ROLLBACK")

        return run

    return {
        "waiting list": lambda _: desk_lists.listed(conn, Owner.WAITING, 100, skills=skills),
        "own talks": lambda n: desk_lists.listed(conn, Owner.AGENT, agent_id=staff[n % 50]),
        "latest of the bot": lambda _: desk_lists.listed(conn, Owner.BOT, 30),
        "latest ended": lambda _: desk_lists.listed(conn, Owner.CLOSED, 10),
        "place": lambda _: waits.place(conn, 3, now, Skill.GENERAL),
        "minutes": lambda _: waits.minutes(conn, "general", 3, now),
        "who is there": lambda _: presence.everybody(conn),
        "take and give back": undone(take),
        "offer and lapse": undone(offer),
    }
