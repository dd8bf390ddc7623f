"""An agent files an order for the person they talk with."""

from __future__ import annotations

import re
from pathlib import Path

from pydantic import SecretStr

from connectors.settings.tickets import Tickets, WebhookSystem
from connectors.store import agents, messages, order_work, ticket_sends, trail, work_orders
from connectors.store.trail import Sought
from tests.connectors.test_turns import only_conversation
from tests.desk.people import csrf, log_in, make_agent
from tests.house import House, Page, house

MATTER = "我要投诉，蜀山区黄山路500号楼下工地昨晚11点还在施工，吵得睡不着，我电话13800001234"


async def opened(h: House, page: Page) -> str:
    await page.say(MATTER, id="one")
    await page.hear("bot")
    await make_agent(h)
    await log_in(h)
    return f"/desk/conversations/{(await only_conversation(h)).id}/order"


def filled(html: str) -> dict[str, str]:
    """The form as the browser would send it back."""
    form = dict(re.findall(r'<input[^>]*name="(\w+)"[^>]*value="([^"]*)"', html))
    form = {k: v for k, v in form.items() if k not in ("urgent", "confidential", "anonymous")}
    content = re.search(r'<textarea name="content"[^>]*>([^<]*)</textarea>', html)
    kind = re.search(r"<option selected>([^<]+)</option>", html)
    assert content
    assert kind
    return {**form, "content": content[1], "kind": kind[1]}


async def test_the_form_is_filled_from_what_was_said_and_filed_once(tmp_path: Path) -> None:
    async with house(tmp_path, region="340100") as h, h.page() as page:
        path = await opened(h, page)
        form = filled(await (await h.client.get(path)).text())
        assert form["kind"] == "投诉"
        assert "黄山路" in form["place_text"]
        assert form["contact_phone"] == "13800001234"
        form["wanted"] = "晚上不要施工"
        numbers = []
        for _ in range(2):  # a double click
            answer = await h.client.post(path, data=form, allow_redirects=False)
            assert answer.status == 303
            numbers.append(answer.headers["Location"].rsplit("/", 1)[1])
        assert len(set(numbers)) == 1
        order = await h.database.read(lambda conn: work_orders.by_number(conn, numbers[0]))
        assert order is not None
        assert (order.filed.wanted, order.filed.place_region) == ("晚上不要施工", "340104")
        assert order.filed.due_at is not None
        assert numbers[0] in str((await page.wait("message"))["message"])
        assert len(await h.database.read(order_work.listed)) == 1
        sought = Sought(event="order.filed")
        assert len(await h.database.read(lambda conn: trail.search(conn, sought, 10))) == 1


async def test_it_is_of_the_trace_of_what_was_said_last(tmp_path: Path) -> None:
    system = WebhookSystem(url="http://127.0.0.1:9/", secret=SecretStr("s" * 32))
    away = Tickets(default="core", webhook={"core": system})
    async with house(tmp_path, region="340100", tickets=away) as h, h.page() as page:
        path = await opened(h, page)
        form = filled(await (await h.client.get(path)).text())
        await h.client.post(path, data=form, allow_redirects=False)
        (sent,) = await h.database.read(lambda conn: ticket_sends.listed(conn, ["queued"]))
        talk = (await only_conversation(h)).id
        said = await h.database.read(lambda conn: messages.after(conn, talk, 0))
        assert sent.trace_id == said[0].trace_id != ""


async def test_an_order_filed_for_the_person_is_an_answer(tmp_path: Path) -> None:
    async with house(tmp_path, region="340100") as h, h.page() as page:
        path = await opened(h, page)
        talk = (await only_conversation(h)).id
        await page.say("转人工", id="two")
        await page.wait("owner")
        agent = await h.database.read(lambda conn: agents.credentials(conn, "a1"))
        assert agent is not None
        await h.gateway.desk.service.take(agent[0], talk)
        assert (await only_conversation(h)).unanswered_since is not None
        form = filled(await (await h.client.get(path)).text())
        await h.client.post(path, data=form, allow_redirects=False)
        assert (await only_conversation(h)).unanswered_since is None


async def test_anonymous_orders_carry_nobody(tmp_path: Path) -> None:
    async with house(tmp_path, region="340100") as h, h.page() as page:
        path = await opened(h, page)
        form = filled(await (await h.client.get(path)).text()) | {"anonymous": "1"}
        answer = await h.client.post(path, data=form, allow_redirects=False)
        number = answer.headers["Location"].rsplit("/", 1)[1]
        order = await h.database.read(lambda conn: work_orders.by_number(conn, number))
        assert order is not None
        assert (order.filed.contact_id, order.filed.contact_phone) == (None, None)
        assert order.query_code
        assert order.query_code in str((await page.wait("message"))["message"])


async def test_a_form_that_cannot_be_filed_comes_back_with_what_was_written(
    tmp_path: Path,
) -> None:
    async with house(tmp_path) as h, h.page() as page:
        path = await opened(h, page)
        form = filled(await (await h.client.get(path)).text())
        for wrong, words in (
            ({"title": " "}, "标题和内容都要填"),
            ({"kind": "别的"}, "请选择诉求类型"),
            ({"title": "长" * 61}, "太长"),
            ({"contact_phone": "12ab"}, "电话写得不对"),
        ):
            back = await (await h.client.post(path, data=form | wrong)).text()
            assert words in back
            assert form["content"][:10] in back
        assert await h.database.read(order_work.listed) == []


async def test_without_the_pages_token_nothing_is_filed(tmp_path: Path) -> None:
    async with house(tmp_path) as h, h.page() as page:
        path = await opened(h, page)
        form = filled(await (await h.client.get(path)).text()) | {"csrf": "x"}
        assert (await h.client.post(path, data=form)).status == 403
        assert await csrf(h)
        assert await h.database.read(order_work.listed) == []
