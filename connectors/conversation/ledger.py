"""The store's side of a turn: how it begins, commits, waits and is set aside.

Each function is one transaction. The *fence* says that nobody else committed a turn since this one
began, the *epoch* that the owner is still who it was.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import takewhile

from sqlalchemy import Connection

from connectors.conversation import choices
from connectors.conversation.dialogue import Close, Effect, Handoff
from connectors.conversation.identity import offer_elsewhere, offer_left
from connectors.conversation.ownership import Event, Owner
from connectors.conversation.skills import Facts, skill_of
from connectors.conversation.turn import Outcome, Turn, Voice
from connectors.conversation.wishes import Wish
from connectors.ids import ConversationId
from connectors.messages import Attachment, Author, Location, Outbound, Stored, plain_text
from connectors.sanitize import never_a_command, printable
from connectors.store import (
    audit,
    conversations,
    inbox,
    incidents,
    messages,
    opt_outs,
    owners,
    waits,
)
from connectors.store.conversations import Conversation
from connectors.store.identity import open_forms
from connectors.store.incidents import Notice

SEND_FILES = "/send_files"  # what a message of files, or of a place, means that has no words
JOIN_MOST = 10  # quick messages of one person taken in one turn


@dataclass(frozen=True, slots=True)
class Burst:
    """The person may be writing on: look again after ``pause`` seconds. ``last``: the place of
    their newest message."""

    pause: float
    last: int


@dataclass(frozen=True, slots=True)
class Committed:
    """The conversation after a turn's commit, and what was said in it."""

    conversation: Conversation
    said: tuple[Stored, ...] = ()


@dataclass(frozen=True, slots=True)
class _Writing:
    """A transaction that writes for a turn; ``said`` grows as it does."""

    conn: Connection
    turn: Turn
    now: datetime
    said: list[Stored] = field(default_factory=list)


