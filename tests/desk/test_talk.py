"""The desk over HTTP: who may see it and what they can do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import select

from connectors.coordination.coordinator import RESUMED, Happening
from connectors.settings.desk import Desk
from connectors.store.schema import audit
from tests.connectors.test_turns import only_conversation
from tests.desk.people import csrf, log_in, make_agent
from tests.house import House, Page, house


async def test_the_desk_is_closed_to_strangers(tmp_path: Path) -> None:
    async with house(tmp_path) as h:
        page = await h.client.get("/desk", headers={"Accept": "text/html"}, allow_redirects=False)
        assert (page.status, page.headers["Location"]) == (303, "/desk/login")
        assert (await h.client.get("/desk/queue")).status == 401
        assert (await h.client.post("/desk/conversations/c_x/take")).status == 401
        assert (await h.client.get("/desk/events")).status == 401


async def test_a_wrong_password_is_refused_and_guessing_is_slowed(tmp_path: Path) -> None:
    async with house(tmp_path) as h:
        await make_agent(h)
        assert await log_in(h, password="wrong") == 401
        assert await log_in(h, login="nobody") == 401
        for _ in range(9):
            await log_in(h, password="wrong")
        assert await log_in(h) == 429


async def test_an_agent_reads_the_whole_talk_takes_it_and_answers(tmp_path: Path) -> None:
    async with house(tmp_path) as h, h.page() as page:
        await make_agent(h)
        await page.say("路灯坏了<b>", id="one")
        await page.hear("bot")
        await page.say("转人工", id="two")
        await page.wait("owner", owner="waiting_for_agent")
        conversation = await only_conversation(h)
        assert await log_in(h) == 303
        token = await csrf(h)
        seen = await (await h.client.get(f"/desk/conversations/{conversation.id}")).text()
        assert "路灯坏了&lt;b&gt;" in seen
        assert "回声：路灯坏了" in seen
        act = f"/desk/conversations/{conversation.id}"
        headers = {"X-CSRF-Token": token}
        assert (await h.client.post(f"{act}/take", headers=headers)).status == 200
        said = {"text": "您好，我来处理", "client_id": "c1"}
        for _ in range(2):  # a double click
            assert (await h.client.post(f"{act}/say", headers=headers, data=said)).status == 200
        assert await page.hear("agent") == "您好，我来处理"
        assert (await h.client.post(f"{act}/hand-back", headers=headers)).status == 200
        await page.say("还在吗", id="three")
        assert await page.hear("bot") == "回声：还在吗"
        agent_lines = [
            f for f in page.seen if f["type"] == "message" and f["message"]["from"] == "agent"
        ]
        assert len(agent_lines) == 1


async def test_a_form_without_the_pages_token_changes_nothing(tmp_path: Path) -> None:
    async with house(tmp_path) as h, h.page() as page:
        await make_agent(h)
        await page.say("转人工", id="one")
        await page.wait("owner", owner="waiting_for_agent")
        conversation = await only_conversation(h)
        await log_in(h)
        refused = await h.client.post(f"/desk/conversations/{conversation.id}/take")
        assert refused.status == 403
        assert (await only_conversation(h)).owner.value == "waiting_for_agent"


async def test_one_who_does_not_hold_the_talk_cannot_speak_in_it(tmp_path: Path) -> None:
    async with house(tmp_path) as h, h.page() as page:
        first, second = await make_agent(h, "a1"), await make_agent(h, "a2")
        await page.say("转人工", id="one")
        await page.wait("owner", owner="waiting_for_agent")
        conversation = await only_conversation(h)
        await h.gateway.desk.service.take(first, conversation.id)
        await log_in(h, second.login)
        response = await h.client.post(
            f"/desk/conversations/{conversation.id}/say",
            headers={"X-CSRF-Token": await csrf(h)},
            data={"text": "插话", "client_id": "c1"},
        )
        assert response.status == 409
        assert "接入" in (await response.json())["error"]["message"]


async def test_an_open_desk_is_told_that_events_were_missed(tmp_path: Path) -> None:
    async with house(tmp_path) as h:
        await make_agent(h)
        await log_in(h)
        async with h.client.ws_connect("/desk/events") as socket:
            assert (await socket.receive_json())["kind"] == "hello"
            await h.coordinator.publish(Happening("desk", RESUMED))
            assert await socket.receive_json() == {"kind": RESUMED}
        script = await (await h.client.get("/desk/static/desk.js")).text()
        assert f'case "{RESUMED}":' in script


async def taken(h: House, page: Page, login: str = "a1") -> tuple[str, dict[str, str]]:
    """A conversation that ``login`` has taken; its path, and the headers of an act."""
    await page.say("转人工", id="one")
    await page.wait("owner", owner="waiting_for_agent")
    conversation = await only_conversation(h)
    agent = await make_agent(h, login)
    await h.gateway.desk.service.take(agent, conversation.id)
    await log_in(h, login)
    return f"/desk/conversations/{conversation.id}", {"X-CSRF-Token": await csrf(h)}


async def test_a_talk_is_passed_to_a_colleague_with_a_word(tmp_path: Path) -> None:
    async with house(tmp_path) as h, h.page() as page:
        path, headers = await taken(h, page)
        second = await make_agent(h, "a2")
        form = {"to": second.id, "note": "老人听不清，请打字慢些"}
        assert (await h.client.post(f"{path}/transfer", headers=headers, data=form)).status == 200
        assert (await only_conversation(h)).agent_id == second.id
        late = {"text": "我还没说完", "client_id": "c9"}
        assert (await h.client.post(f"{path}/say", headers=headers, data=late)).status == 409
        await log_in(h, "a2")
        assert "老人听不清" in await (await h.client.get(f"{path}/side")).text()
        assert not [f for f in page.seen if "老人听不清" in str(f)]  # the person never sees it


async def test_a_talk_is_passed_to_a_queue(tmp_path: Path) -> None:
    async with house(tmp_path) as h, h.page() as page:
        path, headers = await taken(h, page)
        form = {"to": "skill:enterprise"}
        assert (await h.client.post(f"{path}/transfer", headers=headers, data=form)).status == 200
        moved = await only_conversation(h)
        assert (moved.owner.value, moved.skill) == ("waiting_for_agent", "enterprise")
        while "不用再说" not in await page.hear("system"):
            pass  # the agent's joining was told before


@pytest.mark.parametrize("to", ["", "a_nobody", "skill:wizard", "skill:"])
async def test_passing_to_nobody_changes_nothing(tmp_path: Path, to: str) -> None:
    async with house(tmp_path) as h, h.page() as page:
        path, headers = await taken(h, page)
        before = await only_conversation(h)
        refused = await h.client.post(f"{path}/transfer", headers=headers, data={"to": to})
        assert refused.status == 409
        assert await only_conversation(h) == before


async def test_a_supervisor_may_pass_on_anybodys_talk_and_an_agent_may_not(tmp_path: Path) -> None:
    async with house(tmp_path) as h, h.page() as page:
        path, _ = await taken(h, page)
        other = await make_agent(h, "a2")
        await make_agent(h, "s1", "supervisor")
        for login, status in (("a2", 409), ("s1", 200)):
            await log_in(h, login)
            headers = {"X-CSRF-Token": await csrf(h)}
            answer = await h.client.post(f"{path}/transfer", headers=headers, data={"to": other.id})
            assert answer.status == status
        assert (await only_conversation(h)).agent_id == other.id


async def test_a_talk_goes_back_to_the_bot_with_what_it_shall_do(tmp_path: Path) -> None:
    async with house(tmp_path) as h, h.page() as page:
        path, headers = await taken(h, page)
        wrong = await h.client.post(f"{path}/hand-back", headers=headers, data={"then": "dance"})
        assert wrong.status == 409
        form = {"then": "register"}
        assert (await h.client.post(f"{path}/hand-back", headers=headers, data=form)).status == 200
        while "登记下来" not in await page.hear("bot"):
            pass
        await page.say("1", id="two")  # the button, by its number
        assert await page.hear("bot") == "回声：/complain"


async def test_a_video_room_is_the_persons_own(tmp_path: Path) -> None:
    desk = Desk(video_url="https://meet.example.gov.cn/{room}")
    async with house(tmp_path, desk=desk) as h, h.page() as page:
        path, headers = await taken(h, page)
        assert "发视频链接" in await (await h.client.get(path)).text()
        for _ in range(2):
            assert (await h.client.post(f"{path}/video", headers=headers)).status == 200
        for _ in range(2):
            await page.hear("agent")
        rooms = set(re.findall(r"meet\.example\.gov\.cn/([\w-]{20,})", str(page.seen)))
        assert len(rooms) == 2
        side = await (await h.client.get(f"{path}/side")).text()
        assert all(room in side for room in rooms)


async def test_without_a_video_service_the_agent_is_told(tmp_path: Path) -> None:
    async with house(tmp_path) as h, h.page() as page:
        path, headers = await taken(h, page)
        assert (await h.client.post(f"{path}/video", headers=headers)).status == 409
    with pytest.raises(ValueError, match=r"hold \{room\}"):
        Desk(video_url="https://meet.example.gov.cn/one")


async def test_a_talk_ends_with_a_reason(tmp_path: Path) -> None:
    async with house(tmp_path) as h, h.page() as page:
        path, headers = await taken(h, page)
        assert (await h.client.post(f"{path}/close", headers=headers)).status == 409
        form = {"reason": "answered"}
        assert (await h.client.post(f"{path}/close", headers=headers, data=form)).status == 200
        await page.wait("owner", owner="closed")
        reasons = await h.database.read(
            lambda conn: conn.execute(
                select(audit.c.detail).where(audit.c.event == "owner.close")
            ).all()
        )
        assert [row.detail["reason"] for row in reasons] == ["answered"]


async def test_an_editor_reads_and_does_not_speak(tmp_path: Path) -> None:
    async with house(tmp_path) as h, h.page() as page:
        path, _ = await taken(h, page)
        await make_agent(h, "e1", "editor")
        await log_in(h, "e1")
        assert (await h.client.get(path)).status == 200
        headers = {"X-CSRF-Token": await csrf(h)}
        assert (await h.client.post(f"{path}/take", headers=headers)).status == 403


async def test_every_channel_has_a_name_on_the_desk(tmp_path: Path) -> None:
    async with house(tmp_path) as h:
        names = {channel: h.texts.say("desk_channel", channel) for channel in h.gateway.channels}
        other = h.texts.say("desk_channel")
    assert other not in names.values()
    assert len(set(names.values())) == len(names)
