"""``huiying contact``: who is who, making two contacts one person, and taking that back."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Annotated, Any

import typer
from sqlalchemy import Connection

from connectors import phones
from connectors.cli.common import Address, Contact, Json, Phone, fail, operator, person, transact
from connectors.clock import SystemClock, in_china
from connectors.settings import load
from connectors.store.identity import holders, people, portrait
from connectors.store.identity.people import How, Link
from connectors.store.identity.portrait import Portrait

app = typer.Typer(help="Who is who, on which addresses.", no_args_is_help=True)


@app.command()
def show(
    contact: Contact = None,
    phone: Phone = None,
    address: Address = None,
    as_json: Json = False,
) -> None:
    """Show a person: contacts, addresses, phones (masked), links, orders."""
    look = person(contact, phone, address)

    def unit(conn: Connection) -> list[Portrait]:
        roots = dict.fromkeys(people.person_of(conn, one).root for one in look(conn).contacts)
        return [portrait.of(conn, root) for root in roots]

    found = transact(unit)
    if not found:
        fail("nobody is known by that")
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
def link(
    contact: str,
    phone: Annotated[str, typer.Option("--phone", help="a phone number")],
    as_json: Json = False,
) -> None:
    """Make a contact and the holder of a phone one person, after you have made sure of it."""
    read = phones.mobile(phone, load().identity.countries)
    if read.phone is None:
        fail(f"{phone!r} is no mobile number ({read.fault})")
    number = read.phone
    now = SystemClock().now()
    _told(_linked(lambda conn: (contact, holders.holder(conn, number, now))), as_json)


@app.command()
def unmerge(link_id: Annotated[str, typer.Argument(metavar="LINK")], as_json: Json = False) -> None:
    """Take a link (l_…, see `show`) away: each side has again what came on its own addresses."""
    now = SystemClock().now()
    _told(transact(lambda conn: people.unlink(conn, link_id, now, actor=operator())), as_json)


def _linked(pair: Callable[[Connection], tuple[str, str]]) -> Link:
    now = SystemClock().now()

    def unit(conn: Connection) -> Link | None:
        return people.link(conn, *pair(conn), now, how=How.OPERATOR, actor=operator())

    made = transact(unit)
    if made is None:
        fail("they are one person already; see `huiying contact show`")
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
