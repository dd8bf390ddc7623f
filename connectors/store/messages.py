"""The log of a conversation: what people say is accepted into it, what we say added, all read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    and_,
    bindparam,
    exists,
    or_,
    select,
)

from connectors import logs
from connectors.ids import AgentId, ConversationId, MessageId, TraceId, new_id
from connectors.messages import (
    Author,
    Choice,
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
from connectors.store.schema import deliveries, messages

log = logs.get(__name__)


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
        in_reply_to=MessageId(in_reply_to) if in_reply_to else None,
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


def before(conn: Connection, conversation_id: str, message_id: str) -> Stored | None:
    """The citizen's message before this one."""
    seq = select(messages.c.seq).where(messages.c.id == message_id).scalar_subquery()
    row = (
        conn.execute(
            select(messages)
            .where(
                messages.c.conversation_id == conversation_id,
                messages.c.author == Author.CITIZEN.value,
                messages.c.seq < seq,
            )
            .order_by(messages.c.seq.desc())
            .limit(1)
        )
        .mappings()
        .first()
    )
    return of_row(dict(row)) if row is not None else None


def latest_offer(conn: Connection, conversation_id: str, before_seq: int) -> Stored | None:
    """The last message of ours before ``before_seq``, if it offered choices that still stand."""
    row = _last_of_ours.first(conn, {"of": conversation_id, "before": before_seq})
    if row is None or not (named := _last_of_ours.named(row))["choices"]:
        return None
    stored = of_row(named)
    return stored if stored.choices else None


_last_of_ours = Prepared(
    select(messages)
    .where(
        messages.c.conversation_id == bindparam("of"),
        messages.c.seq < bindparam("before"),
        or_(
            messages.c.author == Author.BOT.value,
            messages.c.author == Author.AGENT.value,
            # A notice takes nothing back, unless it asks something itself and has gone out.
            and_(
                messages.c.author == Author.SYSTEM.value,
                messages.c.choices.is_not(None),
                exists().where(
                    deliveries.c.message_id == messages.c.id, deliveries.c.sent_at.is_not(None)
                ),
            ),
        ),
    )
    .order_by(messages.c.seq.desc())
    .limit(1)
)


def last_trace(conn: Connection, conversation_id: str, until: datetime | None = None) -> str | None:
    """The trace of what the person said last, ``until`` then."""
    query = select(messages.c.trace_id).where(
        messages.c.conversation_id == conversation_id, messages.c.author == Author.CITIZEN.value
    )
    if until is not None:
        query = query.where(messages.c.created_at <= until)
    return conn.execute(query.order_by(messages.c.seq.desc()).limit(1)).scalar()


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
