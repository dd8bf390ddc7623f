"""How what people say gets into the log of their conversation, once."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    bindparam,
    case,
    exists,
    literal_column,
    or_,
    select,
    update,
)

from connectors.channel import Accepted
from connectors.conversation.ownership import Owner
from connectors.ids import ConversationId, MessageId, TraceId, new_id
from connectors.messages import NO_TRACE, Author, Inbound, Picked, parts_to_json
from connectors.store import attachments, conversations
from connectors.store.prepared import Prepared
from connectors.store.schema import ADDRESS_MOST, EXTERNAL_ID_MOST, messages
from connectors.store.schema import conversations as conversations_table


def accept(
    conn: Connection,
    inbound: Inbound,
    now: datetime,
    idle: timedelta,
    trace_id: TraceId = NO_TRACE,
) -> Accepted:
    """Stores one inbound message, or recognises it as a repeat and stores nothing.

    Usually two statements: the conversation gives the message its place, unless the message is
    there already; the message is written. Only a first message or a repeat needs more. The unique
    ``dedup_key`` decides between repeats that race. After ``idle`` of silence a new session of the
    bot begins, but never under an agent's hands: the conversation they read stays one.

    Raises ``ValueError`` for an address longer than the store keeps.
    """
    dedup_key = _dedup_key(inbound)
    where = {
        "in_channel": inbound.channel,
        "in_account": inbound.account,
        "in_address": inbound.address,
        "in_dedup_key": dedup_key,
        "in_now": now,
        "in_stale": now - idle,
    }
    place = _take_place.first(conn, where)
    if place is None:
        known = _find_repeat.first(conn, where)
        if known is not None:
            return Accepted(
                MessageId(known[0]), ConversationId(known[1]), known[2], True, TraceId(known[3])
            )
        address = inbound.channel, inbound.account, inbound.address
        conversations.make(conn, *address, now, care=inbound.care)
        place = _take_place.first(conn, where)
        assert place is not None
    message_id = MessageId(new_id("m"))
    _store_inbound.run(
        conn,
        {
            "id": message_id,
            "conversation_id": place[0],
            "seq": place[1],
            "author": Author.CITIZEN.value,
            "parts": parts_to_json(inbound.parts),
            "picked": _picked_to_json(inbound.picked),
            "external_id": inbound.external_id[:EXTERNAL_ID_MOST],
            "dedup_key": dedup_key,
            "trace_id": trace_id,
            "inbox_state": "handled" if inbound.silent else "pending",
            "created_at": now,
        },
    )
    attachments.use_parts(conn, message_id, inbound.parts)
    return Accepted(message_id, ConversationId(place[0]), place[1], False, trace_id)


# Constants as part of the text: a bound one costs as much as a value, with every message.
_ZERO: ColumnElement[int] = literal_column("0")
_ONE: ColumnElement[int] = literal_column("1")


def _owner(owner: Owner) -> ColumnElement[str]:
    return literal_column(f"'{owner.value}'")


_take_place = Prepared(
    update(conversations_table)
    .where(
        conversations_table.c.channel == bindparam("in_channel"),
        conversations_table.c.account == bindparam("in_account"),
        conversations_table.c.address == bindparam("in_address"),
        ~exists().where(messages.c.dedup_key == bindparam("in_dedup_key")),
    )
    .values(
        last_seq=conversations_table.c.last_seq + _ONE,
        last_inbound_at=bindparam("in_now"),
        unanswered_since=case(  # an agent owes them an answer from now on
            (
                and_(
                    conversations_table.c.owner == _owner(Owner.AGENT),
                    conversations_table.c.unanswered_since.is_(None),
                ),
                bindparam("in_now"),
            ),
            else_=conversations_table.c.unanswered_since,
        ),
        session=conversations_table.c.session
        + case(
            (
                and_(
                    conversations_table.c.last_inbound_at < bindparam("in_stale"),
                    or_(
                        conversations_table.c.owner == _owner(Owner.BOT),
                        conversations_table.c.owner == _owner(Owner.CLOSED),
                    ),
                ),
                _ONE,
            ),
            else_=_ZERO,
        ),
    )
    .returning(conversations_table.c.id, conversations_table.c.last_seq)
)

_store_inbound = Prepared.insert(
    messages,
    "id",
    "conversation_id",
    "seq",
    "author",
    "parts",
    "picked",
    "external_id",
    "dedup_key",
    "trace_id",
    "inbox_state",
    "created_at",
)

_find_repeat = Prepared(
    select(messages.c.id, messages.c.conversation_id, messages.c.seq, messages.c.trace_id).where(
        messages.c.dedup_key == bindparam("in_dedup_key")
    )
)


def _dedup_key(inbound: Inbound) -> str:
    """Names the message on its account. Too long an id is told apart by its digest."""
    if len(inbound.address) > ADDRESS_MOST:
        raise ValueError(f"an address of {len(inbound.address)} characters")
    external_id = inbound.external_id
    if len(external_id) > EXTERNAL_ID_MOST:
        external_id = hashlib.sha256(external_id.encode(errors="replace")).hexdigest()
    return f"{inbound.channel}\x1f{inbound.account}\x1f{external_id}"


def _picked_to_json(picked: Picked | None) -> dict[str, str] | None:
    return {"message_id": picked.message_id, "choice_id": picked.choice_id} if picked else None
