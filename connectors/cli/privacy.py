"""``huiying privacy``: give out, erase and forget what is known about people."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import Connection

from connectors.attachments.door import file_name
from connectors.attachments.keeper import AttachmentKeeper
from connectors.attachments.refused import AttachmentGone
from connectors.cli.common import Address, Contact, Json, Phone, fail, operator, person, with_store
from connectors.cli.marks import marks
from connectors.clock import SystemClock
from connectors.settings import Settings, load
from connectors.store import audit
from connectors.store.database import Database
from connectors.store.errors import StoreError
from connectors.store.privacy import trackers
from connectors.store.privacy.erase import Erased, erase
from connectors.store.privacy.export import export
from connectors.store.privacy.find import Found
from connectors.store.privacy.retain import Step, forget_orders, forget_talks, forget_traces
from connectors.store.privacy.scrub import overwrite, wipe_log

app = typer.Typer(help="One person's data: export, erase; forget by age.", no_args_is_help=True)


@app.command("export")
def export_one(
    contact: Contact = None,
    phone: Phone = None,
    address: Address = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="a new file, readable by you only")
    ] = None,
    files: Annotated[
        Path | None, typer.Option("--files", help="a new folder for the files they sent")
    ] = None,
) -> None:
    """All that is stored about one person, as JSON. It is noted in the trail that it was given."""
    settings, look = load(), person(contact, phone, address)

    async def work(database: Database) -> dict[str, Any]:
        now = SystemClock().now()
        found = await database.read(look)
        if not found:
            fail(_nobody(found))
        data = await database.read(lambda conn: export(conn, found))
        if files is not None:
            await _give_files(_keeper(settings, database), data["attachments"], files)
        talks = [str(row["id"]) for row in data["conversations"]]
        rasa = trackers.file_of(settings)
        there = await asyncio.to_thread(rasa.exists)
        remembered = trackers.events(rasa, talks) if there else None
        await database.transact(
            lambda conn: audit.record(
                conn,
                now,
                actor=operator(),
                event="privacy.exported",
                contacts=list(found.contacts),
                orders=list(found.orders),
            )
        )
        return {
            "made_at": now.isoformat(timespec="seconds"),
            "found": asdict(found),
            "store": data,
            "dialogue": remembered,
        }

    text = json.dumps(with_store(work, settings), ensure_ascii=False, indent=1)
    if out is None:
        typer.echo(text)
        return
    try:
        handle = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text + "\n")
    except OSError as error:
        fail(f"{out} cannot be written: {error.strerror}")
    typer.echo(f"written to {out}")


@app.command("erase")
def erase_one(
    contact: Contact = None,
    phone: Phone = None,
    address: Address = None,
    open_orders: Annotated[
        bool, typer.Option("--open-orders", help="also from orders still being worked on")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
    as_json: Json = False,
) -> None:
    """Make one person's data lead to nobody. It cannot be undone."""
    settings, look = load(), person(contact, phone, address)

    async def search(database: Database) -> Found:
        return await database.read(look)

    found = with_store(search, settings)
    if not found:
        fail(_nobody(found))
    if not yes:
        typer.echo(
            f"contacts: {', '.join(found.contacts) or '-'}\n"
            f"work orders: {', '.join(found.orders) or '-'}",
            err=True,
        )
        typer.confirm("Erase all of this for good?", abort=True, err=True)

    async def work(database: Database) -> tuple[Erased, bool]:
        overwrite(database)
        now = SystemClock().now()
        done = await database.transact(
            lambda conn: erase(conn, found, now, marks(), actor=operator(), open_orders=open_orders)
        )
        wiped = wipe_log(database)
        await _keeper(settings, database).sweep()
        return done, wiped

    done, wiped = with_store(work, settings)
    rasa = trackers.file_of(settings)
    try:
        forgotten = trackers.forget(rasa, done.conversations) if rasa.exists() else None
    except StoreError as error:
        again = " ".join(f"--contact {one}" for one in found.contacts)
        fail(f"erased from the store, but {error}; run this again with {again}")
    if as_json:
        typer.echo(
            json.dumps(
                asdict(done)
                | {"contacts": found.contacts, "maybe": found.maybe}
                | {"dialogue_events": forgotten, "log_wiped": wiped}
            )
        )
        return
    typer.echo(
        f"erased {done.messages} messages of {len(done.conversations)} conversations, "
        f"and the person from {len(done.orders)} work orders"
    )
    for line in _remarks(found, done, forgotten, wiped, rasa):
        typer.echo(line)


