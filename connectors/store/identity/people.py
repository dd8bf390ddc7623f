"""Persons: the contacts that links join, found, linked and taken apart again.

Every change writes all contacts of the persons it is about, so that of two changes at the same
moment on PostgreSQL the second is run again and sees the first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, insert, or_, select, update

from connectors.ids import ContactId, ConversationId, new_id
from connectors.store import audit
from connectors.store.identity_tables import contact_links, phones, standing
from connectors.store.schema import contacts
from connectors.store.schema import conversations as conversations_table


class How(StrEnum):
    """What a link rests on."""

    CODE = "code"
    OPERATOR = "operator"


class CannotLink(Exception):
    """These contacts cannot be joined, or parted; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Person:
    """All contacts of one person. ``root`` is the eldest, the one the others joined."""

    root: ContactId
    members: tuple[ContactId, ...]


def person_of(conn: Connection, contact_id: str) -> Person:
    """The person a contact belongs to; of a contact without links, itself alone."""
    root = contact_id
    while above := conn.execute(
        select(contact_links.c.target).where(contact_links.c.source == root, standing)
    ).scalar_one_or_none():
        root = above
    members, level = [ContactId(root)], [root]
    while level:
        level = list(
            conn.execute(
                select(contact_links.c.source)
                .where(contact_links.c.target.in_(level), standing)
                .order_by(contact_links.c.source)
            ).scalars()
        )
        members += [ContactId(one) for one in level]
    return Person(ContactId(root), tuple(members))


def refresh(conn: Connection, person: Person) -> None:
    """Each contact of a person knows the phone that was proved last."""
    latest = conn.execute(
        select(phones.c.phone)
        .where(phones.c.contact_id.in_(person.members))
        .order_by(phones.c.proved_at.desc(), phones.c.phone)
        .limit(1)
    ).scalar_one_or_none()
    conn.execute(
        update(contacts).where(contacts.c.id.in_(person.members)).values(verified_phone=latest)
    )


# Links ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Link:
    """One joining of two contacts, standing or undone."""

    id: str
    source: ContactId
    target: ContactId
    at: datetime
    how: str
    actor: str
    undone_at: datetime | None
    undone_by: str | None
    sealed: bool


def link(
    conn: Connection,
    first: str,
    second: str,
    now: datetime,
    *,
    how: How,
    actor: str,
    conversation_id: ConversationId | None = None,
) -> Link | None:
    """Makes the persons of two contacts one; the younger joins the elder. None: they are already.

    Raises :class:`CannotLink` when there is no such contact or one was erased.
    """
    one, other = _held(conn, first), _held(conn, second)
    if one.root == other.root:
        return None
    for person in (one, other):
        if is_erased(conn, person):
            raise CannotLink(f"{person.root} was erased: there is nobody left to join")
    ages = conn.execute(
        select(contacts.c.id)
        .where(contacts.c.id.in_([one.root, other.root]))
        .order_by(contacts.c.created_at, contacts.c.id)
    ).scalars()
    target, source = ages
    made = Link(
        new_id("l"), ContactId(source), ContactId(target), now, how.value, actor, None, None, False
    )
    conn.execute(
        insert(contact_links).values(
            id=made.id, source=source, target=target, at=now, how=how.value, actor=actor
        )
    )
    refresh(conn, Person(ContactId(target), (*one.members, *other.members)))
    _audit(conn, now, "contact.linked", made, actor, conversation_id)
    return made


def unlink(
    conn: Connection,
    link_id: str,
    now: datetime,
    *,
    actor: str,
    conversation_id: ConversationId | None = None,
) -> Link:
    """Takes a link away: each of the two has again what came on its own addresses.

    Raises :class:`CannotLink` when it cannot be undone.
    """
    found = get_link(conn, link_id)
    if found is None:
        raise CannotLink(f"there is no link {link_id!r}; see `huiying contact show`")
    if found.undone_at is not None:
        raise CannotLink(f"{link_id} was undone already")
    if found.sealed:
        raise CannotLink(
            f"{link_id} cannot be undone: the person was erased, and nothing is left to give back"
        )
    _held(conn, found.source)
    conn.execute(
        update(contact_links)
        .where(contact_links.c.id == link_id)
        .values(undone_at=now, undone_by=actor)
    )
    for contact_id in (found.source, found.target):
        refresh(conn, person_of(conn, contact_id))
    _audit(conn, now, "contact.unlinked", found, actor, conversation_id)
    undone = get_link(conn, link_id)
    assert undone is not None
    return undone


def leave(
    conn: Connection, contact_id: str, now: datetime, conversation_id: ConversationId | None
) -> int:
    """Takes away every link that joins this very contact to others, as it wishes; how many."""
    own = conn.execute(
        select(contact_links.c.id).where(
            or_(contact_links.c.source == contact_id, contact_links.c.target == contact_id),
            standing,
            contact_links.c.sealed.is_(False),
        )
    ).scalars()
    links = list(own)
    for link_id in links:
        unlink(conn, link_id, now, actor=contact_id, conversation_id=conversation_id)
    return len(links)


def get_link(conn: Connection, link_id: str) -> Link | None:
    row = conn.execute(select(contact_links).where(contact_links.c.id == link_id)).first()
    return Link(**row._mapping) if row is not None else None


def links_of(conn: Connection, person: Person) -> list[Link]:
    """Every link that ever touched the person's contacts, the oldest first."""
    rows = conn.execute(
        select(contact_links)
        .where(
            contact_links.c.source.in_(person.members) | contact_links.c.target.in_(person.members)
        )
        .order_by(contact_links.c.at, contact_links.c.id)
    )
    return [Link(**row._mapping) for row in rows]


def is_erased(conn: Connection, person: Person) -> bool:
    """Whether the person had addresses and all of them were erased."""
    addresses = list(
        conn.execute(
            select(conversations_table.c.address).where(
                conversations_table.c.contact_id.in_(person.members)
            )
        ).scalars()
    )
    return bool(addresses) and all(one.startswith("erased:") for one in addresses)


def _held(conn: Connection, contact_id: str) -> Person:
    """The person, whose contacts nobody else changes until this transaction ends."""
    person = person_of(conn, contact_id)
    there = conn.execute(
        select(contacts.c.id)
        .where(contacts.c.id.in_(person.members))
        .order_by(contacts.c.id)
        .with_for_update()
    ).all()
    if not there:
        raise CannotLink(f"there is no contact {contact_id!r}")
    return person


def _audit(
    conn: Connection,
    now: datetime,
    event: str,
    about: Link,
    actor: str,
    conversation_id: ConversationId | None,
) -> None:
    audit.record(
        conn,
        now,
        actor=actor,
        event=event,
        conversation_id=conversation_id,
        link=about.id,
        source=about.source,
        target=about.target,
        how=about.how,
    )
