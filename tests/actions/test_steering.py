"""Repeat, explain, choose, say no, lose one's temper, be in danger."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from actions import payloads
from tests.actions.conftest import Talk

BUTTONS = ({"title": "咨询政策", "payload": "/ask_policy"},
           {"title": "反映问题", "payload": "/complain"},
           {"title": "转人工", "payload": "/ask_human"})  # fmt: skip


async def test_repeating_says_the_last_turn_again_cards_and_buttons_too(talk: Talk) -> None:
    talk.hear("身份证丢了怎么补办", "ask_policy")
    first = await talk.run("action_answer")
    talk.hear("再说一遍", "repeat_last")
    again = await talk.run("action_repeat")
    assert again.text == first.text
    assert again.cards == first.cards


async def test_repeating_twice_still_repeats(talk: Talk) -> None:
    talk.hear("我要撤销", "cancel")
    first = await talk.run("action_cancel_outside")
    for _ in range(2):
        talk.hear("啥", "repeat_last")
        again = await talk.run("action_repeat")
    assert again.text == first.text


async def test_with_nothing_to_repeat_the_bot_says_who_it_is(talk: Talk) -> None:
    talk.hear("啊？", "repeat_last")
    assert (await talk.run("action_repeat")).text


async def test_effects_are_never_repeated(talk: Talk) -> None:
    talk.hear("转人工", "ask_human")
    await talk.run("action_handoff")
    talk.hear("再说一遍", "repeat_last")
    assert not [card for card in (await talk.run("action_repeat")).cards if "effect" in card]


async def test_an_official_text_is_not_put_in_other_words(talk: Talk) -> None:
    talk.hear("身份证丢了怎么补办", "ask_policy")
    await talk.run("action_answer")
    talk.hear("听不懂", "explain_again")
    reply = await talk.run("action_explain")
    assert not reply.cards
    assert reply.buttons[0]["payload"] == "/ask_human"


@pytest.mark.parametrize(
    ("said", "payload"),
    [
        ("第一个", "/ask_policy"),
        ("选2", "/complain"),
        ("我要第三个", "/ask_human"),
        ("最后一个", "/ask_human"),
        ("反映问题", "/complain"),
        ("就反映问题那个", "/complain"),
        ("第七个", None),
        ("随便", None),
    ],
)
def test_an_option_is_known_by_its_place_or_its_title(said: str, payload: str | None) -> None:
    chosen = payloads.chosen(said, BUTTONS)
    assert (chosen or {}).get("payload") == payload


async def test_choosing_presses_the_button_as_if_by_hand(talk: Talk) -> None:
    talk.hear("有个事", "unclear_topic")
    await talk.run("action_clarify")
    talk.hear("第三个", "choose_option")
    reply = await talk.run("action_choose_option")
    assert [event["event"] for event in reply.events] == ["action", "user"]
    pressed = reply.events[1]
    assert pressed["parse_data"]["intent"] == {"name": "query_progress", "confidence": 1.0}
    assert pressed["metadata"]["message_id"] == "m2"


async def test_choosing_where_nothing_was_offered_asks(talk: Talk) -> None:
    talk.hear("第三个", "choose_option")
    reply = await talk.run("action_choose_option")
    assert reply.text
    assert not reply.events


async def test_abuse_is_met_calmly_once_and_then_with_an_offer(talk: Talk) -> None:
    talk.hear("你个废物", "abuse")
    first = await talk.run("action_abuse")
    assert not first.buttons
    talk.hear("滚", "abuse")
    second = await talk.run("action_abuse")
    assert second.buttons[0]["payload"] == "/ask_human"


@pytest.mark.parametrize(
    ("intent", "number"), [("emergency", "119"), ("threat", "110"), ("despair", "12356")]
)
async def test_danger_is_told_whom_to_call_and_brings_a_person(
    talk: Talk, intent: str, number: str
) -> None:
    talk.hear("…", intent)
    reply = await talk.run("action_safety")
    assert number in reply.text
    assert {"effect": "handoff", "skill": "crisis", "reason": "safety"} in reply.cards


async def test_dialect_seats_are_asked_for_by_their_button(talk: Talk) -> None:
    talk.press('/ask_human{"choice": "dialect"}')
    reply = await talk.run("action_handoff")
    assert reply.cards[0]["skill"] == "dialect"


async def test_enterprises_wait_in_their_own_queue(talk: Talk) -> None:
    talk.meta["audience"] = "enterprise"
    talk.hear("转人工", "ask_human")
    assert (await talk.run("action_handoff")).cards[0]["skill"] == "enterprise"


@pytest.mark.parametrize("name", ["action_deny", "action_wait", "action_start_over",
                                  "action_correct_outside", "action_why_need_info",
                                  "action_goodbye", "action_cancel_outside"])  # fmt: skip
@pytest.mark.parametrize("filed", [None, "HY20261122-000001-5"])
async def test_every_move_has_an_answer(talk: Talk, name: str, filed: str | None) -> None:
    talk.slots["last_order"] = filed
    talk.hear("嗯", "deny")
    reply = await talk.run(name)
    assert reply.text
    assert "{" not in reply.text


async def test_who_reads_large_print_is_spoken_to_in_short_sentences(
    talk_on: Callable[..., Talk],
) -> None:
    plain, care = talk_on(), talk_on(meta={"care": True})
    said = []
    for talk in (plain, care):
        talk.hear("家里停水两天了没人管", "complain")
        said.append((await talk.run("action_open_complaint")).text)
    assert len(said[1]) < len(said[0])


async def test_abuse_beside_a_matter_told_is_not_asked_for_it_again(talk: Talk) -> None:
    talk.hear("家里停水两天了没人管", "complain")
    await talk.run("action_open_complaint")
    talk.loop = "complaint_form"
    talk.hear("你们这群废物", "abuse")
    assert "说一说" not in (await talk.run("action_abuse")).text
    talk.hear("废物", "abuse")
    offered = await talk.run("action_abuse")
    assert offered.buttons
    assert offered.slot("hush") == talk.latest["message_id"]  # and no question of the form's own
