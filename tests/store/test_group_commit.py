"""The embedded store's group commit: units share a transaction and nothing else."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, text
from sqlalchemy.exc import IntegrityError

from connectors.store import accepting, conversations, inbox, messages
from connectors.store import sqlite as sqlite_store
from connectors.store.database import SqliteDatabase, StoreUnavailable
from connectors.store.open import FILE, open_embedded
from connectors.store.schema import contacts
from connectors.store.sqlite import TURN_OUT, WARIEST, WARY, Disk
from tests.store.people import IDLE, NOON, conversation, inbound, write


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteDatabase]:
    opened = open_embedded(tmp_path / FILE)
    yield opened
    await opened.close()


def committed(store: SqliteDatabase) -> int:
    """How many messages another process would see."""
    with sqlite3.connect(f"file:{store.path}?mode=ro", uri=True) as other:
        (count,) = other.execute("SELECT count(*) FROM messages").fetchone()
    other.close()
    return int(count)


def new_contact(conn: Connection, name: str) -> str:
    conn.execute(insert(contacts).values(id=name, created_at=NOON))
    return name


async def test_units_that_come_together_share_one_commit(store: SqliteDatabase) -> None:
    commits = 0
    commit = store._commit

    def counted() -> None:
        nonlocal commits
        commits += 1
        commit()

    store._commit = counted  # type: ignore[method-assign]
    await asyncio.gather(*(write(store, person=f"v{n}") for n in range(100)))
    assert commits < 10
    assert committed(store) == 100


async def test_a_message_is_on_disk_when_its_accept_returns(store: SqliteDatabase) -> None:
    for n in range(5):
        await write(store, id=f"m{n}")
        assert committed(store) == n + 1


async def test_a_unit_that_fails_undoes_only_itself(store: SqliteDatabase) -> None:
    def bad(conn: Connection) -> None:
        new_contact(conn, "p_bad")
        raise LookupError("its own mistake")

    results = await asyncio.gather(
        store.transact(lambda conn: new_contact(conn, "p_1")),
        store.transact(bad),
        store.transact(lambda conn: new_contact(conn, "p_1")),
        store.transact(lambda conn: new_contact(conn, "p_2")),
        return_exceptions=True,
    )
    assert [type(result) for result in results] == [str, LookupError, IntegrityError, str]
    names = await store.read(
        lambda conn: [row.id for row in conn.execute(contacts.select().order_by(contacts.c.id))]
    )
    assert names == ["p_1", "p_2"]


async def test_who_is_cancelled_before_their_unit_began_wants_it_no_more(
    store: SqliteDatabase,
) -> None:
    await write(store, id="m0")
    late = asyncio.create_task(write(store, id="m1"))
    await asyncio.sleep(0)
    late.cancel()
    await asyncio.gather(late, return_exceptions=True)
    assert (await write(store, id="m2")).seq == 2
    assert committed(store) == 2


async def test_who_is_cancelled_while_the_disk_works_finds_it_done(store: SqliteDatabase) -> None:
    commit = store._commit

    def slow() -> None:
        time.sleep(0.2)
        commit()

    store._commit = slow  # type: ignore[method-assign]
    one = asyncio.create_task(write(store, person="v1"))
    other = asyncio.create_task(write(store, person="v2"))
    await asyncio.sleep(0.1)
    one.cancel()
    await asyncio.gather(one, return_exceptions=True)
    assert not (await other).duplicate
    assert (await write(store, person="v1")).duplicate
    assert committed(store) == 2


async def test_a_slow_disk_does_not_hold_the_loop(store: SqliteDatabase) -> None:
    commit = store._commit

    def slow() -> None:
        time.sleep(0.15)
        commit()

    await write(store, person="v0")
    store._commit = slow  # type: ignore[method-assign]
    lags: list[float] = []

    async def watch() -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.001)
            lags.append(time.perf_counter() - before - 0.001)

    watcher = asyncio.create_task(watch())
    began = time.perf_counter()
    accepted = [asyncio.create_task(write(store, person=f"v{n}")) for n in range(50)]
    await asyncio.sleep(0.05)
    reading = time.perf_counter()
    await store.read(inbox.count_pending)
    assert time.perf_counter() - reading < 0.1  # readers do not wait for the disk either
    await asyncio.gather(*accepted)
    watcher.cancel()
    assert time.perf_counter() - began >= 0.15
    lags.sort()
    assert lags[len(lags) * 95 // 100] < 0.05


@pytest.fixture
def committers(store: SqliteDatabase) -> list[bool]:
    """Of each commit, whether it was made on the loop."""
    made: list[bool] = []
    commit, loop = store._commit, threading.get_ident()

    def seen() -> None:
        made.append(threading.get_ident() == loop)
        commit()

    store._commit = seen  # type: ignore[method-assign]
    return made


async def test_who_is_alone_is_committed_on_the_loop_while_the_disk_is_quick(
    store: SqliteDatabase, committers: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_store, "QUICK", 60.0)
    for n in range(WARY + TURN_OUT + 3):
        await write(store, person=f"v{n}")
        assert committed(store) == n + 1
    assert committers[:WARY] == [False] * WARY
    assert all(committers[WARY : WARY + TURN_OUT])
    assert committers[WARY + TURN_OUT :] == [False, True, True]  # now and then the log is moved


async def test_who_is_not_alone_is_committed_in_the_thread(
    store: SqliteDatabase, committers: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_store, "QUICK", 60.0)
    for n in range(WARY):
        await write(store, person=f"v{n}")
    await asyncio.gather(*(write(store, person=f"w{n}") for n in range(5)))
    assert committers == [False] * (WARY + 1)


async def test_after_a_slow_commit_the_thread_has_the_next_ones(
    store: SqliteDatabase, committers: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_store, "QUICK", 60.0)
    for n in range(WARY + 1):
        await write(store, person=f"v{n}")
    assert committers[-1]
    monkeypatch.setattr(sqlite_store, "QUICK", 0.0)  # no disk is as quick
    await write(store, person="slow")
    monkeypatch.setattr(sqlite_store, "QUICK", 60.0)
    committers.clear()
    for n in range(WARY + 1):
        await write(store, person=f"w{n}")
    assert committers == [False] * WARY + [True]


def test_a_disk_that_stays_slow_is_tried_on_the_loop_ever_less() -> None:
    disk, waits = Disk(), []
    for _ in range(10):
        waits.append(0)
        while not disk.may_hold_the_loop:
            disk.made_in_thread()
            waits[-1] += 1
        disk.held_the_loop(sqlite_store.QUICK * 2)
    assert waits == [WARY, *(min(WARY * 2**n, WARIEST) for n in range(9))]
    while not disk.may_hold_the_loop:
        disk.made_in_thread()
    disk.held_the_loop(sqlite_store.QUICK / 2)  # quick again
    disk.held_the_loop(sqlite_store.QUICK * 2)
    assert disk.in_thread == WARY


async def test_the_log_does_not_grow_while_everybody_is_alone(
    store: SqliteDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_store, "QUICK", 60.0)
    monkeypatch.setattr(sqlite_store, "CHECKPOINT", 50)
    assert store.path is not None
    log = store.path.with_name(store.path.name + "-wal")
    sizes = []
    for n in range(4 * TURN_OUT):
        await write(store, person=f"v{n}")
        sizes.append(log.stat().st_size)
    assert sizes[-1] < 1.5 * sizes[TURN_OUT]


async def test_readers_see_only_what_is_committed(store: SqliteDatabase) -> None:
    commit = store._commit
    seen: list[int] = []

    def looked_at() -> None:
        seen.append(committed(store))
        commit()

    store._commit = looked_at  # type: ignore[method-assign]
    task = asyncio.create_task(write(store))
    await asyncio.sleep(0.002)
    assert await store.read(inbox.count_pending) in (0, 1)
    await task
    assert seen == [0]
    assert await store.read(inbox.count_pending) == 1


async def test_a_unit_may_nest_a_savepoint_of_its_own(store: SqliteDatabase) -> None:
    def unit(conn: Connection) -> str:
        new_contact(conn, "p_outer")
        try:
            with conn.begin_nested():
                new_contact(conn, "p_inner")
                new_contact(conn, "p_outer")
        except IntegrityError:
            return "undone"
        return "kept"

    assert await store.transact(unit) == "undone"
    ids = await store.read(lambda conn: [row.id for row in conn.execute(contacts.select())])
    assert ids == ["p_outer"]


async def test_what_a_unit_starts_on_the_side_waits_for_the_next_group(
    store: SqliteDatabase,
) -> None:
    """A unit cannot wait for another one; what it sets going comes after it."""
    begun: list[asyncio.Task[str]] = []

    def unit(conn: Connection) -> str:
        begun.append(asyncio.ensure_future(store.transact(lambda c: new_contact(c, "p_2"))))
        return new_contact(conn, "p_1")

    assert await store.transact(unit) == "p_1"
    assert await begun[0] == "p_2"


async def test_a_unit_that_ends_the_transaction_itself_is_found_out(store: SqliteDatabase) -> None:
    def unit(conn: Connection) -> None:
        new_contact(conn, "p_1")
        conn.exec_driver_sql("ROLLBACK")

    with pytest.raises(StoreUnavailable, match="transaction was lost"):
        await store.transact(unit)
    assert (await write(store)).seq == 1


async def test_nobody_writes_outside_of_a_transaction_that_another_unit_ended(
    store: SqliteDatabase,
) -> None:
    results = await asyncio.gather(
        store.transact(lambda conn: new_contact(conn, "p_1")),
        store.transact(lambda conn: conn.exec_driver_sql("ROLLBACK")),
        store.transact(lambda conn: new_contact(conn, "p_2")),
        return_exceptions=True,
    )
    assert [type(result) for result in results] == [StoreUnavailable] * 3
    assert await store.read(lambda conn: conn.execute(contacts.select()).all()) == []


async def test_a_failing_unit_among_many_costs_nobody_their_place(store: SqliteDatabase) -> None:
    def bad(conn: Connection) -> None:
        accepting.accept(conn, inbound("丢了", id="bad"), NOON, IDLE)
        raise LookupError("its own mistake")

    results = await asyncio.gather(
        *(store.transact(bad) if n % 7 == 3 else write(store, id=f"m{n}") for n in range(50)),
        return_exceptions=True,
    )
    kept = [one for one in results if not isinstance(one, BaseException)]
    assert [one.seq for one in kept if one] == list(range(1, len(kept) + 1))
    assert len(kept) == committed(store) == 43


async def test_closing_finishes_what_waits(tmp_path: Path) -> None:
    store = open_embedded(tmp_path / FILE)
    tasks = [asyncio.create_task(write(store, person=f"v{n}")) for n in range(300)]
    await asyncio.sleep(0)
    await store.close()
    assert len(await asyncio.gather(*tasks)) == 300
    with pytest.raises(StoreUnavailable):
        await write(store)
    with pytest.raises(StoreUnavailable):
        await store.read(inbox.count_pending)
    await store.close()
    assert committed(store) == 300


async def test_a_store_in_memory_works_the_same(tmp_path: Path) -> None:
    from connectors.store.metadata import metadata

    store = SqliteDatabase(None)
    metadata.create_all(store.connection)
    await asyncio.gather(*(write(store, id=f"m{n % 5}") for n in range(20)))
    assert await store.read(inbox.count_pending) == 5
    await store.close()


# Trouble ---------------------------------------------------------------------------------------

HOLD = """
import sqlite3, sys, time
other = sqlite3.connect(sys.argv[1], isolation_level=None)
other.execute("BEGIN IMMEDIATE")
print("held", flush=True)
time.sleep(float(sys.argv[2]))
other.execute("COMMIT")
"""


def hold(store: SqliteDatabase, seconds: float) -> subprocess.Popen[str]:
    """Another process that writes for so long."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(store.path), str(seconds)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    process.stdout.close()
    return process


