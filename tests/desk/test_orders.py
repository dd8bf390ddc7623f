"""Orders worked on at the desk, from the first check to the archive."""

from __future__ import annotations

import asyncio
import csv
import io
from pathlib import Path
from typing import Any

import pytest

from actions.services import Services
from actions.work_orders import nodes as stations
from actions.work_orders import way
from actions.work_orders.steps import Said
from actions.work_orders.way import Step
from connectors.desk.office import Refused
from connectors.desk.order_service import OrderService
from connectors.store import messages, order_work, work_orders
from connectors.store.work_orders import NewWorkOrder, WorkOrder
from tests.connectors.test_turns import only_conversation
from tests.desk.people import csrf, log_in, make_agent
from tests.house import House, house

ANSWER = "已更换灯头，今晚恢复照明。"


async def file(h: House, key: str = "k1", **more: Any) -> WorkOrder:
    """An order of whoever has written, filed as the dialogue files it."""
    conversation = await only_conversation(h)
    services = Services(
        database=h.database,
        answerer=None,  # type: ignore[arg-type]  # filing asks no question
        clock=h.clock,
        texts=h.texts,
        settings=h.settings,
    )
    values: dict[str, Any] = {
        "key": key,
        "channel": "webchat",
        "kind": "投诉",
        "title": "路灯不亮",
        "content": "楼下路灯坏了三天",
        "place_text": "黄山路1号",
        "conversation_id": conversation.id,
        "contact_id": conversation.contact_id,
        "contact_name": "张先生",
        "contact_phone": "13800001234",
    }
    return await services.work_orders.file(NewWorkOrder(**values | more))


async def look(h: House, number: str) -> WorkOrder:
    found = await h.database.read(lambda conn: work_orders.by_number(conn, number))
    assert found is not None
    return found


async def step(h: House, number: str, name: str, token: str, **said: str) -> str:
    """Presses a button of the order's page; the text of the page that follows."""
    answer = await h.client.post(f"/desk/orders/{number}/{name}", data={"csrf": token, **said})
    assert answer.status == 200, await answer.text()
    return await answer.text()


async def hears(page: Any, *words: str) -> dict[str, Any]:
    while True:
        message: dict[str, Any] = (await page.wait("message"))["message"]
        text = "\n".join(part.get("text", "") for part in message["parts"])
        if message["from"] == "system" and all(word in text for word in words):
            return message


async def test_an_order_goes_its_whole_way_and_its_person_hears_of_it(tmp_path: Path) -> None:
    async with house(tmp_path) as h, h.page() as page:
        await page.say("路灯坏了", id="one")
        await page.hear("bot")
        number = (await file(h)).number
        await make_agent(h)
        await log_in(h)
        token = await csrf(h)
        assert number in await (await h.client.get("/desk/orders")).text()
        await step(h, number, "check", token)
        await step(
            h, number, "dispatch", token, unit="区城管局", helpers=" "
        )  # as a browser posts it
        told = await hears(page, number, "区城管局")
        assert "协办" not in told["parts"][0]["text"]
        await step(h, number, "return", token, note="不属我局职责")
        await hears(page, "重新派单")
        assert way.station(await look(h, number)) == stations.DISPATCHED
        assert (await look(h, number)).handling.unit is None
        await step(h, number, "dispatch", token, unit="区路灯所")
        await step(h, number, "sign", token)
        await step(h, number, "answer", token, note=ANSWER)
        await step(h, number, "approve", token, outcome="solved")
        closing = await hears(page, ANSWER, "实质办结", "问题解决了吗")
        assert [choice["label"] for choice in closing["choices"]] == ["解决了", "没解决"]
        await step(h, number, "settle", token, solved="yes", rating="5")
        shown = await step(h, number, "archive", token)
        assert "已归档" in shown
        done = await look(h, number)
        assert done.status == "closed"
        assert [node.state for node in done.nodes] == ["done"] * 10
        assert (done.handling.outcome, done.handling.solved, done.handling.rating) == (
            "solved",
            True,
            5,
        )
        taken = await h.database.read(lambda conn: order_work.steps(conn, number))
        assert [one.step for one in taken][:4] == ["check", "dispatch", "return", "dispatch"]


async def test_what_is_told_of_an_order_is_of_the_trace_of_the_message_it_came_of(
    tmp_path: Path,
) -> None:
    async with house(tmp_path) as h, h.page() as page:
        await page.say("路灯坏了", id="one")
        await page.hear("bot")
        number = (await file(h)).number
        await page.say("还有件事", id="two")
        await page.hear("bot")
        await make_agent(h)
        await log_in(h)
        token = await csrf(h)
        await step(h, number, "check", token)
        await step(h, number, "dispatch", token, unit="区城管局")
        await hears(page, number, "区城管局")
        talk = (await only_conversation(h)).id
        said = await h.database.read(lambda conn: messages.after(conn, talk, 0))
        traces = {one.text[:4]: one.trace_id for one in said}
        assert said[-1].trace_id == traces["路灯坏了"] != traces["还有件事"]


async def test_a_page_out_of_date_is_told_so_and_changes_nothing(tmp_path: Path) -> None:
    async with house(tmp_path) as h, h.page() as page:
        await page.say("路灯坏了", id="one")
        await page.hear("bot")
        number = (await file(h)).number
        await make_agent(h)
        await log_in(h)
        token = await csrf(h)
        before = await look(h, number)
        assert "到了别的环节" in await step(h, number, "approve", token, outcome="solved")
        assert await look(h, number) == before


