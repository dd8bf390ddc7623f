"""What a supervisor does: accounts, hours, the audit, listening in; and what agents may not."""

from __future__ import annotations

import asyncio
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import WSCloseCode

from connectors.clock import CHINA, FrozenClock
from connectors.conversation.ownership import Owner
from connectors.coordination.coordinator import Happening
from connectors.desk import live
from connectors.desk.shifts import UnreadableLine, days_text, read_plan, shifts_text
from connectors.store import agents, plans, trail
from connectors.store.trail import Sought
from tests.desk.people import csrf, log_in, make_agent
from tests.desk.talks import at_their_desk, now, waits
from tests.house import House, house

pytestmark = pytest.mark.usefixtures("by_hand")
TEN = datetime(2026, 11, 18, 10, 0, tzinfo=CHINA)


async def boss(h: House) -> dict[str, str]:
    """A supervisor who is logged in; the headers of what they do."""
    await make_agent(h, "s1", "supervisor")
    await log_in(h, "s1")
    return {"X-CSRF-Token": await csrf(h)}


async def account(h: House, login: str) -> agents.Agent:
    everybody = await h.database.read(agents.everybody)
    return next(one for one in everybody if one.login == login)


async def events(h: House, event: str) -> list[trail.Row]:
    return await h.database.read(lambda conn: trail.search(conn, Sought(event=event), 100))


@pytest.mark.parametrize("path", ["/desk/agents", "/desk/hours", "/desk/audit", "/desk/audit.csv"])
async def test_these_pages_are_the_supervisors(tmp_path: Path, path: str) -> None:
    async with house(tmp_path) as h:
        await make_agent(h)
        await log_in(h)
        assert (await h.client.get(path)).status == 403


async def test_an_account_is_made_shown_once_changed_and_put_out_of_use(tmp_path: Path) -> None:
    async with house(tmp_path) as h:
        headers = await boss(h)
        form = {"login": "b7", "name": "7号座席", "role": "agent", "skills": "elderly"}
        made = await h.client.post("/desk/agents", headers=headers, data=form)
        found = re.search(r"<code>([^<]+)</code>", await made.text())
        assert found
        one = await account(h, "b7")
        assert (one.skills, one.max_load) == (frozenset({"elderly"}), None)
        again = await h.client.post("/desk/agents", headers=headers, data=form)
        assert "已经有人用了" in await again.text()
        talk = await waits(h, 1)
        await h.gateway.desk.service.take(
            await at_their_desk(h, "x1"), talk.id
        )  # somebody else's: it stays theirs
        mine = await waits(h, 2)
        change = {"version": str(one.version), "name": "7号", "role": "agent", "every": "1"}
        answer = await h.client.post(
            f"/desk/agents/{one.id}", headers=headers, data=change | {"max_load": "2"}
        )
        assert answer.status == 200
        one = await account(h, "b7")
        assert (one.skills, one.max_load, one.name) == (None, 2, "7号")
        assert await log_in(h, "b7", found[1]) == 303
        await h.gateway.desk.service.take(one, mine.id)
        await log_in(h, "s1")
        headers = {"X-CSRF-Token": await csrf(h)}
        change |= {"version": str(one.version), "active": "0"}
        await h.client.post(f"/desk/agents/{one.id}", headers=headers, data=change)
        assert await log_in(h, "b7", found[1]) == 401
        left = await now(h, mine)
        assert (left.owner, left.handoff_reason) == (Owner.WAITING, "agent_gone")
        assert (await now(h, talk)).owner is Owner.AGENT
        assert len(await events(h, "agent.changed")) == 2


