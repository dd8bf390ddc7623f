"""Who owns a conversation, and what hangs on it: its place in the queue, who owes it an answer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Integer, case, cast, exists, func, select, update

from connectors.conversation.ownership import Event, Owner, next_owner
from connectors.conversation.skills import Skill, rank_of
from connectors.store import audit, offers, waits
from connectors.store.conversations import UNREADABLE, Conversation, get, hold
from connectors.store.desk_tables import conversation_waits
from connectors.store.schema import conversations, messages


def change_owner(
    conn: Connection,
    conversation_id: str,
    event: Event,
    now: datetime,
    *,
    actor: str,
    agent_id: str | None = None,
    skill: str | None = None,
    reason: str | None = None,
) -> Conversation:
    """Moves the conversation along the ownership table, bumps its epoch and writes the audit row.

    Raises ``ForbiddenTransition`` when the table has no such cell and ``LookupError`` when there
    is no such conversation. Concurrent changes are serialised by the row: the second one is judged
    against the state the first one left.
    """
    before = hold(conn, conversation_id)
    owner = next_owner(before.owner, event)
    waiting = owner is Owner.WAITING
    waited = before.owner is Owner.WAITING
    goes_on = waiting and waited and before.waiting_since is not None
    rank = rank_of(skill, reason)
    if goes_on:  # moved to another queue: nobody loses the time they have waited
        rank = min(rank, before.queue_rank)
    since = before.waiting_since if goes_on else now
    conn.execute(
        update(conversations)
        .where(conversations.c.id == conversation_id)
        .values(
            owner=owner.value,
            epoch=conversations.c.epoch + 1,
            agent_id=agent_id if owner is Owner.AGENT else None,
            last_agent_id=agent_id if owner is Owner.AGENT else before.last_agent_id,
            skill=skill if waiting else before.skill,
            handoff_reason=reason if waiting else before.handoff_reason,
            waiting_since=since if waiting else None,
            queue_rank=rank if waiting else before.queue_rank,
            unanswered_since=_unanswered(before, owner, now),
        )
    )
    offers.end(conn, conversation_id, agent_id if event is Event.TAKE else None)
    if goes_on:
        waits.move(conn, conversation_id, skill or Skill.GENERAL, reason or "")
    elif waiting:
        waits.begin(
            conn,
            conversation_id,
            now,
            channel=before.channel,
            skill=skill or Skill.GENERAL,
            reason=reason or "",
            place=waits.place(conn, rank, now, skill),
        )
    elif waited:
        waits.finish(conn, conversation_id, now, event, reason=reason or "", agent_id=agent_id)
    audit.record(
        conn,
        now,
        actor=actor,
        event=f"owner.{event.value}",
        conversation_id=conversation_id,
        owner=owner.value,
        reason=reason or "",
    )
    after = get(conn, conversation_id)
    assert after is not None
    return after


def _unanswered(before: Conversation, owner: Owner, now: datetime) -> datetime | None:
    """Since when the person has been without an agent's answer, once the owner is this one."""
    match owner:
        case Owner.WAITING:
            return before.unanswered_since or now
        case Owner.AGENT:
            return before.unanswered_since
        case Owner.BOT | Owner.CLOSED:
            return None


def mend(conn: Connection, conversation_id: str, now: datetime, *, actor: str) -> None:
    """Puts something readable where a row cannot be read, so that the conversation can go on, with
    whom it was: what can be read stays."""
    owner, since = conversations.c.owner, conversations.c.waiting_since
    waited = exists().where(
        conversation_waits.c.conversation_id == conversation_id,
        conversation_waits.c.ended_at.is_(None),
    )
    lost = [name for name in _MOMENTS if not _readable(conn, conversation_id, name)]
    newest = select(func.coalesce(func.max(messages.c.seq), 0)).where(
        messages.c.conversation_id == conversation_id
    )
    conn.execute(
        update(conversations)
        .where(conversations.c.id == conversation_id)
        .values(
            owner=case(
                (owner.in_([one.value for one in Owner]), owner),
                (waited, Owner.WAITING.value),
                else_=Owner.BOT.value,
            ),
            epoch=cast(conversations.c.epoch, Integer) + 1,
            fence=cast(conversations.c.fence, Integer) + 1,
            session=cast(conversations.c.session, Integer) + 1,
            last_seq=newest.scalar_subquery(),
            **dict.fromkeys(lost, now),
        )
    )
    waits_now = owner == Owner.WAITING.value
    conn.execute(
        update(conversations)
        .where(conversations.c.id == conversation_id)
        .values(waiting_since=case((waits_now, func.coalesce(since, now)), else_=None))
    )
    audit.record(
        conn,
        now,
        actor=actor,
        event="conversation.mended",
        conversation_id=conversation_id,
    )


_MOMENTS = ("waiting_since", "unanswered_since", "last_inbound_at", "created_at")


def _readable(conn: Connection, conversation_id: str, name: str) -> bool:
    row = select(conversations.c[name]).where(conversations.c.id == conversation_id)
    try:
        conn.execute(row).all()
    except UNREADABLE:
        return False
    return True


def set_care(conn: Connection, conversation_id: str, care: bool, now: datetime) -> None:
    """Whether the person has asked for large letters and simple words (关怀模式). Somebody who
    waits for anybody then goes on waiting for those who help the elderly."""
    conn.execute(
        update(conversations).where(conversations.c.id == conversation_id).values(care=care)
    )
    waiting = hold(conn, conversation_id)
    if care and waiting.owner is Owner.WAITING and waiting.skill == Skill.GENERAL:
        change_owner(
            conn,
            conversation_id,
            Event.HANDOFF,
            now,
            actor=waiting.contact_id,
            skill=Skill.ELDERLY,
            reason=waiting.handoff_reason,
        )


def queue_position(conn: Connection, conversation: Conversation) -> int:
    """Place in the queue, from 1; 0 for somebody who does not wait."""
    if conversation.owner is not Owner.WAITING or conversation.waiting_since is None:
        return 0
    return waits.place(
        conn, conversation.queue_rank, conversation.waiting_since, conversation.skill
    )


def answer(conn: Connection, conversation_id: str, agent_id: str | None, now: datetime) -> None:
    """An agent has spoken, of ours or (None) of the platform's: nobody is without an answer."""
    conn.execute(
        update(conversations)
        .where(conversations.c.id == conversation_id)
        .values(unanswered_since=None)
    )
    waits.answered(conn, conversation_id, agent_id, now)
