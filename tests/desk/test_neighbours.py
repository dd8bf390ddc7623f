"""Orders about the same matter stand beside an order, with the fields they match by."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

from connectors.ids import ContactId
from connectors.store import work_orders
from connectors.store.schema import contacts
from connectors.store.work_orders import NewWorkOrder, Node
from tests.desk.people import log_in, make_agent
from tests.house import house

NOISE = ("城乡建设", "建筑施工管理", "夜间施工噪声")


async def test_it_says_by_which_fields_and_whose(tmp_path: Path) -> None:
    async with house(tmp_path) as h:
        await make_agent(h)
        await log_in(h)
        now = datetime.now(UTC)

        def fill(conn: Connection) -> None:
            for person in ("p_one", "p_two"):
                conn.execute(contacts.insert().values(id=person, created_at=now))

            def file(
                number: str, person: str, words: str, place: str, days: int, *related: str
            ) -> None:
                order = NewWorkOrder(
                    key=number, channel="webchat", kind="投诉", title=words, content=words,
                    category=NOISE, place_text=place, place_region="340104",
                    contact_id=ContactId(person), related=related,
                )  # fmt: skip
                nodes = (Node("受理登记", "current"),)
                work_orders.add(conn, now - timedelta(days=days), number, order, nodes, None)

            site = "蜀山区黄山路与科学大道交口"
            file("1001", "p_one", "工地半夜还在施工，吵得睡不着", site, 3)
            file("1002", "p_two", "这里半夜施工太吵", f"{site}工地", 2, "1001")
            file("1003", "p_one", "那个工地昨晚又半夜施工，睡不着", site, 0)
            file("1004", "p_one", "树枝挡路", "庐阳区阜阳路", 0)

        await h.database.transact(fill)
        html = await (await h.client.get("/desk/orders/1001")).text()
        assert "同一件事的工单（2）" in html
        assert html.index("1003") < html.index("1002")  # their own first
        assert "本人反映过" in html
        assert "他人反映" in html
        assert "分类相同（城乡建设/建筑施工管理/夜间施工噪声）" in html
        assert "地点相似 100%" in html
        assert "相隔 3.0 天" in html
        assert "/desk/orders/1004" not in html
        other = await (await h.client.get("/desk/orders/1002")).text()
        assert "他人反映" in other
        assert "1001" in other
        alone = await (await h.client.get("/desk/orders/1004")).text()
        assert "同一件事的工单" not in alone
