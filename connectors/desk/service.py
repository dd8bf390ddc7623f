"""What an agent can do to a conversation: take it, speak, pass it on, hand it back, close it."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection

from connectors import logs
from connectors.conversation.ownership import Event, ForbiddenTransition, Owner
from connectors.coordination.coordinator import Happening
from connectors.desk.office import Office, Refused
from connectors.messages import Author, Outbound, Stored, Text
from connectors.sanitize import printable
from connectors.store import agents, conversations, messages, notes
from connectors.store.agents import Agent
from connectors.store.conversations import Conversation

log = logs.get(__name__)

MOST = 2000  # characters of one message of an agent
NOTE_MOST = 500
SKILLS = ("general", "enterprise", "elderly", "dialect", "crisis", "video")
REASONS = ("answered", "registered", "left", "other")
SUPERVISOR, EDITOR = "supervisor", "editor"


class DeskService:
    def __init__(self, office: Office) -> None:
        self._office = office
        self._db = office.database
        self._clock = office.clock

    async def take(self, agent: Agent, conversation_id: str) -> None:
        """Raises :class:`Refused` when somebody else has it: exactly one of two who try wins."""
        now = self._clock.now()

        def unit(conn: Connection) -> Conversation:
            before = _get(conn, conversation_id)
            if before.owner is Owner.AGENT and before.agent_id == agent.id:
                return before
            after = conversations.change_owner(
                conn, conversation_id, Event.TAKE, now, actor=agent.id, agent_id=agent.id
            )
            self._say(conn, after, "gateway_agent_joined", agent=agent.name)
            return after

        await self._change(unit, "desk_taken_already")

    async def hand_back(self, agent: Agent, conversation_id: str) -> None:
        """Returns the conversation to the bot, which goes on where it stopped, forms too."""
        now = self._clock.now()

        def unit(conn: Connection) -> Conversation:
            self._own(conn, agent, conversation_id)
            after = conversations.change_owner(
                conn, conversation_id, Event.HAND_BACK, now, actor=agent.id
            )
            self._say(conn, after, "gateway_agent_left")
            return after

        await self._change(unit, "desk_not_yours")

    async def transfer(self, agent: Agent, conversation_id: str, to: str, note: str = "") -> None:
        """Passes a conversation to another agent or to a queue, with a word to whoever takes it.

        ``to`` is an agent's id or ``skill:`` and one of ``SKILLS``. A supervisor may pass on
        anybody's.
        """
        now = self._clock.now()
        word = _note(note)

        def unit(conn: Connection) -> Conversation:
            if agent.role == SUPERVISOR:
                _get(conn, conversation_id)
            else:
                self._own(conn, agent, conversation_id)
            if word:
                notes.add(conn, now, conversation_id, agent.id, word)
            kind, _, skill = to.partition(":")
            if kind == "skill" and skill in SKILLS:
                after = conversations.change_owner(
                    conn,
                    conversation_id,
                    Event.HANDOFF,
                    now,
                    actor=agent.id,
                    skill=skill,
                    reason="transferred",
                )
                self._office.say_place(conn, after, "gateway_transferred_queue", now)
                return after
            target = next((one for one in agents.list_all(conn) if one.id == to), None)
            if target is None or target.role == EDITOR:
                raise Refused("desk_no_such_agent")
            after = conversations.change_owner(
                conn,
                conversation_id,
                Event.TRANSFER,
                now,
                actor=agent.id,
                agent_id=target.id,
            )
            self._say(conn, after, "gateway_agent_joined", agent=target.name)
            return after

        await self._change(unit, "desk_not_yours")

    async def note(self, agent: Agent, conversation_id: str, text: str) -> None:
        """Leaves a word for the other agents. Raises :class:`Refused`."""
        word = _note(text)
        if not word:
            raise Refused("desk_empty")
        now = self._clock.now()

        def unit(conn: Connection) -> Conversation:
            conversation = _get(conn, conversation_id)
            notes.add(conn, now, conversation_id, agent.id, word)
            return conversation

        conversation = await self._db.transact(unit)
        await self._office.coordinator.publish(
            Happening("desk", "note", {"conversation_id": conversation.id})
        )

    async def close(self, agent: Agent, conversation_id: str, reason: str) -> None:
        """Ends the conversation; ``reason`` is one of ``REASONS``."""
        if reason not in REASONS:
            raise Refused("desk_needs_reason")
        now = self._clock.now()

        def unit(conn: Connection) -> Conversation:
            self._own(conn, agent, conversation_id)
            after = conversations.change_owner(
                conn, conversation_id, Event.CLOSE, now, actor=agent.id, reason=reason
            )
            conversations.new_session(conn, conversation_id)
            self._say(conn, after, "gateway_closed")
            return after

        await self._change(unit, "desk_not_yours")

    async def say(self, agent: Agent, conversation_id: str, text: str, client_id: str) -> Stored:
        """Sends an agent's words. Raises :class:`Refused`; the same ``client_id`` is sent once."""
        said = printable(text)
        if not said:
            raise Refused("desk_empty")
        if len(said) > MOST:
            raise Refused("desk_too_long")
        now = self._clock.now()

        def unit(conn: Connection) -> tuple[Conversation, Stored]:
            conversation = self._own(conn, agent, conversation_id)
            outbound = Outbound((Text(said),), Author.AGENT, agent_id=agent.id)
            stored = messages.add(
                conn, conversation, outbound, now, dedup_key=f"desk\x1f{agent.id}\x1f{client_id}"
            )
            return conversation, stored

        conversation, stored = await self._db.transact(unit)
        self._office.sender.wake()
        await self._office.tell(conversation, "message")
        return stored

    async def typing(self, agent: Agent, conversation_id: str) -> None:
        conversation = await self._db.read(lambda conn: _get(conn, conversation_id))
        if conversation.agent_id == agent.id:
            await self._office.coordinator.publish(
                Happening(
                    f"conversation:{conversation_id}", "typing", {"on": True, "from": "agent"}
                )
            )

    def _own(self, conn: Connection, agent: Agent, conversation_id: str) -> Conversation:
        _get(conn, conversation_id)
        conversation = conversations.hold(conn, conversation_id)
        if conversation.owner is not Owner.AGENT or conversation.agent_id != agent.id:
            raise Refused("desk_not_yours")
        return conversation

    def _say(self, conn: Connection, conversation: Conversation, key: str, **values: str) -> None:
        words = Text(self._office.texts.say(key, "", **values))
        messages.add(conn, conversation, Outbound((words,), Author.SYSTEM), self._clock.now())

    async def _change(self, unit: Callable[[Connection], Conversation], refusal: str) -> None:
        try:
            after = await self._db.transact(unit)
        except ForbiddenTransition as error:
            raise Refused(refusal) from error
        self._office.sender.wake()
        await self._office.tell(after, "message")
        await self._office.tell(after, "owner", owner=after.owner.value)


def _note(text: str) -> str:
    word = printable(text)
    if len(word) > NOTE_MOST:
        raise Refused("desk_note_too_long")
    return word


def _get(conn: Connection, conversation_id: str) -> Conversation:
    conversation = conversations.get(conn, conversation_id)
    if conversation is None:
        raise Refused("desk_no_such_conversation")
    return conversation
