"""The actions of the complaint form, on trackers as Rasa sends them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from actions.complaint.record.draft import CONFIRMED, Draft, Field
from actions.services import Services
from connectors.store import work_orders as store
from connectors.store.work_orders import WorkOrder
from tests.actions.conftest import Reply, Talk

NOISE = "我们小区楼下工地半夜还在施工，吵得睡不着，在蜀山区黄山路与科学大道交口"


async def order_of(services: Services, number: str) -> WorkOrder:
    order = await services.database.read(lambda conn: store.by_number(conn, number))
    assert order is not None
    return order


async def opened(talk: Talk, text: str = NOISE, intent: str = "complain") -> Reply:
    talk.hear(text, intent)
    reply = await talk.run("action_open_complaint")
    talk.loop = "complaint_form"
    await talk.run("validate_complaint_form")
    return reply


async def answered(talk: Talk, text: str, intent: str = "inform", **entities: str) -> Reply:
    talk.hear(text, intent, **entities)
    return await talk.run("validate_complaint_form")


async def asked(talk: Talk) -> Reply:
    return await talk.run(f"action_ask_complaint_form_{talk.slots['requested_slot']}")


async def filed(talk: Talk, *answers: str) -> Reply:
    for text in answers:
        await answered(talk, text)
    await answered(talk, "确认", "affirm")
    assert talk.slots["requested_slot"] is None
    talk.loop = None
    return await talk.run("action_submit_complaint")


async def test_one_message_one_question_a_summary_and_a_number(talk: Talk) -> None:
    reply = await opened(talk)
    assert len(reply.said) == 1  # acknowledged in one sentence, nothing asked yet
    assert talk.slots["requested_slot"] == Field.PHONE
    assert "手机号" in (await asked(talk)).text
    await answered(talk, "张先生13800001234")
    summary = await asked(talk)
    card = summary.cards[0]
    rows = {row["key"]: row["value"] for row in card["rows"]}
    assert card["part"] == "fields"
    assert rows["place"] == "蜀山区黄山路与科学大道交口"
    assert rows["contact_phone"] == "13800001234"
    assert card["text"].count("\n") == len(rows) - 1
    reply = await filed(talk)
    receipt = reply.cards[0]
    order = await order_of(talk.services, receipt["number"])
    assert receipt["number"] in receipt["text"]
    assert order.filed.place_region == "340104"
    assert order.filed.contact_name == "张先生"
    assert order.filed.category[-1] == "夜间施工噪声"
    assert order.filed.conversation_id == "c1"


async def test_the_form_is_forgotten_when_handed_in_but_the_person_is_not(talk: Talk) -> None:
    await opened(talk)
    await filed(talk, "张先生13800001234")
    assert talk.slots["complaint"] is None
    assert talk.slots.get("matter") is None
    await opened(talk, "路灯坏了一个月了，在包河区葛大店路口")
    assert talk.slots["requested_slot"] == CONFIRMED  # name and phone were said once already
    assert talk.slots["contact_phone"] == "13800001234"


async def test_handing_in_twice_gives_one_order(talk: Talk) -> None:
    await opened(talk)
    await answered(talk, "13800001234")
    await answered(talk, "确认", "affirm")
    confirmed = dict(talk.slots)
    first = await talk.run("action_submit_complaint")
    talk.slots = confirmed  # the turn was lost before it was kept, and is taken again
    again = await talk.run("action_submit_complaint")
    assert first.cards[0]["number"] == again.cards[0]["number"]


async def test_two_complaints_of_one_conversation_are_two_orders(talk: Talk) -> None:
    await opened(talk)
    one = await filed(talk, "13800001234")
    await opened(talk, "路灯坏了一个月了，在包河区葛大店路口")
    two = await filed(talk)
    assert one.cards[0]["number"] != two.cards[0]["number"]


async def test_a_message_is_taken_in_once_though_the_form_validates_it_twice(talk: Talk) -> None:
    await opened(talk)
    await answered(talk, "13800001234，再补充一下，车牌皖A12345")
    draft = talk.slots["complaint"]
    again = await talk.run("validate_complaint_form")
    assert talk.slots["complaint"] == draft
    assert again.text == ""


async def test_an_announcement_is_no_matter(talk: Talk) -> None:
    await opened(talk, "我要投诉")
    assert talk.slots["requested_slot"] == Field.MATTER
    assert talk.slots.get("matter") is None


async def test_a_button_opens_with_what_was_said_before(talk: Talk) -> None:
    talk.hear("路灯的事你知道的嘛")
    fallback = await talk.run("action_fallback")
    button = next(b for b in fallback.buttons if b["payload"].startswith("/complain"))
    talk.press(button["payload"])
    await talk.run("action_open_complaint")
    assert "路灯" in talk.slots["matter"]


async def test_a_button_that_follows_nothing_asks_for_the_matter(talk: Talk) -> None:
    talk.press("/complain")
    await talk.run("action_open_complaint")
    assert talk.slots.get("matter") is None


async def test_an_interruption_is_rejected_so_that_its_rule_runs(talk: Talk) -> None:
    await opened(talk)
    reply = await answered(talk, "为什么要电话", "why_need_info")
    assert reply.has("action_execution_rejected", name="complaint_form")
    reply = await talk.run("action_why_need_info")
    assert "电话" in reply.text
    reply = await talk.run("validate_complaint_form")  # Rasa comes back to the form
    assert talk.slots["requested_slot"] == Field.PHONE
    assert not reply.has("action_execution_rejected")


async def test_whoever_waits_is_not_asked_again(talk: Talk) -> None:
    await opened(talk)
    reply = await answered(talk, "等一下", "wait")
    assert reply.text
    assert (await asked(talk)).said == []
    await answered(talk, "嗯嗯啊啊", "nlu_fallback")
    assert (await asked(talk)).text


async def test_after_a_handoff_the_form_keeps_still(talk: Talk) -> None:
    await opened(talk)
    await answered(talk, "转人工", "ask_human")
    handoff = await talk.run("action_handoff")
    assert handoff.cards == [{"effect": "handoff", "skill": "general", "reason": "asked"}]
    await talk.run("validate_complaint_form")
    assert (await asked(talk)).said == []


async def test_a_confirmed_cancelling_ends_the_form_without_an_order(talk: Talk) -> None:
    await opened(talk)
    await answered(talk, "算了", "cancel")
    assert {b["payload"] for b in (await asked(talk)).buttons} == {"/affirm", "/deny"}
    reply = await answered(talk, "是", "affirm")
    assert talk.slots["requested_slot"] is None
    assert "取消" in reply.text
    assert (await talk.run("action_submit_complaint")).said == []


async def test_a_report_is_offered_anonymity_and_gets_a_code_without_a_phone(talk: Talk) -> None:
    await opened(talk, "我要举报一家黑作坊，在庐阳区北一环路，用地沟油", "report_violation")
    while talk.slots["requested_slot"] != Field.PHONE:
        await answered(talk, "不知道", "skip_field")
    offer = await asked(talk)
    titles = [b["title"] for b in offer.buttons]
    assert titles == ["匿名", "保密", "跳过"]
    talk.press(offer.buttons[0]["payload"])
    await talk.run("validate_complaint_form")
    assert talk.slots["requested_slot"] == CONFIRMED
    reply = await filed(talk)
    order = await order_of(talk.services, reply.cards[0]["number"])
    assert order.filed.anonymous
    assert order.filed.confidential
    assert order.filed.contact_id is None
    assert order.query_code is not None
    assert order.query_code in reply.text  # beside the card, which shows the number only


async def test_a_suggestion_asks_for_nothing_it_must_have(talk: Talk) -> None:
    await opened(talk, "建议在实验小学门口加一条斑马线", "make_suggestion")
    assert talk.slots["requested_slot"] == Field.PHONE
    await answered(talk, "不留", "skip_field")
    assert talk.slots["requested_slot"] == CONFIRMED


async def test_a_verified_phone_is_not_asked_for(talk_on: Callable[..., Talk]) -> None:
    talk = talk_on(meta={"verified_phone": "13900001234"})
    await opened(talk)
    assert talk.slots["requested_slot"] == CONFIRMED
    reply = await filed(talk)
    order = await order_of(talk.services, reply.cards[0]["number"])
    assert order.filed.contact_phone == order.filed.caller_phone == "13900001234"


async def test_an_option_is_chosen_by_its_place(talk: Talk) -> None:
    await opened(talk, "我要举报一家黑作坊，在庐阳区北一环路，用地沟油", "report_violation")
    while talk.slots["requested_slot"] != Field.PHONE:
        await answered(talk, "不知道", "skip_field")
    await asked(talk)
    await answered(talk, "第二个", "choose_option")
    assert Draft.from_json(talk.slots["complaint"]).privacy == "confidential"


@pytest.mark.parametrize(
    ("row", "choice", "kind", "privacy"),
    [
        ("kind", "kind:举报", "举报", "open"),
        ("privacy", "privacy:confidential", "举报", "confidential"),
    ],
)
async def test_the_rows_that_are_choices_are_changed_by_choosing(
    talk: Talk, row: str, choice: str, kind: str, privacy: str
) -> None:
    await opened(talk, "我要举报一家黑作坊，在庐阳区北一环路，用地沟油", "report_violation")
    if row == "kind":
        await answered(talk, "这其实是投诉", "complain")
    talk.press(f'/correct_field{{"choice": "field:{row}"}}')
    offered = await talk.run("validate_complaint_form")
    pressed = next(b for b in offered.buttons if choice in b["payload"])
    talk.press(pressed["payload"])
    await talk.run("validate_complaint_form")
    draft = Draft.from_json(talk.slots["complaint"])
    assert (draft.kind, draft.privacy) == (kind, privacy)


async def test_acting_for_another_can_be_taken_back(talk: Talk) -> None:
    await opened(talk, "我替我妈反映，她住的翠竹园小区电梯坏了半个月没人修", "on_behalf")
    assert Draft.from_json(talk.slots["complaint"]).on_behalf
    talk.press('/correct_field{"choice": "field:on_behalf"}')
    await talk.run("validate_complaint_form")
    assert Draft.from_json(talk.slots["complaint"]).consent is None  # asked anew
    talk.press('/inform{"choice": "consent:self"}')
    await talk.run("validate_complaint_form")
    assert Draft.from_json(talk.slots["complaint"]).on_behalf is None


@pytest.mark.parametrize("field", list(Field))
async def test_each_row_says_with_which_payload_it_is_changed(talk: Talk, field: Field) -> None:
    await opened(talk)
    await answered(talk, "张先生13800001234")
    await answered(talk, "不对", "deny")
    choices = {b["payload"] for b in (await asked(talk)).buttons}
    row = f'/correct_field{{"choice": "field:{field}"}}'
    unsaid = {Field.WANTED, Field.ENTERPRISE, Field.CREDIT_CODE}
    shown = {*Field} - unsaid
    assert (row in choices) == (field in shown)


async def test_a_form_without_a_draft_ends_rather_than_loops(talk: Talk) -> None:
    talk.hear("你好", "greet")
    talk.loop = "complaint_form"
    await talk.run("validate_complaint_form")
    assert talk.slots["requested_slot"] is None


async def test_a_complaint_announced_after_an_answer_is_about_what_was_asked(talk: Talk) -> None:
    talk.hear("房东不退押金怎么办", "ask_policy")
    await talk.run("action_answer")
    await opened(talk, "我要投诉他")
    assert "押金" in talk.slots["matter"]


async def test_contact_and_a_slip_after_handing_in_go_to_the_order(talk: Talk) -> None:
    await opened(talk)
    reply = await filed(talk, "张先生13800001234")
    number = reply.cards[0]["number"]
    talk.hear("地址错了，是望江西路", "correct_field")
    assert number in (await talk.run("action_correct_outside")).text
    order = await order_of(talk.services, number)
    assert order.status == "open"


async def test_what_was_put_right_stands_under_the_words(talk: Talk) -> None:
    await opened(talk)
    await answered(talk, "张先生13800001234")
    await answered(talk, "地址不对，是望江西路")
    reply = await filed(talk)
    order = await order_of(talk.services, reply.cards[0]["number"])
    assert order.filed.place_text == "望江西路"
    assert order.filed.content.endswith("（本人更正：地点是“望江西路”）")


async def test_a_short_text_with_an_address_is_read_beside_it(talk: Talk) -> None:
    await opened(talk, "包河区滨湖家园3栋停水两天了，我电话13800001234", "inform")
    assert talk.slots["complaint"]["category"][1] == "供水服务"
    assert talk.slots["time"] == "两天"
    assert talk.slots["requested_slot"] == CONFIRMED
