"""The gateways of a cluster go by one clock, whatever those of their machines say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from connectors.clock import FrozenClock, SystemClock
from connectors.settings import Settings
from connectors.store.database import Database, PostgresDatabase, SqliteDatabase
from connectors.store.server_clock import ServerClock, clock_of
from tests.clocks import MovableClock
from tests.lines import heard


@pytest.mark.postgres
async def test_a_machine_whose_clock_is_wrong_goes_by_the_servers(
    settings: Settings, database: Database
) -> None:
    if isinstance(database, SqliteDatabase):
        pytest.skip("the embedded store has no server")
    machine = FrozenClock(datetime(2030, 1, 1, tzinfo=UTC))
    clock = ServerClock(database, machine=machine)
    with heard() as logged:
        await clock.ask()
        await clock.ask()
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)
    assert [line["event"] for line in logged] == ["clock.differs"]


async def test_between_two_answers_a_jump_of_the_machines_clock_changes_nothing() -> None:
    machine, elapsed = MovableClock(), 0.0
    clock = ServerClock(PostgresDatabase.__new__(PostgresDatabase), machine=machine,
                        monotonic=lambda: elapsed)  # fmt: skip
    before = clock.now()
    machine.jump(timedelta(hours=-3))
    elapsed = 7.5
    assert clock.now() - before == timedelta(seconds=7.5)


async def test_an_answer_that_took_long_does_not_tell_the_time(
    settings: Settings, database: Database
) -> None:
    ticks = iter([0.0, 100.0, 107.0, 108.0])
    clock = ServerClock(database, machine=FrozenClock(datetime(2030, 1, 1, tzinfo=UTC)),
                        monotonic=lambda: next(ticks))  # fmt: skip
    if isinstance(database, PostgresDatabase):
        await clock.ask()
        assert clock.now().year == 2030


async def test_each_store_has_its_clock(settings: Settings, database: Database) -> None:
    async with clock_of(database) as clock:
        embedded = isinstance(database, SqliteDatabase)
        assert isinstance(clock, SystemClock if embedded else ServerClock)
        assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)
