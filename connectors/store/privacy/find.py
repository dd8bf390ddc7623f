"""Whose data it is: by contact, by address on a channel, by phone number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Select, or_, select

from connectors.ids import ContactId
from connectors.store.identity.people import person_of
from connectors.store.identity_tables import phones
from connectors.store.order_tables import work_orders
from connectors.store.schema import contacts, conversations

_COUNTRY = re.compile(r"^(?:\+|00)?86(?=1\d{10}$)")


@dataclass(frozen=True, slots=True)
class Found:
    """A person's data. ``maybe``: contacts who gave this phone number without proving it theirs."""

    contacts: tuple[ContactId, ...] = ()
    orders: tuple[str, ...] = ()
    maybe: tuple[ContactId, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.contacts or self.orders)


def by_contact(conn: Connection, contact_id: str) -> Found:
    known = conn.execute(select(contacts.c.id).where(contacts.c.id == contact_id)).first()
    return _of_contacts(conn, [known.id]) if known else Found()


def by_address(conn: Connection, channel: str, address: str) -> Found:
    rows = conn.execute(
        select(conversations.c.contact_id)
        .where(conversations.c.channel == channel, conversations.c.address == address)
        .distinct()
    ).scalars()
    return _of_contacts(conn, sorted(rows))


def by_phone(conn: Connection, phone: str) -> Found:
    """Who has proved that the number is theirs, or writes from it, and every order that names it.

    A number somebody merely typed into a form proves nothing: the orders are found, but the talk
    they came from is only pointed at (``maybe``), since it may be another person's.
    """
    spelled = spellings(phone)
    proved = set(
        conn.execute(select(contacts.c.id).where(contacts.c.verified_phone.in_(spelled))).scalars()
    )
    proved.update(
        conn.execute(select(phones.c.contact_id).where(phones.c.phone.in_(spelled))).scalars()
    )
    proved.update(
        conn.execute(
            select(conversations.c.contact_id).where(conversations.c.address.in_(spelled))
        ).scalars()
    )
    named = conn.execute(
        select(work_orders.c.number, work_orders.c.contact_id)
        .where(
            or_(work_orders.c.contact_phone.in_(spelled), work_orders.c.caller_phone.in_(spelled))
        )
        .order_by(work_orders.c.number)
    ).all()
    found = _of_contacts(conn, sorted(proved))
    orders = dict.fromkeys((*found.orders, *(row.number for row in named)))
    maybe = {row.contact_id for row in named if row.contact_id} - set(found.contacts)
    return Found(found.contacts, tuple(orders), tuple(ContactId(one) for one in sorted(maybe)))


def spellings(phone: str) -> list[str]:
    """The ways a number may be stored: bare, and with China's country code in front."""
    bare = _COUNTRY.sub("", re.sub(r"[\s-]", "", phone))
    return [bare, f"+86{bare}", f"86{bare}", f"0086{bare}"]


def talks_of(contact_ids: Iterable[str]) -> Select[str]:
    """A query for the conversations of these contacts."""
    return select(conversations.c.id).where(conversations.c.contact_id.in_(list(contact_ids)))


def _of_contacts(conn: Connection, some: Sequence[str]) -> Found:
    """All of the persons of some contacts: whatever was linked to them is theirs too."""
    ids = sorted({member for one in some for member in person_of(conn, one).members})
    orders = conn.execute(
        select(work_orders.c.number)
        .where(
            or_(
                work_orders.c.contact_id.in_(ids),
                work_orders.c.conversation_id.in_(talks_of(ids)),
            )
        )
        .order_by(work_orders.c.number)
    ).scalars()
    return Found(tuple(ContactId(one) for one in ids), tuple(orders))
