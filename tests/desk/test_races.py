"""Bot and agents at the same moment, a thousand times: never two voices in one conversation."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

from connectors.clock import SystemClock
from connectors.conversation.dialogue import TurnReply, TurnRequest
from connectors.conversation.intake import StoringIntake
from connectors.conversation.ownership import Owner
from connectors.desk.office import Refused
from connectors.messages import Author, Inbound, Stored, Text
from connectors.store import conversations, inbox, messages
from connectors.store.agents import Agent
from tests.desk.people import make_agent
from tests.house import House, ScriptedDialogue, house, reply

ROUNDS = 1000
AT_ONCE = 50


async def answer(request: TurnRequest) -> TurnReply:
    await asyncio.sleep(random.random() * 0.01)
    return reply(f"机器答：{request.text}")


async def one_round(h: House, intake: StoringIntake, number: int, pair: list[Agent]) -> None:
    """Somebody writes; while the bot thinks of an answer, two agents take the conversation."""
    inbound = Inbound(
        channel="webchat",
        account="default",
        address=f"visitor-{number}",
        external_id=f"e-{number}",
        parts=(Text("路灯坏了"),),
        received_at=SystemClock().now(),
    )
    accepted = await intake.accept(inbound)
    talk = accepted.conversation_id

    async def take(agent: Agent) -> bool:
        await asyncio.sleep(random.random() * 0.01)
        try:
            await h.gateway.desk.service.take(agent, talk)
            await h.gateway.desk.service.say(agent, talk, f"{agent.login}：我来", f"c-{number}")
        except Refused:
            return False
        return True

    taken = await asyncio.gather(*(take(agent) for agent in pair))
    assert sum(taken) == 1
    async with asyncio.timeout(20):
        while await h.database.read(lambda conn: inbox.oldest_pending(conn, talk)):
            await asyncio.sleep(0.005)
    conversation = await h.database.read(lambda conn: conversations.get(conn, talk))
    assert conversation is not None
    assert conversation.owner is Owner.AGENT
    said: list[Stored] = await h.database.read(lambda conn: messages.after(conn, talk, 0, 50))
    joined = next(m.seq for m in said if m.author is Author.SYSTEM and "已接入" in m.text)
    assert [m.text for m in said if m.author is Author.BOT and m.seq > joined] == []
    spoke = [m.text for m in said if m.author is Author.AGENT]
    assert spoke == [f"{pair[taken.index(True)].login}：我来"]


async def test_bot_and_two_agents_at_once_are_one_voice(tmp_path: Path) -> None:
    async with house(tmp_path, ScriptedDialogue(answer)) as h:
        worker = h.gateway.worker
        intake = StoringIntake(
            h.database, h.coordinator, SystemClock(), h.settings.dialogue, worker.wake
        )
        pair = [await make_agent(h, "a1"), await make_agent(h, "a2")]
        for first in range(0, ROUNDS, AT_ONCE):
            numbers = range(first, first + AT_ONCE)
            await asyncio.gather(*(one_round(h, intake, number, pair) for number in numbers))
