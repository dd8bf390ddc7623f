"""Policy questions, fallbacks, and what was offered."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from actions.answer import PLAIN_QUOTE
from actions.services import Services
from connectors.messages import part_from_json
from connectors.store.schema import knowledge_gaps
from tests.actions.conftest import Talk

NOWHERE = "火星移民需要带几条秋裤才给盖章"


async def gaps(services: Services) -> list[str]:
    return await services.database.read(
        lambda conn: [row.question for row in conn.execute(select(knowledge_gaps))]
    )


async def test_a_sure_answer_shows_the_rule_with_its_source(talk: Talk) -> None:
    talk.hear("身份证丢了怎么补办？要带什么材料？", "ask_policy")
    reply = await talk.run("action_answer")
    card = reply.cards[0]
    assert card["part"] == "citation"
    assert card["entry_id"] == "id-card-lost"
    assert "户口簿" in card["quote"]
    assert card["issuer"]
    assert "《" in reply.said[0]["text"]
    for shown in reply.cards:  # the gateway understands every card
        part_from_json({**{k: v for k, v in shown.items() if k != "part"}, "kind": shown["part"]})


async def test_without_cards_the_quotation_is_short(talk_on: Callable[..., Talk]) -> None:
    talk = talk_on(plain=True, channel="sms")
    talk.hear("身份证丢了怎么补办？要带什么材料？", "ask_policy")
    reply = await talk.run("action_answer")
    assert len([c for c in reply.cards if c["part"] == "citation"]) == 1
    assert len(reply.cards[-1]["text"]) <= PLAIN_QUOTE + 80


async def test_what_is_not_in_the_base_is_said_honestly_and_kept_for_the_editors(
    talk: Talk, services: Services
) -> None:
    talk.hear(NOWHERE, "ask_policy")
    reply = await talk.run("action_answer")
    assert not [card for card in reply.cards if card.get("part") == "citation"]
    assert {b["payload"] for b in reply.buttons} >= {"/ask_human"}
    assert await gaps(services) == [NOWHERE]


async def test_yes_after_no_answer_registers_the_question(talk: Talk) -> None:
    talk.hear(NOWHERE, "ask_policy")
    reply = await talk.run("action_answer")
    if "/affirm" not in {b["payload"] for b in reply.buttons}:
        pytest.skip("the base offered candidates")
    talk.press("/affirm")
    reply = await talk.run("action_affirm")
    assert reply.has("followup", name="complaint_form")
    assert talk.slots["matter"]
    assert talk.slots["complaint"]["kind"] == "咨询"


async def test_a_candidate_that_is_pressed_is_shown(talk: Talk) -> None:
    talk.press('/ask_policy{"choice": "entry:id-card-lost:居民身份证丢失补领"}')
    reply = await talk.run("action_answer")
    assert reply.cards[-1]["entry_id"] == "id-card-lost"


async def test_a_picked_candidate_answers_the_question_it_was_offered_for(talk: Talk) -> None:
    talk.hear("身份证掉了，补一张要带什么材料", "ask_policy")
    talk.press('/ask_policy{"choice": "entry:id-card-lost:居民身份证丢失补领"}')
    reply = await talk.run("action_answer")
    first = next(card for card in reply.cards if card["part"] == "citation")
    assert "材料" in first["title"]


async def test_a_candidate_not_in_force_is_not_shown(talk: Talk) -> None:
    talk.press('/ask_policy{"choice": "entry:noise-construction-night-1997:夜间施工"}')
    reply = await talk.run("action_answer")
    assert not reply.cards


async def test_a_follow_up_takes_its_subject_from_the_question_before(talk: Talk) -> None:
    talk.hear("身份证丢了怎么补办", "ask_policy")
    await talk.run("action_answer")
    talk.hear("那要多少钱？", "ask_policy")
    reply = await talk.run("action_answer")
    assert {c["entry_id"] for c in reply.cards if c["part"] == "citation"} & {
        "id-card-lost",
        "id-card-fee",
    }


async def test_a_candidate_that_is_gone_is_not_replaced_by_another(talk: Talk) -> None:
    talk.press('/ask_policy{"choice": "entry:no-such-entry:居民身份证丢失补领"}')
    reply = await talk.run("action_answer")
    assert not reply.cards


async def test_pressing_policy_asks_what_about(talk: Talk) -> None:
    talk.press("/ask_policy")
    assert (await talk.run("action_answer")).text


async def test_the_fallback_answers_where_the_base_is_sure(talk: Talk) -> None:
    talk.hear("身份证丢了怎么补办")
    reply = await talk.run("action_fallback")
    assert reply.cards[0]["entry_id"] == "id-card-lost"


async def test_the_fallback_opens_the_form_for_a_matter_told(talk: Talk) -> None:
    talk.hear("楼下烧烤店天天半夜还在营业，油烟和噪音熏得一家老小睡不着觉，找物业也没人管")
    reply = await talk.run("action_fallback")
    assert reply.has("followup", name="complaint_form")
    assert talk.slots["complaint"]["kind"] == "投诉"


async def test_the_fallback_asks_usefully_and_then_offers_a_person(talk: Talk) -> None:
    talk.hear("嗯嗯啊啊")
    first = await talk.run("action_fallback")
    assert len(first.buttons) == 4
    assert "不明白" not in first.text
    talk.hear("哦哦呃呃")
    second = await talk.run("action_fallback")
    assert second.buttons[0]["payload"] == "/ask_human"
    talk.hear("好的", "affirm")
    accepted = await talk.run("action_affirm")
    assert accepted.cards == [{"effect": "handoff", "skill": "general", "reason": "offered"}]


async def test_failures_count_only_in_a_row(talk: Talk) -> None:
    talk.hear("嗯嗯啊啊")
    await talk.run("action_fallback")
    talk.hear("谢谢", "thank")  # a rule answers
    talk.hear("哦哦呃呃")
    reply = await talk.run("action_fallback")
    assert reply.buttons[0]["payload"] != "/ask_human"


async def test_an_offer_stands_for_one_message_only(talk: Talk) -> None:
    for _ in range(2):
        talk.hear("嗯嗯啊啊")
        await talk.run("action_fallback")
    talk.hear("你好", "greet")
    talk.hear("好的", "affirm")
    assert not (await talk.run("action_affirm")).cards


async def test_a_bare_order_number_begins_a_look_up(talk: Talk) -> None:
    talk.hear("HY20261122-000001-5", "inform")
    reply = await talk.run("action_inform_outside")
    assert reply.has("followup", name="order_form")


async def test_an_announced_matter_is_opened_though_the_intent_is_vague(talk: Talk) -> None:
    talk.hear("我要举报", "unclear_topic")
    reply = await talk.run("action_clarify")
    assert reply.has("followup", name="complaint_form")
    assert talk.slots["complaint"]["kind"] == "举报"
