"""Whole conversations through a real Rasa: forms left and re-entered, options, restarts."""

from __future__ import annotations

import pytest

from tests.bot.conftest import Person, Rasa

pytestmark = pytest.mark.rasa

NOISE = "我们小区楼下工地半夜还在施工，吵得睡不着，在蜀山区黄山路与科学大道交口"


async def order(person: Person) -> str:
    turn = await person.talk(NOISE, "张先生13800001234", "确认")
    number: str = turn.cards[0]["number"]
    return number


async def test_a_question_in_mid_form_is_answered_and_the_form_asks_again(person: Person) -> None:
    await person.say(NOISE)
    turn = await person.say("身份证丢了怎么补办？")
    assert any(card.get("part") == "citation" for card in turn.cards)
    assert turn.asked == "contact_phone"
    assert "手机号" in turn.text


async def test_why_is_answered_and_the_form_asks_again(person: Person) -> None:
    await person.say(NOISE)
    turn = await person.say("为什么要我的电话")
    assert turn.asked == "contact_phone"
    assert len(turn.body["messages"]) == 2


async def test_a_person_called_in_mid_form_is_not_talked_over(person: Person) -> None:
    await person.say(NOISE)
    turn = await person.say("转人工")
    assert turn.body["messages"] == [
        {"custom": {"effect": "handoff", "skill": "general", "reason": "asked"}}
    ]
    assert turn.form == "complaint_form"
    assert (await person.say("13800001234")).asked == "confirmed"


async def test_waiting_gets_no_question(person: Person) -> None:
    await person.say(NOISE)
    turn = await person.say("等一下")
    assert len(turn.body["messages"]) == 1
    assert turn.asked == "contact_phone"


async def test_an_order_is_looked_up_in_mid_complaint_and_the_complaint_goes_on(
    person: Person,
) -> None:
    number = await order(person)
    await person.say("路灯坏了一个月了没人修，在包河区葛大店，我要投诉")
    turn = await person.say(f"查一下工单{number}")
    assert turn.form == "order_form"
    turn = await person.say("1234")
    assert any(card.get("part") == "progress" for card in turn.cards)
    assert turn.form == "complaint_form"
    assert turn.asked == "confirmed"
    assert any(card.get("part") == "order" for card in (await person.say("确认")).cards)


async def test_progress_after_the_last_digits(person: Person) -> None:
    number = await order(person)
    turn = await person.say(f"查一下工单 {number}")
    assert turn.asked == "phone_tail"
    turn = await person.say("1234")
    assert turn.cards[0]["part"] == "progress"
    assert len(turn.cards[0]["nodes"]) == 10
    urge = next(b for b in turn.buttons if b["payload"] == "/urge_order")
    turn = await person.say(urge["payload"])
    assert "第1次" in turn.text
    assert turn.form is None


async def test_an_option_chosen_by_its_place_is_as_good_as_pressed(person: Person) -> None:
    await person.say("有个事想问一下")
    turn = await person.say("第二个")
    assert turn.form == "complaint_form"
    assert turn.asked == "matter"


async def test_an_option_chosen_again_after_a_crash_counts_once(person: Person) -> None:
    await person.say("有个事想问一下")
    first = await person.say("第二个", message_id="choice")
    again = await person.say("第二个", message_id="choice")
    assert first.body["messages"] == again.body["messages"]


async def test_cancelling_ends_the_form(person: Person) -> None:
    turn = await person.talk(NOISE, "算了", "是")
    assert turn.form is None
    assert (await person.say("你好")).form is None


async def test_a_report_can_be_anonymous_and_is_found_by_its_code(person: Person) -> None:
    turn = await person.say("我要举报一家黑作坊，用地沟油做菜，在庐阳区北一环路")
    while turn.asked != "contact_phone":
        turn = await person.say("不知道")
    anonymous = next(b for b in turn.buttons if "anonymous" in b["payload"])
    turn = await person.talk(anonymous["payload"], "确认")
    text, number = turn.text, turn.cards[0]["number"]
    code = text.split("查询码")[1].strip()[:6]
    turn = await person.talk(f"查工单{number}", code)
    assert turn.cards[0]["part"] == "progress"


async def test_two_fallbacks_in_a_row_offer_a_person_and_yes_takes_it(person: Person) -> None:
    turn = await person.talk("嗯呃呃哦哦哦", "咿呀咿呀哟哟")
    if not any(b["payload"] == "/ask_human" for b in turn.buttons[:1]):
        pytest.skip("the classifier took it for chat")
    turn = await person.say("好的")
    assert turn.cards[0]["effect"] == "handoff"


async def test_a_form_survives_a_restart_of_rasa(person: Person, rasa: Rasa) -> None:
    await person.say(NOISE)
    rasa.stop()
    rasa.start()
    turn = await person.say("13800001234")
    assert turn.asked == "confirmed"
    rows = {row["key"]: row["value"] for row in turn.cards[0]["rows"]}
    assert rows["place"] == "蜀山区黄山路与科学大道交口"


async def test_two_matters_in_one_breath_become_two_orders(person: Person) -> None:
    turn = await person.say(
        "翠竹园小区楼下烧烤店半夜油烟熏得没法开窗。还有一件事，302路公交车总是甩站不停"
    )
    assert "2件事" in turn.text
    numbers: list[str] = []
    for _ in range(6):
        if turn.asked == "contact_phone":
            assert not numbers  # the contact is asked for once
            turn = await person.say("13800001234")
        elif turn.asked == "time":
            turn = await person.say("昨天早上八点")
        elif turn.asked == "confirmed":
            turn = await person.say("确认")
        else:
            break
        numbers += [card["number"] for card in turn.cards if card.get("part") == "order"]
    assert len(set(numbers)) == 2


async def test_the_same_matter_again_urges_the_order_there_is(person: Person) -> None:
    known = {"contact_id": f"p-{person.session}"}
    for text in (NOISE, "张先生13800001234", "确认"):
        turn = await person.say(text, **known)
    number = turn.cards[0]["number"]
    turn = await person.say("黄山路与科学大道交口那个工地昨晚半夜又在施工，吵得睡不着", **known)
    assert number in turn.text
    turn = await person.say("帮我催办", **known)
    assert number in turn.text
    assert turn.form is None
    assert not [card for card in turn.cards if card.get("part") == "order"]
