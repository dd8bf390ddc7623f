"""A person as operators look at one: contacts, addresses, phones, links, orders."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from connectors.store.identity.people import Link, Person, links_of, person_of
from connectors.store.identity_tables import phones
from connectors.store.order_tables import work_orders
from connectors.store.schema import conversations


@dataclass(frozen=True, slots=True)
class Address:
    conversation_id: str
    contact_id: str
    channel: str
    account: str
    address: str
    owner: str


@dataclass(frozen=True, slots=True)
class Portrait:
    """``links``: every link that touched the person, undone ones too, the oldest first."""

    person: Person
    phones: tuple[str, ...]
    addresses: tuple[Address, ...]
    orders: tuple[str, ...]
    links: tuple[Link, ...]


def of(conn: Connection, contact_id: str) -> Portrait:
    """The person a contact belongs to."""
    person = person_of(conn, contact_id)
    addresses = conn.execute(
        select(
            conversations.c.id.label("conversation_id"),
            conversations.c.contact_id,
            conversations.c.channel,
            conversations.c.account,
            conversations.c.address,
            conversations.c.owner,
        )
        .where(conversations.c.contact_id.in_(person.members))
        .order_by(conversations.c.created_at, conversations.c.id)
    )
    numbers = conn.execute(
        select(phones.c.phone)
        .where(phones.c.contact_id.in_(person.members))
        .order_by(phones.c.proved_at.desc(), phones.c.phone)
    )
    orders = conn.execute(
        select(work_orders.c.number)
        .where(work_orders.c.contact_id.in_(person.members))
        .order_by(work_orders.c.created_at, work_orders.c.number)
    )
    return Portrait(
        person,
        tuple(numbers.scalars()),
        tuple(Address(**row._mapping) for row in addresses),
        tuple(orders.scalars()),
        tuple(links_of(conn, person)),
    )