@app.command()
def retain(
    days: Annotated[int, typer.Option("--days", min=1, help="how long words are kept")],
    order_days: Annotated[
        int | None,
        typer.Option("--order-days", min=1, help="how long closed orders name a person"),
    ] = None,
    as_json: Json = False,
) -> None:
    """Forget what is older: words, addresses of who is silent since, what Rasa remembers."""
    settings = load()
    now = SystemClock().now()
    before = now - timedelta(days=days)

    async def work(database: Database) -> dict[str, int]:
        overwrite(database)
        signs = marks()
        talks = await _all_steps(
            database, lambda conn, after: forget_talks(conn, before, now, signs, after)
        )
        orders = Step(None)
        if order_days is not None:
            old = now - timedelta(days=order_days)
            orders = await _all_steps(
                database, lambda conn, after: forget_orders(conn, old, signs, after)
            )
        await database.transact(lambda conn: forget_traces(conn, before, now, actor=operator()))
        wipe_log(database)
        files = await _keeper(settings, database).sweep()
        return {
            "messages": talks.messages,
            "conversations": talks.conversations,
            "orders": orders.orders,
            "files": files,
        }

    counts = with_store(work, settings)
    rasa = trackers.file_of(settings)
    counts["dialogue_events"] = trackers.forget_before(rasa, before) if rasa.exists() else 0
    if as_json:
        typer.echo(json.dumps(counts))
    else:
        typer.echo(", ".join(f"{name.replace('_', ' ')}: {n}" for name, n in counts.items()))


async def _all_steps(database: Database, step: Callable[[Connection, str], Step]) -> Step:
    after, messages, conversations, orders = "", 0, 0, 0
    while True:

        def unit(conn: Connection, after: str = after) -> Step:
            return step(conn, after)

        done = await database.transact(unit)
        messages += done.messages
        conversations += done.conversations
        orders += done.orders
        if done.last is None:
            return Step(None, messages, conversations, orders)
        after = done.last
        await asyncio.sleep(0.01)  # the gateway's turn to write


def _remarks(
    found: Found, done: Erased, forgotten: int | None, wiped: bool, rasa: Path
) -> list[str]:
    lines = []
    if done.left:
        lines.append(
            f"still being worked on, so their contact was kept: {', '.join(done.left)}; "
            "run this again when they are closed, or with --open-orders"
        )
    if found.maybe:
        lines.append(
            "the number was given, without proof, by these contacts, which were left: "
            f"{', '.join(found.maybe)}; look who they are, then --contact"
        )
    if forgotten is None:
        lines.append(
            f"Rasa's tracker store is not at {rasa}; delete there the events of the senders "
            f"{', '.join(f'{talk}.*' for talk in done.conversations) or '-'}"
        )
    if not wiped:
        lines.append("SQLite's log will be overwritten by the running gateway in its own time")
    lines.append("backups made before still hold the data: let them run out, or make a new one")
    return lines


def _nobody(found: Found) -> str:
    if found.maybe:
        return f"nobody proved this number to be theirs; it was given by {', '.join(found.maybe)}"
    return "nothing is stored about this person"


def _keeper(settings: Settings, database: Database) -> AttachmentKeeper:
    return AttachmentKeeper(settings, database, SystemClock())


async def _give_files(keeper: AttachmentKeeper, kept: list[dict[str, Any]], folder: Path) -> None:
    try:
        await asyncio.to_thread(folder.mkdir, mode=0o700)
        for row in kept:
            try:
                media, content = await keeper.read(row["id"])
            except AttachmentGone:
                continue
            name = file_name(row["id"], media)
            await asyncio.to_thread((folder / name).write_bytes, content)
    except OSError as error:
        fail(f"{folder} cannot be written: {error.strerror}")