async def test_another_process_that_writes_is_waited_for_without_holding_the_loop(
    store: SqliteDatabase,
) -> None:
    process = hold(store, 0.5)
    began = time.perf_counter()
    task = asyncio.create_task(write(store))
    ticks = 0
    while not task.done():
        await asyncio.sleep(0.01)
        ticks += 1
    assert (await task).seq == 1
    assert time.perf_counter() - began > 0.2
    assert ticks > 10
    process.wait()


async def test_a_process_that_writes_for_ever_makes_us_say_so(
    store: SqliteDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_store, "BUSY_LIMIT", 0.2)
    process = hold(store, 30)
    try:
        with pytest.raises(StoreUnavailable, match="locked"):
            await write(store)
        assert await store.read(inbox.count_pending) == 0
    finally:
        process.kill()
        process.wait()
    assert (await write(store)).seq == 1


async def test_a_full_disk_loses_nothing_that_was_acknowledged(store: SqliteDatabase) -> None:
    first = await write(store, id="m0")
    raw = store._raw
    (pages,) = raw.execute("PRAGMA page_count").fetchone()
    raw.execute(f"PRAGMA max_page_count = {pages + 20}")
    results = await asyncio.gather(
        *(write(store, "满" * 1000, person=f"v{n}") for n in range(100)), return_exceptions=True
    )
    kept = [result for result in results if not isinstance(result, BaseException)]
    lost = [result for result in results if isinstance(result, BaseException)]
    assert lost
    assert {type(error) for error in lost} == {StoreUnavailable}
    assert committed(store) == 1 + len(kept)
    raw.execute("PRAGMA max_page_count = 1000000")  # room again
    again = await asyncio.gather(*(write(store, "满", person=f"v{n}") for n in range(100)))
    assert sum(one.duplicate for one in again) == len(kept)
    assert committed(store) == 101
    assert (await conversation(store, first.conversation_id)).last_seq == 2  # v1 wrote twice


