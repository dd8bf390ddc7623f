"""What never reached its person, on the desk."""

from __future__ import annotations

import asyncio
from pathlib import Path

from sqlalchemy import Connection, select

from connectors.store import deliveries, outbox
from connectors.store.schema import audit
from tests.desk.people import csrf, log_in, make_agent
from tests.house import House, house


async def give_up_last(h: House, code: str) -> str:
    """The delivery of the latest message, sent and then given up for ``code``."""
    now = h.clock.now()
    async with asyncio.timeout(10):
        while await h.database.read(lambda conn: deliveries.listed(conn, ("queued",))):
            await asyncio.sleep(0.01)  # what is under way would end as sent

    def unit(conn: Connection) -> str:
        latest = deliveries.listed(conn, ("sent", "delivered", "seen"))[0]
        outbox.give_up(conn, latest.id, "dead", code, "DELIVRD:NO", now)
        return latest.id

    return await h.database.transact(unit)


async def state_of(h: House, delivery_id: str) -> str:
    found = await h.database.read(lambda conn: deliveries.find(conn, delivery_id))
    assert found is not None
    return found.state


async def test_a_supervisor_reads_why_and_sends_again(tmp_path: Path) -> None:
    async with house(tmp_path) as h, h.page() as page:
        await page.say("我的电话是13800001234", id="one")
        await page.hear("bot")
        lost = await give_up_last(h, "recipient_refused")
        await make_agent(h, "s1", "supervisor")
        await log_in(h, "s1")
        shown = await (await h.client.get("/desk/undelivered")).text()
        assert "停机" in shown
        assert "DELIVRD:NO" in shown
        assert "13800001234" not in shown  # masked: whoever looks here need not know it
        again = await h.client.post(
            f"/desk/undelivered/{lost}", data={"csrf": await csrf(h)}, allow_redirects=False
        )
        assert again.status == 303
        assert again.headers["Location"] == "/desk/undelivered?resent=1"
        assert await state_of(h, lost) in ("queued", "sent", "delivered")
        rows = await h.database.read(
            lambda conn: conn.execute(
                select(audit.c.detail).where(audit.c.event == "delivery.resent")
            ).all()
        )
        assert [row.detail["delivery_id"] for row in rows] == [lost]


async def test_a_code_nobody_has_explained_is_still_shown(tmp_path: Path) -> None:
    async with house(tmp_path) as h, h.page() as page:
        await page.say("你好", id="one")
        await page.hear("bot")
        await give_up_last(h, "<script>")
        await make_agent(h, "s1", "supervisor")
        await log_in(h, "s1")
        shown = await (await h.client.get("/desk/undelivered")).text()
        assert "平台退回" in shown
        assert "<script>" not in shown.replace("<script type", "")


async def test_all_of_one_channel_are_sent_again_and_others_left(tmp_path: Path) -> None:
    async with house(tmp_path) as h, h.page() as page:
        await page.say("你好", id="one")
        await page.hear("bot")
        lost = await give_up_last(h, "throttled")
        await make_agent(h, "s1", "supervisor")
        await log_in(h, "s1")
        form = {"csrf": await csrf(h)}
        await h.client.post("/desk/undelivered?channel=portal", data=form)
        assert await state_of(h, lost) == "dead"
        await h.client.post("/desk/undelivered?channel=webchat", data=form)
        assert await state_of(h, lost) != "dead"


async def test_only_a_supervisor_may_look_or_send_again(tmp_path: Path) -> None:
    async with house(tmp_path) as h, h.page() as page:
        await page.say("你好", id="one")
        await page.hear("bot")
        lost = await give_up_last(h, "throttled")
        assert (await h.client.get("/desk/undelivered")).status == 401
        await make_agent(h)
        await log_in(h)
        assert (await h.client.get("/desk/undelivered")).status == 403
        form = {"csrf": await csrf(h)}
        assert (await h.client.post(f"/desk/undelivered/{lost}", data=form)).status == 403
        assert await state_of(h, lost) == "dead"
        assert "/desk/undelivered" not in await (await h.client.get("/desk")).text()
