"""What people get wrong, and what they are told: which number, which day, and once."""

from __future__ import annotations

import time

import pytest

from actions.complaint.record.draft import CONFIRMED, Field
from actions.complaint.told.buildings import building
from tests.actions.conftest import Talk
from tests.actions.test_complaint_form import NOISE, answered, asked, filed, opened, order_of

GOOD_ID, BAD_ID = "11010519491231002X", "110105194912310021"


async def test_an_id_number_whose_check_character_is_wrong_is_named(talk: Talk) -> None:
    reply = await opened(talk, f"{NOISE}，我身份证{BAD_ID}")
    assert "尾号0021" in reply.text
    assert "尾号" in (await answered(talk, f"13800001234，身份证{BAD_ID}")).text
    other = Talk(talk.services)
    assert "尾号" not in (await opened(other, f"{NOISE}，我身份证{GOOD_ID}")).text


@pytest.mark.parametrize(("number", "digits"), [("1380000123", 10), ("138000012345", 12)])
async def test_a_phone_of_a_wrong_length_is_said_to_be_so(
    talk: Talk, number: str, digits: int
) -> None:
    reply = await opened(talk, f"{NOISE}，我的电话是{number}")
    assert f"{digits}位" in reply.text
    assert talk.slots["requested_slot"] == Field.PHONE
    again = await answered(talk, number)
    assert again.text.count(f"{digits}位") == 1
    assert talk.slots["requested_slot"] == Field.PHONE
    await answered(talk, "13800001234")
    assert talk.slots["contact_phone"] == "13800001234"


async def test_a_number_with_a_digit_missing_is_no_answer_to_another_question(
    talk: Talk,
) -> None:
    await opened(talk, "家里停水了没人管")
    assert talk.slots["requested_slot"] == Field.PLACE
    reply = await answered(talk, "1380000123")
    assert reply.text.count("10位") == 1
    assert talk.slots["requested_slot"] == Field.PLACE
    await answered(talk, "13800001234")
    assert talk.slots["contact_phone"] == "13800001234"


def test_a_building_is_looked_for_in_a_time_of_the_messages_length() -> None:
    assert building("3栋2单元501室") == "3栋2单元501室"
    began = time.process_time()
    assert building("1" * 26) == ""
    assert time.process_time() - began < 0.5  # s; trying each way to divide it took ten


async def test_a_novel_is_kept_whole_and_shown_short(talk: Talk) -> None:
    novel = NOISE + "，" + "施工队说手续齐全，可是谁也没见过那张证，我们问了好几回。" * 90
    assert len(novel) > 2000
    await opened(talk, novel)
    await answered(talk, "13800001234")
    rows = {row["key"]: row["value"] for row in (await asked(talk)).cards[0]["rows"]}
    assert len(rows["matter"]) <= 120
    order = await order_of(talk.services, (await filed(talk)).cards[0]["number"])
    assert len(order.filed.content) > 2000
    assert len(order.filed.title) <= 40


async def test_a_novel_in_answer_to_the_phone_is_not_lost(talk: Talk) -> None:
    await opened(talk)
    await answered(talk, "13800001234，" + "还有他们白天也放鞭炮，灰很大，孩子一直咳嗽。" * 60)
    assert talk.slots["contact_phone"] == "13800001234"
    assert "咳嗽" in talk.slots["matter"]


async def test_a_day_that_has_not_come_is_asked_about_once(talk: Talk) -> None:
    await opened(talk, "路灯坏了没人修，在包河区葛大店路口")
    while talk.slots["requested_slot"] not in (Field.TIME, Field.PHONE, CONFIRMED):
        await answered(talk, "跳过", "skip_field")
    if talk.slots["requested_slot"] != Field.TIME:
        talk.press('/correct_field{"choice": "field:time"}')
        await talk.run("validate_complaint_form")
    reply = await answered(talk, "明年三月五号")
    assert "还没到" in reply.text
    assert "还没到" not in (await answered(talk, "明年三月五号")).text


async def test_an_answer_that_contradicts_an_earlier_one_replaces_it_and_says_so(
    talk: Talk,
) -> None:
    await opened(talk)
    reply = await answered(talk, "不对，地址是庐阳区阜阳路和北一环交口", "correct_field")
    assert "阜阳路" in reply.text
    assert "阜阳路" in talk.slots["place"]
    await answered(talk, "13800001234")
    reply = await answered(talk, "电话错了，是13900005678", "correct_field")
    assert "13900005678" in reply.text
    assert talk.slots["contact_phone"] == "13900005678"


async def test_abuse_instead_of_an_answer_is_met_calmly_and_then_a_person_offered(
    talk: Talk,
) -> None:
    await opened(talk)
    replies = []
    for _ in range(2):
        talk.hear("你们都是废物", "abuse", 0.95)
        form = await talk.run("validate_complaint_form")
        assert form.has("action_execution_rejected", name="complaint_form")
        replies.append(await talk.run("action_abuse"))
    assert not replies[0].buttons
    assert replies[1].buttons[0]["payload"] == "/ask_human"
    assert talk.slots["requested_slot"] == Field.PHONE


async def test_a_report_is_offered_anonymity_and_confidence_and_told_what_they_mean(
    talk: Talk,
) -> None:
    await opened(talk, "举报蜀山区黄山路某饭店用地沟油", "report_violation")
    while talk.slots["requested_slot"] != Field.PHONE:
        await answered(talk, "跳过", "skip_field")
    question = await asked(talk)
    payloads = " ".join(button["payload"] for button in question.buttons)
    assert "privacy:anonymous" in payloads
    assert "privacy:confidential" in payloads
    assert "查询码" in question.text


@pytest.mark.parametrize("said", ["1", "２", "第二个", "二。"])
async def test_the_number_of_something_not_offered_is_no_answer(talk: Talk, said: str) -> None:
    await opened(talk, "我们小区门口的路灯坏了一个月了，没人修")
    assert talk.slots["requested_slot"] == Field.PLACE
    await answered(talk, said)
    assert talk.slots["requested_slot"] == Field.PLACE
    await answered(talk, "翠竹园小区北门3号")
    assert talk.slots["place"] == "翠竹园小区北门3号"


async def test_a_code_said_once_more_is_no_place(talk: Talk) -> None:
    await opened(talk, "家里停水了没人管")
    assert talk.slots["requested_slot"] == Field.PLACE
    await answered(talk, "900600")
    assert talk.slots["requested_slot"] == Field.PLACE
    assert talk.slots["complaint"]["values"].get("place") is None
