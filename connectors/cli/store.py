"""``huiying store``: the schema of the store, backups of the embedded one."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import make_url

from connectors.cli.common import Json, fail
from connectors.cli.marks import marks
from connectors.cli.ports import listens
from connectors.clock import SystemClock
from connectors.ids import ConversationId
from connectors.settings import Settings, load
from connectors.store import backup as backups
from connectors.store import desk_lists, inbox, migration
from connectors.store.database import Database, PostgresDatabase, SqliteDatabase
from connectors.store.errors import StoreError, StoreRefused
from connectors.store.file_lock import FileLock
from connectors.store.migration import Schema, Standing
from connectors.store.open import FILE, open_embedded, upgrade_postgres
from connectors.store.privacy import trackers
from connectors.store.privacy.replay import erase_again, read_erasures

app = typer.Typer(help="The store: its schema, backup and restore.", no_args_is_help=True)

DUMP = (
    "backups of PostgreSQL are made with its own tools, such as "
    '`pg_dump --format=custom --file=huiying.dump "$DATABASE"`; the data folder beside it '
    "(knowledge, secrets) is saved by copying it"
)


@app.command()
def status(as_json: Json = False) -> None:
    """Where the store is and whether its schema is ours; exits 1 when it cannot be used."""
    settings = load()
    with _one_line():
        found = asyncio.run(look(settings))
    schema = found.schema
    usable = schema.standing is Standing.CURRENT or (
        settings.database_url is None and schema.standing in (Standing.EMPTY, Standing.BEHIND)
    )
    shown = {
        "store": _place(settings),
        "schema": schema.standing.value,
        "revision": schema.revision,
        "wanted": schema.wanted,
        "pending": found.pending,
        "usable": usable,
    }
    if as_json:
        typer.echo(json.dumps(shown))
    else:
        for key, value in shown.items():
            typer.echo(f"{key:9} {'-' if value is None else value}")
        if not usable:
            typer.echo(migration.refusal(schema))
    raise typer.Exit(0 if usable else 1)


@app.command()
def upgrade() -> None:
    """Bring the schema to this version; all of it or none."""
    settings = load()
    with _one_line():
        if settings.database_url is None:
            open_embedded(settings.data_dir / FILE).let_go()
        else:
            asyncio.run(upgrade_postgres(settings.database_url))
        found = asyncio.run(look(settings))
    typer.echo(f"the schema is at revision {found.schema.revision}")


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="where to write it, such as huiying.tar.gz")],
    force: Annotated[bool, typer.Option("--force", help="replace an older file")] = False,
    as_json: Json = False,
) -> None:
    """Save the embedded deployment to one file, while it runs. The file is confidential."""
    settings = _embedded()
    if file.exists() and not force:
        fail(f"{file} exists; choose another name or add --force")
    with _one_line():
        made = backups.back_up(settings.data_dir, file, SystemClock().now())
    size = file.stat().st_size
    if as_json:
        typer.echo(json.dumps({"file": str(file), "bytes": size, "files": len(made.files)}))
    else:
        typer.echo(f"saved {len(made.files)} files to {file} ({size / 1024**2:.1f} MB)")


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="a file `huiying store backup` made")],
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
) -> None:
    """Put a backup in the place of the embedded deployment's data, which is kept aside."""
    settings = _embedded()
    if not file.is_file():
        fail(f"there is no file {file}")
    if not yes:
        typer.confirm(f"Replace everything in {settings.data_dir}?", abort=True)
    with _one_line():
        data = settings.data_dir
        lock = FileLock.beside(data / FILE)
        try:
            if not lock.take_alone() or listens(settings.rasa_port):
                raise StoreRefused("Huiying is running on this data; stop `huiying run` first")
            made, aside = backups.restore(data, file, SystemClock().now())
        finally:
            lock.release()
        typer.echo(f"restored the backup of {made.made_at}; what was there before is in {aside}")
        typer.echo(_erase_again(settings, aside / FILE))


def _erase_again(settings: Settings, former: Path) -> str:
    """What has been erased since the backup must not come back with it."""
    erasures = read_erasures(former)
    if erasures is None:
        return (
            "what was erased in the former store could not be read from it: make the erasures "
            "asked for since the backup again (`huiying privacy erase`)"
        )
    database = open_embedded(settings.data_dir / FILE)

    async def work() -> tuple[ConversationId, ...] | None:
        try:
            return await erase_again(database, erasures, SystemClock().now(), marks())
        finally:
            await database.close()

    talks = asyncio.run(work())
    if talks is None:
        return "nothing had been erased since"
    rasa = trackers.file_of(settings)
    if rasa.exists():
        trackers.forget(rasa, talks)
    return "what had been erased since was erased again"


@dataclass(frozen=True, slots=True)
class Look:
    """How a store stands. ``pending``: messages that wait for a turn; None where the schema is not
    ours. ``unreadable``: conversations people wait in that no list can show."""

    schema: Schema
    pending: int | None = None
    unreadable: tuple[ConversationId, ...] = ()


async def look(settings: Settings) -> Look:
    """Changes nothing."""
    database: Database
    if settings.database_url is None:
        path = settings.data_dir / FILE
        # A look must not make the file.
        database = SqliteDatabase(path if path.exists() else None)
    else:
        database = PostgresDatabase(settings.database_url)
    try:
        schema = await database.read(migration.look)
        if schema.standing is not Standing.CURRENT:
            return Look(schema)
        pending = await database.read(inbox.count_pending)
        return Look(schema, pending, tuple(await database.read(desk_lists.unreadable)))
    finally:
        await database.close()


def _place(settings: Settings) -> str:
    if settings.database_url is None:
        return str(settings.data_dir / FILE)
    return make_url(settings.database_url).render_as_string(hide_password=True)


def _embedded() -> Settings:
    settings = load()
    if settings.database_url is not None:
        fail(DUMP)
    return settings


@contextmanager
def _one_line() -> Iterator[None]:
    try:
        yield
    except StoreError as error:
        fail(str(error))
