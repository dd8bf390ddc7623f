"""``huiying contact``: who is who, making two contacts one person, and taking that back."""

from __future__ import annotations

import asyncio
import getpass
import json
from collections.abc import Callable
from typing import Annotated, Any, NoReturn, TypeVar

import typer
from sqlalchemy import Connection

from connectors import phones
from connectors.clock import SystemClock, in_china
from connectors.settings import load
from connectors.store.errors import StoreError
from connectors.store.identity import holders, people, portrait
from connectors.store.identity.people import CannotLink, How, Link
from connectors.store.identity.portrait import Portrait
from connectors.store.open import open_database
from connectors.store.privacy import find
from connectors.store.privacy.find import Found

app = typer.Typer(help="Who is who, on which addresses.", no_args_is_help=True)

T = TypeVar("T")

Json = Annotated[bool, typer.Option("--json", help="machine-readable output")]
Phone = Annotated[str, typer.Option("--phone", help="a phone number")]


@app.command()
def show(
    contact: Annotated[str | None, typer.Option("--contact", help="a contact's id, p_…")] = None,
    phone: Annotated[str | None, typer.Option("--phone", help="a phone number")] = None,
    address: Annotated[
        str | None, typer.Option("--address", help="CHANNEL:ADDRESS, such as webchat:…")
    ] = None,
    as_json: Json = False,
) -> None:
    """Show a person: contacts, addresses, phones (masked), links, orders."""
    look = _selector(contact, phone, address)

    def unit(conn: Connection) -> list[Portrait]:
        roots = dict.fromkeys(people.person_of(conn, one).root for one in look(conn).contacts)
        return [portrait.of(conn, root) for root in roots]

    found = _store(unit)
    if not found:
        _fail("nobody is known by that")
    if as_json:
        typer.echo(json.dumps([_shown(one) for one in found], ensure_ascii=False))
        return
    for one in found:
        _tell(one)


@app.command()
def merge(first: str, second: str, as_json: Json = False) -> None:
    """Make two contacts one person; the younger joins the elder."""
    _told(_linked(lambda conn: (first, second)), as_json)


@app.command()
def link(contact: str, phone: Phone, as_json: Json = False) -> None:
    """Make a contact and the holder of a phone one person, after you have made sure of it."""
    read = phones.mobile(phone, load().identity.countries)
    if read.phone is None:
        _fail(f"{phone!r} is no mobile number ({read.fault})")
    number = read.phone
    now = SystemClock().now()
    _told(_linked(lambda conn: (contact, holders.holder(conn, number, now))), as_json)


@app.command()
def unmerge(link_id: Annotated[str, typer.Argument(metavar="LINK")], as_json: Json = False) -> None:
    """Take a link (l_…, see `show`) away: each side has again what came on its own addresses."""
    now = SystemClock().now()
    _told(_store(lambda conn: people.unlink(conn, link_id, now, actor=_actor())), as_json)


def _linked(pair: Callable[[Connection], tuple[str, str]]) -> Link:
    now = SystemClock().now()

    def unit(conn: Connection) -> Link | None:
        return people.link(conn, *pair(conn), now, how=How.OPERATOR, actor=_actor())

    made = _store(unit)
    if made is None:
        _fail("they are one person already; see `huiying contact show`")
    return made


def _told(made: Link, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(_link(made), ensure_ascii=False))
    elif made.undone_at is None:
        typer.echo(f"{made.source} joined {made.target}; undo: huiying contact unmerge {made.id}")
    else:
        typer.echo(f"{made.source} and {made.target} are two persons again")


def _shown(one: Portrait) -> dict[str, Any]:
    """A person for programs. Phones are masked: `huiying privacy export` gives them out."""
    return {
        "person": one.person.root,
        "contacts": list(one.person.members),
        "phones": [phones.masked(phone) for phone in one.phones],
        "addresses": [
            {
                "conversation_id": address.conversation_id,
                "contact_id": address.contact_id,
                "channel": address.channel,
                "account": address.account,
                "address": _masked(address.address),
                "owner": address.owner,
            }
            for address in one.addresses
        ],
        "orders": list(one.orders),
        "links": [_link(made) for made in one.links],
    }


def _link(made: Link) -> dict[str, Any]:
    def moment(at: Any) -> str | None:
        return in_china(at).isoformat(timespec="seconds") if at is not None else None

    return {
        "id": made.id,
        "source": made.source,
        "target": made.target,
        "at": moment(made.at),
        "how": made.how,
        "actor": made.actor,
        "undone_at": moment(made.undone_at),
        "undone_by": made.undone_by,
        "final": made.sealed,
    }


def _tell(one: Portrait) -> None:
    about = _shown(one)
    typer.echo(f"person {about['person']}  phones: {', '.join(about['phones']) or '-'}")
    for address in about["addresses"]:
        where = f"{address['channel']}/{address['account']}"
        typer.echo(f"  {address['contact_id']}\t{where}\t{address['address']}\t{address['owner']}")
    typer.echo(f"  orders: {', '.join(about['orders']) or '-'}")
    for made in about["links"]:
        state = f"undone {made['undone_at']} by {made['undone_by']}" if made["undone_at"] else ""
        state = state or ("final" if made["final"] else "")
        typer.echo(
            f"  {made['id']}\t{made['source']} joined {made['target']}\t{made['at']}\t"
            f"{made['how']}, {made['actor']}\t{state}"
        )


def _masked(address: str) -> str:
    return phones.masked(address) if phones.normal(address) else address


def _selector(
    contact: str | None, phone: str | None, address: str | None
) -> Callable[[Connection], Found]:
    given = [value for value in (contact, phone, address) if value]
    if len(given) != 1:
        _fail("name one person: --contact ID, --phone NUMBER or --address CHANNEL:ADDRESS")
    if contact:
        return lambda conn: find.by_contact(conn, contact)
    if phone:
        return lambda conn: find.by_phone(conn, phone)
    channel, colon, rest = str(address).partition(":")
    if not (channel and colon and rest):
        _fail("an address is written CHANNEL:ADDRESS, such as webchat:…")
    return lambda conn: find.by_address(conn, channel, rest)


def _actor() -> str:
    """Who does it, for the trail: the user of this machine."""
    try:
        return f"cli:{getpass.getuser()}"[:64]
    except (KeyError, OSError):
        return "cli"


def _store(unit: Callable[[Connection], T]) -> T:
    async def work() -> T:
        database = await open_database(load())
        try:
            return await database.transact(unit)
        finally:
            await database.close()

    try:
        return asyncio.run(work())
    except (StoreError, CannotLink) as error:
        _fail(str(error))


def _fail(line: str) -> NoReturn:
    typer.echo(f"huiying: {line}", err=True)
    raise typer.Exit(2)
