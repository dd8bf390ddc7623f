"""Forgetting by age: what is older than the house keeps it, a few conversations at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, delete, exists, func, or_, select

from connectors.conversation.ownership import Owner
from connectors.store import audit
from connectors.store.answer_tables import knowledge_votes
from connectors.store.desk_tables import agent_offers, conversation_fields, deadline_events
from connectors.store.identity_tables import open_forms, phone_codes
from connectors.store.order_tables import work_order_checks, work_orders
from connectors.store.privacy.erase import (
    Marks,
    erase_words,
    forget_address,
    forget_contact,
    hide_order,
)
from connectors.store.schema import agent_sessions, conversations, knowledge_gaps, leases, messages

AT_ONCE: Final = 100  # conversations or orders in one transaction: the gateway writes in between
RETAINED: Final = "privacy.retained"


@dataclass(frozen=True, slots=True)
class Step:
    """One transaction's work. ``last`` is where the next one begins; None: there is no more."""

    last: str | None
    messages: int = 0
    conversations: int = 0
    orders: int = 0


def forget_talks(
    conn: Connection, before: datetime, now: datetime, marks: Marks, after: str = ""
) -> Step:
    """Erases what was said before a moment, and the address of who has been silent since.

    Messages that still wait for their turn, and all after them, are left.
    """
    rows = conn.execute(
        select(
            conversations.c.id,
            conversations.c.contact_id,
            conversations.c.owner,
            conversations.c.last_seq,
            func.max(messages.c.seq).label("old"),
        )
        .join(messages, messages.c.conversation_id == conversations.c.id)
        .where(
            conversations.c.id > after,
            messages.c.created_at < before,
            messages.c.seq > conversations.c.erased_seq,
        )
        .group_by(conversations.c.id)
        .order_by(conversations.c.id)
        .limit(AT_ONCE)
    ).all()
    said = gone = 0
    for row in rows:
        waiting: int | None = conn.execute(
            select(func.min(messages.c.seq)).where(
                messages.c.conversation_id == row.id, messages.c.inbox_state == "pending"
            )
        ).scalar_one()
        up_to = row.old if waiting is None else min(row.old, waiting - 1)
        said += erase_words(conn, row.id, up_to, now, marks)
        if up_to == row.last_seq and row.owner in (Owner.BOT.value, Owner.CLOSED.value):
            forget_address(conn, row.id)
            gone += 1
            if not _still_known(conn, row.contact_id):
                forget_contact(conn, row.contact_id)
    return Step(rows[-1].id if len(rows) == AT_ONCE else None, said, gone)


def _still_known(conn: Connection, contact_id: str) -> bool:
    return bool(
        conn.execute(
            select(
                exists().where(
                    conversations.c.contact_id == contact_id,
                    ~conversations.c.address.startswith("erased:"),
                )
            )
        ).scalar_one()
    )


def forget_orders(conn: Connection, before: datetime, marks: Marks, after: str = "") -> Step:
    """Takes the person off orders made before a moment and no longer worked on."""
    named = [
        column.is_not(None)
        for column in (
            work_orders.c.contact_name,
            work_orders.c.contact_phone,
            work_orders.c.caller_phone,
            work_orders.c.on_behalf,
            work_orders.c.place_text,
            work_orders.c.latitude,
            work_orders.c.query_code,
        )
    ]
    numbers = (
        conn.execute(
            select(work_orders.c.number)
            .where(
                work_orders.c.number > after,
                work_orders.c.created_at < before,
                work_orders.c.status != "open",
                or_(*named),
            )
            .order_by(work_orders.c.number)
            .limit(AT_ONCE)
        )
        .scalars()
        .all()
    )
    for number in numbers:
        hide_order(conn, number, marks)
    return Step(numbers[-1] if len(numbers) == AT_ONCE else None, orders=len(numbers))


def forget_traces(conn: Connection, before: datetime, now: datetime, *, actor: str) -> None:
    """Deletes unanswered questions, look-ups and ended sessions, and writes down that it was."""
    conn.execute(delete(knowledge_gaps).where(knowledge_gaps.c.at < before))
    conn.execute(delete(knowledge_votes).where(knowledge_votes.c.at < before))
    conn.execute(delete(work_order_checks).where(work_order_checks.c.at < before))
    conn.execute(delete(phone_codes).where(phone_codes.c.issued_at < before))
    conn.execute(delete(open_forms).where(open_forms.c.updated_at < before))
    conn.execute(delete(conversation_fields).where(conversation_fields.c.updated_at < before))
    conn.execute(delete(agent_offers).where(agent_offers.c.offered_at < before))
    conn.execute(
        delete(deadline_events).where(
            deadline_events.c.at < before, deadline_events.c.settled_at.is_not(None)
        )
    )
    conn.execute(delete(agent_sessions).where(agent_sessions.c.expires_at < now))
    conn.execute(delete(leases).where(leases.c.until < before))
    audit.record(conn, now, actor=actor, event=RETAINED, before=before.isoformat())
