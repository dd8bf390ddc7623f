"""A complaint half told: kept beside its conversation, so that it can go on in another.

What is kept is written with each turn's commit and is what the dialogue held then. Taking a form
over moves the row in one transaction with the end of the dialogue's session on the other side, so
that one conversation holds it at any time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from connectors.conversation.ownership import Owner
from connectors.ids import ConversationId, MessageId
from connectors.store import audit, conversations, inbox
from connectors.store.identity.people import person_of
from connectors.store.identity_tables import open_forms
from connectors.store.prepared import Prepared
from connectors.store.schema import conversations as conversations_table

Draft = Mapping[str, Any]
NO_LIFE = timedelta(0)


@dataclass(frozen=True, slots=True)
class OpenForm:
    """A form and where it is being filled in. ``elsewhere``: in another conversation."""

    conversation_id: ConversationId
    channel: str
    draft: Draft
    elsewhere: bool
    offered_to: str | None


def keep(
    conn: Connection,
    conversation_id: str,
    session: int,
    draft: Draft | None,
    now: datetime,
    life: timedelta = NO_LIFE,
) -> bool:
    """Writes down what the dialogue of this session holds after a turn.

    A form taken over from elsewhere stays until the dialogue has had it once: a turn that failed in
    between must not lose it. One that an earlier session held and never ended stays for ``life``,
    to be gone on with. True when a form waits here that the person has not been asked about.
    """
    kept = _kept.first(conn, {"of": conversation_id})
    row = _Row(*kept) if kept is not None else None
    if draft is None:
        return row is not None and _let_go(conn, conversation_id, session, row, now - life)
    values = {
        "at": conversation_id,
        "in_session": session,
        "now": now,
        "holding": dict(draft),
        "asked": row.offered_to if row is not None else None,
    }
    if row is None:
        _begin_keeping.run(conn, values)
    else:
        _keep_on.run(conn, values)
    return False


_held = {
    "session": bindparam("in_session", type_=open_forms.c.session.type),
    "draft": bindparam("holding", type_=open_forms.c.draft.type),
    "updated_at": bindparam("now", type_=open_forms.c.updated_at.type),
    "held": True,
    "taken_by": None,
    "offered_to": bindparam("asked", type_=open_forms.c.offered_to.type),
}
_begin_keeping = Prepared(insert(open_forms).values(conversation_id=bindparam("at"), **_held))
_keep_on = Prepared(
    update(open_forms).where(open_forms.c.conversation_id == bindparam("at")).values(_held)
)


def _let_go(
    conn: Connection, conversation_id: str, session: int, row: _Row, since: datetime
) -> bool:
    """The dialogue holds no form; whether the one kept waits for the person to be asked."""
    mine = open_forms.c.conversation_id == conversation_id
    unasked = row.offered_to is None and row.taken_by is None
    if row.session < session and row.updated_at > since and (row.held or unasked):
        left = {"session": session, "held": False, "offered_to": None, "taken_by": None}
        conn.execute(update(open_forms).where(mine).values(left))
        return True
    if row.held or row.session != session:
        conn.execute(delete(open_forms).where(mine))
        return False
    return unasked


_kept = Prepared(
    select(
        open_forms.c.session,
        open_forms.c.held,
        open_forms.c.offered_to,
        open_forms.c.taken_by,
        open_forms.c.updated_at,
    )
    .where(open_forms.c.conversation_id == bindparam("of"))
    .with_for_update()
)


class _Row(NamedTuple):
    session: int
    held: bool
    offered_to: str | None
    taken_by: str | None
    updated_at: datetime


def waiting(conn: Connection, conversation_id: str, session: int) -> tuple[Draft, datetime] | None:
    """A form left here that the person has not been asked about, and when it was left."""
    row = conn.execute(
        select(open_forms.c.draft, open_forms.c.updated_at).where(
            open_forms.c.conversation_id == conversation_id,
            open_forms.c.session == session,
            open_forms.c.held.is_(False),
            open_forms.c.taken_by.is_(None),
            open_forms.c.offered_to.is_(None),
        )
    ).first()
    return (row.draft, row.updated_at) if row is not None else None


def held(conn: Connection, conversation_id: str, session: int) -> bool:
    """Whether the dialogue of this session holds a form."""
    row = conn.execute(
        select(open_forms.c.conversation_id).where(
            open_forms.c.conversation_id == conversation_id,
            open_forms.c.session == session,
            open_forms.c.held.is_(True),
        )
    ).first()
    return row is not None


def find(
    conn: Connection, conversation_id: str, contact_id: str, now: datetime, life: timedelta
) -> OpenForm | None:
    """The form the person can go on with here, not older than ``life``: one left in this
    conversation by an earlier session or a turn that failed, else the latest in another one the bot
    talks in."""
    members = person_of(conn, contact_id).members
    here = open_forms.c.conversation_id == conversation_id
    of_now = open_forms.c.session == conversations_table.c.session
    left = open_forms.c.session < conversations_table.c.session
    row = conn.execute(
        select(open_forms, conversations_table.c.channel)
        .join(conversations_table, conversations_table.c.id == open_forms.c.conversation_id)
        .where(
            conversations_table.c.contact_id.in_(members),
            open_forms.c.updated_at > now - life,
            conversations_table.c.owner.in_([Owner.BOT.value, Owner.CLOSED.value]) | here,
            (of_now & (~here | open_forms.c.held.is_(False))) | (here & left),
        )
        .order_by(here.desc(), open_forms.c.updated_at.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    return OpenForm(
        ConversationId(row.conversation_id),
        row.channel,
        row.draft,
        row.conversation_id != conversation_id,
        row.offered_to,
    )


def note_offer(conn: Connection, form: OpenForm, to: str) -> None:
    """The person was asked in conversation ``to`` whether to go on with it."""
    conn.execute(
        update(open_forms)
        .where(open_forms.c.conversation_id == form.conversation_id)
        .values(offered_to=to)
    )


def note_left_offer(conn: Connection, conversation_id: str) -> None:
    """The person was asked whether to go on with the form left in this conversation."""
    conn.execute(
        update(open_forms)
        .where(open_forms.c.conversation_id == conversation_id)
        .values(offered_to=conversation_id)
    )


@dataclass(frozen=True, slots=True)
class Taken:
    """``former``: the conversation it was taken from, None when it was here already."""

    draft: Draft
    former: ConversationId | None


@dataclass(frozen=True, slots=True)
class Busy:
    """Something the person said over there is being answered just now: nothing was moved."""


def take(
    conn: Connection,
    conversation_id: ConversationId,
    contact_id: str,
    message_id: MessageId,
    now: datetime,
    life: timedelta,
) -> Taken | Busy | None:
    """Takes a form over into this conversation; None when there is none to take.

    The dialogue over there ends its session with it, so its next turn begins afresh. The same
    message takes the same form however often its turn is repeated.
    """
    mine = open_forms.c.conversation_id == conversation_id
    row = conn.execute(select(open_forms).where(mine)).first()
    if row is not None and row.taken_by == message_id:
        return Taken(row.draft, None)
    found = find(conn, conversation_id, contact_id, now, life)
    if found is None:
        return None
    here = conversations.hold(conn, conversation_id)
    values = {
        "conversation_id": conversation_id,
        "session": here.session,
        "updated_at": now,
        "taken_by": message_id,
        "held": False,
        "offered_to": None,
    }
    if found.elsewhere:
        there = conversations.hold(conn, found.conversation_id)
        if inbox.oldest_pending(conn, there.id) is not None:
            return Busy()
        conversations.new_session(conn, there.id)
        audit.record(
            conn,
            now,
            actor=contact_id,
            event="form.moved",
            conversation_id=there.id,
            to=conversation_id,
        )
        conn.execute(delete(open_forms).where(mine))  # what this dialogue held and let go of
    conn.execute(
        update(open_forms)
        .where(open_forms.c.conversation_id == found.conversation_id)
        .values(values)
    )
    return Taken(found.draft, found.conversation_id if found.elsewhere else None)
