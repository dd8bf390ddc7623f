"""What the commands share: the store, how one fails, and how a person is named."""

from __future__ import annotations

import asyncio
import getpass
from collections.abc import Awaitable, Callable
from typing import Annotated, NoReturn, TypeVar

import typer
from sqlalchemy import Connection

from connectors.settings import Settings, load
from connectors.store.database import Database
from connectors.store.errors import StoreError
from connectors.store.identity.people import CannotLink
from connectors.store.open import open_database
from connectors.store.privacy import find
from connectors.store.privacy.find import Found

T = TypeVar("T")

Json = Annotated[bool, typer.Option("--json", help="machine-readable output")]
Contact = Annotated[str | None, typer.Option("--contact", help="a contact's id, p_…")]
Phone = Annotated[str | None, typer.Option("--phone", help="a phone number")]
Address = Annotated[
    str | None, typer.Option("--address", help="CHANNEL:ADDRESS, such as wechat:openid")
]


def fail(line: str) -> NoReturn:
    """Ends the command with one line that says what to do."""
    typer.echo(f"huiying: {line}", err=True)
    raise typer.Exit(2)


def operator() -> str:
    """Who does it, for the trail: the user of this machine."""
    try:
        return f"cli:{getpass.getuser()}"[:64]
    except (KeyError, OSError):
        return "cli"


def transact(unit: Callable[[Connection], T]) -> T:
    """Runs one unit in the configured store; :func:`fail` when that cannot be used."""
    return with_store(lambda database: database.transact(unit))


def read(unit: Callable[[Connection], T]) -> T:
    """As :func:`transact`, of a unit that only reads."""
    return with_store(lambda database: database.read(unit))


def with_store(work: Callable[[Database], Awaitable[T]], settings: Settings | None = None) -> T:
    """Opens the store for as long as ``work`` takes."""

    async def run() -> T:
        database = await open_database(settings or load())
        try:
            return await work(database)
        finally:
            await database.close()

    try:
        return asyncio.run(run())
    except (StoreError, CannotLink) as error:
        fail(str(error))


def person(
    contact: str | None, phone: str | None, address: str | None
) -> Callable[[Connection], Found]:
    """How the one person who is named is looked up."""
    given = [value for value in (contact, phone, address) if value]
    if len(given) != 1:
        fail("name one person: --contact ID, --phone NUMBER or --address CHANNEL:ADDRESS")
    if contact:
        return lambda conn: find.by_contact(conn, contact)
    if phone:
        return lambda conn: find.by_phone(conn, phone)
    channel, colon, rest = str(address).partition(":")
    if not (channel and colon and rest):
        fail("an address is written CHANNEL:ADDRESS, such as webchat:…")
    return lambda conn: find.by_address(conn, channel, rest)
