"""What an agent can do to a conversation: take it, speak, pass it on, hand it back, close it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection

from connectors import logs
from connectors.conversation.ownership import Event, ForbiddenTransition, Owner
from connectors.conversation.skills import Skill, may_serve
from connectors.coordination.coordinator import Happening
from connectors.desk.answered import answered
from connectors.desk.noting import a_word
from connectors.desk.office import Office, Refused
from connectors.ids import new_id
from connectors.messages import Author, Choice, Link, Outbound, Stored, Text
from connectors.sanitize import printable
from connectors.store import (
    agents,
    audit,
    conversations,
    messages,
    notes,
    offers,
    owners,
    presence,
)
from connectors.store.agents import Agent
from connectors.store.conversations import Conversation

log = logs.get(__name__)

MOST = 2000  # characters of one message of an agent
SKILLS = tuple(Skill)
# What the bot may be told to go on with: the payload of the button it offers.
THEN = {"register": "/complain", "progress": "/query_progress", "policy": "/ask_policy"}
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
            presence.note_taken(conn, agent.id, now)
            if before.owner is Owner.WAITING:
                self._may_take(conn, agent, before, now)
            after = owners.change_owner(
                conn, conversation_id, Event.TAKE, now, actor=agent.id, agent_id=agent.id
            )
            self._say(conn, after, "gateway_agent_joined", agent=agent.name)
            return after

        await self._change(unit, "desk_taken_already")

    async def decline(self, agent: Agent, conversation_id: str) -> None:
        """Passes on what was offered; whoever is next gets it within the second."""
        await self._db.transact(lambda conn: offers.refuse(conn, conversation_id, agent.id))

    async def set_ready(self, agent: Agent, ready: bool) -> None:
        """Whether the agent wants to be offered anything. What stands offered goes on then."""
        now = self._clock.now()

        def unit(conn: Connection) -> None:
            presence.set_ready(conn, agent.id, ready, now)
            offer = offers.to(conn, agent.id)
            if offer is not None and not ready:
                offers.refuse(conn, offer.conversation_id, agent.id)

        await self._db.transact(unit)

    def _may_take(
        self, conn: Connection, agent: Agent, waiting: Conversation, now: datetime
    ) -> None:
        """Raises :class:`Refused` for a queue that is not theirs, or with their hands full.

        A supervisor may take anybody, everybody may take who is in danger, who was offered to them
        or has waited too long for the right one.
        """
        desk = self._office.settings.desk
        if agent.role == SUPERVISOR or waiting.skill == Skill.CRISIS:
            return
        offer = offers.to(conn, agent.id)
        if offer is not None and offer.conversation_id == waiting.id:
            return
        me = agents.get(conn, agent.id) or agent
        since = waiting.waiting_since
        overdue = since is not None and now - since >= desk.overflow_after
        if not overdue and not may_serve(me.skills, waiting.skill):
            raise Refused("desk_not_your_queue")
        most = desk.max_load if me.max_load is None else me.max_load
        if presence.load_of(conn, agent.id) >= most:
            raise Refused("desk_hands_full")

    async def hand_back(self, agent: Agent, conversation_id: str, then: str = "") -> None:
        """Returns the conversation to the bot, which goes on where it stopped, forms too.

        ``then`` is one of ``THEN``: what the bot shall offer to do next.
        """
        if then and then not in THEN:
            raise Refused("desk_bad_form")
        now = self._clock.now()

        def unit(conn: Connection) -> Conversation:
            self._own(conn, agent, conversation_id)
            after = owners.change_owner(conn, conversation_id, Event.HAND_BACK, now, actor=agent.id)
            self._say(conn, after, "gateway_agent_left")
            if then:
                say = self._office.texts.say
                button = Choice(new_id("k"), say(f"desk_then_button_{then}"), THEN[then])
                offer = Outbound((Text(say(f"desk_then_{then}")),), Author.BOT, (button,))
                messages.add(conn, after, offer, now)
            return after

        await self._change(unit, "desk_not_yours")

    async def invite(self, agent: Agent, conversation_id: str) -> None:
        """Sends the person a link to a video room, and leaves it to the agent as a note."""
        where = self._office.settings.desk.video_url
        if where is None:
            raise Refused("desk_no_video")
        url, now = where.replace("{room}", secrets.token_urlsafe(16)), self._clock.now()

        def unit(conn: Connection) -> Conversation:
            conversation = self._own(conn, agent, conversation_id)
            say = self._office.texts.say
            parts = (Text(say("desk_video_invite")), Link(say("desk_video_link"), url))
            outbound = Outbound(parts, Author.AGENT, agent_id=agent.id)
            messages.add(conn, conversation, outbound, now)
            answered(conn, self._office.texts, conversation_id, agent.id, now)
            notes.add(conn, now, conversation_id, agent.id, url)
            audit.record(
                conn, now, actor=agent.id, event="talk.video", conversation_id=conversation_id
            )
            return conversation

        conversation = await self._db.transact(unit)
        self._office.sender.wake()
        await self._office.tell(conversation, "message")

    async def transfer(self, agent: Agent, conversation_id: str, to: str, note: str = "") -> None:
        """Passes a conversation to another agent or to a queue, with a word to whoever takes it.

        ``to`` is an agent's id or ``skill:`` and one of ``SKILLS``. A supervisor may pass on
        anybody's.
        """
        now = self._clock.now()
        word = a_word(note)

        def unit(conn: Connection) -> Conversation:
            if agent.role == SUPERVISOR:
                _get(conn, conversation_id)
            else:
                self._own(conn, agent, conversation_id)
            if word:
                notes.add(conn, now, conversation_id, agent.id, word)
            kind, _, skill = to.partition(":")
            if kind == "skill" and skill in SKILLS:
                return self._to_queue(conn, agent, conversation_id, skill, now)
            return self._to_agent(conn, agent, conversation_id, to, now)

        await self._change(unit, "desk_not_yours")

    def _to_queue(
        self, conn: Connection, agent: Agent, conversation_id: str, skill: str, now: datetime
    ) -> Conversation:
        after = owners.change_owner(
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

    def _to_agent(
        self, conn: Connection, agent: Agent, conversation_id: str, to: str, now: datetime
    ) -> Conversation:
        """Raises :class:`Refused` when nobody of that id could speak to the person."""
        target = agents.get(conn, to)
        if target is None or not target.active or target.role == EDITOR:
            raise Refused("desk_no_such_agent")
        if presence.is_lost(conn, target.id, now - self._office.settings.desk.lost_after):
            raise Refused("desk_agent_away")
        waits_still = _get(conn, conversation_id).owner is Owner.WAITING
        after = owners.change_owner(
            conn,
            conversation_id,
            Event.TAKE if waits_still else Event.TRANSFER,
            now,
            actor=agent.id,
            agent_id=target.id,
        )
        self._say(conn, after, "gateway_agent_joined", agent=target.name)
        return after

    async def close(self, agent: Agent, conversation_id: str, reason: str) -> None:
        """Ends the conversation; ``reason`` is one of ``REASONS``."""
        if reason not in REASONS:
            raise Refused("desk_needs_reason")
        now = self._clock.now()

        def unit(conn: Connection) -> Conversation:
            self._own(conn, agent, conversation_id)
            after = owners.change_owner(
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
            answered(conn, self._office.texts, conversation.id, agent.id, now)
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
