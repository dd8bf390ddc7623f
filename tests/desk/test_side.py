"""Beside the conversation: what the knowledge base says, and what the person has filed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from knowledge.base import base_folder
from knowledge.documents.ingest import ingest
from tests.connectors.test_turns import only_conversation
from tests.desk.people import log_in, make_agent
from tests.desk.test_orders import file
from tests.house import house

ENTRY = """---
id: lost-permit
title: 居住证遗失补领
issuer: 示例市公安局
effective_from: 2020-01-01
link: https://example.gov.cn/permit
---
居住证丢失的，带居民身份证到居住地派出所申请补领。
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "entries"
    folder.mkdir()
    (folder / "lost-permit.md").write_text(ENTRY, encoding="utf-8")
    ingest(base_folder(data=tmp_path), [folder])
    return tmp_path


async def test_the_rule_the_person_asks_about_lies_ready_to_send(data: Path) -> None:
    async with house(data) as h, h.page() as page:
        await page.say("居住证丢了怎么补办", id="one")
        await page.hear("bot")
        await page.say("转人工", id="two")  # asks nothing: the question before it counts
        await page.wait("owner", owner="waiting_for_agent")
        conversation = await only_conversation(h)
        await make_agent(h)
        await log_in(h)
        shown = await (await h.client.get(f"/desk/conversations/{conversation.id}/side")).text()
        assert "居住证遗失补领" in shown
        assert 'data-insert="居住证丢失的，带居民身份证到居住地派出所申请补领。' in shown
        assert "依据：居住证遗失补领，示例市公安局，https://example.gov.cn/permit" in shown


async def test_what_the_base_does_not_hold_is_not_made_up(data: Path) -> None:
    async with house(data) as h, h.page() as page:
        await page.say("今天天气好吗", id="one")
        await page.hear("bot")
        conversation = await only_conversation(h)
        await make_agent(h)
        await log_in(h)
        path = f"/desk/conversations/{conversation.id}/side"
        shown = await (await h.client.get(path)).text()
        assert "请不要凭印象答复" in shown
        assert "派出所申请补领" not in shown
        asked = await (await h.client.get(path, params={"q": "居住证补领"})).text()
        assert "派出所申请补领" in asked


async def test_the_persons_orders_are_at_hand(data: Path) -> None:
    async with house(data) as h, h.page() as page:
        await page.say("路灯坏了", id="one")
        await page.hear("bot")
        conversation = await only_conversation(h)
        order = await file(h)
        await make_agent(h)
        await log_in(h)
        shown = await (await h.client.get(f"/desk/conversations/{conversation.id}/side")).text()
        assert f'href="/desk/orders/{order.number}"' in shown
        assert "查重审核" in shown


async def test_strangers_and_unknown_talks_see_nothing(data: Path) -> None:
    async with house(data) as h:
        assert (await h.client.get("/desk/conversations/c_x/side")).status == 401
        await make_agent(h)
        await log_in(h)
        assert (await h.client.get("/desk/conversations/c_x/side")).status == 404


async def test_ready_replies_hold_what_is_known_and_gaps_for_what_is_not(data: Path) -> None:
    async with house(data, region="340100") as h, h.page() as page:
        await page.say("我姓李，蜀山区望江西路5号的路灯坏了三天", id="one")
        await page.hear("bot")
        await make_agent(h)
        await log_in(h)
        talk = (await only_conversation(h)).id
        side = await (await h.client.get(f"/desk/conversations/{talk}/side")).text()
        assert "望江西路5号，对吗" in side
        assert "【工单编号】" in side
        assert "{" not in "".join(re.findall(r'class="reply" data-insert="([^"]*)"', side))
