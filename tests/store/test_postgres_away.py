"""PostgreSQL is stopped, killed, slow or full: reported, survived, and without quoting anybody."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Iterator

import pytest
from sqlalchemy import Connection, insert, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from connectors.store import inbox
from connectors.store import postgres as postgres_store
from connectors.store.database import PostgresDatabase, StoreUnavailable
from connectors.store.open import upgrade_postgres
from connectors.store.schema import conversations
from tests.servers import PostgresServer, free_port
from tests.store.people import NOON, write

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def own() -> Iterator[PostgresServer]:
    """A server these tests may stop; one that syncs, since they look what survived."""
    server = PostgresServer(durable=True)
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture
async def store(own: PostgresServer) -> AsyncIterator[PostgresDatabase]:
    url = own.url(own.make_database())
    await upgrade_postgres(url)
    opened = PostgresDatabase(url)
    yield opened
    await opened.close()


async def test_connections_left_over_from_before_a_restart_are_replaced_unnoticed(
    store: PostgresDatabase, own: PostgresServer
) -> None:
    await asyncio.gather(*(write(store, person=f"v{n}") for n in range(20)))  # a full pool
    own.stop()
    own.start()
    accepted = await asyncio.gather(*(write(store, person=f"v{n}", id="m2") for n in range(20)))
    assert [one.seq for one in accepted] == [2] * 20


async def test_a_server_that_is_down_is_reported_at_once_and_used_again_when_up(
    store: PostgresDatabase, own: PostgresServer
) -> None:
    first = await write(store)
    own.kill()
    began = time.monotonic()
    for _ in range(3):
        with pytest.raises(StoreUnavailable, match="PostgreSQL"):
            await write(store, id="m2")
        with pytest.raises(StoreUnavailable):
            await store.read(inbox.count_pending)
    assert time.monotonic() - began < 3
    own.start()
    again = await write(store)
    assert (again.duplicate, again.message_id) == (True, first.message_id)


async def test_nothing_acknowledged_is_lost_while_the_server_is_killed_and_started(
    store: PostgresDatabase, own: PostgresServer
) -> None:
    acknowledged: list[str] = []
    done = asyncio.Event()

    async def person(name: str) -> None:
        n = 0
        while not done.is_set():
            n += 1
            while True:  # as a platform does that was not acknowledged
                try:
                    accepted = await write(store, person=name, id=f"m{n}")
                    break
                except StoreUnavailable:
                    await asyncio.sleep(0.05)
            acknowledged.append(accepted.message_id)
            assert accepted.seq == n

    people = [asyncio.create_task(person(f"v{n}")) for n in range(8)]
    for _ in range(3):
        await asyncio.sleep(0.4)
        own.kill()
        await asyncio.sleep(0.1)
        own.start()
    await asyncio.sleep(0.4)
    done.set()
    await asyncio.gather(*people)
    assert len(acknowledged) == len(set(acknowledged)) > 50
    assert await store.read(inbox.count_pending) == len(acknowledged)


async def test_a_server_that_hangs_is_given_up_in_time(
    store: PostgresDatabase, own: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_store, "COMMAND_TIMEOUT", 0.5)
    monkeypatch.setattr(postgres_store, "CONNECT_TIMEOUT", 0.5)
    impatient = PostgresDatabase(store.url)
    await write(impatient)
    children = own.sql("SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'")
    backends = [int(line) for line in children.split()]
    assert own.process is not None
    stopped = [own.process.pid, *backends]
    for pid in stopped:
        try:
            os.kill(pid, signal.SIGSTOP)
        except ProcessLookupError:
            continue
    try:
        began = time.monotonic()
        with pytest.raises(StoreUnavailable):
            await write(impatient, id="m2")
        assert time.monotonic() - began < 4
    finally:
        for pid in stopped:
            try:
                os.kill(pid, signal.SIGCONT)
            except ProcessLookupError:
                continue
    assert not (await write(impatient, id="m2")).duplicate
    await impatient.close()


async def test_a_gateway_frozen_in_the_middle_of_a_unit_does_not_hold_up_the_others(
    store: PostgresDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    await write(store)
    monkeypatch.setattr(postgres_store, "IDLE_TIMEOUT", 0.5)
    frozen = PostgresDatabase(store.url)
    async with frozen._engine.connect() as connection:
        await connection.execute(update(conversations).values(fence=7))  # and then not a word more
        async with asyncio.timeout(8):
            assert (await write(store, id="m2")).seq == 2
        with pytest.raises(DBAPIError) as told:
            await connection.commit()
        with pytest.raises(StoreUnavailable):
            postgres_store.raise_translated(told.value)
        await connection.invalidate()
    assert (await write(frozen, id="m3")).seq == 3
    await frozen.close()


async def test_an_address_nobody_listens_on_is_reported() -> None:
    store = PostgresDatabase(f"postgresql+asyncpg://huiying@127.0.0.1:{free_port()}/none")
    with pytest.raises(StoreUnavailable, match="ConnectionRefused"):
        await store.read(inbox.count_pending)
    await store.close()


async def test_a_database_that_does_not_exist_is_reported(own: PostgresServer) -> None:
    store = PostgresDatabase(own.url("nothing_of_the_kind"))
    with pytest.raises(StoreUnavailable, match=r"InvalidCatalogNameError \(3D000\)"):
        await store.read(inbox.count_pending)
    await store.close()


async def test_a_server_that_only_lets_read_is_reported(
    store: PostgresDatabase, own: PostgresServer
) -> None:
    """What a client sees that is still connected to the standby after a fail-over."""
    await write(store)
    name = store.url.rpartition("/")[2]
    own.sql(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    standby = PostgresDatabase(store.url)
    with pytest.raises(StoreUnavailable, match="25006"):
        await write(standby, id="m2")
    assert await standby.read(inbox.count_pending) == 1
    await standby.close()


async def test_an_error_on_its_way_to_the_log_quotes_no_value(store: PostgresDatabase) -> None:
    accepted = await write(store, person="13800001234", channel="sms")

    def unit(conn: Connection) -> None:
        conn.execute(
            insert(conversations).values(
                id="c_2",
                contact_id="p_none",
                channel="sms",
                account="default",
                address="13800001234",
                owner="bot",
                created_at=NOON,
            )
        )

    with pytest.raises(IntegrityError) as caught:
        await store.transact(unit)
    told = []
    error: BaseException | None = caught.value
    while error is not None:
        told.append(f"{error!s} {error!r} {getattr(error, 'detail', '')}")
        error = error.__cause__ or error.__context__
    assert accepted.seq == 1
    assert "13800001234" not in " ".join(told)
    assert "uq_conversations_channel_account_address" in " ".join(told)
