"""What did not reach a ticket system: seen at the desk and by command, sent again, kept here."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from sqlalchemy import Connection
from typer.testing import CliRunner

from actions.work_orders import nodes as stations
from connectors.cli.root import app
from connectors.clock import SystemClock
from connectors.settings import Settings
from connectors.store import ticket_events, ticket_sends, tickets, work_orders
from connectors.store.open import open_database
from connectors.store.ticket_sends import Send
from tests.desk.people import csrf, log_in, make_agent
from tests.desk.test_orders import file
from tests.house import House, house
from tests.store.people import NOON
from tests.tickets.subjects import new_order


def given_up(conn: Connection, number: str, *, code: str = "refused") -> Send:
    """An order a ticket system would not take."""
    now = SystemClock().now()
    tickets.hand_over(conn, number, "core", now)
    (send,) = ticket_sends.listed(conn, ["queued"], number=number)
    ticket_sends.settle(conn, send, "dead", now, code=code, detail="status 422: 缺少地址")
    return send


async def states(h: House) -> list[tuple[str, str]]:
    found = await h.database.read(
        lambda conn: ticket_sends.listed(conn, ["queued", "dead", "skipped"])
    )
    return sorted((one.number, one.state) for one in found)


async def test_a_supervisor_sees_why_and_sends_it_again_or_keeps_it_here(tmp_path: Path) -> None:
    async with house(tmp_path) as h, h.page() as page:
        await page.say("路灯坏了", id="one")
        await page.hear("bot")
        orders = [await file(h, key) for key in ("k1", "k2", "k3")]
        sends = [
            await h.database.transact(lambda conn, o=o: given_up(conn, o.number))  # type: ignore[misc]
            for o in orders
        ]
        await h.database.transact(
            lambda conn: ticket_events.keep(
                conn,
                "core",
                "e1",
                number=None,
                receipt="GD-9",
                body={"status": "signed"},
                at=NOON,
                now=NOON,
                state="waiting",
            )
        )
        await make_agent(h, role="supervisor")
        await log_in(h)
        token = await csrf(h)
        shown = await (await h.client.get("/desk/tickets")).text()
        for words in (orders[0].number, "缺少地址", "不收这个工单", "GD-9", "signed"):
            assert words in shown
        data = {"csrf": token}
        answer = await h.client.post(f"/desk/tickets/{sends[0].id}/resend", data=data)
        assert "已重新排队 1 条" in await answer.text()
        answer = await h.client.post(f"/desk/tickets/{sends[1].id}/here", data=data)
        assert orders[1].number in await answer.text()
        answer = await h.client.post("/desk/tickets", data=data)
        assert "已重新排队 1 条" in await answer.text()
        assert await states(h) == [
            (orders[0].number, "queued"),
            (orders[1].number, "skipped"),
            (orders[2].number, "queued"),
        ]
        page_of = await (await h.client.get(f"/desk/orders/{orders[0].number}")).text()
        assert "等待受理" in page_of
        assert "派单" not in page_of.split("现在：")[1].split("经过")[0]


async def test_agents_do_not_decide_what_goes_where(tmp_path: Path) -> None:
    async with house(tmp_path) as h:
        await make_agent(h)
        await log_in(h)
        token = await csrf(h)
        assert (await h.client.get("/desk/tickets")).status == 403
        answer = await h.client.post("/desk/tickets/1/resend", data={"csrf": token})
        assert answer.status == 403


async def test_by_command_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = await open_database(Settings(data_dir=tmp_path))

    start = stations.at_start(NOON, "12345")

    def unit(conn: Connection) -> None:
        for number in ("HY1", "HY2"):
            work_orders.add(conn, NOON, number, new_order(key=number), start, None)
            given_up(conn, number)

    await store.transact(unit)
    await store.close()
    monkeypatch.setenv("HUIYING_DATA_DIR", str(tmp_path))
    command = CliRunner()

    def run(*words: str) -> tuple[int, str]:
        done = command.invoke(app, ["orders", *words])
        return done.exit_code, done.output

    def all_of_it() -> None:
        _, text = run("list", "--json")
        listed = json.loads(text)
        assert [one["error_code"] for one in listed] == ["refused", "refused"]
        assert run("resend", str(listed[0]["id"])) == (0, "1 put back into the queue\n")
        assert run("resend", str(listed[0]["id"]))[0] == 2
        assert run("keep-here", listed[1]["order"])[0] == 0
        assert run("keep-here", listed[1]["order"])[0] == 2
        assert run("list", "--state", "what")[0] == 2
        assert "nothing there" in run("list")[1]
        assert run("resend")[0] == 2

    await asyncio.to_thread(all_of_it)
