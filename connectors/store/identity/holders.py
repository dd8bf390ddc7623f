"""Phones and whose they are: found or made, proved again, passed on."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, exists, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from connectors.conversation.ownership import Owner
from connectors.ids import ContactId, new_id
from connectors.phones import Phone
from connectors.store import audit, conversations
from connectors.store.conversations import Conversation
from connectors.store.delivery_tables import opt_outs
from connectors.store.identity.people import person_of, refresh
from connectors.store.identity_tables import phones
from connectors.store.schema import contacts
from connectors.store.schema import conversations as conversations_table

PROOF_NOTED_EVERY = timedelta(days=1)


def at_phone(
    conn: Connection, channel: str, account: str, phone: Phone, now: datetime
) -> Conversation:
    """The conversation with whoever holds the phone, found or made."""
    known = conversations.find(conn, channel, account, phone)
    if known is not None:
        _claim(conn, phone, known.contact_id, now)
        return known
    contact_id = holder(conn, phone, now)
    conversations.make(conn, channel, account, phone, now, contact_id)
    made = conversations.find(conn, channel, account, phone)
    assert made is not None
    return made


def holder(conn: Connection, phone: Phone, now: datetime) -> ContactId:
    """The contact the phone belongs to, found or made."""
    contact_id = conn.execute(
        select(phones.c.contact_id).where(phones.c.phone == phone)
    ).scalar_one_or_none()
    if contact_id is None:
        contact_id = new_id("p")
        conn.execute(insert(contacts).values(id=contact_id, created_at=now))
        _claim(conn, phone, contact_id, now)
    return ContactId(contact_id)


def arrive(
    conn: Connection, channel: str, account: str, phone: Phone, now: datetime, lapses: timedelta
) -> None:
    """Somebody writes from the phone: it is theirs, by nature. Makes room for their message.

    A number nobody has written from for as long as ``lapses`` may have been given to somebody else
    by now (see :func:`pass_on`).
    """
    proved_at = conn.execute(
        select(phones.c.proved_at).where(phones.c.phone == phone)
    ).scalar_one_or_none()
    if proved_at is not None and now - proved_at >= lapses:
        pass_on(conn, phone, now)
    at_phone(conn, channel, account, phone, now)
    if proved_at is not None and now - proved_at >= PROOF_NOTED_EVERY:
        note_proof(conn, phone, now)


def note_proof(conn: Connection, phone: Phone, now: datetime) -> None:
    conn.execute(update(phones).where(phones.c.phone == phone).values(proved_at=now))


def lapsed(conn: Connection, phone: Phone, now: datetime, lapses: timedelta) -> bool:
    """Whether the phone has a holder who has been silent for too long to be sure of."""
    return bool(
        conn.execute(
            select(exists().where(phones.c.phone == phone, phones.c.proved_at <= now - lapses))
        ).scalar_one()
    )


def pass_on(conn: Connection, phone: Phone, now: datetime) -> None:
    """The number may have another holder: what came from it before stays with the former one.

    The former holder's conversations at the number are closed under another name, so that nothing
    of theirs is sent or shown to whoever has it now.
    """
    former = conn.execute(select(phones.c.contact_id).where(phones.c.phone == phone)).scalar_one()
    talks = list(
        conn.execute(
            select(conversations_table.c.id).where(
                conversations_table.c.contact_id == former, conversations_table.c.address == phone
            )
        ).scalars()
    )
    for talk in talks:
        conn.execute(
            update(conversations_table)
            .where(conversations_table.c.id == talk)
            .values(
                address=f"former:{talk}",
                owner=Owner.CLOSED.value,
                epoch=conversations_table.c.epoch + 1,
                fence=conversations_table.c.fence + 1,
                agent_id=None,
                waiting_since=None,
            )
        )
        audit.record(
            conn, now, actor="house", event="phone.passed_on", conversation_id=talk, contact=former
        )
    conn.execute(delete(opt_outs).where(opt_outs.c.address == phone))
    conn.execute(delete(phones).where(phones.c.phone == phone))
    refresh(conn, person_of(conn, former))


def _claim(conn: Connection, phone: Phone, contact_id: str, now: datetime) -> None:
    """Writes the phone down as the contact's, unless it is somebody's already."""
    dialect = postgresql if conn.dialect.name == "postgresql" else sqlite
    claimed = conn.execute(
        dialect.insert(phones)
        .values(phone=phone, contact_id=contact_id, proved_at=now)
        .on_conflict_do_nothing()
    )
    if claimed.rowcount:
        refresh(conn, person_of(conn, contact_id))
