"""A supervisor posts what is known; people are told before anything is asked, and may insist."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiohttp import ClientResponse
from sqlalchemy import Connection

from connectors.clock import in_china
from connectors.store import incidents, surges, work_orders
from connectors.store.work_orders import NewWorkOrder, Node
from tests.desk.people import csrf, log_in, make_agent
from tests.house import House, house

TOLD = "供水管爆裂，正在抢修"


async def send(h: House, path: str = "", **fields: str) -> ClientResponse:
    until = in_china(datetime.now(UTC) + timedelta(hours=5)).strftime("%Y-%m-%dT%H:%M")
    form = {"csrf": await csrf(h), "text": TOLD, "region": "340104", "until": until}
    form |= {"places": "望江西路", "words": "停水，没水"} | fields
    return await h.client.post(f"/desk/notices{path}", data=form, allow_redirects=False)


async def posted(h: House) -> tuple[incidents.Notice, incidents.Told]:
    ((notice, told),) = await h.database.read(incidents.latest)
    return notice, told


async def test_people_are_told_before_anything_is_asked_and_may_insist(tmp_path: Path) -> None:
    async with house(tmp_path, region="340100") as h, h.page() as page:
        await make_agent(h, "boss", "supervisor")
        await log_in(h, "boss")
        assert (await send(h)).status == 303
        await page.say("望江西路停水了怎么办", id="one")
        while True:
            frame = await page.wait("message")
            if frame["message"]["from"] == "bot":
                break
        message = frame["message"]
        assert TOLD in message["parts"][0]["text"]
        assert not h.dialogue.requests  # Rasa has not been asked
        assert [choice["label"] for choice in message["choices"]] == ["仍要反映", "知道了"]
        choice = message["choices"][0]
        await page.socket.send_json(
            {"type": "choose", "id": "c1", "message_id": message["id"], "choice": choice["id"]}
        )
        assert await page.hear("bot") == "回声：望江西路停水了怎么办"
        await page.say("望江西路还在停水", id="two")
        assert await page.hear("bot") == "回声：望江西路还在停水"  # told once
        assert (await posted(h))[1].told == 1
        html = await (await h.client.get("/desk/notices")).text()
        assert "1 人" in html
        async with h.page() as other:
            await other.say("望江西路着火了，快来人", id="three")
            assert TOLD not in await other.hear("bot")  # danger goes first


async def test_of_two_supervisors_the_second_sees_what_the_first_wrote(tmp_path: Path) -> None:
    async with house(tmp_path) as h:
        await make_agent(h, "boss", "supervisor")
        await log_in(h, "boss")
        await send(h)
        notice, _ = await posted(h)
        first = await send(h, f"/{notice.id}", version="1", text="已改为明早恢复")
        assert first.status == 303
        second = await send(h, f"/{notice.id}", version="1", text="我写的另一句")
        html = await second.text()
        assert second.status == 409
        assert "已改为明早恢复" in html
        assert "我写的另一句" in html
        assert (await posted(h))[0].said.text == "已改为明早恢复"
        version = re.search(r'name="version" value="(\d+)"', html)
        assert version
        again = await send(h, f"/{notice.id}", version=version[1], text="我写的另一句")
        assert again.status == 303
        assert (await send(h, f"/{notice.id}/end", version="3")).status == 303
        assert not (await posted(h))[0].stands(datetime.now(UTC))


async def test_what_is_missing_is_said_and_what_was_written_stays(tmp_path: Path) -> None:
    async with house(tmp_path) as h:
        await make_agent(h, "boss", "supervisor")
        await log_in(h, "boss")
        for wrong in (
            {"text": ""},
            {"region": "34"},
            {"words": "", "category": ""},
            {"category": "没有的分类"},
            {"until": ""},
            {"until": "2020-01-01T00:00"},
        ):
            refused = await send(h, **wrong)
            assert refused.status == 422
            html = await refused.text()
            assert 'role="alert"' in html
            assert "望江西路" in html
        assert not await h.database.read(incidents.latest)


async def test_agents_and_editors_post_nothing(tmp_path: Path) -> None:
    async with house(tmp_path) as h:
        await make_agent(h)
        await log_in(h)
        assert (await send(h)).status == 403
        assert (await h.client.get("/desk/notices")).status == 403


async def test_a_surge_stands_on_the_board_until_a_notice_is_posted_from_it(
    tmp_path: Path,
) -> None:
    async with house(tmp_path) as h:
        await make_agent(h, "boss", "supervisor")
        await log_in(h, "boss")
        now = datetime.now(UTC)

        def fill(conn: Connection) -> None:
            for n in range(12):
                order = NewWorkOrder(
                    key=f"k{n}", channel="webchat", kind="投诉", title="停水", content="停水了",
                    category=("公用事业", "供水", "停水"), place_region="340104",
                )  # fmt: skip
                nodes = (Node("受理登记", "current"),)
                work_orders.add(conn, now, f"20260302000{n:03d}", order, nodes, None)

        await h.database.transact(fill)
        assert await h.gateway.desk.surges.look() == 1
        assert await h.gateway.desk.surges.look() == 0
        board = await (await h.client.get("/desk/board")).text()
        assert "集中反映" in board
        assert "20260302000011" in board
        link = re.search(r'href="(/desk/notices/new\?surge=[^"]+)"', board)
        assert link
        form = await (await h.client.get(link[1])).text()
        assert 'value="340104"' in form
        surge_id = link[1].split("=")[1]
        assert (await send(h, surge=surge_id)).status == 303
        assert "集中反映" not in await (await h.client.get("/desk/board")).text()
        settled = await h.database.read(lambda conn: surges.get(conn, surge_id))
        assert settled is not None
        assert settled.settled_by is not None
