"""Everything the store holds about one person, as JSON knows it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, select

from connectors.store.answer_tables import knowledge_votes
from connectors.store.attachments import attachment_uses, attachments
from connectors.store.delivery_tables import opt_outs, pieces
from connectors.store.desk_tables import callbacks, conversation_fields, conversation_waits
from connectors.store.identity_tables import contact_links, open_forms, phone_codes, phones
from connectors.store.notes import conversation_notes
from connectors.store.order_tables import (
    work_order_checks,
    work_order_nodes,
    work_order_records,
    work_order_steps,
    work_orders,
)
from connectors.store.privacy.find import Found, talks_of
from connectors.store.schema import (
    audit,
    contacts,
    conversations,
    deliveries,
    knowledge_gaps,
    messages,
)
from connectors.store.sms_tables import sms_parts
from connectors.store.ticket_tables import ticket_events, ticket_sends, tickets
from connectors.store.wechat_tables import wechat_consents, wechat_files


def export(conn: Connection, found: Found) -> dict[str, list[dict[str, Any]]]:
    """The rows about the person by table, in the order they are read in."""
    talks = list(conn.execute(talks_of(found.contacts)).scalars())
    sent = select(deliveries.c.id).where(deliveries.c.conversation_id.in_(talks))
    addresses = select(conversations.c.address).where(conversations.c.id.in_(talks))
    said = select(messages.c.id).where(messages.c.conversation_id.in_(talks))
    held = attachment_uses.c.used_by.in_(said) | attachment_uses.c.used_by.in_(found.orders)
    about: list[tuple[Table, ColumnElement[bool]]] = [
        (contacts, contacts.c.id.in_(found.contacts)),
        (phones, phones.c.contact_id.in_(found.contacts)),
        (
            contact_links,
            contact_links.c.source.in_(found.contacts) | contact_links.c.target.in_(found.contacts),
        ),
        (phone_codes, phone_codes.c.contact_id.in_(found.contacts)),
        (open_forms, open_forms.c.conversation_id.in_(talks)),
        (conversations, conversations.c.id.in_(talks)),
        (messages, messages.c.conversation_id.in_(talks)),
        (attachment_uses, held),
        (attachments, attachments.c.id.in_(select(attachment_uses.c.attachment_id).where(held))),
        (deliveries, deliveries.c.conversation_id.in_(talks)),
        (pieces, pieces.c.delivery_id.in_(sent)),
        (opt_outs, opt_outs.c.address.in_(addresses)),
        (sms_parts, sms_parts.c.address.in_(addresses)),
        (wechat_consents, wechat_consents.c.openid.in_(addresses)),
        (wechat_files, wechat_files.c.address.in_(addresses)),
        (work_orders, work_orders.c.number.in_(found.orders)),
        (work_order_nodes, work_order_nodes.c.number.in_(found.orders)),
        (work_order_records, work_order_records.c.number.in_(found.orders)),
        (work_order_steps, work_order_steps.c.number.in_(found.orders)),
        (work_order_checks, work_order_checks.c.conversation_id.in_(talks)),
        (tickets, tickets.c.number.in_(found.orders)),
        (ticket_sends, ticket_sends.c.number.in_(found.orders)),
        (ticket_events, ticket_events.c.number.in_(found.orders)),
        (conversation_notes, conversation_notes.c.conversation_id.in_(talks)),
        (conversation_fields, conversation_fields.c.conversation_id.in_(talks)),
        (conversation_waits, conversation_waits.c.conversation_id.in_(talks)),
        (callbacks, callbacks.c.conversation_id.in_(talks)),
        (knowledge_gaps, knowledge_gaps.c.conversation_id.in_(talks)),
        (knowledge_votes, knowledge_votes.c.conversation_id.in_(talks)),
        (audit, audit.c.conversation_id.in_(talks)),
    ]
    return {
        table.name: [
            {name: _plain(value) for name, value in row._mapping.items()}
            for row in conn.execute(select(table).where(condition).order_by(*_reading_order(table)))
        ]
        for table, condition in about
    }


def _reading_order(table: Table) -> list[ColumnElement[Any]]:
    if table in (messages, deliveries):
        return [table.c.conversation_id, table.c.seq]
    return list(table.primary_key.columns)


def _plain(value: object) -> object:
    if isinstance(value, bytes):
        return value.hex()
    return value.isoformat() if isinstance(value, datetime) else value
