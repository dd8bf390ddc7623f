"""Stores for the outbox's tests: SQLite, and a real PostgreSQL too for those marked ``both``."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from connectors.store.database import Database, PostgresDatabase, SqliteDatabase
from tests.delivery.office import Office, Wire
from tests.servers import PostgresServer
from tests.store.conftest import empty_store as empty_store
from tests.store.conftest import postgres as postgres
from tests.store.conftest import template as template


@pytest.fixture
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    """An empty store of either kind: its file, or its address."""
    if getattr(request, "param", "sqlite") == "sqlite":
        return Path(shutil.copy(request.getfixturevalue("empty_store"), tmp_path / "test.db"))
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.url(server.make_database(request.getfixturevalue("template")))


def opened(where: Path | str) -> Database:
    return SqliteDatabase(where) if isinstance(where, Path) else PostgresDatabase(where)


@pytest.fixture
async def database(where: Path | str) -> AsyncIterator[Database]:
    store = opened(where)
    yield store
    await store.close()


@pytest.fixture
async def second(where: Path | str) -> AsyncIterator[Database]:
    """The same store, opened by a second gateway (or, embedded, a second process)."""
    store = opened(where)
    yield store
    await store.close()


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
async def office(database: Database, wire: Wire) -> AsyncIterator[Office]:
    async with Office(database, wire).open() as running:
        yield running