async def test_two_supervisors_who_change_one_account_at_once_get_a_clear_conflict(
    tmp_path: Path,
) -> None:
    async with house(tmp_path) as h:
        headers = await boss(h)
        one = await make_agent(h, "b7")
        change = {"version": "0", "name": "第一个", "role": "agent", "every": "1"}
        path = f"/desk/agents/{one.id}"
        assert (await h.client.post(path, headers=headers, data=change)).status == 200
        late = await h.client.post(path, headers=headers, data=change | {"name": "第二个"})
        assert late.status == 409
        assert "别人刚改过" in await late.text()
        assert (await account(h, "b7")).name == "第一个"


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"login": "a b"}, "不能有空格"),
        ({"max_load": "many"}, "1到100"),
        ({"max_load": "0"}, "1到100"),
        ({"every": "", "skills": "wizard"}, "至少选一个"),
        ({"role": "king"}, "刷新"),
        ({"name": "长" * 65}, "1到64"),
    ],
)
async def test_a_form_that_cannot_be_kept_says_what_to_do(
    tmp_path: Path, wrong: dict[str, str], told: str
) -> None:
    async with house(tmp_path) as h:
        headers = await boss(h)
        form = {"login": "b7", "name": "7号", "role": "agent", "every": "1"} | wrong
        answer = await h.client.post("/desk/agents", headers=headers, data=form)
        assert answer.status == 409
        assert told in await answer.text()
        assert [one.login for one in await h.database.read(agents.everybody)] == ["s1"]


async def test_nobody_puts_themselves_out_of_use(tmp_path: Path) -> None:
    async with house(tmp_path) as h:
        headers = await boss(h)
        me = await account(h, "s1")
        form = {"version": "0", "name": "我", "role": "supervisor", "every": "1", "active": "0"}
        answer = await h.client.post(f"/desk/agents/{me.id}", headers=headers, data=form)
        assert answer.status == 409
        assert (await account(h, "s1")).active


async def test_a_new_password_ends_the_old_one(tmp_path: Path) -> None:
    async with house(tmp_path) as h:
        headers = await boss(h)
        one = await make_agent(h, "b7")
        answer = await h.client.post(f"/desk/agents/{one.id}/password", headers=headers)
        found = re.search(r"<code>([^<]+)</code>", await answer.text())
        assert found
        assert await log_in(h, "b7") == 401
        assert await log_in(h, "b7", found[1]) == 303
        assert found[1] not in str(await events(h, "agent.password"))


async def test_who_was_logged_out_is_told_so_before_their_page_is_cut_off(tmp_path: Path) -> None:
    async with house(tmp_path) as h:
        one = await make_agent(h, "b7")
        await log_in(h, "b7")
        async with h.client.ws_connect("/desk/events") as socket, asyncio.timeout(5):
            assert (await socket.receive_json())["kind"] == "hello"
            headers = await boss(h)
            await h.client.post(f"/desk/agents/{one.id}/password", headers=headers)
            assert (await socket.receive_json())["kind"] == "logged-out"
            assert (await socket.receive()).data == WSCloseCode.POLICY_VIOLATION


async def test_a_page_whose_session_was_ended_elsewhere_is_cut_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By ``huiying agent password``, by a restored backup, or by logging out in another tab."""
    monkeypatch.setattr(live, "MINDED_EVERY", 0.05)
    async with house(tmp_path) as h:
        await make_agent(h, "b7")
        await log_in(h, "b7")
        async with h.client.ws_connect("/desk/events") as ended, asyncio.timeout(5):
            assert (await ended.receive_json())["kind"] == "hello"
            await log_in(h, "b7")
            async with h.client.ws_connect("/desk/events") as other:
                assert (await other.receive_json())["kind"] == "hello"
                await h.client.post("/desk/logout", data={"csrf": await csrf(h)})
                assert (await other.receive_json())["kind"] == "logged-out"
            hashed = agents.hash_password("another one")
            await h.database.transact(lambda conn: agents.set_password(conn, "b7", hashed))
            assert (await ended.receive_json())["kind"] == "logged-out"
            assert (await ended.receive()).data == WSCloseCode.POLICY_VIOLATION


async def test_an_open_page_goes_by_what_the_account_is_now(tmp_path: Path) -> None:
    async with house(tmp_path) as h:
        one = await make_agent(h, "b7")
        await log_in(h, "b7")
        async with h.client.ws_connect("/desk/events") as socket, asyncio.timeout(5):
            assert (await socket.receive_json())["kind"] == "hello"
            headers = await boss(h)
            change = {"version": str(one.version), "name": "7号", "role": "supervisor"}
            await h.client.post(
                f"/desk/agents/{one.id}", headers=headers, data=change | {"skills": "elderly"}
            )
            told = await socket.receive_json()
            assert (told["kind"], told["role"]) == ("account", "supervisor")
            await h.coordinator.publish(Happening("desk", "alert", {"light": "red"}))
            assert (await socket.receive_json())["kind"] == "alert"  # a supervisor's now
            change |= {"version": str(one.version + 1), "role": "agent"}
            await h.client.post(
                f"/desk/agents/{one.id}", headers=headers, data=change | {"skills": "elderly"}
            )
            assert (await socket.receive_json())["kind"] == "account"
            talk = await waits(h, 1)
            happening = Happening("desk", "owner", {"conversation_id": talk.id})
            await h.coordinator.publish(happening)
            assert "row" not in await socket.receive_json()  # of a queue they do not serve
        script = await (await h.client.get("/desk/static/desk.js")).text()
        assert 'case "account":' in script


async def test_many_who_log_in_at_once_leave_other_work_its_threads(tmp_path: Path) -> None:
    """Argon2 is slow by design, and asyncio's own threads read files and answer questions."""
    async with house(tmp_path) as h:
        await make_agent(h, "b7")
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
        busy = threading.Event()
        held = asyncio.create_task(asyncio.to_thread(busy.wait, 60))
        try:
            async with asyncio.timeout(30):
                assert await log_in(h, "b7") == 303
        finally:
            busy.set()
            await held


