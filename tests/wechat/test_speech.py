"""Reading aloud and understanding recordings, with a server of OpenAI's interface on loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from connectors.settings.speech import Speech as Settings
from connectors.speech.server import Speech, SpeechAway
from connectors.speech.spoken import WORDS_MOST, spoken
from tests.contract.peer import Peer, answers, floods, hangs, hangs_up, listening_peer
from tests.house import house
from tests.wechat.api import FakeWechat
from tests.wechat.phone import APPID, SECRET, Phone, settings

SOUND = b"\xff\xf3\x44\xc4" + b"\0" * 400  # a frame of MP3
SAID = "我家楼下路灯坏了"


async def speaks_and_listens(request: web.Request) -> web.StreamResponse:
    if request.path == "/v1/audio/speech":
        return web.Response(body=SOUND, content_type="audio/mpeg")
    assert request.content_type == "multipart/form-data"
    return web.json_response({"text": SAID})


@asynccontextmanager
async def telephone(
    tmp_path: Path, *, speaks: bool = True, listens: bool = True
) -> AsyncIterator[tuple[Phone, Peer]]:
    fake = FakeWechat()
    account = fake.add(APPID, SECRET)
    async with listening_peer() as wechat, listening_peer() as peer:
        wechat.good, peer.good = fake.handle, speaks_and_listens
        speech = {
            "speak_url": f"{peer.url}/v1/" if speaks else None,
            "listen_url": f"{peer.url}/v1" if listens else None,
            "key": "the-key-of-speech",
            "seconds": 0.5,
        }
        async with house(tmp_path, **settings(wechat.url), speech=speech) as h:
            phone = Phone(h, fake, account)
            await phone.log_in()
            yield phone, peer
    assert fake.breaches == []


async def last_of_bot(phone: Phone) -> str:
    """The id of what the bot says to a greeting."""
    async with phone.open() as page:
        await page.say("你好", id="one")
        while True:
            message = (await page.wait("message"))["message"]
            if message["from"] == "bot":
                found: str = message["id"]
                return found


async def test_what_was_said_to_a_person_is_read_to_them_slowly(tmp_path: Path) -> None:
    async with telephone(tmp_path) as (phone, peer):
        assert phone.session["speech"] is True
        path = f"/miniapp/speech/{await last_of_bot(phone)}"
        headers = {"Authorization": f"Bearer {phone.token}"}
        async with phone.client.get(path, headers=headers) as answer:
            assert (answer.status, answer.content_type) == (200, "audio/mpeg")
            assert await answer.read() == SOUND
        [asked] = peer.received
        assert asked.json["input"] == "回声：你好"
        assert asked.json["speed"] < 1
        assert asked.headers["Authorization"] == "Bearer the-key-of-speech"
        other = Phone(phone.h, phone.fake, phone.account, openid="oSomebodyElse")
        await other.log_in()
        assert (await other.get(path))[0] == 404
        assert (await phone.get("/miniapp/speech/m_none"))[0] == 404


async def test_a_voice_that_is_away_is_said_so(tmp_path: Path) -> None:
    async with telephone(tmp_path) as (phone, peer):
        path = f"/miniapp/speech/{await last_of_bot(phone)}"
        for trouble in (answers(500), answers(200, "<html>", "text/html"), hangs_up, hangs):
            peer.script.append(trouble)
            status, answer = await phone.get(path)
            assert (status, answer["error"]["code"]) == (503, "speech_away")


async def test_a_recording_is_answered_as_if_it_were_written(tmp_path: Path) -> None:
    async with telephone(tmp_path) as (phone, peer):
        assert phone.session["listening"] is True
        async with phone.open() as page:
            assert (await phone.upload(SOUND, name="v.mp3"))[0] == 200
            await page.say("好了吗", id="two")
            assert await page.hear("bot") == f"回声：{SAID}"
        assert [one.path for one in peer.received] == ["/v1/audio/transcriptions"]


@pytest.mark.parametrize("listens", [True, False])
async def test_a_recording_nobody_understands_is_kept_all_the_same(
    tmp_path: Path, listens: bool
) -> None:
    async with telephone(tmp_path, listens=listens) as (phone, peer):
        peer.always = answers(502)
        assert phone.session["listening"] is listens
        assert (await phone.upload(SOUND, name="v.mp3"))[0] == 200
        assert len(peer.received) == listens


async def test_without_a_server_nothing_is_offered(tmp_path: Path) -> None:
    async with telephone(tmp_path, speaks=False, listens=False) as (phone, peer):
        assert (phone.session["speech"], phone.session["listening"]) == (False, False)
        assert (await phone.get(f"/miniapp/speech/{await last_of_bot(phone)}"))[0] == 404
        assert peer.received == []


async def test_answers_that_are_no_answers_are_told_apart_from_words() -> None:
    async with listening_peer() as peer:
        speech = Speech(Settings(speak_url=peer.url, listen_url=peer.url, seconds=0.5))
        try:
            for broken in ("", "{", "[]", "null", '{"text": 7}', '{"words": "x"}'):
                peer.script.append(answers(200, broken))
                with pytest.raises(SpeechAway):
                    await speech.hear(SOUND, "audio/mpeg")
            peer.script.extend([answers(200, "", "audio/mpeg"), floods])
            for _ in range(2):
                with pytest.raises(SpeechAway):
                    await speech.say("您好")
            peer.script.append(answers(200, '{"text": " \\u0000"}'))
            assert await speech.hear(SOUND, "audio/amr") == ""
        finally:
            await speech.close()


def test_marks_and_addresses_are_not_read_and_long_texts_end_with_a_sentence() -> None:
    assert spoken("## 条件\n==应当申请==，见 https://a.example/x 。") == "条件\n应当申请，见  。"
    long = spoken("一句话到此为止。" * 400)
    assert len(long) <= WORDS_MOST
    assert long.endswith("。")
    assert len(spoken("字" * 9000)) == WORDS_MOST
