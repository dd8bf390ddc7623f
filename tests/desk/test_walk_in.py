"""An agent files an order for somebody in no conversation: on the phone or at the counter."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from yarl import URL

from connectors.store import order_work, work_orders
from connectors.store.work_orders import WorkOrder
from tests.desk.people import csrf, log_in, make_agent
from tests.desk.test_follow_ups import town
from tests.house import House, house

FORM = "/desk/orders/new"
MATTER = (
    "她说自己姓王，蜀山区黄山路500号楼下的工地昨天晚上11点还在施工，吵得睡不着，"
    "希望晚上不要施工，电话13800001234"
)


def filled(html: str) -> dict[str, str]:
    """The form as the browser would send it back."""
    form = dict(re.findall(r'<input[^>]*name="(\w+)"[^>]*value="([^"]*)"', html))
    boxes = ("urgent", "confidential", "anonymous", "notify")
    option = r'<select name="(\w+)">.*?<option(?: value="([^"]*)")? selected>([^<]*)'
    chosen = re.findall(option, html)
    words = re.search(r'<textarea name="content"[^>]*>([^<]*)</textarea>', html)
    assert words
    form = {name: value for name, value in form.items() if name not in boxes}
    kinds = {
        name: value if name == "channel" or shown == "请选择" else shown
        for name, value, shown in chosen
    }
    return {**form, **kinds, "content": words[1]}


async def at_the_desk(h: House) -> dict[str, str]:
    await make_agent(h)
    await log_in(h)
    return filled(await (await h.client.get(FORM)).text())


async def sent(h: House, form: dict[str, str]) -> WorkOrder:
    answer = await h.client.post(FORM, data=form, allow_redirects=False)
    assert answer.status == 303, await answer.text()
    number = URL(answer.headers["Location"]).path.rsplit("/", 1)[1]
    order = await h.database.read(lambda conn: work_orders.by_number(conn, number))
    assert order is not None
    return order


async def test_what_the_caller_says_fills_the_form_and_is_filed_once(tmp_path: Path) -> None:
    async with house(tmp_path, region="340100") as h:
        form = await at_the_desk(h) | {"channel": "phone", "content": MATTER}
        read = filled(await (await h.client.post(FORM, data=form | {"act": "read"})).text())
        assert await h.database.read(order_work.listed) == []  # only read so far
        assert "黄山路" in read["place_text"]
        assert (read["contact_phone"], read["content"]) == ("13800001234", MATTER)
        assert read["title"]
        read["contact_name"] = "王女士"
        first, again = await sent(h, read), await sent(h, read)  # a double click
        assert first.number == again.number
        order = first.filed
        assert (order.channel, order.contact_name, order.place_region) == (
            *("phone", "王女士"),
            "340104",
        )
        assert (order.conversation_id, order.contact_id) == (None, None)
        assert order.due_at is not None
        page = await (await h.client.get(f"/desk/orders/{first.number}?filed=1")).text()
        assert re.search(rf"告诉.*{first.number}", page)
        assert "来电" in page
        assert FORM in await (await h.client.get("/desk/orders")).text()


async def test_what_was_written_by_hand_is_not_read_over(tmp_path: Path) -> None:
    async with house(tmp_path, region="340100") as h:
        form = await at_the_desk(h) | {"content": MATTER, "place_text": "长江路9号"}
        read = filled(await (await h.client.post(FORM, data=form | {"act": "read"})).text())
        assert read["place_text"] == "长江路9号"
        assert read["place_region"] == ""  # that of the place that was read is another's
        assert read["contact_phone"] == "13800001234"


async def test_danger_in_the_words_stays_with_the_order(tmp_path: Path) -> None:
    """No field shows it, and deadlines and what goes to a phone depend on it."""
    async with house(tmp_path, region="340100") as h:
        form = await at_the_desk(h) | {"content": "黄山路500号煤气泄漏，有人晕倒了"}
        read = filled(await (await h.client.post(FORM, data=form | {"act": "read"})).text())
        order = (await sent(h, read | {"urgent": "1"})).filed
        assert order.risk
        assert order.urgency == "emergency"
        calm = (await sent(h, read | {"token": "another"})).filed
        assert calm.urgency == "normal"  # as the agent judged


async def test_who_leaves_no_phone_is_told_a_code(tmp_path: Path) -> None:
    async with house(tmp_path, region="340100") as h:
        form = await at_the_desk(h) | {"content": MATTER, "title": "噪声", "kind": "投诉"}
        order = await sent(h, form | {"channel": "visit", "anonymous": "1"})
        assert (order.filed.channel, order.filed.contact_phone) == ("visit", None)
        assert order.query_code
        page = await (await h.client.get(f"/desk/orders/{order.number}?filed=1")).text()
        assert order.query_code in page


@pytest.mark.usefixtures("by_hand")
async def test_who_agreed_is_told_the_number_by_text_message(tmp_path: Path) -> None:
    """Who did not agree is told nothing by itself."""
    async with town(tmp_path) as t:
        form = await at_the_desk(t.house) | {"content": "路灯坏了", "title": "路灯", "kind": "求助"}
        form["contact_phone"] = "13912340001"
        silent = await sent(t.house, form)
        agreed = await sent(t.house, form | {"token": "two", "notify": "1"})
        assert (silent.filed.notify, agreed.filed.notify) == (None, "steps")
        (words,) = await t.texted(1)
        assert agreed.number in words


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"title": " "}, "标题和内容都要填"),
        ({"channel": "webchat"}, "请选择"),
        ({"kind": "别的"}, "请选择诉求类型"),
        ({"contact_phone": "12ab"}, "电话写得不对"),
    ],
)
async def test_what_cannot_be_filed_comes_back(
    tmp_path: Path, wrong: dict[str, str], words: str
) -> None:
    async with house(tmp_path) as h:
        form = await at_the_desk(h) | {"content": MATTER, "title": "噪声", "kind": "投诉"}
        back = await (await h.client.post(FORM, data=form | wrong)).text()
        assert words in back
        assert MATTER[:10] in back
        assert await h.database.read(order_work.listed) == []


async def test_without_the_pages_token_nothing_is_filed(tmp_path: Path) -> None:
    async with house(tmp_path) as h:
        form = await at_the_desk(h) | {"content": MATTER, "title": "噪声", "csrf": "x"}
        assert (await h.client.post(FORM, data=form)).status == 403
        assert await csrf(h)
        assert await h.database.read(order_work.listed) == []
