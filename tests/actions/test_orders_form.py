"""Looking at an order already filed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from actions.orders.lookup import secret_in
from actions.orders.own import asks_for_all
from actions.services import Services
from actions.work_orders import steps
from actions.work_orders.steps import Said
from actions.work_orders.way import Step
from connectors.store import work_orders as store
from connectors.store.order_tables import work_order_records
from connectors.store.work_orders import NewWorkOrder, WorkOrder
from tests.actions.conftest import NOON, Reply, Talk


@pytest.fixture
async def order(services: Services) -> WorkOrder:
    return await services.work_orders.file(
        NewWorkOrder(
            key="k", channel="webchat", kind="投诉", title="路灯", content="路灯坏了",
            contact_phone="13800001234",
        )
    )  # fmt: skip


async def opened(talk: Talk, text: str, intent: str = "query_progress") -> Reply:
    talk.hear(text, intent)
    reply = await talk.run("action_open_order")
    talk.loop = "order_form"
    await talk.run("validate_order_form")
    return reply


async def answered(talk: Talk, text: str, intent: str = "inform") -> Reply:
    talk.hear(text, intent)
    return await talk.run("validate_order_form")


async def finished(talk: Talk) -> Reply:
    assert talk.slots["requested_slot"] is None
    talk.loop = None
    return await talk.run("action_finish_order")


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("1234", "1234"),
        ("尾号1234", "1234"),
        ("一二三四", "1234"),
        ("幺二三四", "1234"),
        ("1 2 3 4", "1234"),
        ("１２３４", "1234"),
        ("13800001234", "1234"),
        ("138 0000 1234", "1234"),
        ("746319", "746319"),
        ("HY20261122-000001-5 尾号1234", "1234"),
        ("HY20261122-000001-5", None),
        ("123", None),
        ("不知道", None),
    ],
)
def test_digits_are_read_however_they_are_said(text: str, secret: str | None) -> None:
    assert secret_in(text) == secret


async def test_number_then_digits_then_the_way_of_the_order(talk: Talk, order: WorkOrder) -> None:
    await opened(talk, "查一下工单")
    assert talk.slots["requested_slot"] == "number"
    await answered(talk, order.number, "query_progress")
    assert talk.slots["requested_slot"] == "phone_tail"
    await answered(talk, "1234")
    reply = await finished(talk)
    card = reply.cards[0]
    assert card["part"] == "progress"
    assert [node["state"] for node in card["nodes"]][:3] == ["done", "current", "todo"]
    assert "查重审核" in card["text"]


async def test_number_and_digits_in_one_message_ask_nothing(talk: Talk, order: WorkOrder) -> None:
    await opened(talk, f"查工单{order.number}，手机13800001234")
    assert (await finished(talk)).cards[0]["number"] == order.number


async def test_unknown_numbers_and_wrong_digits_sound_the_same(
    talk_on: Callable[..., Talk], order: WorkOrder
) -> None:
    wrong = talk_on()
    await opened(wrong, f"查工单{order.number}")
    unknown = talk_on()
    await opened(unknown, "查工单HY20261122-000099-1")
    known = unknown.slots["requested_slot"]
    replies = [await answered(wrong, "9999"), await answered(unknown, "1234")]
    if known == "phone_tail":
        assert replies[0].text == replies[1].text


async def test_three_wrong_tries_lead_to_a_person(talk: Talk, order: WorkOrder) -> None:
    await opened(talk, f"查工单{order.number}")
    for digits in ("1111", "2222"):
        await answered(talk, digits)
        assert talk.slots["requested_slot"] == "phone_tail"
    reply = await answered(talk, "3333")
    assert talk.slots["requested_slot"] is None
    assert {"effect": "handoff", "skill": "general", "reason": "lookup"} in reply.cards
    assert (await finished(talk)).said == []


async def test_a_mistyped_number_is_noticed_before_any_digits_are_asked(talk: Talk) -> None:
    reply = await opened(talk, "查工单HY20261122-000001-4")
    assert "HY20261122-000001-4" in reply.text
    assert talk.slots["requested_slot"] == "number"


async def test_urging_is_counted(talk: Talk, order: WorkOrder, services: Services) -> None:
    await opened(talk, f"催一下工单{order.number}，尾号1234", "urge_order")
    assert "第1次" in (await finished(talk)).text
    times = await services.database.read(
        lambda conn: store.count_records(conn, order.number, "urge")
    )
    assert times == 1


async def test_the_words_tell_urging_from_asking(talk: Talk, order: WorkOrder) -> None:
    talk.hear(f"催一下工单{order.number} 尾号1234", "query_progress", 0.6)
    await talk.run("action_open_order")
    assert talk.slots["order"]["task"] == "urge_order"


async def test_a_supplement_is_asked_for_and_kept_word_for_word(
    talk: Talk, order: WorkOrder, services: Services
) -> None:
    await opened(talk, f"给工单{order.number}补充材料，尾号1234", "supplement_order")
    assert talk.slots["requested_slot"] == "order_detail"
    await answered(talk, "昨晚又施工到两点", "complain")
    await finished(talk)
    count = await services.database.read(
        lambda conn: store.count_records(conn, order.number, "supplement")
    )
    assert count == 1


async def test_withdrawing_is_confirmed_first(
    talk: Talk, order: WorkOrder, services: Services
) -> None:
    await opened(talk, f"撤回工单{order.number}，尾号1234", "withdraw_order")
    assert talk.slots["requested_slot"] == "order_detail"
    await answered(talk, "确定", "affirm")
    await finished(talk)
    kept = await services.database.read(lambda conn: store.by_number(conn, order.number))
    assert kept is not None
    assert kept.status == "withdrawn"


async def test_no_keeps_the_order(talk: Talk, order: WorkOrder, services: Services) -> None:
    await opened(talk, f"撤回工单{order.number}，尾号1234", "withdraw_order")
    await answered(talk, "不撤了", "deny")
    await finished(talk)
    kept = await services.database.read(lambda conn: store.by_number(conn, order.number))
    assert kept is not None
    assert kept.status == "open"


async def test_nothing_is_done_to_a_withdrawn_order(talk: Talk, order: WorkOrder) -> None:
    await opened(talk, f"撤回工单{order.number}，尾号1234", "withdraw_order")
    await answered(talk, "确定", "affirm")
    await finished(talk)
    await opened(talk, f"催一下工单{order.number}，尾号1234", "urge_order")
    assert "撤回" in (await finished(talk)).text


async def test_a_button_under_an_order_needs_no_digits_again(talk: Talk, order: WorkOrder) -> None:
    await opened(talk, f"查工单{order.number}，尾号1234")
    shown = await finished(talk)
    urge = next(b for b in shown.buttons if b["payload"] == "/urge_order")
    talk.press(urge["payload"])
    await talk.run("action_open_order")
    await talk.run("validate_order_form")
    assert "催办" in (await finished(talk)).text


async def test_words_about_an_order_just_shown_need_no_digits_again(
    talk: Talk, order: WorkOrder
) -> None:
    await opened(talk, f"查工单{order.number}，尾号1234")
    await finished(talk)
    talk.hear("那什么时候能办好", "query_progress")
    await talk.run("action_open_order")
    await talk.run("validate_order_form")
    assert talk.slots["requested_slot"] is None


async def test_a_look_up_in_mid_complaint_comes_back_to_it(talk: Talk, order: WorkOrder) -> None:
    talk.hear("路灯坏了一个月了，在包河区葛大店路口", "complain")
    await talk.run("action_open_complaint")
    talk.loop = "complaint_form"
    await opened(talk, f"查工单{order.number}，尾号1234")
    reply = await finished(talk)
    assert reply.has("followup", name="complaint_form")
    assert talk.slots["complaint"] is not None


async def test_a_matter_taken_for_urging_opens_a_complaint(talk: Talk) -> None:
    talk.hear("我家停水两天了，没人管", "urge_order", 0.4)
    reply = await talk.run("action_open_order")
    assert reply.has("followup", name="complaint_form")
    assert talk.slots["complaint"]["kind"] in ("投诉", "求助")


async def test_stopping_and_interrupting(talk: Talk) -> None:
    await opened(talk, "查一下工单")
    reply = await answered(talk, "为什么要编号", "why_need_info")
    assert reply.has("action_execution_rejected", name="order_form")
    reply = await answered(talk, "算了", "cancel")
    assert talk.slots["requested_slot"] is None
    assert (await finished(talk)).said == []


async def test_a_question_right_after_a_rule_is_about_the_rule(talk: Talk) -> None:
    talk.hear("身份证丢了怎么补办", "ask_policy")
    await talk.run("action_answer")
    reply = await opened(talk, "几天能办好", "query_progress")
    assert {card["entry_id"] for card in reply.cards if card["part"] == "citation"}
    assert talk.slots["requested_slot"] is None
    reply = await opened(talk, "我上次反映的事几天能办好", "query_progress")
    assert talk.slots["requested_slot"] == "number"


async def test_asked_for_digits_somebody_known_can_see_all_of_theirs(
    services: Services, order: WorkOrder
) -> None:
    talk = Talk(services, meta={"verified_phone": "+8613912340001"})
    await opened(talk, order.number)
    assert talk.slots["requested_slot"] == "phone_tail"
    reply = await answered(talk, "我的工单", "query_progress")
    assert reply.text == services.texts.say("my_orders_none")
    assert talk.slots["requested_slot"] is None


@pytest.mark.parametrize(
    ("text", "all_of_them"),
    [
        ("我的工单", True),
        ("我反映过哪些事", True),
        ("我有几个工单", True),
        ("那要哪些材料", False),
        ("去哪些地方办", False),
        ("我的工单什么时候办", False),
    ],
)
def test_who_asks_for_all_orders(text: str, all_of_them: bool) -> None:
    assert asks_for_all(text) is all_of_them


async def through(services: Services, number: str, *taken: tuple[Step, Said]) -> None:
    for step, said in taken:
        await services.database.transact(
            lambda conn, step=step, said=said: steps.take(
                conn, services.texts, number, step, said, actor="a_1", now=NOON
            )
        )


async def test_the_progress_says_who_has_it_and_what_the_closing_means(
    services: Services, talk: Talk, order: WorkOrder
) -> None:
    await through(
        services,
        order.number,
        (Step.CHECK, Said()),
        (Step.DISPATCH, Said(unit="区城管局", helpers=("供电公司",))),
    )
    await opened(talk, f"查工单{order.number}，尾号1234")
    text = (await finished(talk)).cards[0]["text"]
    for words in ("签收", "上一步“派单”在", "承办单位是区城管局，供电公司协办", "前办结"):
        assert words in text
    await through(
        services,
        order.number,
        (Step.SIGN, Said()),
        (Step.ANSWER, Said(note="已换灯泡")),
        (Step.APPROVE, Said(outcome="procedural")),
    )
    await opened(talk, f"查工单{order.number}，尾号1234")
    card = (await finished(talk)).cards[0]
    assert "区城管局答复：已换灯泡" in card["text"]
    assert "程序性办结：按规定暂时解决不了" in card["text"]
    notes = [node["note"] for node in card["nodes"] if node["note"]]
    assert "已换灯泡" in notes
    assert any("程序性办结" in note for note in notes)


async def test_who_agrees_is_told_of_every_step(services: Services, talk: Talk) -> None:
    filed = await services.work_orders.file(
        NewWorkOrder(
            key="k2", channel="webchat", kind="投诉", title="路灯", content="路灯坏了",
            contact_phone="13800001234", conversation_id="c1", contact_id="p1",
        )
    )  # fmt: skip
    await opened(talk, f"查工单{filed.number}，尾号1234")
    last = (await finished(talk)).buttons[-1]
    assert last["title"] == "每一步都通知我"
    talk.hear("/query_progress", "query_progress", choice=f"every-step:{filed.number}")
    assert "每走一步" in (await talk.run("action_open_order")).text
    assert (await known(services, filed.number)).every_step
    talk.hear("/query_progress", "query_progress", choice=f"main-steps:{filed.number}")
    await talk.run("action_open_order")
    assert not (await known(services, filed.number)).every_step
    talk.meta.update(conversation_id="c_other")
    talk.hear("/query_progress", "query_progress", choice=f"every-step:{filed.number}")
    await talk.run("action_open_order")
    assert not (await known(services, filed.number)).every_step


async def known(services: Services, number: str) -> WorkOrder:
    found = await services.database.read(lambda conn: store.by_number(conn, number))
    assert found is not None
    return found


async def test_who_is_asked_for_a_number_and_tells_a_matter_is_heard(talk: Talk) -> None:
    await opened(talk, "查一下我的工单", "query_progress")
    talk.hear("算了，我要投诉公交车不到站就走", "complain")
    reply = await talk.run("validate_order_form")
    assert talk.slots["requested_slot"] is None
    assert "公交车" in talk.slots["matter"]
    assert reply.text
    talk.loop = None
    finished = await talk.run("action_finish_order")
    assert finished.has("followup", name="complaint_form")


@pytest.mark.parametrize("action", ["action_open_complaint", "action_open_order"])
async def test_what_is_added_to_an_order_is_said_once(
    talk: Talk, order: WorkOrder, services: Services, action: str
) -> None:
    talk.slots["last_order"] = order.number
    talk.hear("补充一下，4栋也没水", "complain" if "complaint" in action else "supplement_order")
    reply = await talk.run(action)
    if reply.has("followup", name="action_open_order"):
        reply = await talk.run("action_open_order")
    assert reply.has("followup", name="order_form")
    talk.loop = "order_form"
    await talk.run("validate_order_form")
    assert talk.slots["requested_slot"] == "phone_tail"
    await answered(talk, "1234")
    await finished(talk)
    kept = await services.database.read(
        lambda conn: list(
            conn.execute(select(work_order_records.c.kind, work_order_records.c.text))
        )
    )
    assert kept == [("supplement", "4栋也没水")]


async def test_another_matter_after_an_order_is_another_matter(
    talk: Talk, order: WorkOrder
) -> None:
    talk.slots["last_order"] = order.number
    talk.hear("另外，我们小区电梯也坏了", "complain")
    reply = await talk.run("action_open_complaint")
    assert not reply.has("followup", name="action_open_order")
    assert talk.slots["complaint"]


@pytest.mark.parametrize("said", ["我哪记得编号", "那用我手机号查行吗", "单号没记", "13956001234"])
async def test_who_has_no_number_is_told_the_other_ways(talk: Talk, said: str) -> None:
    await opened(talk, "查一下工单")
    reply = await answered(talk, said)
    assert "没关系" in reply.text


async def test_nobody_is_held_to_a_number_they_do_not_give(talk: Talk) -> None:
    await opened(talk, "查进度")
    again = await answered(talk, "翡翠湖小区")
    assert again.text == talk.services.texts.say("lookup_again_number")
    let_go = await answered(talk, "6栋2单元")
    assert let_go.text == talk.services.texts.say("lookup_let_go")
    assert [button["payload"] for button in let_go.buttons] == ["/ask_human"]
    assert talk.slots["order"] is None


async def test_a_matter_told_instead_of_a_number_is_taken(talk: Talk) -> None:
    await opened(talk, "查进度")
    talk.hear(
        "顺便说下我们楼道灯坏了俩礼拜了，老人晚上摔了一跤",
        ranking=(("complain", 0.4), ("inform", 0.3)),
    )
    await talk.run("validate_order_form")
    assert talk.slots["order"] is None
    assert talk.slots["complaint"]["kind"] == "投诉"


async def test_a_question_that_sounds_like_an_addition_opens_no_look_up(talk: Talk) -> None:
    talk.hear("那要准备啥材料", "supplement_order", 0.7)
    await talk.run("action_open_order")
    assert talk.slots.get("order") is None
