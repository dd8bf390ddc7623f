"""A policy question and a whole complaint by text message: handset, Kannel, gateway, Rasa."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import tests.product
from connectors.segments import segments
from tests.kannel import NUMBER, PASSWORD, USER, Handset, Heard, KannelServer, installed
from tests.product import PYTHON

SECRET = "callback-secret-of-the-carrier-01"
SIGNATURE = "【12345】"
NUMBERED = re.compile(r"HY\d{8}-\d{6}-\d")

pytestmark = [
    pytest.mark.rasa,
    pytest.mark.kannel,
    pytest.mark.skipif(not PYTHON.is_file(), reason="bot/.venv is missing: run `make setup`"),
    pytest.mark.skipif(not installed(), reason="Kannel is missing: apt-get install kannel"),
]


class Product(tests.product.Product):
    """With a Kannel that knows the gateway."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.kannel = KannelServer(f"{self.url}/sms/carrier/{SECRET}/inbound")
        account = {
            "url": self.kannel.url,
            "username": USER,
            "password": PASSWORD,
            "number": NUMBER,
            "callback_secret": SECRET,
        }
        self.configure(
            {
                "sms": {"kannel": {"carrier": account}},
                "dialogue": {"notice_after": 60},  # a slow machine is no matter of these tests
                "region": "340100",
            }
        )

    def start(self) -> None:
        super().start()
        self.kannel.start()

    def stop(self) -> None:
        super().stop()
        self.kannel.remove()


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    made = Product(tmp_path_factory.mktemp("sms"))
    try:
        made.start()
        yield made
    finally:
        made.stop()


class Person:
    """Somebody with a plain telephone: what they are shown are segments, joined by the handset."""

    def __init__(self, handset: Handset, number: str) -> None:
        self._handset = handset
        self._number = number
        self._read = 0

    async def ask(self, text: str, within: float = 60) -> str:
        """Says something; the answer, which is one message of two segments at most."""
        await self._handset.say(self._number, text)
        heard = await self._handset.hear(f"+86{self._number}", self._read + 1, within)
        await asyncio.sleep(1.0)  # its second segment, and whatever should not come
        heard = await self._handset.hear(f"+86{self._number}", self._read + 1, within)
        new = heard[self._read :]
        self._read = len(heard)
        return _one_answer(new)


def _one_answer(new: list[Heard]) -> str:
    answer = "".join(one.text for one in new)
    assert answer.count(SIGNATURE) == 1, answer
    assert len(new) == segments(answer) <= 2, answer
    return answer.removeprefix(SIGNATURE)


async def test_a_policy_question_is_answered_in_two_segments_however_it_is_typed(
    product: Product,
) -> None:
    async with Handset(product.kannel.port) as handset:
        person = Person(handset, "13912340011")
        answer = await person.ask("身份证丢了怎么补办？要带什么材料？", 90)
        assert "户口簿" in answer
        assert "公安部" in answer
        for typed in (
            "身份證丟了怎麼補辦",
            "身分证丢了咋补办",
            "身份证丢了怎么补办？？！　",
            "shen fen zheng diu le zen me bu ban",
        ):
            assert "身份证" in await person.ask(typed), typed


async def test_a_whole_complaint_is_taken_while_the_gateway_is_killed_in_its_middle(
    product: Product,
) -> None:
    async with Handset(product.kannel.port) as handset:
        person = Person(handset, "13912340012")
        answer = await person.ask(
            "我们小区楼下工地半夜还在施工，吵得睡不着，在蜀山区黄山路与科学大道交口", 90
        )
        asked: list[str] = []
        for _ in range(8):
            if "提交" in answer:
                break
            assert answer not in asked, f"asked twice: {answer}"
            asked.append(answer)
            assert "在哪" not in answer, "the place was said already"
            if len(asked) == 1:
                product.kill_gateway()
                await asyncio.to_thread(product.start_gateway)
            if "电话" in answer or "手机" in answer or "联系方式" in answer:
                answer = await person.ask("13912340012")
            elif "称呼" in answer or "姓名" in answer or "贵姓" in answer:
                answer = await person.ask("我姓王")
            elif "时间" in answer or "什么时候" in answer:
                answer = await person.ask("昨晚11点到今天凌晨2点")
            elif "1. " in answer:
                answer = await person.ask("选1")
            else:
                answer = await person.ask("希望晚上停工")
        else:
            raise AssertionError(f"no summary after {asked}")
        assert len(asked) <= 5, asked
        answer = await person.ask("提交")
        number = NUMBERED.search(answer)
        assert number, answer
        answer = await person.ask(f"查一下工单 {number[0]}")
        assert "受理" in answer or "后四位" in answer, answer