FILL = """
import asyncio, pathlib, resource, sys
from connectors.store import inbox, messages
from connectors.store.database import StoreUnavailable
from connectors.store.open import open_embedded
from tests.store.people import write

async def main():
    store = open_embedded(pathlib.Path(sys.argv[1]))
    await write(store, id="before")
    size = pathlib.Path(sys.argv[1] + "-wal").stat().st_size
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 40_000, hard))
    results = []
    for n in range(30):
        try:
            results.append((await write(store, "x" * 2000, id=f"m{n}")).seq)
        except StoreUnavailable as error:
            results.append(str(error))
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    after = await write(store, id="after")
    kept = [r for r in results if isinstance(r, int)]
    assert 0 < len(kept) < 30, results
    assert after.seq == len(kept) + 2, (after, results)
    assert await store.read(inbox.count_pending) == len(kept) + 2
    await store.close()
    print({r for r in results if isinstance(r, str)})

asyncio.run(main())
"""


def test_a_disk_that_refuses_to_grow_the_log_fails_the_commit_and_recovers(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", FILL, str(tmp_path / FILE)],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 0, done.stderr
    assert "disk" in done.stdout


async def test_a_file_that_became_read_only_is_reported_and_read_on(store: SqliteDatabase) -> None:
    accepted = await write(store, id="m0")
    store._raw.execute("PRAGMA query_only = ON")  # what SQLite answers on a read-only mount
    with pytest.raises(StoreUnavailable, match="readonly"):
        await write(store, id="m1")
    said = await store.read(lambda conn: messages.after(conn, accepted.conversation_id, 0))
    assert len(said) == 1
    store._raw.execute("PRAGMA query_only = OFF")
    assert (await write(store, id="m1")).seq == 2


READ_ONLY = """
import os, pathlib, sys
from connectors.store.open import open_embedded
from connectors.store.database import StoreUnavailable
folder = pathlib.Path(sys.argv[1])
if os.getuid() == 0:
    os.setgid(65534); os.setuid(65534)
try:
    open_embedded(folder / "huiying.db")
except StoreUnavailable as error:
    print(error)
"""


async def test_a_folder_that_cannot_be_written_is_named_at_the_start(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    store = open_embedded(folder / FILE)
    await store.close()
    for file in folder.iterdir():
        file.chmod(0o444)
    folder.chmod(0o555)
    for part in (
        tmp_path,
        tmp_path.parent,
        tmp_path.parent.parent,
    ):  # pytest's own; another user must get in
        part.chmod(0o755)
    try:
        done = subprocess.run(
            [sys.executable, "-c", READ_ONLY, str(folder)],
            capture_output=True,
            text=True,
            check=False,
            cwd=Path(__file__).parents[2],
        )
    finally:
        folder.chmod(0o755)
    assert "cannot be" in done.stdout, done.stderr
    assert str(folder) in done.stdout


async def test_a_file_that_is_no_database_is_named_at_the_start(tmp_path: Path) -> None:
    path = tmp_path / FILE
    path.write_bytes(b"this is a letter, not a database" * 100)
    with pytest.raises(StoreUnavailable, match="not a database"):
        open_embedded(path)


async def test_a_conversation_can_be_read_while_a_group_is_under_way(
    store: SqliteDatabase,
) -> None:
    accepted = await write(store)

    async def read_on() -> None:
        for _ in range(200):
            talk = await store.read(lambda c: conversations.get(c, accepted.conversation_id))
            assert talk is not None
            await asyncio.sleep(0)

    await asyncio.gather(read_on(), *(write(store, id=f"x{n}") for n in range(200)))


async def test_what_only_the_living_must_know_does_not_wait_for_the_disk(tmp_path: Path) -> None:
    """One durable unit makes its whole group durable; what comes later keeps what came before."""
    store = open_embedded(tmp_path / FILE)

    def synced(conn: Connection) -> int:
        conn.execute(text("CREATE TABLE IF NOT EXISTS seen (n INTEGER)"))
        conn.execute(text("INSERT INTO seen VALUES (1)"))
        return int(conn.execute(text("PRAGMA synchronous")).scalar_one())

    full, normal = 2, 1
    assert await store.transact(synced) == full
    assert await store.transact(synced, durable=False) == normal
    both = asyncio.gather(store.transact(synced), store.transact(synced, durable=False))
    assert await both == [full, full]
    assert await store.transact(synced, durable=False) == normal
    with sqlite3.connect(tmp_path / FILE) as other:  # as the next process would see it
        assert other.execute("SELECT count(*) FROM seen").fetchone() == (5,)
    other.close()
    await store.close()
