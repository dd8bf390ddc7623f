"""A store that takes nothing in does not say that it is well."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from connectors.settings import ROOT, Settings
from connectors.store import migration
from connectors.store.database import Database, PostgresDatabase, SqliteDatabase, ping
from connectors.store.errors import StoreUnavailable
from connectors.store.open import FILE
from tests.store.people import write


async def test_a_store_that_is_well_is_as_it_was(database: Database, second: Database) -> None:
    before = await database.read(migration.look)
    await asyncio.gather(*(one.transact(ping) for one in (database, second) for _ in range(10)))
    assert await database.read(migration.look) == before


async def test_a_store_that_can_only_be_read_is_not_well(
    settings: Settings, database: Database
) -> None:
    if isinstance(database, SqliteDatabase):
        database._raw.execute("PRAGMA query_only = ON")  # what SQLite answers on such a mount
    else:  # what hosted databases do when their disk fills up
        assert settings.database_url is not None
        name = settings.database_url.rpartition("/")[2]
        only_read = f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'
        await database.transact(lambda conn: conn.execute(text(only_read)))
        database = PostgresDatabase(settings.database_url)
    with pytest.raises(StoreUnavailable):
        await database.transact(ping)
    with pytest.raises(StoreUnavailable):
        await write(database)
    if isinstance(database, PostgresDatabase):
        await database.close()


FULL = """
import asyncio, pathlib, resource, sys
from connectors.store.database import StoreUnavailable, ping
from connectors.store.open import open_embedded

async def main():
    store = open_embedded(pathlib.Path(sys.argv[1]))
    await store.transact(ping)
    size = pathlib.Path(sys.argv[1] + "-wal").stat().st_size
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        await store.transact(ping)
    except StoreUnavailable as error:
        print(error)
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    await store.transact(ping)
    await store.close()

asyncio.run(main())
"""


def test_a_full_disk_is_no_sign_of_life(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", FULL, str(tmp_path / FILE)],
        capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "disk" in done.stdout
