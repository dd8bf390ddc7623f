"""Nobody waits for nothing."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.clock import CHINA, FrozenClock
from connectors.conversation.dialogue import Handoff, TurnReply, TurnRequest
from connectors.conversation.ownership import Owner
from connectors.desk.office import Refused
from connectors.settings.desk import Desk
from connectors.store import order_work
from tests.connectors.test_turns import only_conversation
from tests.desk.people import make_agent
from tests.house import House, Page, ScriptedDialogue, house

pytestmark = pytest.mark.usefixtures("by_hand")

WEDNESDAY = datetime(2026, 11, 18, 10, 0, tzinfo=CHINA)
OFFICE = Desk(hours={"mon-fri": ["08:30-12:00", "14:00-17:30"]})


async def orders(h: House) -> list[order_work.OrderRow]:
    return await h.database.read(order_work.listed)


async def wait_for_agent(page: Page) -> None:
    await page.say("路灯坏了三天", id="one")
    await page.hear("bot")
    await page.say("转人工", id="two")
    await page.wait("owner", owner="waiting_for_agent")


async def test_who_has_waited_too_long_is_promised_a_callback(tmp_path: Path) -> None:
    clock = FrozenClock(WEDNESDAY)
    async with house(tmp_path, clock=clock) as h, h.page() as page:
        await wait_for_agent(page)
        room = h.gateway.desk.waiting
        clock.advance(timedelta(minutes=9, seconds=59))
        assert await room.look() == 0
        clock.advance(timedelta(seconds=1))
        assert await room.look() == 1
        (order,) = await orders(h)
        assert "漏话回拨" in order.title
        assert order.urgency == "urgent"
        promise = await page.wait("owner", owner="bot")
        said = [f["message"] for f in page.seen if f["type"] == "message"]
        assert order.number in str(said)
        assert promise
        assert await room.look() == 0
        assert len(await orders(h)) == 1
        await page.say("那我再问一下", id="three")  # the bot goes on
        assert await page.hear("bot") == "回声：那我再问一下"


async def test_out_of_hours_one_is_told_when_somebody_is_there(tmp_path: Path) -> None:
    clock = FrozenClock(WEDNESDAY.replace(hour=20))
    async with house(tmp_path, clock=clock, desk=OFFICE) as h, h.page() as page:
        await wait_for_agent(page)
        assert await h.gateway.desk.waiting.look() == 1
        await page.wait("owner", owner="bot")
        assert "11月19日08:30" in str(page.seen)


async def test_whoever_is_in_danger_is_never_sent_back_to_the_bot(tmp_path: Path) -> None:
    async def danger(request: TurnRequest) -> TurnReply:
        return TurnReply((), (Handoff("crisis", "safety"),))

    clock = FrozenClock(WEDNESDAY.replace(hour=20))
    dialogue = ScriptedDialogue(danger)
    async with house(tmp_path, dialogue, clock=clock, desk=OFFICE) as h, h.page() as page:
        await page.say("帮帮我", id="one")
        await page.wait("owner", owner="waiting_for_agent")
        clock.advance(timedelta(days=1))
        assert await h.gateway.desk.waiting.look() == 0
        assert (await only_conversation(h)).owner is Owner.WAITING


@pytest.mark.parametrize("round_", range(5))
async def test_agent_and_promise_at_once_end_in_one_of_both(tmp_path: Path, round_: int) -> None:
    clock = FrozenClock(WEDNESDAY)
    async with house(tmp_path, clock=clock) as h, h.page() as page:
        await wait_for_agent(page)
        agent = await make_agent(h)
        conversation = await only_conversation(h)
        clock.advance(timedelta(hours=1))
        takes: list[Any] = [
            h.gateway.desk.waiting.look(),
            h.gateway.desk.service.take(agent, conversation.id),
        ]
        results = await asyncio.gather(
            *(takes if round_ % 2 else reversed(takes)), return_exceptions=True
        )
        assert not [r for r in results if isinstance(r, Exception) and not isinstance(r, Refused)]
        after = await only_conversation(h)
        # A promise made first does not keep the agent out: the conversation is the bot's then.
        assert after.owner is Owner.AGENT
        assert len(await orders(h)) in (0, 1)


async def test_hours_that_make_no_sense_stop_the_start() -> None:
    with pytest.raises(ValueError, match="write 08:30-12:00"):
        Desk(hours={"mon": ["8 to 12"]})
