"""The schema and its revisions: one and the same, made, upgraded, or refused with the reason."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from connectors.settings import Settings
from connectors.store import migration
from connectors.store.database import Database, StoreRefused
from connectors.store.migration import Standing
from connectors.store.open import FILE, open_database, open_embedded, upgrade_postgres
from connectors.store.tables import metadata
from tests.servers import PostgresServer
from tests.store.people import write


async def test_the_revisions_add_up_to_what_the_code_declares(database: Database) -> None:
    def unit(conn: Connection) -> list[object]:
        context = MigrationContext.configure(conn, opts={"compare_type": True})
        return list(compare_metadata(context, metadata))

    assert await database.read(unit) == [], "run: python -m connectors.store.migrations"


async def test_every_table_has_its_constraints_on_both_databases(database: Database) -> None:
    """Autogenerate does not compare CHECK constraints; the promises rest on them too."""

    def unit(conn: Connection) -> set[str]:
        if conn.dialect.name == "sqlite":
            rows = conn.execute(text("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL"))
            made = " ".join(row.sql for row in rows)
            return {name for name in wanted if name in made}
        rows = conn.execute(text("SELECT conname FROM pg_constraint WHERE contype = 'c'"))
        return {row.conname for row in rows}

    wanted = {
        str(constraint.name)
        for table in metadata.tables.values()
        for constraint in table.constraints
        if type(constraint).__name__ == "CheckConstraint"
    }
    assert wanted
    assert wanted <= await database.read(unit)


async def test_opening_again_changes_nothing(settings: Settings, database: Database) -> None:
    accepted = await write(database)
    again = await open_database(settings)
    schema = await again.read(migration.look)
    assert schema.standing is Standing.CURRENT
    assert schema.revision == schema.wanted
    await again.close()
    assert (await write(database)).message_id == accepted.message_id


async def test_the_embedded_store_is_made_on_the_spot(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "not" / "there" / "50%")
    store = await open_database(settings)
    assert (await write(store)).seq == 1
    await store.close()


def set_revision(path: Path, revision: str) -> None:
    with sqlite3.connect(path) as db:
        db.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    db.close()


@pytest.fixture
def older(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Our revisions and one more after them, so that a store of today is one behind."""
    folder = tmp_path / "revisions"
    folder.mkdir()
    head = ScriptDirectory.from_config(migration.config()).get_current_head()
    for file in migration.FOLDER.rglob("*"):
        if file.suffix in (".py", ".mako"):
            target = folder / file.relative_to(migration.FOLDER)
            target.parent.mkdir(exist_ok=True)
            target.write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "versions" / "9999_next.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\n"
        f"revision = '9999'\ndown_revision = {head!r}\n"
        "def upgrade():\n"
        "    with op.batch_alter_table('contacts') as batch:\n"
        "        batch.add_column(sa.Column('nickname', sa.String(20)))\n"
        "        batch.alter_column('audience', type_=sa.String(24))\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(migration, "FOLDER", folder)
    return folder


async def test_an_embedded_store_one_version_behind_is_upgraded_with_all_it_holds(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    store = open_embedded(tmp_path / FILE)
    accepted = await write(store)
    await store.close()
    request.getfixturevalue("older")
    store = open_embedded(tmp_path / FILE)
    assert (await store.read(migration.look)).revision == "9999"
    assert (await write(store)).duplicate
    columns = await store.read(
        lambda conn: [row.name for row in conn.execute(text("PRAGMA table_info(contacts)"))]
    )
    assert "nickname" in columns
    assert accepted.seq == 1
    assert store.connection.execute(text("PRAGMA foreign_keys")).scalar_one() == 1
    await store.close()


async def test_an_upgrade_that_fails_leaves_the_store_as_it_was(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    store = open_embedded(tmp_path / FILE)
    await write(store)
    await store.close()
    before = sqlite3.connect(tmp_path / FILE)
    tables = before.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()
    folder: Path = request.getfixturevalue("older")
    with (folder / "versions" / "9999_next.py").open("a") as file:
        file.write("    op.execute('DELETE FROM contacts')\n")  # conversations refer to them
    with pytest.raises(StoreRefused, match="refer to nothing"):
        open_embedded(tmp_path / FILE)
    after = before.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()
    assert after == tables
    assert before.execute("SELECT count(*) FROM contacts").fetchone() == (1,)
    before.close()


async def test_a_store_another_process_has_open_is_not_upgraded_under_it(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    running = open_embedded(tmp_path / FILE)
    request.getfixturevalue("older")
    with pytest.raises(StoreRefused, match="another process has it open"):
        open_embedded(tmp_path / FILE)
    await running.close()
    store = open_embedded(tmp_path / FILE)
    await store.close()


async def test_two_processes_may_make_the_store_at_once(tmp_path: Path) -> None:
    script = (
        "import pathlib, sys; from connectors.store.open import open_embedded; "
        "open_embedded(pathlib.Path(sys.argv[1])).let_go()"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path / FILE)],
            cwd=Path(__file__).parents[2],
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    errors = [process.communicate()[1] for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0], errors


async def test_a_store_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    store = open_embedded(tmp_path / FILE)
    await store.close()
    set_revision(tmp_path / FILE, "7777")
    with pytest.raises(StoreRefused, match="7777, which this version of Huiying"):
        open_embedded(tmp_path / FILE)


async def test_tables_that_are_not_ours_are_left_alone(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / FILE) as db:
        db.execute("CREATE TABLE messages (id INTEGER)")
    db.close()
    with pytest.raises(StoreRefused, match="not made by Huiying"):
        open_embedded(tmp_path / FILE)
    with sqlite3.connect(tmp_path / FILE) as db:
        assert db.execute("SELECT name FROM sqlite_master").fetchall() == [("messages",)]
    db.close()


@pytest.mark.postgres
async def test_postgres_is_never_upgraded_without_being_asked(
    postgres: PostgresServer, template: str, tmp_path: Path
) -> None:
    empty = Settings(data_dir=tmp_path, database_url=postgres.url(postgres.make_database()))
    with pytest.raises(StoreRefused, match=r"no tables yet; run `huiying store upgrade`"):
        await open_database(empty)
    name = postgres.make_database(template)
    behind = Settings(data_dir=tmp_path, database_url=postgres.url(name))
    postgres.sql("UPDATE alembic_version SET version_num = '7777'", name)
    with pytest.raises(StoreRefused, match="used by a newer version"):
        await open_database(behind)


@pytest.mark.postgres
async def test_postgres_one_version_behind_is_refused_with_the_command_and_upgraded_by_it(
    postgres: PostgresServer, template: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    name = postgres.make_database(template)
    request.getfixturevalue("older")
    settings = Settings(data_dir=tmp_path, database_url=postgres.url(name))
    with pytest.raises(StoreRefused, match=r"stop all gateways, then run `huiying store upgrade`"):
        await open_database(settings)
    await asyncio.gather(*(upgrade_postgres(postgres.url(name)) for _ in range(3)))
    store = await open_database(settings)
    assert (await write(store)).seq == 1
    await store.close()
