"""The log of a conversation: what people say is accepted into it, what we say added, all read."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
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

from connectors import logs
from connectors.channel import Accepted
from connectors.conversation.ownership import Owner
from connectors.ids import AgentId, ConversationId, MessageId, TraceId, new_id
from connectors.messages import (
    NO_TRACE,
    Author,
    Choice,
    Inbound,
    Outbound,
    Part,
    Picked,
    Stored,
    choices_from_json,
    choices_to_json,
    parts_from_json,
    parts_to_json,
)
from connectors.store import attachments, conversations
from connectors.store.conversations import Conversation
from connectors.store.prepared import Prepared
from connectors.store.schema import ADDRESS_MOST, EXTERNAL_ID_MOST, deliveries, messages
from connectors.store.schema import conversations as conversations_table

log = logs.get(__name__)


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
            return Accepted(MessageId(known[0]), ConversationId(known[1]), known[2], True)
        conversations.make(conn, inbound.channel, inbound.account, inbound.address, now)
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
    return Accepted(message_id, ConversationId(place[0]), place[1], False)


_take_place = Prepared(
    update(conversations_table)
    .where(
        conversations_table.c.channel == bindparam("in_channel"),
        conversations_table.c.account == bindparam("in_account"),
        conversations_table.c.address == bindparam("in_address"),
        ~exists().where(messages.c.dedup_key == bindparam("in_dedup_key")),
    )
    .values(
        last_seq=conversations_table.c.last_seq + 1,
        last_inbound_at=bindparam("in_now"),
        unanswered_since=case(  # an agent owes them an answer from now on
            (
                and_(
                    conversations_table.c.owner == literal_column(f"'{Owner.AGENT.value}'"),
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
                        conversations_table.c.owner == Owner.BOT.value,
                        conversations_table.c.owner == Owner.CLOSED.value,
                    ),
                ),
                1,
            ),
            else_=0,
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
    select(messages.c.id, messages.c.conversation_id, messages.c.seq).where(
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


def add(
    conn: Connection,
    conversation: Conversation,
    outbound: Outbound,
    now: datetime,
    *,
    expires_at: datetime | None = None,
    in_reply_to: str | None = None,
    trace_id: str = "",
    dedup_key: str | None = None,
) -> Stored:
    """Writes something we say into the log and into the outbox, in the caller's transaction.

    ``dedup_key`` makes a repeat recognisable (an agent's double click): with a key that is there
    already, nothing is written and the earlier message comes back.
    """
    if dedup_key is not None:
        known = _by_key.first(conn, {"of_key": dedup_key})
        if known is not None:
            return of_row(_by_key.named(known))
    seq = conversations.next_seq(conn, conversation.id)
    stored = Stored(
        id=MessageId(new_id("m")),
        conversation_id=conversation.id,
        seq=seq,
        author=outbound.author,
        parts=outbound.parts,
        created_at=now,
        choices=outbound.choices,
        agent_id=outbound.agent_id,
        trace_id=TraceId(trace_id),
    )
    _store_ours.run(
        conn,
        {
            "id": stored.id,
            "conversation_id": conversation.id,
            "seq": seq,
            "author": outbound.author.value,
            "agent_id": outbound.agent_id,
            "parts": parts_to_json(outbound.parts),
            "choices": choices_to_json(outbound.choices) or None,
            "in_reply_to": in_reply_to,
            "dedup_key": dedup_key,
            "trace_id": trace_id,
            "created_at": now,
        },
    )
    _queue.run(
        conn,
        {
            "id": new_id("d"),
            "message_id": stored.id,
            "conversation_id": conversation.id,
            "seq": seq,
            "channel": conversation.channel,
            "account": conversation.account,
            "purpose": outbound.purpose.value,
            "state": "queued",
            "next_attempt_at": now,
            "expires_at": expires_at,
            "updated_at": now,
        },
    )
    attachments.use_parts(conn, stored.id, outbound.parts)
    return stored


_by_key = Prepared(select(messages).where(messages.c.dedup_key == bindparam("of_key")))
_store_ours = Prepared.insert(
    messages,
    "id",
    "conversation_id",
    "seq",
    "author",
    "agent_id",
    "parts",
    "choices",
    "in_reply_to",
    "dedup_key",
    "trace_id",
    "created_at",
)
_queue = Prepared.insert(
    deliveries,
    "id",
    "message_id",
    "conversation_id",
    "seq",
    "channel",
    "account",
    "purpose",
    "state",
    "next_attempt_at",
    "expires_at",
    "updated_at",
)


def after(
    conn: Connection, conversation_id: str, seq: int, limit: int = 200, *, newest: bool = False
) -> list[Stored]:
    """Messages with a sequence number above ``seq``, in order; ``newest``: only the last ones."""
    look = _newest_after if newest else _after
    rows = look.all(conn, {"of": conversation_id, "after": seq, "most": limit})
    found = [of_row(look.named(row)) for row in rows]
    return found[::-1] if newest else found


_later = select(messages).where(
    messages.c.conversation_id == bindparam("of"), messages.c.seq > bindparam("after")
)
_after = Prepared(_later.order_by(messages.c.seq).limit(bindparam("most")))
_newest_after = Prepared(_later.order_by(messages.c.seq.desc()).limit(bindparam("most")))


def get(conn: Connection, message_id: str) -> Stored | None:
    row = _get.first(conn, {"of": message_id})
    return of_row(_get.named(row)) if row else None


_get = Prepared(select(messages).where(messages.c.id == bindparam("of")))


def latest_offer(conn: Connection, conversation_id: str, before_seq: int) -> Stored | None:
    """The last message of ours before ``before_seq``, if it offered choices that still stand."""
    row = _last_of_ours.first(conn, {"of": conversation_id, "before": before_seq})
    stored = of_row(_last_of_ours.named(row)) if row else None
    return stored if stored and stored.choices else None


_last_of_ours = Prepared(
    select(messages)
    .where(
        messages.c.conversation_id == bindparam("of"),
        messages.c.seq < bindparam("before"),
        or_(
            messages.c.author == Author.BOT.value,
            messages.c.author == Author.AGENT.value,
        ),
    )
    .order_by(messages.c.seq.desc())
    .limit(1)
)


def _picked_to_json(picked: Picked | None) -> dict[str, str] | None:
    return {"message_id": picked.message_id, "choice_id": picked.choice_id} if picked else None


def of_row(r: Mapping[str, Any]) -> Stored:
    """The message of a row. One that cannot be read comes without words, not ``readable``:
    the conversation around it stays readable, and its turn fails instead of blocking the queue."""
    parts: tuple[Part, ...] = ()
    choices: tuple[Choice, ...] = ()
    picked: Picked | None = None
    readable = True
    try:
        parts = parts_from_json(r["parts"])
        choices = choices_from_json(r["choices"])
        picked = _picked_from_json(r["picked"])
    except (ValueError, KeyError, TypeError) as error:
        log.error("message.unreadable", message_id=r["id"], reason=type(error).__name__)
        readable = False
    return Stored(
        id=MessageId(r["id"]),
        conversation_id=ConversationId(r["conversation_id"]),
        seq=r["seq"],
        author=Author(r["author"]),
        parts=parts,
        created_at=r["created_at"],
        choices=choices,
        picked=picked,
        agent_id=AgentId(r["agent_id"]) if r["agent_id"] else None,
        external_id=r["external_id"],
        trace_id=TraceId(r["trace_id"]),
        attempts=r["attempts"],
        in_reply_to=MessageId(r["in_reply_to"]) if r["in_reply_to"] else None,
        readable=readable,
    )


def _picked_from_json(picked: dict[str, str] | None) -> Picked | None:
    return Picked(MessageId(picked["message_id"]), picked["choice_id"]) if picked else None
