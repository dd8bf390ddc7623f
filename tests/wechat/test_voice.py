"""Answers read aloud on an official account: to who spoke, to who asks, within WeChat's limits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from sqlalchemy import Connection

from connectors.channels.wechat.voice import asks
from connectors.conversation.dialogue import TurnReply, TurnRequest
from connectors.messages import Author, Outbound, Text
from connectors.speech import mp3
from connectors.speech.spoken import spoken
from connectors.store import conversations, messages
from tests.contract.peer import Peer, answers, listening_peer
from tests.house import ScriptedDialogue, reply
from tests.wechat.platform import openid
from tests.wechat.town import PERSON, Town, town

FRAME = b"\xff\xf3\x44\xc4" + b"\0" * 92  # MPEG 2, 32 kbit/s at 24 kHz
FRAME_LASTS = 0.024
A_SECOND = 4  # characters of the server's voice


def sound(lasts: float) -> bytes:
    return FRAME * round(lasts / FRAME_LASTS)


async def serves(request: web.Request) -> web.StreamResponse:
    """Speaks as long as the words take; hears always the same."""
    if request.path.endswith("/transcriptions"):
        return web.json_response({"text": "路灯坏了"})
    asked = await request.json()
    return web.Response(
        body=sound(len(asked["input"]) / A_SECOND / asked["speed"]), content_type="audio/mpeg"
    )


@asynccontextmanager
async def speaking(
    folder: Path, dialogue: ScriptedDialogue | None = None, **more: Any
) -> AsyncIterator[tuple[Town, Peer]]:
    async with listening_peer() as server:
        server.good = serves
        speech = {"speak_url": f"{server.url}/v1", "listen_url": f"{server.url}/v1"}
        async with town(folder, "official", dialogue, speech=speech, more=more) as here:
            yield here, server


async def speaks(here: Town, words: str, **more: Any) -> Any:
    """The person sends voice; with the words WeChat has understood, or none."""
    here.wechat.wrote(here.account, openid(PERSON))
    media_id = here.wechat.keep(b"#!AMR\n" + b"\x3c" * 320, "voice")
    fields = {"MediaId": media_id, "Format": "amr"} | ({"Recognition": words} if words else {})
    return await here.platform.push(here.platform.message(PERSON, "voice", **fields | more))


async def voices(here: Town, many: int = 1) -> list[float]:
    """How many seconds each voice lasts that the person was sent, once there are so many."""
    async with asyncio.timeout(5):
        while True:
            sent = [one for one in here.wechat.sent if one["msgtype"] == "voice"]
            if len(sent) >= many:
                return [mp3.seconds(here.wechat.media[one["voice"]["media_id"]]) or 0
                        for one in sent]  # fmt: skip
            await asyncio.sleep(0.01)


async def idle(here: Town) -> None:
    """Until nothing is being read any more."""
    channel: Any = here.house.gateway.channels["wechat_official"]
    async with asyncio.timeout(5):
        while channel._voice._tasks or "queued" in await here.states():
            await asyncio.sleep(0.01)


async def test_who_speaks_is_answered_in_words_and_by_a_slow_voice(tmp_path: Path) -> None:
    async with speaking(tmp_path) as (here, server):
        told = await speaks(here, "公积金怎么提取")
        assert told.content == "回声：公积金怎么提取"
        assert len(await voices(here)) == 1
        (asked,) = server.received
        assert asked.json["input"] == "回声：公积金怎么提取"
        assert asked.json["speed"] == 0.8
        await here.wrote("谢谢")  # written: answered in writing
        await idle(here)
        assert len(await voices(here)) == 1


async def test_voice_wechat_did_not_understand_is_understood_here(tmp_path: Path) -> None:
    async with speaking(tmp_path) as (here, server):
        told = await speaks(here, "")
        assert told.content == "回声：路灯坏了"
        assert len(await voices(here)) == 1
        assert [one.path for one in server.received] == [
            "/v1/audio/transcriptions",
            "/v1/audio/speech",
        ]


async def test_a_long_answer_is_read_as_far_as_a_minute_goes(tmp_path: Path) -> None:
    async def at_length(request: TurnRequest) -> TurnReply:
        return reply("符合条件的家庭可以申请，并应当提交相应的证明材料。" * 20)

    async with speaking(tmp_path, ScriptedDialogue(at_length)) as (here, server):
        await speaks(here, "公租房")
        (lasts,) = await voices(here)
        assert 30 < lasts < 60
        assert server.received[-1].json["input"].endswith("后面还有，请看文字。")


async def test_who_asks_to_be_read_to_is_until_they_ask_no_more(tmp_path: Path) -> None:
    async with speaking(tmp_path, menu={"care": "关怀模式"}) as (here, _):
        told = await here.wrote("念给我听吧。")
        assert "念给您听" in told.content
        assert len(await voices(here)) == 1
        told = await here.wrote("在吗")
        assert told.content == "回声：在吗"
        await voices(here, 2)
        told = await here.wrote("不用念了")
        assert "不念了" in told.content
        await here.wrote("在吗")
        await idle(here)
        assert len(await voices(here)) == 2
        told = await here.platform.event(PERSON, "CLICK", EventKey="care")
        assert "念给您听" in told.content
        await voices(here, 3)
        assert [one.text for one in here.house.dialogue.requests] == ["在吗", "在吗"]
        assert (await here.heard())[0] == "念给我听吧。"


async def test_a_voice_leaves_sends_for_what_has_to_be_said(tmp_path: Path) -> None:
    """Of five sends two stay for words, however much the person would like to hear."""
    async with speaking(tmp_path, passive=False) as (here, _):
        await here.wrote("关怀模式")
        await voices(here)
        for words in ("第二句", "第三句", "第四句"):  # the person is silent meanwhile
            await says(here, words)
            await idle(here)
        assert len(await voices(here)) == 1
        assert len(here.shown()) == 4


async def says(here: Town, words: str) -> None:
    """We say something that nobody asked just now."""

    def unit(conn: Connection) -> None:
        talk = conversations.find(conn, here.name, "city", openid(PERSON))
        assert talk is not None
        messages.add(conn, talk, Outbound((Text(words),)), here.clock.now())

    await here.house.database.transact(unit)
    here.house.gateway.sender.wake()


@pytest.mark.parametrize("trouble", ["500", "html", "wav", "permission"])
async def test_a_voice_that_cannot_be_costs_no_answer(tmp_path: Path, trouble: str) -> None:
    async with speaking(tmp_path) as (here, server):
        match trouble:
            case "500":
                server.always = answers(500)
            case "html":
                server.always = answers(200, "<html>", "text/html")
            case "wav":
                server.always = answers(200, "RIFF0000WAVE", "audio/wav")
            case _:
                here.account.denied.add("/cgi-bin/media/upload")
        told = await speaks(here, "在吗")
        assert told.content == "回声：在吗"
        await idle(here)
        assert here.wechat.sent == []
        assert await here.states() == ["sent"]


async def test_without_a_server_words_are_all_there_is(tmp_path: Path) -> None:
    async with town(tmp_path, "official") as here:
        assert (await speaks(here, "在吗")).content == "回声：在吗"
        assert (await here.wrote("关怀模式")).content == "回声：关怀模式"
        assert here.wechat.sent == []


async def test_an_account_may_have_no_voice(tmp_path: Path) -> None:
    async with speaking(tmp_path, voice_replies=False) as (here, server):
        assert (await speaks(here, "在吗")).content == "回声：在吗"
        await idle(here)
        assert server.received == []


async def test_to_whom_an_agent_talks_nobody_reads_the_bots_words(tmp_path: Path) -> None:
    async with speaking(tmp_path) as (here, server):
        await here.wrote("转人工")
        await speaks(here, "路灯坏了")
        await idle(here)
        assert await here.heard(Author.BOT) == []
        assert [one.path for one in server.received] == []


@pytest.mark.parametrize(
    ("text", "wants"),
    [
        ("关怀模式", True), ("打开关怀模式", True), ("请念给我听", True), ("朗读一下", True),
        ("用语音回答我", True), ("长辈版。", True), ("退出关怀模式", False), ("不要念了", False),
        ("别念了！", False), ("关掉语音播报", False), ("老年证怎么办", None), ("语音", None),
        ("我妈的老年公交卡", None), ("怎么打开关怀模式的投诉", None), ("念书的学校", None),
        ("楼下广场舞音响太吵，不要放了", None), ("长辈护理补贴", None), ("", None),
    ],
)  # fmt: skip
def test_only_words_that_ask_for_it_and_for_nothing_else_are_taken_so(
    text: str, wants: bool | None
) -> None:
    assert asks(text) is wants


def test_what_is_called_is_read_digit_by_digit_and_what_is_counted_is_not() -> None:
    assert spoken("请拨打12345或110。") == "请拨打幺二三四五或幺幺零。"
    assert spoken("电话0551-62345678") == "电话零五五幺，六二三四五六七八"
    assert spoken("收费110元，12345人办过，12.345万") == "收费110元，12345人办过，12.345万"


def test_the_length_of_a_sound_is_that_of_its_frames() -> None:
    tag = b"ID3\x04\0\0\0\0\x01\x00" + b"\0" * 128
    assert mp3.seconds(tag + sound(2.4) + b"TAG" + b"\0" * 125) == pytest.approx(2.4)
    whole = (b"\xff\xfb\x90\x64" + b"\0" * 413) * 100  # MPEG 1, 128 kbit/s at 44.1 kHz
    assert mp3.seconds(whole) == pytest.approx(2.612, abs=0.001)
    for nothing in (b"", b"RIFF0000WAVE", b"\xff", b"ID3", b"\xff\xff\xff\xff" * 9):
        assert mp3.seconds(nothing) is None
