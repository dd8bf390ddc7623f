"""The whole way through gateway, Rasa and telephones: proved on one channel, gone on with on
another."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import select

from connectors.app import listening
from connectors.channel import RecipientRefused
from connectors.conversation.dialogue import RasaDialogue
from connectors.messages import Purpose
from connectors.store.schema import audit, conversations, deliveries, messages
from connectors.store.work_orders import work_orders
from tests.bot.conftest import Actions, Rasa, free_port
from tests.bot.conftest import trained as trained
from tests.clocks import MovableClock
from tests.house import House, Page
from tests.identity.people import wrong
from tests.identity.phone_channel import Telephones, house_with_telephones

pytestmark = pytest.mark.rasa

PHONE, NUMBER = "+8613800001234", "13800001234"
MATTER = "我们小区楼下工地半夜还在施工，吵得睡不着，在蜀山区黄山路与科学大道交口，我要投诉"


@pytest.fixture(scope="module")
def dialogue_at(trained: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rasa]:
    """A Rasa whose actions are those of whatever gateway a test opens."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tests.bot.conftest.TOKEN", "test-token")
        rasa = Rasa(Actions(), tmp_path_factory.mktemp("rasa") / "rasa.db")
        rasa.start()
        yield rasa
        rasa.stop()


@dataclass
class Town:
    """A gateway with telephones, a page, and Rasa behind both."""

    house: House
    phones: Telephones
    page: Page
    clock: MovableClock

    async def says(self, text: str) -> str:
        """What the bot answers on the page; the choices of it in brackets."""
        seen = len(self.page.seen)
        await self.page.say(text, id=f"p{seen}x{free_port()}")
        await self.page.wait("typing", on=False)
        answers: list[dict[str, Any]] = []
        with contextlib.suppress(TimeoutError):
            while True:  # the first may take long on a busy machine, what follows is at hand
                answers = [
                    frame["message"]
                    for frame in self.page.seen[seen:]
                    if frame["type"] == "message" and frame["message"]["from"] in ("bot", "system")
                ]
                async with asyncio.timeout(0.45 if answers else 10):
                    self.page.seen.append(await self.page.socket.receive_json())
        return "\n".join(
            "\n".join(part.get("text", "") for part in answer["parts"])
            + "".join(f"[{choice['label']}]" for choice in answer.get("choices", ()))
            for answer in answers
        )

    async def texts(self, text: str, phone: str = NUMBER) -> str:
        """What is answered by text message."""
        before = len(self.phones.said_to(PHONE))
        accepted = await self.phones.write(phone, text)

        def pending(conn: Any) -> bool:
            state = conn.execute(
                select(messages.c.inbox_state).where(messages.c.id == accepted.message_id)
            ).scalar_one()
            queued = conn.execute(
                select(deliveries.c.id).where(
                    deliveries.c.conversation_id == accepted.conversation_id,
                    deliveries.c.state == "queued",
                )
            ).first()
            return state == "pending" or queued is not None

        async with asyncio.timeout(20):
            while await self.house.database.read(pending):
                await asyncio.sleep(0.05)
        return "\n".join(self.phones.said_to(PHONE)[before:])

    async def code(self) -> str:
        """The code that came last."""
        count = len(self.phones.codes_to(PHONE))
        async with asyncio.timeout(10):
            while not self.phones.codes_to(PHONE):
                await asyncio.sleep(0.05)
        assert count in (0, len(self.phones.codes_to(PHONE)))
        return self.phones.codes_to(PHONE)[-1]

    async def proves(self) -> None:
        await self.says(f"验证手机{NUMBER}")
        assert "验证好了" in await self.says(await self.code())

    async def rows(self, query: Any) -> list[Any]:
        return await self.house.database.read(lambda conn: list(conn.execute(query)))


@pytest.fixture
async def town(dialogue_at: Rasa, tmp_path: Path) -> AsyncIterator[Town]:
    clock = MovableClock()
    async with aiohttp.ClientSession() as http:
        url = f"http://127.0.0.1:{dialogue_at.port}"
        rasa: Any = RasaDialogue(http, url, "test-token", 20)
        async with (
            house_with_telephones(tmp_path, dialogue=rasa, clock=clock, region="340100") as (
                house,
                phones,
            ),
            listening(house.gateway.actions, "127.0.0.1", dialogue_at.actions.port),
            house.page() as page,
        ):
            yield Town(house, phones, page, clock)


