"""The chat socket, spoken to as a page speaks to it, and as pages do not."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import Mock

import pytest
from aiohttp import WSMsgType, WSServerHandshakeError
from sqlalchemy import Connection

from connectors.chat import following
from connectors.conversation.dialogue import TurnReply, TurnRequest
from connectors.conversation.ownership import Event
from connectors.coordination.coordinator import RESUMED, Happening
from connectors.messages import Choice, Outbound, Text
from connectors.store import messages, outbox, owners
from connectors.store.database import StoreUnavailable
from tests.connectors.test_turns import only_conversation
from tests.house import ScriptedDialogue, house, reply


async def test_a_message_is_accepted_and_answered(tmp_path: Path) -> None:
    async with house(tmp_path) as h, h.page() as page:
        await page.say("你好", id="one")
        accepted = await page.wait("accepted")
        assert accepted["id"] == "one"
        assert await page.hear("bot") == "回声：你好"


async def test_care_mode_holds_from_the_first_message(tmp_path: Path) -> None:
    async with house(tmp_path) as h, h.page() as page:
        await page.socket.send_json({"type": "care", "on": True})
        await page.say("你好", id="one")
        await page.hear("bot")
        await page.socket.send_json({"type": "care", "on": False})
        await page.say("还在吗", id="two")
        await page.hear("bot")
        first, second = h.dialogue.requests
        assert (first.channel, first.metadata["care"]) == ("care", True)
        assert (second.channel, second.metadata["care"]) == ("webchat", False)


async def test_a_sign_that_is_an_answer_reaches_the_bot(tmp_path: Path) -> None:
    async with house(tmp_path) as h, h.page() as page:
        for number, said in enumerate(("👌", "😡")):
            await page.say(said, id=str(number))
            await page.hear("bot")
        assert [request.text for request in h.dialogue.requests] == ["👌"]


async def test_a_repeated_id_is_answered_once(tmp_path: Path) -> None:
    async with house(tmp_path) as h, h.page() as page:
        await page.say("你好", id="one")
        first = await page.wait("accepted")
        await page.hear("bot")
        await page.say("你好", id="one")
        again = await page.wait("accepted")
        await page.say("再来", id="two")
        assert await page.hear("bot") == "回声：再来"
        assert again == first
        assert [request.text for request in h.dialogue.requests] == ["你好", "再来"]


async def test_a_page_that_was_away_gets_what_it_missed_once(tmp_path: Path) -> None:
    async with house(tmp_path) as h:
        async with h.page() as page:
            await page.say("第一句", id="one")
            await page.hear("bot")
        async with h.page(token=page.token, last_seq=1) as back:
            assert await back.hear("bot") == "回声：第一句"
            await back.say("第二句", id="two")
            assert await back.hear("bot") == "回声：第二句"
            seqs = [f["message"]["seq"] for f in back.seen if f["type"] == "message"]
            assert seqs == sorted(set(seqs))


async def test_two_tabs_show_the_same_conversation(tmp_path: Path) -> None:
    async with house(tmp_path) as h, h.page() as one:
        await one.say("你好", id="one")
        await one.hear("bot")
        async with h.page(token=one.token) as two:
            assert await two.hear("bot") == "回声：你好"
            await one.say("还在吗", id="two")
            assert await two.hear("me") == "还在吗"
            assert await two.hear("bot") == "回声：还在吗"


async def test_a_page_before_its_first_message_follows_another_tab_later(tmp_path: Path) -> None:
    async with house(tmp_path) as h, h.page() as one, h.page(token=one.token) as two:
        await one.say("你好", id="one")
        await one.hear("bot")
        await two.say("我也在", id="two")
        assert await two.hear("bot") == "回声：你好"
        assert await two.hear("bot") == "回声：我也在"


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "empty"), ("  \n\u200b", "empty"), ("长" * 20_000, "too_long"), ("\x00\x07", "empty")],
)
async def test_text_that_cannot_be_taken_is_refused_in_chinese(
    tmp_path: Path, text: str, code: str
) -> None:
    async with house(tmp_path) as h, h.page() as page:
        await page.say(text, id="one")
        error = await page.wait("error")
        assert (error["code"], error["id"]) == (code, "one")
        assert any("\u4e00" <= c <= "\u9fff" for c in error["text"])
        await page.say("你好", id="two")
        assert await page.hear("bot") == "回声：你好"


@pytest.mark.parametrize(
    "raw",
    [
        "{", "[]", "null", '"hello"', '{"type":"dance"}', '{"type":"message"}',
        '{"type":"message","id":"a b","text":"x"}', '{"type":"message","id":"a","text":7}',
        '{"type":"message","id":"' + "a" * 65 + '","text":"x"}', '{"type":"seen","seq":-1}',
        '{"type":"message","id":"a","text":"\\ud800"}', '{"type":"seen","seq":4294967296}',
    ],
)  # fmt: skip
async def test_broken_frames_get_a_typed_error_and_the_talk_goes_on(
    tmp_path: Path, raw: str
) -> None:
    async with house(tmp_path) as h, h.page() as page:
        await page.socket.send_str(raw)
        error = await page.wait("error")
        assert error["code"] in ("bad_frame", "empty")
        await page.say("你好", id="after")
        assert await page.hear("bot") == "回声：你好"


async def test_a_binary_frame_is_refused(tmp_path: Path) -> None:
    async with house(tmp_path) as h, h.page() as page:
        await page.socket.send_bytes(b"\x00\x01")
        assert (await page.wait("error"))["code"] == "bad_frame"


async def test_a_frame_beyond_all_measure_closes_the_socket_but_not_the_conversation(
    tmp_path: Path,
) -> None:
    async with house(tmp_path) as h:
        async with h.page() as page:
            await page.say("你好", id="one")
            await page.hear("bot")
            await page.socket.send_str(json.dumps({"type": "message", "text": "x" * 300_000}))
            while (frame := await page.socket.receive(timeout=5)).type is WSMsgType.TEXT:
                pass
            assert frame.type in (WSMsgType.CLOSE, WSMsgType.CLOSED)
        async with h.page(token=page.token) as back:
            assert await back.hear("bot") == "回声：你好"


async def test_another_sites_page_is_turned_away(tmp_path: Path) -> None:
    async with house(tmp_path) as h:
        with pytest.raises(WSServerHandshakeError) as refused:
            async with h.page(Origin="https://evil.example"):
                pass
        assert refused.value.status == 403


async def test_our_own_page_and_listed_ones_may_connect(tmp_path: Path) -> None:
    allowed = {"allowed_origins": ["https://www.city.example"]}
    async with house(tmp_path, webchat=allowed) as h:
        own = str(h.client.make_url("")).rstrip("/")
        for origin in (own, "https://www.city.example"):
            async with h.page(Origin=origin) as page:
                assert page.token


@pytest.mark.parametrize("token", ["x", "v1.abc.1.sig", "v1." + "a" * 32 + ".1." + "0" * 64])
async def test_a_forged_token_gives_a_new_visitor(tmp_path: Path, token: str) -> None:
    async with house(tmp_path) as h:
        socket = await h.client.ws_connect("/webchat/socket")
        await socket.send_json({"type": "hello", "token": token, "last_seq": 9})
        welcome = await socket.receive_json()
        assert welcome["type"] == "welcome"
        assert welcome["token"] != token
        assert welcome["notice"]
        await socket.close()


async def test_whoever_does_not_say_hello_is_told_so(tmp_path: Path) -> None:
    async with house(tmp_path) as h:
        socket = await h.client.ws_connect("/webchat/socket")
        await socket.send_json({"type": "message", "id": "a", "text": "你好"})
        assert (await socket.receive_json())["code"] == "hello_first"
        await socket.send_json({"type": "hello"})
        assert (await socket.receive_json())["type"] == "welcome"
        await socket.close()


async def test_a_choice_is_taken_by_tap_by_number_and_by_label(tmp_path: Path) -> None:
    async def offer(request: TurnRequest) -> TurnReply:
        if request.text.startswith("/"):
            return reply(f"选了 {request.text}")
        return reply(
            "请选", choices=(Choice("ka", "咨询", "/ask"), Choice("kb", "投诉", "/complain"))
        )

    async with house(tmp_path, ScriptedDialogue(offer)) as h, h.page() as page:
        await page.say("你好", id="one")
        offered = (
            await page.wait(
                "message",
            )
        )["message"]
        while offered["from"] != "bot":
            offered = (await page.wait("message"))["message"]
        assert "payload" not in json.dumps(offered)
        tap = {"type": "choose", "id": "two", "message_id": offered["id"], "choice": "kb"}
        await page.socket.send_json(tap)
        assert await page.hear("bot") == "选了 /complain"
        for number, said in enumerate(("1", "咨询")):
            await page.say("再来", id=f"again{number}")
            assert await page.hear("bot") == "请选"
            await page.say(said, id=f"pick{number}")
            assert await page.hear("bot") == "选了 /ask"


async def test_a_choice_of_another_persons_conversation_is_refused(tmp_path: Path) -> None:
    async def offer(request: TurnRequest) -> TurnReply:
        return reply("请选", choices=(Choice("ka", "咨询", "/ask"),))

    async with house(tmp_path, ScriptedDialogue(offer)) as h, h.page() as one, h.page() as two:
        await one.say("你好", id="one")
        offered = await one.wait("message")
        while offered["message"]["from"] != "bot":
            offered = await one.wait("message")
        await two.say("你好", id="x")
        await two.hear("bot")
        message_id = offered["message"]["id"]
        await two.socket.send_json(
            {"type": "choose", "id": "y", "message_id": message_id, "choice": "ka"}
        )
        assert (await two.wait("error"))["code"] == "unknown_choice"


async def test_a_typed_command_reaches_the_bot_as_words(tmp_path: Path) -> None:
    async with house(tmp_path) as h, h.page() as page:
        await page.say("/restart", id="one")
        assert await page.hear("bot") == "回声：／restart"


async def test_a_flood_is_slowed_with_a_reason(tmp_path: Path) -> None:
    async with house(tmp_path, webchat={"messages_per_minute": 5}) as h, h.page() as page:
        for number in range(6):
            await page.say(f"第{number}句", id=f"m{number}")
        error = await page.wait("error")
        assert (error["code"], error["id"]) == ("too_fast", "m5")


async def test_emoji_alone_are_asked_about(tmp_path: Path) -> None:
    async with house(tmp_path) as h, h.page() as page:
        await page.say("😀👍", id="one")
        assert "文字" in await page.hear("bot")
        assert h.dialogue.requests == []


async def test_markup_comes_back_as_text(tmp_path: Path) -> None:
    async with house(tmp_path) as h, h.page() as page:
        await page.say("<script>alert(1)</script>", id="one")
        assert await page.hear("bot") == "回声：<script>alert(1)</script>"
        index = await h.client.get("/")
        assert "script-src 'self'" in index.headers["Content-Security-Policy"]


async def test_messages_of_one_person_are_answered_in_order(tmp_path: Path) -> None:
    async def slow(request: TurnRequest) -> TurnReply:
        await asyncio.sleep(0.05 if request.text == "1x" else 0)
        return reply(request.text)

    async with house(tmp_path, ScriptedDialogue(slow)) as h, h.page() as page:
        lines = [f"{n}x" for n in range(1, 9)]
        for line in lines:
            await page.say(line, id=line)
        assert [await page.hear("bot") for _ in lines] == lines


async def test_a_page_told_that_events_were_missed_looks_at_the_store(tmp_path: Path) -> None:
    async with house(tmp_path) as h, h.page() as page:
        await page.say("你好", id="one")
        await page.hear("bot")
        conversation = await only_conversation(h)

        def by_another_gateway(conn: Connection) -> None:
            now = datetime.now(UTC)
            messages.add(conn, conversation, Outbound((Text("没人通知的"),)), now)
            owners.change_owner(
                conn, conversation.id, Event.HANDOFF, now, actor="bot", skill="general"
            )

        await h.database.transact(by_another_gateway)
        await h.coordinator.publish(Happening(f"conversation:{conversation.id}", RESUMED))
        assert await page.hear("bot") == "没人通知的"
        await page.wait("owner", owner="waiting_for_agent")


async def test_a_draft_is_shown_to_open_pages_and_kept_nowhere(tmp_path: Path) -> None:
    async with house(tmp_path) as h:
        async with h.page() as page:
            await page.say("你好", id="one")
            await page.hear("bot")
            talk = await only_conversation(h)
            await h.coordinator.publish(
                Happening(f"conversation:{talk.id}", "draft", {"text": "首次申领免费。"})
            )
            assert (await page.wait("draft"))["text"] == "首次申领免费。"
        async with h.page(token=page.token) as back:
            await back.hear("bot")
            assert not any(frame["type"] == "draft" for frame in back.seen)


async def test_a_page_shows_what_came_while_the_store_was_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "STORE_PAUSE", 0.05)
    async with house(tmp_path) as h, h.page() as page:
        await page.say("你好", id="one")
        await page.hear("bot")
        conversation = await only_conversation(h)
        await h.database.transact(
            lambda conn: messages.add(
                conn, conversation, Outbound((Text("存储回来了"),)), datetime.now(UTC)
            )
        )
        read, tries = h.database.read, 0

        async def away(unit: object) -> None:
            nonlocal tries
            tries += 1
            raise StoreUnavailable("the server is gone")

        monkeypatch.setattr(h.database, "read", away)
        await h.coordinator.publish(Happening(f"conversation:{conversation.id}", "message"))
        while tries < 3:
            await asyncio.sleep(0.02)
        monkeypatch.setattr(h.database, "read", read)
        assert await page.hear("bot") == "存储回来了"


async def test_a_page_that_can_be_shown_nothing_more_is_sent_away_to_come_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house(tmp_path) as h, h.page() as page:
        await page.say("你好", id="one")
        await page.hear("bot")
        talk = await only_conversation(h)
        with monkeypatch.context() as broken:
            broken.setattr(messages, "after", Mock(side_effect=RuntimeError))
            await h.coordinator.publish(Happening(f"conversation:{talk.id}", "message"))
            async with asyncio.timeout(5):
                while (frame := await page.socket.receive()).type is WSMsgType.TEXT:
                    pass
            assert frame.type is WSMsgType.CLOSE
        async with h.page(token=page.token) as back:
            assert await back.hear("bot") == "回声：你好"


async def test_telling_again_what_was_seen_costs_the_store_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house(tmp_path) as h, h.page() as page:
        await page.say("你好", id="one")
        await page.hear("bot")
        noted = Mock(wraps=outbox.seen_up_to)
        monkeypatch.setattr(outbox, "seen_up_to", noted)
        for seq in (1, 2, 2, 1, 3, 900, 901):  # two messages have been shown
            await page.socket.send_json({"type": "seen", "seq": seq})
        await page.socket.send_json({"type": "ping"})
        await page.wait("pong")
        assert [call.args[2] for call in noted.call_args_list] == [1, 2]
