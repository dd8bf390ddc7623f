"""Every test that takes ``database`` runs on SQLite and on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from connectors.settings import Settings
from connectors.store import migration
from connectors.store.database import Database, PostgresDatabase
from connectors.store.open import open_database
from tests.servers import PostgresServer


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    server = PostgresServer()
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture(scope="session")
def template(postgres: PostgresServer) -> str:
    """A database with the schema, to copy from."""
    import asyncio

    name = postgres.make_database()

    async def fill() -> None:
        database = PostgresDatabase(postgres.url(name))
        await database.transact(migration.upgrade)
        await database.close()

    asyncio.run(fill())
    return name


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """A deployment of either kind, its store made and empty."""
    if request.param == "sqlite":
        return Settings(data_dir=tmp_path)
    server: PostgresServer = request.getfixturevalue("postgres")
    name = server.make_database(request.getfixturevalue("template"))
    return Settings(data_dir=tmp_path, database_url=server.url(name))


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    opened = await open_database(settings)
    yield opened
    await opened.close()


@pytest.fixture
async def second(settings: Settings) -> AsyncIterator[Database]:
    """The same store, opened by a second gateway (or, embedded, a second process)."""
    opened = await open_database(settings)
    yield opened
    await opened.close()