async def test_a_phone_is_proved_by_a_code_sent_to_it(town: Town) -> None:
    assert "您的手机号" in await town.says("我要验证手机号")
    asked = await town.says("１３８ ００００ １２３４")
    assert "尾号1234" in asked
    assert "5分钟" in asked
    code = await town.code()
    assert re.fullmatch(r"\d{6}", code)
    assert "还可以试4次" in await town.says(f"验证码是{wrong(code)}")
    wide = " ".join(code).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    assert "验证好了" in await town.says(wide)
    assert [purpose for *_, purpose in town.phones.heard] == [Purpose.VERIFICATION]
    events = [row.event for row in await town.rows(select(audit))]
    assert events.count("contact.linked") == 1
    kept = [str(row.parts) for row in await town.rows(select(messages)) if row.author == "system"]
    assert kept
    assert not [parts for parts in kept if code in parts]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("1380000123", "少了几位"),
        ("138000012345", "多了几位"),
        ("0551-62345678", "座机"),
        ("10086", "服务号码"),
        ("+1 202 555 0123", "国家或地区"),
        ("14900001234", "没有这样的手机号"),
        ("不想说", "没看到手机号"),
    ],
)
async def test_what_is_no_mobile_is_told_apart(town: Town, given: str, told: str) -> None:
    await town.says("验证手机号")
    assert told in await town.says(given)
    assert "验证码已经发到" in await town.says(NUMBER)


async def test_another_code_can_be_had_after_a_minute_and_limits_say_how_long(town: Town) -> None:
    await town.says(f"验证手机{NUMBER}")
    first = await town.code()
    waiting = await town.says("没收到，重发")
    assert re.search(r"请等\d+秒", waiting)
    town.clock.jump(timedelta(seconds=61))
    assert "验证码已经发到" in await town.says("还是没收到")
    async with asyncio.timeout(10):
        while len(town.phones.codes_to(PHONE)) < 2:
            await asyncio.sleep(0.05)
    second = await town.code()
    if first != second:
        assert "验证码不对" in await town.says(first)
    assert "验证好了" in await town.says(second)


async def test_a_code_that_has_expired_is_said_to_be(town: Town) -> None:
    await town.says(f"验证手机{NUMBER}")
    code = await town.code()
    town.clock.jump(timedelta(minutes=6))
    expired = await town.says(code)
    assert "过期" in expired
    assert "[重新发送]" in expired
    assert "验证码已经发到" in await town.says("重新发送")


async def test_after_five_wrong_codes_this_one_is_dead(town: Town) -> None:
    await town.says(f"验证手机{NUMBER}")
    code = await town.code()
    for left in (4, 3, 2, 1):
        assert f"还可以试{left}次" in await town.says(wrong(code))
    assert "作废" in await town.says(wrong(code))
    assert "验证好了" not in await town.says(code)


async def test_digits_that_are_not_six_are_no_try(town: Town) -> None:
    await town.says(f"验证手机{NUMBER}")
    code = await town.code()
    assert "6位数字" in await town.says(code[:5])
    assert "还可以试4次" in await town.says(wrong(code))


async def test_cancelling_makes_the_code_worthless(town: Town) -> None:
    await town.says(f"验证手机{NUMBER}")
    code = await town.code()
    assert "先不验证" in await town.says("算了")
    assert "验证好了" not in await town.says(code)


async def test_six_digits_without_a_code_are_a_message_like_any_other(town: Town) -> None:
    answer = await town.says("123456")
    assert answer
    assert "验证码" not in answer


async def test_a_question_in_the_middle_is_answered_and_the_code_still_taken(town: Town) -> None:
    await town.says(f"验证手机{NUMBER}")
    code = await town.code()
    assert "验证码已经发到" in await town.says("为什么要验证手机")
    assert "验证好了" in await town.says(code)


async def test_a_matter_told_in_the_middle_is_taken(town: Town) -> None:
    await town.says("验证手机号")
    answer = await town.says(MATTER)
    assert "手机号" in answer
    assert "没看到手机号" not in answer
    assert "蜀山区" in await town.says(NUMBER)


async def test_a_code_is_taken_even_after_something_else_was_said(town: Town) -> None:
    await town.says(f"验证手机{NUMBER}")
    code = await town.code()
    await town.says(MATTER)
    await town.says("算了")
    assert "验证" not in await town.says("是")
    assert "验证好了" in await town.says(code)


async def test_whoever_wants_to_be_known_no_longer_is_not(town: Town) -> None:
    assert "没有和别处的记录关联" in await town.says("解绑手机号")
    await town.proves()
    await town.texts("你好")
    assert "不再关联" in await town.says("解绑手机号")
    town.clock.jump(timedelta(seconds=61))
    assert "验证码已经发到" in await town.says(f"验证手机{NUMBER}")


async def test_where_no_message_can_be_sent_the_bot_says_so(town: Town) -> None:
    town.phones.begins_from = ""
    assert "暂时还不能用短信验证" in await town.says("我要验证手机号")
    assert "暂时还不能" not in await town.says("你好")


async def test_who_writes_from_a_phone_is_proved_by_that(town: Town) -> None:
    assert "已经验证过" in await town.texts("验证手机号")
    assert town.phones.codes_to(PHONE) == []


async def test_all_spellings_of_a_number_are_one_conversation(town: Town) -> None:
    for spelt in (NUMBER, f"86{NUMBER}", f"0086{NUMBER}", f"+86 {NUMBER}"):
        assert await town.texts("你好", phone=spelt)
    rows = await town.rows(
        select(conversations.c.address).where(conversations.c.channel == town.phones.name)
    )
    assert [row.address for row in rows] == [PHONE]


