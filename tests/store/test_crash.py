"""A process that is killed: what was acknowledged is there, what was not is whole or absent."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from sqlalchemy import Connection, func, select

from connectors.store.open import FILE, open_embedded
from connectors.store.schema import conversations, deliveries
from connectors.store.schema import messages as messages_table

WRITE = """
import asyncio, pathlib, sys
from connectors.messages import Outbound, Text
from connectors.store import conversations, inbox, messages
from connectors.store.open import open_embedded
from tests.store.people import NOON, write

async def person(store, name):
    n = 0
    while True:
        n += 1
        accepted = await write(store, person=name, id=f"m{n}")
        print(accepted.message_id, flush=True)
        if accepted.duplicate:
            continue

        def answer(conn):
            talk = conversations.get(conn, accepted.conversation_id)
            inbox.mark(conn, accepted.message_id, "handled")
            return messages.add(conn, talk, Outbound((Text("好"),)), NOON)

        print((await store.transact(answer)).id, flush=True)

async def main():
    store = open_embedded(pathlib.Path(sys.argv[1]))
    await asyncio.gather(*(person(store, f"v{n}") for n in range(20)))

asyncio.run(main())
"""


async def test_nothing_acknowledged_is_lost_when_the_process_is_killed(tmp_path: Path) -> None:
    path = tmp_path / FILE
    acknowledged: list[str] = []
    for _ in range(3):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITE, str(path)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        assert process.stdout is not None
        acknowledged.append(process.stdout.readline())  # it runs
        time.sleep(0.5)
        process.kill()
        acknowledged.extend(process.stdout)
        process.stdout.close()
        process.wait()
    whole = [line.strip() for line in acknowledged if line.endswith("\n")]
    assert len(whole) > 50
    store = open_embedded(path)
    there = await store.read(
        lambda conn: {row.id for row in conn.execute(select(messages_table.c.id))}
    )
    assert set(whole) <= there

    def look(conn: Connection) -> None:
        for talk in conn.execute(select(conversations)):
            seqs = conn.execute(
                select(messages_table.c.seq)
                .where(messages_table.c.conversation_id == talk.id)
                .order_by(messages_table.c.seq)
            ).scalars()
            assert list(seqs) == list(range(1, talk.last_seq + 1))
        handled = conn.execute(
            select(func.count()).where(messages_table.c.inbox_state == "handled")
        ).scalar_one()
        answers = conn.execute(select(func.count()).select_from(deliveries)).scalar_one()
        assert handled == answers  # marked handled and answered, in one step or not at all

    await store.read(look)
    await store.close()
