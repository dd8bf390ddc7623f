"""Answers in WeChat's own request: quick ones, late ones, repeats, and several gateways."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from connectors.channels.wechat.passive import Passive
from connectors.channels.wechat.sealed import Sealing
from connectors.conversation.dialogue import TurnReply, TurnRequest
from connectors.conversation.ownership import Event
from connectors.coordination.coordinator import Coordinator
from connectors.ids import MessageId
from connectors.messages import Author, Choice
from connectors.store import agents, conversations, owners
from tests.clocks import MovableClock
from tests.coordination.conftest import coordinators, redis  # noqa: F401
from tests.house import ScriptedDialogue, reply
from tests.wechat.platform import Told, openid
from tests.wechat.town import PERSON, Town, town

ONE = MessageId("m_1")
KEY = b"k" * 32


class Gateways:
    """Two gateways, in one process or over a real Redis."""

    def __init__(self, pair: tuple[Coordinator, Coordinator]) -> None:
        self.coordinator, self.clock = pair[0], MovableClock()
        self.one, self.other = (
            Passive("wechat_official", coordinator, self.clock, KEY) for coordinator in pair
        )

    async def waits(self, passive: Passive, seconds: float = 5, id: MessageId = ONE) -> str | None:  # noqa: A002
        """A request that waits and writes what it gets."""
        answer = await passive.answer(id, self.clock.now() + timedelta(seconds=seconds))
        if answer is not None:
            await passive.written(id)
        return answer

    async def until_somebody_waits(self) -> None:
        async with asyncio.timeout(3):
            while await self.coordinator.kept(f"wechat-passive:{ONE}:until") is None:
                await asyncio.sleep(0.001)


@pytest.fixture
async def gateways(
    coordinators: tuple[Coordinator, Coordinator],  # noqa: F811
) -> AsyncIterator[Gateways]:
    both = Gateways(coordinators)
    listening = [asyncio.create_task(passive.run()) for passive in (both.one, both.other)]
    await asyncio.sleep(0.05)
    yield both
    for task in listening:
        task.cancel()
    await asyncio.gather(*listening, return_exceptions=True)


async def test_a_waiting_request_gets_the_answer_and_the_outbox_knows(gateways: Gateways) -> None:
    request = asyncio.create_task(gateways.waits(gateways.one))
    await gateways.until_somebody_waits()
    assert await gateways.one.hand_over(ONE, "您好")
    assert await request == "您好"


async def test_a_request_at_another_gateway_gets_it_too(gateways: Gateways) -> None:
    request = asyncio.create_task(gateways.waits(gateways.one))
    await gateways.until_somebody_waits()
    assert await gateways.other.hand_over(ONE, "您好")
    assert await request == "您好"


async def test_where_nobody_waits_it_goes_another_way_at_once(gateways: Gateways) -> None:
    assert not await gateways.one.hand_over(ONE, "您好")


async def test_a_repeat_is_told_the_same_wherever_it_arrives(gateways: Gateways) -> None:
    requests = [
        asyncio.create_task(gateways.waits(passive)) for passive in (gateways.one, gateways.other)
    ]
    await gateways.until_somebody_waits()
    assert await gateways.one.hand_over(ONE, "您好")
    assert await asyncio.gather(*requests) == ["您好", "您好"]
    assert await gateways.waits(gateways.other) == "您好"


async def test_who_waited_in_vain_is_told_none_and_so_are_its_repeats(gateways: Gateways) -> None:
    assert await gateways.waits(gateways.one, 0) is None
    assert not await gateways.other.hand_over(ONE, "您好")
    assert await gateways.waits(gateways.other) is None


async def test_only_the_first_answer_goes_there(gateways: Gateways) -> None:
    request = asyncio.create_task(gateways.waits(gateways.one))
    await gateways.until_somebody_waits()
    both = [gateways.one.hand_over(ONE, "甲"), gateways.other.hand_over(ONE, "乙")]
    taken = await asyncio.gather(*both)
    assert sorted(taken) == [False, True]
    assert await request == ("甲" if taken[0] else "乙")


async def test_what_nobody_wrote_in_time_goes_another_way_and_only_that(
    gateways: Gateways,
) -> None:
    until = gateways.clock.now() + timedelta(seconds=0.05)
    await gateways.coordinator.keep(f"wechat-passive:{ONE}:until", until.isoformat(), 9)
    gateways.clock.jump(timedelta(seconds=0.4))  # the gateway whose request it was is gone
    assert not await gateways.other.hand_over(ONE, "您好")
    assert await gateways.waits(gateways.other) is None


async def test_an_answer_that_goes_another_way_keeps_no_request_waiting(
    gateways: Gateways,
) -> None:
    request = asyncio.create_task(gateways.waits(gateways.one, 60))
    await gateways.until_somebody_waits()
    await gateways.other.decline(ONE)
    async with asyncio.timeout(1):
        assert await request is None


async def test_what_is_kept_for_other_gateways_cannot_be_read(gateways: Gateways) -> None:
    request = asyncio.create_task(gateways.waits(gateways.one))
    await gateways.until_somebody_waits()
    await gateways.one.hand_over(ONE, "您的身份证号")
    await request
    kept = await gateways.coordinator.kept(f"wechat-passive:{ONE}:fate")
    assert kept is not None
    assert "身份证" not in kept
    assert Sealing(KEY, "wechat-passive").open(kept, ONE) == "您的身份证号"
    for wrong in (Sealing(KEY, "else"), Sealing(b"o" * 32, "wechat-passive")):
        assert wrong.open(kept, ONE) is None
    assert Sealing(KEY, "wechat-passive").open(kept, "m_2") is None


# With a house --------------------------------------------------------------------------------


@contextlib.asynccontextmanager
async def official(folder: Path, **how: object) -> AsyncIterator[Town]:
    async with town(folder, "official", **how) as opened:  # type: ignore[arg-type]
        yield opened


async def test_a_quick_turn_is_answered_in_the_request(tmp_path: Path) -> None:
    async with official(tmp_path) as here:
        told = await here.wrote("在吗]]>")
        assert told.content == "回声：在吗]]>"
        assert here.shown() == []
        async with asyncio.timeout(3):
            while await here.states() != ["sent"]:
                await asyncio.sleep(0.01)


class Slow(ScriptedDialogue):
    """Answers when it is released."""

    def __init__(self) -> None:
        super().__init__()
        self.released = asyncio.Event()
        self.turn_taker = self._wait

    async def _wait(self, request: TurnRequest) -> TurnReply:
        await self.released.wait()
        return reply(f"回声：{request.text}")


async def test_a_slow_turn_is_thanked_for_and_answered_by_a_message(tmp_path: Path) -> None:
    slow = Slow()
    async with official(tmp_path, dialogue=slow, more={"passive_within": 0.1}) as here:
        told = await here.wrote("在吗")
        assert told.body == b"success"
        slow.released.set()
        async with asyncio.timeout(5):
            while "回声：在吗" not in here.shown():
                await asyncio.sleep(0.01)
        repeat = await here.wrote("在吗", id=None)
        assert repeat.taken


async def test_repeats_get_the_reply_the_first_was_given(tmp_path: Path) -> None:
    async with official(tmp_path) as here:
        told = [await here.wrote("在吗", id=7) for _ in range(3)]
        assert [one.content for one in told] == ["回声：在吗"] * 3
        assert await here.heard() == ["在吗"]
        assert here.shown() == []


async def test_repeats_while_the_first_still_waits_get_the_same(tmp_path: Path) -> None:
    slow = Slow()
    async with official(tmp_path, dialogue=slow) as here:
        tries = [asyncio.create_task(here.wrote("在吗", id=7)) for _ in range(3)]
        await asyncio.sleep(0.05)
        slow.released.set()
        told: list[Told] = await asyncio.gather(*tries)
        assert [one.content for one in told] == ["回声：在吗"] * 3
        assert here.shown() == []


async def test_a_platform_that_went_away_gets_it_when_it_comes_again(tmp_path: Path) -> None:
    """The connection breaks while the answer is made; nothing is sent twice."""
    slow = Slow()
    async with official(tmp_path, dialogue=slow) as here:
        here.platform.patience = 0.15
        trying = asyncio.create_task(here.wrote("在吗", id=7))
        await asyncio.sleep(0.2)
        slow.released.set()
        assert (await trying).content == "回声：在吗"
        assert here.shown() == []
        assert await here.heard() == ["在吗"]


async def test_choices_go_as_a_menu_not_in_the_request(tmp_path: Path) -> None:
    async def asks(request: TurnRequest) -> TurnReply:
        return reply("是哪里？", choices=(Choice("a", "东区", "东区"), Choice("b", "西区", "西区")))

    async with official(tmp_path, dialogue=ScriptedDialogue(asks)) as here:
        told = await here.wrote("路灯坏了")
        assert told.body == b"success"
        async with asyncio.timeout(5):
            while not here.wechat.sent:
                await asyncio.sleep(0.01)
        (menu,) = here.wechat.sent
        assert menu["msgtype"] == "msgmenu"
        chosen = menu["msgmenu"]["list"][1]
        told = await here.platform.text(PERSON, "西区", bizmsgmenuid=chosen["id"])
        assert told.taken
        assert here.house.dialogue.requests[-1].text == "西区"


async def test_without_menus_choices_are_numbers_in_the_request(tmp_path: Path) -> None:
    async def asks(request: TurnRequest) -> TurnReply:
        if request.text == "路灯坏了":
            return reply("是哪里？", choices=(Choice("a", "东区", "/a"), Choice("b", "西区", "/b")))
        return reply(f"收到 {request.text}")

    async with official(tmp_path, dialogue=ScriptedDialogue(asks), more={"menus": False}) as here:
        here.account.denied.add("/cgi-bin/message/custom/send")  # it may not send by itself
        told = await here.wrote("路灯坏了")
        assert "是哪里？" in told.content
        assert "2" in told.content
        assert "西区" in told.content
        assert (await here.wrote("2")).content == "收到 /b"
        assert here.wechat.sent == []


async def test_while_an_agent_talks_no_request_waits(tmp_path: Path) -> None:
    async with official(tmp_path, more={"passive_within": 4.5}) as here:
        assert (await here.wrote("在吗")).content
        await taken_by_agent(here)
        began = asyncio.get_running_loop().time()
        assert (await here.wrote("谢谢")).body == b"success"
        assert asyncio.get_running_loop().time() - began < 3


async def taken_by_agent(here: Town) -> None:
    now = here.clock.now()

    def unit(conn: Connection) -> None:
        talk = conversations.find(conn, here.name, "city", openid(PERSON))
        assert talk is not None
        agent = agents.add(conn, "li", "李", "hash", "agent", now)
        owners.change_owner(conn, talk.id, Event.TAKE, now, actor=agent.id, agent_id=agent.id)

    await here.house.database.transact(unit)


@pytest.mark.parametrize(("form", "safe"), [("xml", True), ("xml", False)])
async def test_who_follows_is_greeted_in_the_request_once(
    tmp_path: Path, form: str, *, safe: bool
) -> None:
    async with official(tmp_path, form=form, safe=safe) as here:
        event = here.platform.happening(PERSON, "subscribe", EventKey="")
        told = [await here.platform.push(event) for _ in range(2)]
        assert told[0].content == told[1].content
        assert "12345" in told[0].content
        assert len(await here.heard(Author.BOT)) == 1


async def test_a_menu_and_a_code_are_answered_like_words(tmp_path: Path) -> None:
    more = {"menu": {"progress": "查进度"}, "scenes": {"hall": "办事流程"}}
    async with official(tmp_path, more=more) as here:
        told = await here.platform.event(PERSON, "CLICK", EventKey="progress")
        assert told.content == "回声：查进度"
        told = await here.platform.event(PERSON, "SCAN", EventKey="hall", Ticket="t")
        assert told.content == "回声：办事流程"


async def test_where_wechat_has_the_agents_the_request_hands_the_person_over(
    tmp_path: Path,
) -> None:
    async with official(tmp_path, more={"agents": "wechat"}) as here:
        told = await here.wrote("转人工")
        assert told.fields["MsgType"] == "transfer_customer_service"
        told = await here.wrote("在吗")
        assert told.taken
        assert told.fields.get("MsgType") != "transfer_customer_service"
        assert here.house.dialogue.requests[-1].text == "在吗"