async def test_a_page_that_stays_open_ends_with_its_session(tmp_path: Path) -> None:
    clock = FrozenClock(datetime(2026, 3, 2, 10, tzinfo=CHINA))
    async with house(tmp_path, clock=clock) as h:
        await make_agent(h, "b7")
        await log_in(h, "b7")
        clock.advance(agents.SESSION_LIFE - timedelta(seconds=0.1))
        async with h.client.ws_connect("/desk/events") as socket, asyncio.timeout(5):
            assert (await socket.receive_json())["kind"] == "hello"
            assert (await socket.receive_json())["kind"] == "logged-out"
            assert (await socket.receive()).data == WSCloseCode.POLICY_VIOLATION


# Hours ------------------------------------------------------------------------------------------

SHIFTS = "mon-fri 08:30-12:00 14:00-17:30\nsat 09:00-12:00"
DAYS = "2026-11-25 off 停电检修\n2026-11-28 on 调班"


def test_hours_are_read_as_they_are_written() -> None:
    plan = read_plan(f"\n {SHIFTS}\u3000\n\n", DAYS)
    assert read_plan(shifts_text(plan), days_text(plan)) == plan
    assert shifts_text(plan) == SHIFTS
    assert days_text(plan) == DAYS


@pytest.mark.parametrize(
    ("shifts", "days", "number"),
    [
        ("mon 08:00-12:00\nmonday 08:00-12:00", "", 2),
        ("mon 8-12", "", 1),
        ("mon 17:00-09:00", "", 1),
        ("", "2026-11-25", 1),
        ("", "2026-02-30 off", 1),
        ("", "2026-11-25 closed", 1),
        ("", "2026-11-25 on\n2026-11-25 off", 0),
    ],
)
def test_a_line_that_makes_no_sense_is_named(shifts: str, days: str, number: int) -> None:
    with pytest.raises(UnreadableLine) as refused:
        read_plan(shifts, days)
    assert refused.value.number == number


