"""The conversation page: one thread a person, masked numbers, fields in place, mentions, events."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientWebSocketResponse

from connectors.conversation.skills import Skill
from connectors.desk.summary import summarise
from connectors.ids import AgentId, ConversationId, MessageId
from connectors.messages import Author, Stored, Text
from connectors.store import fields, mentions, trail
from connectors.store.agents import Agent
from connectors.store.fields import FieldsChanged
from connectors.store.identity import people
from connectors.store.trail import Sought
from tests.desk.people import csrf, log_in, make_agent
from tests.desk.talks import at_their_desk, now, somebody, waits
from tests.house import House, house

pytestmark = pytest.mark.usefixtures("by_hand")
PHONE = "13800001234"


@asynccontextmanager
async def desk(tmp_path: Path, role: str = "agent") -> AsyncIterator[tuple[House, dict[str, str]]]:
    """A house and somebody logged in; the headers of what they do."""
    async with house(tmp_path) as h:
        await make_agent(h, "a1", role)
        await log_in(h, "a1")
        yield h, {"X-CSRF-Token": await csrf(h)}


async def listened(h: House, event: str) -> list[trail.Row]:
    return await h.database.read(lambda conn: trail.search(conn, Sought(event=event), 10))


async def test_numbers_are_masked_until_somebody_looks_and_that_is_kept(tmp_path: Path) -> None:
    async with desk(tmp_path) as (h, headers):
        talk = await somebody(h, 1, text=f"我的电话{PHONE}，身份证11010119900307123X")
        path = f"/desk/conversations/{talk.id}"
        page = await (await h.client.get(path)).text()
        assert "138****1234" in page
        assert PHONE not in page
        assert "19900307" not in page
        assert PHONE not in await (await h.client.get(f"{path}/side")).text()
        message = page.split('data-reveal="')[1].split('"')[0]
        shown = await h.client.post(f"{path}/reveal", headers=headers, data={"message": message})
        assert PHONE in await shown.text()
        (kept,) = await listened(h, "talk.revealed")
        assert (kept.conversation_id, kept.detail["message_id"]) == (talk.id, message)
        other = await somebody(h, 2)
        stolen = await h.client.post(
            f"/desk/conversations/{other.id}/reveal", headers=headers, data={"message": message}
        )
        assert stolen.status == 404  # of another person
        assert len(await listened(h, "talk.revealed")) == 1


async def test_a_persons_channels_are_one_thread_until_a_supervisor_parts_them(
    tmp_path: Path,
) -> None:
    async with desk(tmp_path, "supervisor") as (h, headers):
        first = await somebody(h, 1, text="路灯坏了三天")
        second = await somebody(h, 2, text="还有井盖也丢了")
        await somebody(h, 1, text="没人来修")
        at = datetime.now(UTC)
        link = await h.database.transact(
            lambda conn: people.link(
                conn, first.contact_id, second.contact_id, at, how=people.How.OPERATOR, actor="x"
            )
        )
        assert link is not None
        path = f"/desk/conversations/{second.id}"
        page = await (await h.client.get(path)).text()
        places = [page.index(one) for one in ("路灯坏了三天", "还有井盖也丢了", "没人来修")]
        assert places == sorted(places)  # in the order of time, whichever way they came
        after = f"{first.id}:{(await now(h, first)).last_seq},{second.id}:0"
        more = await (await h.client.get(f"{path}/messages?after={after}")).text()
        assert "井盖" in more
        assert "路灯坏了三天" not in more
        assert (await h.client.get(f"{path}/messages?after=nonsense")).status == 400
        assert link.id in await (await h.client.get(f"{path}/side")).text()
        parted = await h.client.post(f"{path}/unlink", headers=headers, data={"link": link.id})
        assert parted.status == 200
        assert "路灯坏了三天" not in await (await h.client.get(path)).text()
        again = await h.client.post(f"{path}/unlink", headers=headers, data={"link": link.id})
        assert again.status == 409


async def test_an_agent_does_not_part_anybody(tmp_path: Path) -> None:
    async with desk(tmp_path) as (h, headers):
        talk = await somebody(h, 1)
        path = f"/desk/conversations/{talk.id}/unlink"
        assert (await h.client.post(path, headers=headers, data={"link": "l_1"})).status == 403


# Fields -----------------------------------------------------------------------------------------


async def test_a_field_corrected_in_place_is_what_the_order_will_say(tmp_path: Path) -> None:
    async with desk(tmp_path) as (h, headers):
        talk = await somebody(h, 1, text="望江西路的路灯坏了三天，希望尽快修")
        path = f"/desk/conversations/{talk.id}"
        answer = await h.client.post(
            f"{path}/fields",
            headers=headers,
            data={"name": "place_text", "value": "望江西路5号门口", "version": "0"},
        )
        assert (await answer.json())["version"] == 1
        assert "望江西路5号门口" in await (await h.client.get(f"{path}/side")).text()
        assert "望江西路5号门口" in await (await h.client.get(f"{path}/order")).text()


@pytest.mark.parametrize(
    ("name", "value", "version", "status"),
    [
        ("place_text", "长" * 201, "0", 409),
        ("kind", "闲聊", "0", 409),
        ("secret", "x", "0", 400),
        ("place_text", "x", "", 400),
    ],
)
async def test_a_field_that_cannot_be_kept_is_refused(
    tmp_path: Path, name: str, value: str, version: str, status: int
) -> None:
    async with desk(tmp_path) as (h, headers):
        talk = await somebody(h, 1)
        answer = await h.client.post(
            f"/desk/conversations/{talk.id}/fields",
            headers=headers,
            data={"name": name, "value": value, "version": version},
        )
        assert answer.status == status
        assert (await h.database.read(lambda conn: fields.of(conn, talk.id))).version == 0


async def test_nobody_writes_over_a_correction_they_have_not_seen(tmp_path: Path) -> None:
    async with house(tmp_path) as h:
        talk, at = await somebody(h, 1), datetime.now(UTC)

        async def correct(name: str, value: str, seen: int, shown: str | None = None) -> int:
            return await h.database.transact(
                lambda conn: fields.correct(
                    conn, talk.id, name, value, seen=seen, shown=shown, now=at, by="a_1"
                )
            )

        assert await correct("place_text", "甲路", 0) == 1
        assert await correct("subject", "某公司", 0) == 2  # another field: both are kept
        with pytest.raises(FieldsChanged):
            await correct("place_text", "乙路", 0)
        assert await correct("place_text", "乙路", 2) == 3
        kept = await h.database.read(lambda conn: fields.of(conn, talk.id))
        assert kept.fields == {"place_text": "乙路", "subject": "某公司"}


# Notes ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("@b7 请看", ["b"]),
        ("请@7号座席接一下", ["c"]),
        ("@b77 请看", ["d"]),  # the longest that fits
        ("邮箱x@b7.example", ["b"]),
        ("@nobody", []),
        ("没有人", []),
        ("@b7 @b7 @b77", ["b", "d"]),
    ],
)
def test_whom_a_note_names(text: str, named: list[str]) -> None:
    staff = [
        Agent(AgentId(key), login, name, "agent")
        for key, login, name in (("b", "b7", "一号"), ("c", "c1", "7号座席"), ("d", "b77", "二号"))
    ]
    assert mentions.named(text, staff) == named


async def hear(socket: ClientWebSocketResponse, kind: str) -> dict[str, Any]:
    while True:
        event: dict[str, Any] = await socket.receive_json(timeout=10)
        if event["kind"] == kind:
            return event


async def test_who_is_named_in_a_note_is_called_and_nobody_else(tmp_path: Path) -> None:
    async with desk(tmp_path) as (h, headers):
        await make_agent(h, "b7")
        talk = await somebody(h, 1)
        path = f"/desk/conversations/{talk.id}"
        await log_in(h, "b7")
        async with h.client.ws_connect("/desk/events") as socket:
            await hear(socket, "hello")
            await log_in(h, "a1")
            headers = {"X-CSRF-Token": await csrf(h)}
            note = {"note": "@b7 老人听不清，你来过这里"}
            assert (await h.client.post(f"{path}/note", headers=headers, data=note)).status == 200
            assert (await hear(socket, "mention"))["conversation_id"] == talk.id
        assert "有人叫我" not in await (await h.client.get("/desk/queue")).text()
        await log_in(h, "b7")
        assert "有人叫我" in await (await h.client.get("/desk/queue")).text()
        await h.client.get(path)
        assert "有人叫我" not in await (await h.client.get("/desk/queue")).text()


# Events -----------------------------------------------------------------------------------------


async def test_pages_hear_of_talks_they_have_before_them_and_of_queues_they_serve(
    tmp_path: Path,
) -> None:
    async with house(tmp_path) as h:
        await make_agent(h, "a1")
        watched, other = await somebody(h, 1), await somebody(h, 2)
        await log_in(h, "a1")
        async with h.client.ws_connect("/desk/events") as socket:
            await hear(socket, "hello")
            await socket.send_str("nonsense")
            await socket.send_str(json.dumps({"watch": [watched.id]}))
            await waits(h, 2, Skill.DIALECT)  # what happens to others …
            await somebody(h, 1, text="还在吗")
            assert (await hear(socket, "message"))["conversation_id"] == watched.id
            moved = await waits(h, 3)
            await h.gateway.desk.office.tell(moved, "owner", owner="waiting_for_agent")
            event = await hear(socket, "owner")
            assert f'data-row="{moved.id}"' in event["row"]
            agent = await at_their_desk(h, "a2")
            await h.gateway.desk.service.take(agent, moved.id)
            event = await hear(socket, "owner")
            assert (event["agent_id"], "row" in event) == (agent.id, False)
        assert other.id != watched.id


# The summary ------------------------------------------------------------------------------------


def said(*lines: str) -> list[Stored]:
    return [
        Stored(
            MessageId(f"m_{n}"),
            ConversationId("c_1"),
            n,
            Author.CITIZEN,
            (Text(line),),
            datetime.now(UTC),
        )
        for n, line in enumerate(lines)
    ]


def test_a_summary_is_made_of_the_persons_own_sentences() -> None:
    summary = summarise(
        said(
            "你好",
            "转人工",
            "我家在望江西路，楼下工地每天夜里施工，吵得睡不着。",
            "嗯",
            "工地夜里两点还在施工，已经三天了！",
            "希望夜里不要施工",
            "谢谢",
        )
    )
    assert summary.said
    assert all("施工" in one for one in summary.said)
    assert not {"你好", "谢谢", "转人工", "嗯"} & set(summary.said)
    assert summary.citizen == 7


def test_of_sentences_that_say_the_same_one_is_told() -> None:
    summary = summarise(said("路灯坏了三天没人修", "路灯坏了三天没人修！", "路灯坏了三天，没人修"))
    assert summary.said == ("路灯坏了三天没人修",)


@pytest.mark.parametrize("lines", [(), ("你好",), ("？？？",), ("😀",)])
def test_nothing_said_is_nothing_summarised(lines: tuple[str, ...]) -> None:
    assert summarise(said(*lines)).said == ()
