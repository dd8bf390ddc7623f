"""Conversations made without a page: somebody writes, somebody waits."""

from __future__ import annotations

import asyncio
from datetime import datetime

from sqlalchemy import Connection

from connectors.conversation.intake import StoringIntake
from connectors.conversation.ownership import Event
from connectors.conversation.skills import Skill
from connectors.messages import Inbound, Text
from connectors.store import agents, conversations, inbox, owners, presence
from connectors.store.agents import Agent
from connectors.store.conversations import Conversation
from tests.house import House


async def somebody(h: House, number: int, *, text: str = "路灯坏了") -> Conversation:
    """A conversation in which somebody has written, and the bot has had its turn."""
    clock = h.gateway.desk.office.clock
    intake = StoringIntake(
        h.database, h.coordinator, clock, h.settings.dialogue, h.gateway.worker.wake
    )
    accepted = await intake.accept(
        Inbound(
            channel="portal",
            account="default",
            address=f"visitor-{number}",
            external_id=f"e-{number}-{clock.now().timestamp()}",
            parts=(Text(text),),
            received_at=clock.now(),
        )
    )
    talk = accepted.conversation_id
    async with asyncio.timeout(20):  # until the bot, or nobody, has answered
        while await h.database.read(lambda conn: inbox.oldest_pending(conn, talk)):
            await asyncio.sleep(0.005)
    found = await h.database.read(lambda conn: conversations.get(conn, talk))
    assert found is not None
    return found


async def waits(
    h: House, number: int, skill: Skill = Skill.GENERAL, reason: str = "asked"
) -> Conversation:
    """Somebody who waits for a person from now on."""
    talk, now = await somebody(h, number), h.gateway.desk.office.clock.now()
    return await h.database.transact(
        lambda conn: owners.change_owner(
            conn, talk.id, Event.HANDOFF, now, actor="test", skill=skill, reason=reason
        )
    )


async def now(h: House, talk: Conversation) -> Conversation:
    found = await h.database.read(lambda conn: conversations.get(conn, talk.id))
    assert found is not None
    return found


async def at_their_desk(
    h: House,
    login: str,
    skills: frozenset[str] | None = None,
    *,
    max_load: int | None = None,
    role: str = "agent",
) -> Agent:
    """An agent who is there just now."""
    at = h.gateway.desk.office.clock.now()

    def unit(conn: Connection) -> Agent:
        made = agents.add(conn, login, login, "no password", role, at)
        presence.beat(conn, [made.id], at)
        return agents.change(
            conn,
            made.id,
            0,
            name=login,
            role=role,
            skills=skills,
            max_load=max_load,
            active=True,
        )

    return await h.database.transact(unit)


async def seen(h: House, *staff: Agent, at: datetime | None = None) -> None:
    """These agents show that they are there."""
    moment = at or h.gateway.desk.office.clock.now()
    ids = [one.id for one in staff]
    await h.database.transact(lambda conn: presence.beat(conn, ids, moment))