async def test_hours_are_in_force_at_once_and_two_who_edit_them_see_each_other(
    tmp_path: Path,
) -> None:
    clock = FrozenClock(TEN.replace(hour=13))
    async with house(tmp_path, clock=clock) as h:
        headers = await boss(h)
        form = {"version": "0", "shifts": SHIFTS, "days": DAYS}
        saved = await h.client.post("/desk/hours", headers=headers, data=form)
        assert "没有人值班" in await saved.text()  # the break at noon
        hours = await h.database.read(lambda conn: plans.office_hours(conn, h.settings))
        assert not hours.is_open(TEN.replace(day=25))
        assert hours.is_open(TEN.replace(day=28))
        talk = await waits(h, 1)
        assert await h.gateway.desk.waiting.look() == 1
        assert (await now(h, talk)).owner is Owner.BOT
        late = await h.client.post(
            "/desk/hours", headers=headers, data=form | {"shifts": "mon 09:00-10:00"}
        )
        assert late.status == 409
        page = await late.text()
        assert "别人保存过班次" in page
        assert "mon 09:00-10:00" in page  # what was written is still there
        assert "停电检修" in page
        version, plan = await h.database.read(lambda conn: plans.hours_plan(conn, h.settings))
        assert (version, shifts_text(plan)) == (1, SHIFTS)
        wrong = await h.client.post(
            "/desk/hours", headers=headers, data={"version": "1", "shifts": "mon 25:00-26:00"}
        )
        assert "第1行看不懂" in await wrong.text()


# The audit --------------------------------------------------------------------------------------


async def test_the_audit_is_searched_and_taken_away(tmp_path: Path) -> None:
    async with house(tmp_path) as h:
        await boss(h)
        agent = await at_their_desk(h, "=cmd|calc")
        talk, other = await waits(h, 1), await waits(h, 2)
        await h.gateway.desk.service.take(agent, talk.id)
        await h.gateway.desk.service.take(agent, other.id)
        page = await (await h.client.get("/desk/audit?who=calc&event=owner.take")).text()
        assert page.count("<small>owner.take</small>") == 2
        page = await (await h.client.get(f"/desk/audit?talk={talk.id}&event=owner.take")).text()
        assert page.count("<small>owner.take</small>") == 1
        page = await (await h.client.get("/desk/audit?from=2020-01-01&to=2026-01-01")).text()
        assert "没有符合的记录" in page
        wrong = await h.client.get("/desk/audit?from=yesterday")
        assert wrong.status == 400
        assert "日期写得不对" in await wrong.text()
        table = await h.client.get("/desk/audit.csv?event=owner.take")
        lines = (await table.read()).decode("utf-8-sig").strip().splitlines()
        assert lines[0] == "时间,操作人,做了什么,对话,详情"
        assert len(lines) == 3
        assert "'=cmd|calc" in lines[1]  # no spreadsheet takes it for a formula
        assert await events(h, "audit.exported")


async def test_a_long_audit_is_read_page_by_page_and_given_out_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.desk.trail.PAGE", 3)
    monkeypatch.setattr("connectors.desk.trail.BLOCK", 2)
    async with house(tmp_path) as h:
        await boss(h)
        for number in range(7):
            await waits(h, number)
        seen, path = 0, "/desk/audit?event=owner.handoff"
        while path:
            page = await (await h.client.get(path)).text()
            seen += page.count("<small>owner.handoff</small>")
            more = re.search(r'href="(/desk/audit\?[^"]+)">更早的', page)
            path = more[1].replace("&amp;", "&") if more else ""
        assert seen == 7
        table = await (await h.client.get("/desk/audit.csv?event=owner.handoff")).text()
        assert table.count("owner.handoff") == 7


# Listening in -----------------------------------------------------------------------------------


async def test_listening_in_is_silent_and_written_down_once(tmp_path: Path) -> None:
    async with house(tmp_path) as h:
        await boss(h)
        agent = await at_their_desk(h, "a1")
        talk = await waits(h, 1)
        await h.gateway.desk.service.take(agent, talk.id)
        before = await now(h, talk)
        for _ in range(3):
            page = await h.client.get(f"/desk/conversations/{talk.id}")
            assert "路灯坏了" in await page.text()
        assert await now(h, talk) == before
        (listened,) = await events(h, "talk.listened")
        assert (listened.conversation_id, listened.detail["agent"]) == (talk.id, agent.id)


async def test_a_supervisor_gives_who_waits_to_an_agent(tmp_path: Path) -> None:
    async with house(tmp_path) as h:
        headers = await boss(h)
        agent = await at_their_desk(h, "a1")
        talk = await waits(h, 1)
        path = f"/desk/conversations/{talk.id}/transfer"
        assert (await h.client.post(path, headers=headers, data={"to": agent.id})).status == 200
        assert (await now(h, talk)).agent_id == agent.id