@pytest.mark.parametrize(
    ("name", "said", "words"),
    [
        ("dispatch", {"unit": "  "}, "承办单位"),
        ("dispatch", {"unit": "长" * 65}, "承办单位"),
    ],
)
async def test_a_step_without_what_it_needs_is_refused(
    tmp_path: Path, name: str, said: dict[str, str], words: str
) -> None:
    async with house(tmp_path) as h, h.page() as page:
        await page.say("路灯坏了", id="one")
        await page.hear("bot")
        number = (await file(h)).number
        await make_agent(h)
        await log_in(h)
        token = await csrf(h)
        await step(h, number, "check", token)
        assert f'role="alert">请填写{words}' in await step(h, number, name, token, **said)
        assert way.station(await look(h, number)) == stations.DISPATCHED


async def test_of_two_who_press_at_once_one_is_refused(tmp_path: Path) -> None:
    async with house(tmp_path) as h, h.page() as page:
        await page.say("路灯坏了", id="one")
        await page.hear("bot")
        number = (await file(h)).number
        agent = await make_agent(h)
        service = OrderService(h.gateway.desk.office)
        await service.take(agent, number, Step.CHECK, Said())
        outcomes = await asyncio.gather(
            *(service.take(agent, number, Step.DISPATCH, Said(unit=f"{n}局")) for n in range(20)),
            return_exceptions=True,
        )
        assert sum(outcome is None for outcome in outcomes) == 1
        assert all(isinstance(o, Refused) for o in outcomes if o is not None)


async def test_name_and_phone_are_masked_until_somebody_asks(tmp_path: Path) -> None:
    async with house(tmp_path) as h, h.page() as page:
        await page.say("路灯坏了", id="one")
        await page.hear("bot")
        number = (await file(h, confidential=True)).number
        await make_agent(h)
        await log_in(h)
        token = await csrf(h)
        masked = await (await h.client.get(f"/desk/orders/{number}")).text()
        assert "13800001234" not in masked
        assert "张先生" not in masked
        assert "要求保密" in masked
        shown = await h.client.post(f"/desk/orders/{number}/reveal", data={"csrf": token})
        assert "13800001234" in await shown.text()


async def test_numbers_in_what_was_told_are_masked_too(tmp_path: Path) -> None:
    async with house(tmp_path) as h, h.page() as page:
        await page.say("路灯坏了", id="one")
        await page.hear("bot")
        said = "路灯坏了，打13911112222找我"
        number = (await file(h, title=said, content=said, contact_name=None)).number
        await make_agent(h)
        await log_in(h)
        token = await csrf(h)
        for path in ("/desk/orders", f"/desk/orders/{number}"):
            masked = await (await h.client.get(path)).text()
            assert "13911112222" not in masked
            assert "139****2222" in masked
        shown = await h.client.post(f"/desk/orders/{number}/reveal", data={"csrf": token})
        assert said in await shown.text()


async def test_supervisors_take_the_list_out_and_the_audit_keeps_it(tmp_path: Path) -> None:
    async with house(tmp_path) as h, h.page() as page:
        await page.say("路灯坏了", id="one")
        await page.hear("bot")
        number = (await file(h, title="=HYPERLINK(1)，13911112222")).number
        await file(h, key="k2", title="停水")
        await make_agent(h)
        await log_in(h)
        assert (await h.client.get("/desk/orders.csv")).status == 403
        await make_agent(h, "s1", "supervisor")
        await log_in(h, "s1")
        assert "导出 CSV" in await (await h.client.get("/desk/orders")).text()
        answer = await h.client.get("/desk/orders.csv", params={"q": "HYPERLINK"})
        text = (await answer.read()).decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text)))
        assert [row[0] for row in rows] == ["编号", number]
        assert len(set(rows[0])) == len(rows[0]), "each column has a name of its own"
        assert rows[1][5] == "一般"
        assert rows[1][3] == "'=HYPERLINK(1)，139****2222"
        assert rows[1][-3:] == ["", "", ""], "what is empty stays so"
        assert (await h.client.get("/desk/orders.csv?status=lost")).status == 400
        assert "orders.exported" in await (await h.client.get("/desk/audit")).text()


async def test_what_a_person_wrote_cannot_become_markup(tmp_path: Path) -> None:
    async with house(tmp_path) as h, h.page() as page:
        await page.say("路灯坏了", id="one")
        await page.hear("bot")
        number = (await file(h, content="<img src=x onerror=alert(1)>", title="<b>x</b>")).number
        await make_agent(h)
        await log_in(h)
        for path in ("/desk/orders", f"/desk/orders/{number}"):
            shown = await (await h.client.get(path)).text()
            assert "<img" not in shown
            assert "<b>x</b>" not in shown


async def test_orders_are_found_by_what_they_say(tmp_path: Path) -> None:
    async with house(tmp_path) as h, h.page() as page:
        await page.say("路灯坏了", id="one")
        await page.hear("bot")
        lamp = (await file(h)).number
        other = {"title": "噪音", "content": "夜里施工", "place_text": "东街"}
        noise = (await file(h, key="k2", **other)).number
        await make_agent(h)
        await log_in(h)
        for words, there, gone in (("路灯", lamp, noise), ("东街", noise, lamp)):
            found = await (await h.client.get("/desk/orders", params={"q": words})).text()
            assert there in found
            assert gone not in found
        assert (await h.client.get("/desk/orders?status=gone")).status == 400
        assert (await h.client.get("/desk/orders/HY00000000-000000-0")).status == 404
