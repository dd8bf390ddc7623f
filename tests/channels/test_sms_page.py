"""A long answer: two segments, a link in them, and the page behind it. Opting out, through and
through."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from yarl import URL

from connectors.conversation.dialogue import TurnReply, TurnRequest
from connectors.conversation.wishes import Wish, wish
from connectors.messages import Choice, Citation, FieldRow, Fields, Outbound, Text
from connectors.segments import segments
from tests.clocks import MovableClock
from tests.contract.peer import Peer, answers, listening_peer
from tests.house import House, ScriptedDialogue, house, reply

SECRET = "callback-secret-of-the-carrier-01"
PHONE = "+8613912340001"
LONG = "申请公租房需要提交下列材料：身份证明、收入证明、住房情况证明。" * 12


@dataclass
class Line:
    house: House
    peer: Peer
    clock: MovableClock
    count: int = 0

    async def ask(self, text: str, expected: int = 1) -> str:
        """Says something; what the handset is shown after it, ``expected`` messages in all."""
        before = len(self.peer.taken)
        self.count += 1
        query = f"from={quote(PHONE, safe='')}&id=k{self.count}&charset=UTF-8&coding=2"
        base = str(self.house.client.make_url("/")).rstrip("/")
        url = f"{base}/sms/carrier/{SECRET}/inbound?{query}&text={quote(text, safe='')}"
        async with self.house.client.session.get(URL(url, encoded=True)) as answer:
            assert answer.status == 200
        async with asyncio.timeout(8):
            while len(self.peer.taken) < before + expected:
                await asyncio.sleep(0.02)
        await asyncio.sleep(0.1)
        assert len(self.peer.taken) == before + expected
        sent = [parse_qs(urlsplit(one.path).query)["text"][0] for one in self.peer.taken[before:]]
        return "\n".join(sent)

    async def read(self, path: str) -> tuple[int, str, dict[str, str]]:
        async with self.house.client.get(path) as answer:
            return answer.status, await answer.text(), dict(answer.headers)


@pytest.fixture
async def line(tmp_path: Path) -> AsyncIterator[Line]:
    clock = MovableClock()
    async with listening_peer() as peer:
        peer.good = answers(202, "0: Accepted for delivery", "text/html")
        account = {
            "username": "u",
            "password": "p",
            "number": "12345",
            "url": f"{peer.url}/cgi-bin/sendsms",
            "callback_secret": SECRET,
        }
        sms = {"kannel": {"carrier": account}, "join_within": 0}
        settings: dict[str, Any] = {"sms": sms, "public_url": "https://12345.example.gov.cn"}
        async with house(tmp_path, ScriptedDialogue(), clock=clock, **settings) as opened:
            yield Line(opened, peer, clock)


def linked(text: str) -> str:
    found = re.search(r"…全文：https://12345\.example\.gov\.cn(/s/\w+)", text)
    assert found, text
    return found[1]


async def long_answer(request: TurnRequest) -> TurnReply:
    citation = Citation(
        "公租房<申请>",
        LONG,
        "e1",
        issuer="住房和城乡建设部",
        document_number="建保〔2026〕1号",
        link="https://www.gov.cn/x",
    )
    fields = Fields("您说的", (FieldRow("phone", "电话", "13800001234"),))
    choices = (Choice("a", "继续登记", "/a"), Choice("b", "转人工", "/b"))
    return TurnReply((Outbound((Text("查到了。"),)), Outbound((citation, fields), choices=choices)))


async def test_a_long_answer_is_one_message_and_its_page_shows_all_of_it(line: Line) -> None:
    line.house.dialogue.turn_taker = long_answer
    text = await line.ask("公租房怎么申请")
    assert segments(text) == 2
    assert "1. 继续登记" in text
    assert "2. 转人工" in text
    status, page, headers = await line.read(linked(text))
    assert status == 200
    assert LONG in page
    assert "公租房&lt;申请&gt;" in page
    assert "建保〔2026〕1号" in page
    assert 'href="https://www.gov.cn/x"' in page
    assert "继续登记" in page
    assert "138****1234" in page
    assert "13800001234" not in page
    assert headers["X-Robots-Tag"] == "noindex, nofollow, noarchive"
    assert "no-store" in headers["Cache-Control"]
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert '<html lang="zh-CN">' in page
    assert "<script" not in page
    assert "<h1>" in page


async def test_a_link_ends_and_says_so(line: Line) -> None:
    line.house.dialogue.turn_taker = long_answer
    path = linked(await line.ask("公租房怎么申请"))
    line.clock.jump(timedelta(days=9))
    status, page, _ = await line.read(path)
    assert status == 410
    assert "已经过期" in page
    assert "公租房" not in page


async def test_a_made_up_link_shows_nothing_and_is_not_looked_up(line: Line) -> None:
    line.house.dialogue.turn_taker = long_answer
    path = linked(await line.ask("公租房怎么申请"))
    altered = path[:-1] + ("2" if path[-1] != "2" else "3")
    for wrong in (altered, "/s/x", "/s/" + "a" * 20, "/s/%01"):
        status, page, headers = await line.read(wrong)
        assert status == 404, wrong
        assert "打不开" in page
        assert "noindex" in headers["X-Robots-Tag"]


async def test_guessing_is_slowed_down(line: Line) -> None:
    statuses = [(await line.read(f"/s/{n:020}"))[0] for n in range(70)]
    assert statuses.count(404) == 60
    assert statuses[-1] == 429


async def test_a_short_answer_has_no_link(line: Line) -> None:
    assert await line.ask("你好") == "【12345】回声：你好"


# Opting out -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "word",
    [
        *("R", "r", "Ｒ", "T", "ｔ", "TD", "Ｔｄ", " t d ", "退订", "退訂", "退 订。", "回复TD"),
        *("【退订】", "我要退订短信"),
    ],
)
def test_a_word_in_any_width_or_case_refuses(word: str) -> None:
    assert wish(word) is Wish.STOP


@pytest.mark.parametrize("word", ["恢复", "恢復", "DY", "ｄｙ", "重新订阅", "恢复接收", "订阅"])
def test_a_word_allows_it_again(word: str) -> None:
    assert wish(word) is Wish.RESUME


@pytest.mark.parametrize(
    "text",
    ["T恤能退吗", "退订酒店不给退钱", "TDD", "R1", "恢复供水要多久", "怎么订阅", "1", "", "tt"],
)
def test_other_words_wish_nothing(text: str) -> None:
    assert wish(text) is None


async def test_opting_out_is_confirmed_once_and_kept_and_taken_back(line: Line) -> None:
    out = await line.ask("ＴＤ")
    assert out == "【12345】" + line.house.texts.say("gateway_opted_out", "sms")
    assert segments(out) == 1
    await line.ask("退订", expected=0)
    assert await line.ask("路灯坏了") == "【12345】回声：路灯坏了"  # what they ask for
    back = await line.ask("恢复")
    assert back == "【12345】" + line.house.texts.say("gateway_opted_in", "sms")
    assert await line.ask("恢复") == "【12345】回声：恢复"  # now a word like any other
    assert [request.text for request in line.house.dialogue.requests] == ["路灯坏了", "恢复"]


async def test_opting_out_holds_while_somebody_else_talks(line: Line) -> None:
    await line.ask("转人工")
    assert "已退订" in await line.ask("T")


async def test_two_messages_of_one_turn_are_one_text_message(line: Line) -> None:
    async def two(request: TurnRequest) -> TurnReply:
        return reply("第一句。", "第二句。")

    line.house.dialogue.turn_taker = two
    assert await line.ask("你好") == "【12345】第一句。\n第二句。"
