"""Conversations: found or made for an address, owned, numbered, sessioned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Integer, bindparam, case, cast, func, select, update

from connectors.conversation.ownership import Event, Owner, next_owner
from connectors.conversation.skills import Skill, rank_of
from connectors.ids import AgentId, ContactId, ConversationId, new_id
from connectors.messages import Person
from connectors.store import audit, offers, waits
from connectors.store.prepared import Prepared
from connectors.store.schema import contacts, conversations, messages


@dataclass(frozen=True, slots=True)
class Conversation:
    id: ConversationId
    contact_id: ContactId
    channel: str
    account: str
    address: str
    owner: Owner
    epoch: int
    fence: int
    agent_id: AgentId | None
    skill: str | None
    handoff_reason: str | None
    waiting_since: datetime | None
    session: int
    last_seq: int
    last_inbound_at: datetime | None
    queue_rank: int = 0
    unanswered_since: datetime | None = None
    last_agent_id: AgentId | None = None
    care: bool = False

    @property
    def person(self) -> Person:
        return Person(self.contact_id, self.id, self.channel, self.account, self.address)

    @property
    def session_id(self) -> str:
        """What Rasa knows this session as. A new one begins a fresh tracker."""
        return f"{self.id}.{self.session}"


def of_row(r: Mapping[str, Any]) -> Conversation:
    """The conversation of a row. Raises what a row raises that cannot be read."""
    return Conversation(
        id=ConversationId(r["id"]),
        contact_id=ContactId(r["contact_id"]),
        channel=r["channel"],
        account=r["account"],
        address=r["address"],
        owner=Owner(r["owner"]),
        epoch=r["epoch"],
        fence=r["fence"],
        agent_id=AgentId(r["agent_id"]) if r["agent_id"] else None,
        skill=r["skill"],
        handoff_reason=r["handoff_reason"],
        waiting_since=r["waiting_since"],
        session=r["session"],
        last_seq=r["last_seq"],
        last_inbound_at=r["last_inbound_at"],
        queue_rank=r["queue_rank"],
        unanswered_since=r["unanswered_since"],
        last_agent_id=AgentId(r["last_agent_id"]) if r["last_agent_id"] else None,
        care=r["care"],
    )


def get(conn: Connection, conversation_id: str) -> Conversation | None:
    row = _get.first(conn, {"of": conversation_id})
    return of_row(_get.named(row)) if row else None


_get = Prepared(select(conversations).where(conversations.c.id == bindparam("of")))


def hold(conn: Connection, conversation_id: str) -> Conversation:
    """The conversation, which nobody else changes until this transaction ends.

    Raises ``LookupError`` when there is none.
    """
    row = _hold.first(conn, {"of": conversation_id})
    if row is None:
        raise LookupError(conversation_id)
    return of_row(_hold.named(row))


_hold = Prepared(
    select(conversations).where(conversations.c.id == bindparam("of")).with_for_update()
)


def raise_fence(conn: Connection, conversation_id: str) -> int:
    """The fence of a turn that begins now: whoever began one before may not commit it."""
    row = _raise_fence.first(conn, {"of": conversation_id})
    if row is None:
        raise LookupError(conversation_id)
    return int(row[0])


_raise_fence = Prepared(
    update(conversations)
    .where(conversations.c.id == bindparam("of"))
    .values(fence=conversations.c.fence + 1)
    .returning(conversations.c.fence)
)


def find(conn: Connection, channel: str, account: str, address: str) -> Conversation | None:
    row = _find.first(conn, {"on": channel, "at": account, "of": address})
    return of_row(_find.named(row)) if row else None


_find = Prepared(
    select(conversations).where(
        conversations.c.channel == bindparam("on"),
        conversations.c.account == bindparam("at"),
        conversations.c.address == bindparam("of"),
    )
)


def make(
    conn: Connection,
    channel: str,
    account: str,
    address: str,
    now: datetime,
    contact_id: str | None = None,
) -> None:
    """Makes the conversation of an address, and a contact of its own unless one is named.

    Raises ``IntegrityError`` when somebody was quicker; a unit run again then finds theirs.
    """
    if contact_id is None:
        contact_id = new_id("p")
        _new_contact.run(conn, {"id": contact_id, "created_at": now})
    _new_conversation.run(
        conn,
        {
            "id": new_id("c"),
            "contact_id": contact_id,
            "channel": channel,
            "account": account,
            "address": address,
            "owner": Owner.BOT.value,
            "created_at": now,
        },
    )


_new_contact = Prepared.insert(contacts, "id", "created_at")
_new_conversation = Prepared.insert(
    conversations, "id", "contact_id", "channel", "account", "address", "owner", "created_at"
)


def next_seq(conn: Connection, conversation_id: str) -> int:
    """Takes the next place in the conversation; also the row lock that orders its writers."""
    taken = _take_seq.first(conn, {"of": conversation_id})
    if taken is None:
        raise LookupError(conversation_id)
    return int(taken[0])


_take_seq = Prepared(
    update(conversations)
    .where(conversations.c.id == bindparam("of"))
    .values(last_seq=conversations.c.last_seq + 1)
    .returning(conversations.c.last_seq)
)


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


def mend(conn: Connection, conversation_id: str, now: datetime) -> None:
    """Puts something readable where a row cannot be read, so that the conversation can go on."""
    owner = conversations.c.owner
    newest = select(func.coalesce(func.max(messages.c.seq), 0)).where(
        messages.c.conversation_id == conversation_id
    )
    conn.execute(
        update(conversations)
        .where(conversations.c.id == conversation_id)
        .values(
            owner=case((owner.in_([one.value for one in Owner]), owner), else_=Owner.BOT.value),
            epoch=cast(conversations.c.epoch, Integer) + 1,
            fence=cast(conversations.c.fence, Integer) + 1,
            session=cast(conversations.c.session, Integer) + 1,
            last_seq=newest.scalar_subquery(),
            waiting_since=case((owner == Owner.WAITING.value, now), else_=None),
            last_inbound_at=now,
        )
    )
    audit.record(
        conn,
        now,
        actor="worker",
        event="conversation.mended",
        conversation_id=conversation_id,
    )


def new_session(conn: Connection, conversation_id: str) -> None:
    """Ends the bot's session: the next turn begins with an empty tracker."""
    conn.execute(
        update(conversations)
        .where(conversations.c.id == conversation_id)
        .values(session=conversations.c.session + 1)
    )


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


@dataclass(frozen=True, slots=True)
class Contact:
    id: ContactId
    region: str | None
    audience: str
    verified_phone: str | None


def contact(conn: Connection, contact_id: str) -> Contact:
    row = _contact.first(conn, {"of": contact_id})
    if row is None:
        raise LookupError(contact_id)
    r = _contact.named(row)
    return Contact(ContactId(r["id"]), r["region"], r["audience"], r["verified_phone"])


_contact = Prepared(select(contacts).where(contacts.c.id == bindparam("of")))
