"""A policy question and a whole complaint over WeChat: the platform's bytes, gateway, Rasa."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

import tests.product
from tests.product import PYTHON
from tests.servers import free_port
from tests.wechat import sealing
from tests.wechat.api import Account, FakeWechat
from tests.wechat.platform import AES_KEY, APPID, TOKEN, Pushing, openid

SECRET = "app-secret-of-the-account"
MINI_APPID = "wxfedcba9876543210"
NUMBERED = re.compile(r"HY\d{8}-\d{6}-\d")
PHONE = "13912340012"

pytestmark = [
    pytest.mark.rasa,
    pytest.mark.skipif(not PYTHON.is_file(), reason="bot/.venv is missing: run `make setup`"),
]


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tests.product.Product]:
    """With an official account and a mini-program; WeChat's interface is where it will be."""
    made = tests.product.Product(tmp_path_factory.mktemp("wechat"))
    api_port = free_port()
    common = {
        "secret": SECRET,
        "token": TOKEN,
        "encoding_aes_key": AES_KEY,
        "api_url": f"http://127.0.0.1:{api_port}",
        "insecure_http": True,
    }
    wechat = {
        "official": {"city": common | {"appid": APPID}},
        "mini": {"city": common | {"appid": MINI_APPID}},
    }
    made.configure({"wechat": wechat, "region": "340100"})
    made.env["API_PORT"] = str(api_port)
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.fixture
async def wechat(product: tests.product.Product) -> AsyncIterator[FakeWechat]:
    fake = FakeWechat()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", fake.handle)
    server = TestServer(app, port=int(product.env["API_PORT"]))
    await server.start_server(shutdown_timeout=0.1)
    yield fake
    await server.close()
    assert fake.breaches == []


class Person:
    """Somebody with a phone: shown what WeChat was answered, and what it was sent."""

    def __init__(self, name: str, pushing: Pushing, fake: FakeWechat, account: Account) -> None:
        self._name = name
        self.pushing = pushing
        self._fake = fake
        self._account = account
        self._read = 0
        self.choices: list[tuple[str, str]] = []

    async def ask(self, text: str, within: float = 120, **more: Any) -> str:
        """Says something; all that is shown in answer to it."""
        who = openid(self._name)
        self._fake.wrote(self._account, who)
        told = await self.pushing.text(self._name, text, **more)
        shown = [told.content] if told.content else []
        async with asyncio.timeout(within):
            while not (shown or self._new(who)):
                await asyncio.sleep(0.1)
        await asyncio.sleep(0.7)  # whatever follows, or should not come
        shown += self._new(who)
        self._read = len(self._fake.sent)
        return "\n".join(shown)

    async def choose(self, label: str) -> str:
        """Taps a choice of the last menu, or says its words where there was none."""
        tapped = {content: one for one, content in self.choices}
        found = next((content for content in tapped if label in content), None)
        if found is None:
            return await self.ask(label)
        return await self.ask(found, bizmsgmenuid=tapped[found])

    def _new(self, who: str) -> list[str]:
        words = []
        for one in self._fake.sent[self._read :]:
            if one["touser"] != who:
                continue
            if one["msgtype"] == "msgmenu":
                menu = one["msgmenu"]
                self.choices = [(item["id"], item["content"]) for item in menu["list"]]
                listed = [content for _, content in self.choices]
                words += [menu.get("head_content", ""), *listed, menu.get("tail_content", "")]
            elif one["msgtype"] == "text":
                words.append(one["text"]["content"])
        return words


def somebody(
    name: str, kind: Any, product: tests.product.Product, fake: FakeWechat, http: Any
) -> Person:
    appid = APPID if kind == "official" else MINI_APPID
    form: Any = "xml" if kind == "official" else "json"
    url = f"{product.url}/wechat/{kind}/city"
    pushing = Pushing(url, http, kind, form, appid=appid, seal=sealing.wechatpy_seal)
    pushing.repeats, pushing.apart = 300, 0.3  # a machine with much to do starts slowly
    return Person(name, pushing, fake, fake.add(appid, SECRET, kind))


async def test_a_policy_question_is_answered_with_its_source(
    product: tests.product.Product, wechat: FakeWechat
) -> None:
    async with aiohttp.ClientSession() as http:
        for kind in ("official", "mini"):
            person = somebody("wang", kind, product, wechat, http)
            answer = await person.ask("身份证丢了怎么补办？要带什么材料？")
            assert "户口簿" in answer, answer
            assert "公安部" in answer, answer
            assert person.pushing.breaches == []


async def test_a_whole_complaint_is_taken_while_the_gateway_is_killed_in_its_middle(
    product: tests.product.Product, wechat: FakeWechat
) -> None:
    async with aiohttp.ClientSession() as http:
        person = somebody("li", "official", product, wechat, http)
        answer = await person.ask(
            "我们小区楼下工地半夜还在施工，吵得睡不着，在蜀山区黄山路与科学大道交口"
        )
        asked: list[str] = []
        while "提交" not in answer:
            assert answer not in asked, f"asked twice: {answer}"
            assert len(asked) < 6, asked
            asked.append(answer)
            assert "在哪" not in answer, "the place was said already"
            if len(asked) == 1:
                waiting = asyncio.create_task(_answered(person, answer))
                await asyncio.sleep(0.1)  # under way; WeChat comes again where it must
                product.kill_gateway()
                await asyncio.to_thread(product.start_gateway)
                answer = await waiting
            else:
                answer = await _answered(person, answer)
        answer = await person.choose("提交")
        number = NUMBERED.search(answer)
        assert number, answer
        answer = await person.ask(f"查一下工单 {number[0]}")
        assert "受理" in answer or "后四位" in answer, answer


async def _answered(person: Person, question: str) -> str:
    if "电话" in question or "手机" in question or "联系方式" in question:
        return await person.ask(PHONE)
    if "称呼" in question or "姓名" in question or "贵姓" in question:
        return await person.ask("我姓王")
    if "时间" in question or "什么时候" in question:
        return await person.ask("昨晚11点到今天凌晨2点")
    return await person.ask("希望晚上停工")