async def test_orders_of_all_addresses_are_ones_own(town: Town) -> None:
    filed = await town.says(MATTER)
    filed = await town.says(f"张先生{NUMBER}")
    filed = await town.says("确认")
    number = re.search(r"HY\d{8}-\d{6}-\d", filed)
    assert number is not None
    # Somebody at that phone who has not been linked sees nothing of it.
    assert number.group() not in await town.texts("我的工单")
    await town.proves()
    assert number.group() in await town.texts("我的工单")
    assert number.group() in await town.says("我的工单")


async def test_several_orders_are_offered_and_one_is_chosen(town: Town) -> None:
    numbers = []
    await town.proves()
    for matter in (MATTER, "包河区葛大店路口的路灯坏了一个月没人修，我要投诉"):
        said = await town.says(matter)
        if "提交" not in said:
            said = await town.says("张先生")
        filed = await town.says("确认")
        found = re.search(r"HY\d{8}-\d{6}-\d", filed)
        assert found is not None, filed
        numbers.append(found.group())
    listed = await town.texts("我的工单")
    assert [number for number in numbers if number in listed] == numbers
    shown = await town.texts("2")
    assert numbers[0] in shown
    assert numbers[1] not in shown


async def test_a_complaint_half_told_goes_on_on_the_other_channel(town: Town) -> None:
    await town.says("我要投诉")
    await town.says("小区楼下工地半夜还在施工，吵得睡不着")
    # Linked while the complaint stands open on the page.
    await town.says("验证手机号")
    asked = await town.says(NUMBER)
    assert "验证码已经发到" in asked
    done = await town.says(await town.code())
    assert "验证好了" in done
    assert "接着刚才的登记" in done
    # The person writes from the phone and is asked there.
    greeted = await town.texts("你好")
    assert "网页上还有一份没填完的投诉" in greeted
    went_on = await town.texts("1")
    assert "接着填" in went_on
    assert any("已经在" in frame for frame in [await town.page.hear("system")])
    summary = await town.texts("蜀山区黄山路与科学大道交口")
    for _ in range(4):
        if "半夜还在施工" in summary:
            break
        summary = await town.texts("不知道")
    assert "半夜还在施工" in summary
    filed = await town.texts("确认")
    assert re.search(r"HY\d{8}-\d{6}-\d", filed)
    orders = await town.rows(select(work_orders))
    assert len(orders) == 1
    # The page begins afresh, and knows the order.
    assert "施工" not in await town.says("你好")
    assert orders[0].number in await town.says("我的工单")


async def test_a_number_said_the_next_day_answers_the_question_of_the_day_before(
    town: Town,
) -> None:
    assert "怎么联系您" in await town.says(MATTER)
    town.clock.jump(timedelta(days=1))
    again = await town.says("13800009999")
    assert "接着填" in again
    assert "怎么联系您" not in again
    assert "13800009999" in again or "请看看对不对" in again


async def test_whoever_asks_whether_it_was_handed_in_on_the_other_channel_is_told(
    town: Town,
) -> None:
    await town.says("验证手机号")
    await town.says(NUMBER)
    await town.says(await town.code())
    await town.says(MATTER)
    await town.texts("接着填")
    await town.texts("确认")
    assert "没有找到没填完的内容" not in await town.says("我刚才那个报上去没有")


async def test_the_offer_is_made_once_and_yes_takes_it(town: Town) -> None:
    await town.proves()
    await town.says(MATTER)
    assert "没填完的投诉" in await town.texts("你好")
    assert "没填完" not in await town.texts("你们几点下班？")
    taken = await town.texts("接着填刚才网页上没填完的")
    assert "接着填" in taken


async def test_yes_in_words_takes_what_was_offered(town: Town) -> None:
    await town.proves()
    await town.says(MATTER)
    assert "没填完的投诉" in await town.texts("你好")
    assert "我们接着填" in await town.texts("好的")


async def test_no_leaves_it_where_it_is(town: Town) -> None:
    await town.proves()
    await town.says(MATTER)
    assert "没填完的投诉" in await town.texts("你好")
    assert "接着填" not in await town.texts("不用了")
    answer = await town.says("确认")
    assert re.search(r"HY\d{8}-\d{6}-\d", answer) or "张先生" in await town.says("张先生")


async def test_a_code_that_cannot_be_sent_is_given_up_and_shown_to_nobody(town: Town) -> None:
    town.phones.refuses = RecipientRefused("no such number")
    await town.says(f"验证手机{NUMBER}")
    async with asyncio.timeout(10):
        while not await town.rows(select(deliveries).where(deliveries.c.state == "dead")):
            await asyncio.sleep(0.05)
    (dead,) = await town.rows(select(deliveries).where(deliveries.c.state == "dead"))
    (shown,) = await town.rows(select(messages).where(messages.c.id == dead.message_id))
    assert "内容不显示" in str(shown.parts)
