"""The input channel with a real Rasa behind it: whole turns, or errors as errors."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp
import pytest

from tests.bot.conftest import Person, Rasa

pytestmark = pytest.mark.rasa

NOISE = "我们小区楼下工地半夜还在施工，吵得睡不着，在蜀山区黄山路与科学大道交口"


async def test_health_names_the_model(rasa: Rasa, http: aiohttp.ClientSession) -> None:
    async with http.get(f"{rasa.url}/health") as response:
        assert response.status == 200
        assert await response.json() == {"ready": True, "model": "huiying.tar.gz"}


async def test_a_greeting_is_answered_with_where_the_dialogue_stands(person: Person) -> None:
    turn = await person.say("你好")
    assert turn.status == 200
    assert "12345" in turn.text
    assert turn.body["state"]["intent"]["name"] == "greet"
    assert turn.form is None


async def test_the_channel_decides_the_variant(rasa: Rasa, http: aiohttp.ClientSession) -> None:
    web = await Person(rasa, http).say("你好")
    voice = await Person(rasa, http, channel="voice").say("你好")
    assert web.text != voice.text


@pytest.mark.parametrize("token", ["", "wrong"])
async def test_without_the_token_nothing_is_heard(person: Person, token: str) -> None:
    turn = await person.post({"sender": "x"}, token=token)
    assert (turn.status, turn.error) == (401, "unauthorized")


GOOD = {"sender": "s", "message_id": "m", "text": "你好", "channel": "webchat", "metadata": {}}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"x"',
        *(json.dumps({**GOOD, key: bad}).encode() for key in ("sender", "message_id", "text",
                                                              "channel")
          for bad in ("", "  ", None, 7, [])),
        json.dumps({**GOOD, "metadata": "x"}).encode(),
        json.dumps({**GOOD, "text": "长" * 20_001}).encode(),
        json.dumps({**GOOD, "sender": "s" * 256}).encode(),
    ],
)  # fmt: skip
async def test_a_bad_request_is_told_what_is_wrong(person: Person, body: bytes) -> None:
    turn = await person.post(body)
    assert (turn.status, turn.error) == (400, "bad_request")
    assert turn.body["error"]["message"]


@pytest.mark.parametrize(
    "text",
    ["😀😀😀", "<script>alert(1)</script>", "\u200b\u200d啊", "？", "1", "长" * 20_000, "/",
     "/nothing",     '/ask_policy{"choice"', "a" * 3000, "\n\n\n好\n\n"],
)  # fmt: skip
async def test_whatever_is_written_is_answered(person: Person, text: str) -> None:
    turn = await person.say(text)
    assert turn.status == 200, turn.body
    assert turn.body["messages"]


async def test_a_complaint_becomes_an_order(person: Person) -> None:
    opened = await person.say(NOISE)
    assert opened.form == "complaint_form"
    assert opened.asked == "contact_phone"
    summed_up = await person.say("张先生13800001234")
    assert summed_up.asked == "confirmed"
    assert summed_up.cards[0]["part"] == "fields"
    done = await person.say("确认")
    assert done.form is None
    assert done.cards[0]["part"] == "order"
    assert done.cards[0]["number"].startswith("HY")


async def test_a_message_that_comes_again_counts_once(person: Person) -> None:
    await person.say(NOISE, message_id="one")
    again = await person.say(NOISE, message_id="one")
    assert again.asked == "contact_phone"
    first = await person.say("13800001234，再补充一下，车牌皖A12345", message_id="two")
    second = await person.say("13800001234，再补充一下，车牌皖A12345", message_id="two")
    assert first.cards == second.cards
    said = json.dumps(second.cards, ensure_ascii=False)
    assert said.count("皖A12345") == 2  # the row and its plain form, not twice over
    filed = await person.say("确认", message_id="three")
    again = await person.say("确认", message_id="three")
    assert filed.cards[0]["number"] == again.cards[0]["number"]


async def test_a_failing_action_fails_the_turn_and_changes_nothing(
    person: Person, rasa: Rasa
) -> None:
    await person.say(NOISE)
    rasa.actions.mood = "failing"
    try:
        failed = await person.say("13800001234", message_id="phone")
    finally:
        rasa.actions.mood = "well"
    assert (failed.status, failed.error) == (503, "action_failed")
    assert "13800001234" not in json.dumps(failed.body)
    retried = await person.say("13800001234", message_id="phone")
    assert retried.asked == "confirmed"
    rows = {row["key"]: row["value"] for row in retried.cards[0]["rows"]}
    assert rows["contact_phone"] == "13800001234"


async def test_a_turn_that_says_nothing_is_an_error(person: Person, rasa: Rasa) -> None:
    rasa.actions.mood = "mute"
    try:
        turn = await person.say("转人工")
    finally:
        rasa.actions.mood = "well"
    assert (turn.status, turn.error) == (502, "no_reply")


async def test_many_people_at_once_do_not_mix(rasa: Rasa, http: aiohttp.ClientSession) -> None:
    people = [Person(rasa, http) for _ in range(8)]

    async def complain(number: int, person: Person) -> Any:
        await person.say(f"路灯坏了一个月了没人修，在包河区葛大店{number}号，投诉")
        turn = await person.say(f"1380000{number:04}")
        return {row["key"]: row["value"] for row in turn.cards[0]["rows"]}

    told = await asyncio.gather(*(complain(i, p) for i, p in enumerate(people)))
    for number, rows in enumerate(told):
        assert rows["contact_phone"] == f"1380000{number:04}"
        assert f"葛大店{number}号" in rows["matter"]


async def test_nothing_but_our_channel_is_served(rasa: Rasa, http: aiohttp.ClientSession) -> None:
    base = f"http://127.0.0.1:{rasa.port}"
    for path in ("/webhooks/rest/webhook", "/model/parse", "/conversations/x/tracker",
                 "/status", "/domain"):  # fmt: skip
        async with http.post(base + path, json={"text": "你好"}) as response:
            assert response.status in (404, 405), path
    origin = {"Origin": "https://evil.example"}
    async with http.get(f"{rasa.url}/health", headers=origin) as response:
        assert "Access-Control-Allow-Origin" not in response.headers


async def test_what_people_write_is_not_in_the_log(person: Person, rasa: Rasa) -> None:
    await person.talk("青鸾巷的路灯坏了，电话13800004321", "身份证丢了怎么补办？")
    assert "青鸾巷" not in rasa.log()
    assert "13800004321" not in rasa.log()