class TurnLedger:
    """``attempts``: tries a message gets before a person takes over. ``form_life``: how long a form
    begun elsewhere may be gone on with."""

    def __init__(self, voice: Voice, attempts: int, form_life: timedelta) -> None:
        self._voice = voice
        self._attempts = attempts
        self._form_life = form_life

    def begin(
        self,
        conn: Connection,
        conversation_id: ConversationId,
        now: datetime,
        waited_for: int = 0,
    ) -> Turn | Burst | None:
        """What is next in a conversation; None when nothing waits. Only reads.

        ``waited_for``: the message behind which the person was given time to write another.
        """
        waiting = inbox.pending(conn, conversation_id, JOIN_MOST)
        if not waiting:
            return None
        conversation = conversations.get(conn, conversation_id)
        assert conversation is not None
        join = self._voice.capabilities(conversation.channel).join_burst
        if join and (burst := _burst(conversation, waiting, join, now, waited_for)) is not None:
            return burst
        contact = conversations.contact(conn, conversation.contact_id)
        joined = waiting[:1]
        if join:
            joined = list(takewhile(lambda m: m.picked is None, waiting)) or waiting[:1]
        read = [self._read(conn, message) for message in joined]
        text = "\n".join([one for one in read if one != SEND_FILES] or read[:1])
        return Turn(conversation, contact, joined[-1], tuple(joined), text, conversation.fence)

    def _read(self, conn: Connection, message: Stored) -> str:
        """What the person means: a choice tapped or named, else their words, made safe."""
        if message.picked is not None:
            offer = messages.get(conn, message.picked.message_id)
            if offer is not None and offer.conversation_id == message.conversation_id:
                for choice in offer.choices:
                    if choice.id == message.picked.choice_id:
                        return choice.payload
        offer = messages.latest_offer(conn, message.conversation_id, message.seq)
        if offer is not None:
            chosen = choices.pick(message.text, offer.choices)
            if chosen is not None:
                return chosen.payload
        said = plain_text([part for part in message.parts if not isinstance(part, Location)])
        words = never_a_command(printable(said))
        sent = any(isinstance(part, Attachment | Location) for part in message.parts)
        return SEND_FILES if sent and not words else words

    def untold(self, conn: Connection, turn: Turn, now: datetime) -> list[Notice]:
        """Notices in force the person has not heard of; none while a complaint is being taken,
        which then tells them itself."""
        if turn.text.startswith("/"):
            return []
        standing = incidents.standing(conn, now)
        if not standing or open_forms.held(conn, turn.conversation.id, turn.conversation.session):
            return []
        return incidents.untold(conn, standing, turn.conversation.id, turn.message.id)

    def note_wait(self, conn: Connection, turn: Turn, now: datetime) -> bool:
        """Writes, once per message, that it is here and being worked on."""
        conversation = conversations.hold(conn, turn.conversation.id)
        if conversation.fence != turn.fence or not inbox.mark_noticed(conn, turn.message.id):
            return False
        notice = self._voice.say("gateway_received", conversation.channel)
        _add(_Writing(conn, turn, now), conversation, notice)
        return True

    def set_aside(
        self, conn: Connection, conversation_id: ConversationId, now: datetime
    ) -> Conversation | None:
        """Counts a broken try of the next message; after the last one a person takes over.

        Works on ids alone, so that a row nobody can read does not hold up those behind it.
        The conversation when the message was given up, None when it may be tried again.
        """
        message_id = inbox.oldest_pending(conn, conversation_id)
        if message_id is None or inbox.count_attempt(conn, message_id) < self._attempts:
            return None
        try:
            conversation = conversations.hold(conn, conversation_id)
        except conversations.UNREADABLE:  # its own row is what cannot be read
            owners.mend(conn, conversation_id, now, actor="worker")
            conversation = conversations.hold(conn, conversation_id)
        inbox.mark(conn, message_id, "failed")
        apology = self._voice.say("gateway_turn_failed", conversation.channel, Author.BOT)
        messages.add(conn, conversation, apology, now, in_reply_to=message_id)
        if conversation.owner not in (Owner.BOT, Owner.CLOSED):
            return conversation
        return self._call(conn, conversation, "", "turn_failed", now, actor="worker")

    def commit(
        self, conn: Connection, turn: Turn, outcome: Outcome, now: datetime
    ) -> Committed | None:
        """Writes the outcome; what it made of things, or None when another turn came between.

        The row is held, so that no agent takes the conversation between the check and the write.
        """
        conversation = conversations.pass_fence(conn, turn.conversation.id, turn.fence)
        if conversation is None:
            return None  # another worker has committed this turn before us
        writing = _Writing(conn, turn, now)
        for message in turn.joined:
            inbox.mark(conn, message.id, "failed" if outcome.failed else "handled")
        if outcome.wish is not None:  # whoever owns the conversation
            self._heed(writing, conversation, outcome.wish)
        if conversation.epoch != turn.conversation.epoch:
            audit.record(
                conn,
                now,
                actor="worker",
                event="late_reply_dropped",
                conversation_id=conversation.id,
                message_id=turn.message.id,
            )
            return Committed(conversation, tuple(writing.said))
        if outcome.reopen:
            conversation = self._move(conn, conversation, Event.REOPEN, now)
        if outcome.withdraw:
            conversation = self._move(conn, conversation, Event.WITHDRAW, now)
        for outbound in self._voice.in_turn(outcome.outbounds, conversation.channel):
            _add(writing, conversation, outbound)
        if outcome.incident is not None:
            incidents.note_told(conn, outcome.incident, conversation.id, turn.message.id, now)
        if outcome.place:
            self._tell_place(writing, conversation, "gateway_handoff_waiting")
        if outcome.state is not None:
            self._mind_forms(writing, conversation, outcome)
        for effect in outcome.effects:
            conversation = self._apply(writing, conversation, effect)
        return Committed(conversation, tuple(writing.said))

    def _mind_forms(self, writing: _Writing, conversation: Conversation, outcome: Outcome) -> None:
        """Keeps the form this dialogue holds; where it holds none, asks about one elsewhere."""
        conn, turn, now = writing.conn, writing.turn, writing.now
        state = outcome.state or {}
        session = turn.conversation.session
        told, life = state.get("complaint"), self._form_life
        left = open_forms.keep(conn, conversation.id, session, told, now, life)
        if state.get("active_form") or outcome.effects or any(o.choices for o in outcome.outbounds):
            return
        asked = offer_left(conn, conversation, session, self._voice) if left else None
        asked = asked or offer_elsewhere(
            conn, conversation, turn.contact, self._voice, now, self._form_life
        )
        if asked is not None:
            _add(writing, conversation, asked)

    def _heed(self, writing: _Writing, conversation: Conversation, wish: Wish) -> None:
        """Writes down what a person wishes, and confirms it the first time."""
        who = (conversation.channel, conversation.address)
        if wish is Wish.STOP:
            key, new = "gateway_opted_out", opt_outs.stop(writing.conn, *who, writing.now)
        else:
            key, new = "gateway_opted_in", opt_outs.resume(writing.conn, *who)
        if new:
            _add(writing, conversation, self._voice.say(key, conversation.channel))

    def _apply(self, writing: _Writing, conversation: Conversation, effect: Effect) -> Conversation:
        conn, now = writing.conn, writing.now
        match effect:
            case Handoff(skill, reason):
                moved = self._call(conn, conversation, skill, reason, now, actor="bot")
                self._tell_place(writing, moved, "gateway_handoff_started")
                return moved
            case Close():
                return self._move(conn, conversation, Event.CLOSE, now)

    def _call(
        self,
        conn: Connection,
        conversation: Conversation,
        asked: str,
        reason: str,
        now: datetime,
        *,
        actor: str,
    ) -> Conversation:
        """Calls a person, in the queue the table of skills gives."""
        facts = Facts(
            asked=asked,
            reason=reason,
            audience=conversations.contact(conn, conversation.contact_id).audience,
            care=conversation.care,
            of_channel=self._voice.capabilities(conversation.channel).queue,
        )
        return owners.change_owner(
            conn,
            conversation.id,
            Event.HANDOFF,
            now,
            actor=actor,
            skill=skill_of(facts),
            reason=reason,
        )

    def _tell_place(self, writing: _Writing, conversation: Conversation, key: str) -> None:
        """Tells whoever waits their place; where each message costs, once in a stretch of it."""
        conn, now = writing.conn, writing.now
        wait = waits.open_of(conn, conversation.id)
        each_costs = self._voice.capabilities(conversation.channel).joins_turn
        if wait is None or (each_costs and wait.told_at is not None):
            return
        place = owners.queue_position(conn, conversation)
        minutes = waits.minutes(conn, wait.skill, place, now)
        words = self._voice.queued(
            key, conversation.channel, place, minutes, care=conversation.care
        )
        _add(writing, conversation, words)
        waits.note_told(conn, conversation.id, now, place, minutes)

    def _move(
        self, conn: Connection, conversation: Conversation, event: Event, now: datetime
    ) -> Conversation:
        return owners.change_owner(conn, conversation.id, event, now, actor="bot")


def _add(writing: _Writing, conversation: Conversation, outbound: Outbound) -> None:
    message = writing.turn.message
    writing.said.append(
        messages.add(
            writing.conn,
            conversation,
            outbound,
            writing.now,
            in_reply_to=message.id,
            trace_id=message.trace_id,
        )
    )


def _burst(
    conversation: Conversation,
    waiting: list[Stored],
    join: timedelta,
    now: datetime,
    waited_for: int,
) -> Burst | None:
    """Whether to wait for more, on a channel that joins quick messages."""
    newest = waiting[-1]
    if len(waiting) >= JOIN_MOST or conversation.owner is Owner.AGENT:
        return None
    quiet = now - newest.created_at
    # Nothing new after a wait is quiet enough, whatever a clock that jumped makes of it.
    if quiet >= join or newest.seq == waited_for:
        return None
    return Burst(min(join, join - quiet).total_seconds(), newest.seq)
