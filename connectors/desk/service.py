"""What an agent can do to a conversation: take it, speak, hand it back, close it."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection

from connectors import logs
from connectors.conversation.ownership import Event, ForbiddenTransition, Owner
from connectors.coordination.coordinator import Happening
from connectors.desk.office import Office, Refused
from connectors.messages import Author, Outbound, Stored, Text
from connectors.sanitize import printable
from connectors.store import conversations, messages
from connectors.store.agents import Agent
from connectors.store.conversations import Conversation

log = logs.get(__name__)

MOST = 2000  # characters of one message of an agent


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

    async def close(self, agent: Agent, conversation_id: str) -> None:
        now = self._clock.now()

        def unit(conn: Connection) -> Conversation:
            self._own(conn, agent, conversation_id)
            after = conversations.change_owner(
                conn, conversation_id, Event.CLOSE, now, actor=agent.id
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


def _get(conn: Connection, conversation_id: str) -> Conversation:
    conversation = conversations.get(conn, conversation_id)
    if conversation is None:
        raise Refused("desk_no_such_conversation")
    return conversation
