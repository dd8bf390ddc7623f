"""Every test that takes ``database`` runs on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from connectors.settings import Settings
from connectors.store.database import Database
from connectors.store.open import FILE, open_database, open_embedded, upgrade_postgres
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
    name = postgres.make_database()

    asyncio.run(upgrade_postgres(postgres.url(name)))
    return name


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An embedded store with the schema and nothing in it, to copy from."""
    path = tmp_path_factory.mktemp("store") / "empty.db"
    open_embedded(path).let_go()
    return path


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """A deployment of either kind, its store made and empty."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("empty_store"), tmp_path / FILE)
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
