"""A question that sounded like something else is answered; what only takes an answer in is no
question."""

from __future__ import annotations

import pytest

from tests.actions.conftest import Reply, Talk


def heard_anew(reply: Reply) -> str:
    """The intent a message was taken anew for, "" for none."""
    anew = [event for event in reply.events if event["event"] == "user"]
    return str(anew[-1]["parse_data"]["intent"]["name"]) if anew else ""


@pytest.mark.parametrize(
    ("said", "intent", "action"),
    [
        ("高空抛物砸坏车谁来赔", "complain", "action_open_complaint"),
        ("火灾事故认定书怎么申请复核", "emergency", "action_safety"),
        ("带刀威胁人怎么处罚", "threat", "action_safety"),
        ("领导说补休行吗", "speak_language", "action_speak_language"),
        ("酒驾怎么处罚", "chitchat", "action_chitchat"),
        ("电瓶车可以进电梯充电吗", "make_suggestion", "action_open_complaint"),
    ],
)
async def test_what_asks_of_a_rule_is_a_question_whatever_it_sounds_like(
    talk: Talk, said: str, intent: str, action: str
) -> None:
    talk.hear(said, intent)
    assert heard_anew(await talk.run(action)) == "ask_policy"


@pytest.mark.parametrize(
    ("said", "intent", "action", "told"),
    [
        ("楼上着火了", "emergency", "action_safety", "119"),
        ("会说上海话吗", "speak_language", "action_speak_language", "方言"),
        ("今天天气真好啊", "chitchat", "action_chitchat", "闲聊"),
        ("路口能不能装个红绿灯", "make_suggestion", "action_open_complaint", "建议"),
    ],
)
async def test_and_what_is_meant_so_is_heard_so(
    talk: Talk, said: str, intent: str, action: str, told: str
) -> None:
    talk.hear(said, intent)
    reply = await talk.run(action)
    assert heard_anew(reply) == ""
    assert told in reply.text


@pytest.mark.parametrize(
    ("intent", "action"), [("nlu_fallback", "action_fallback"), ("explain_again", "action_explain")]
)
async def test_that_it_is_understood_asks_for_nothing_more(
    talk: Talk, intent: str, action: str
) -> None:
    talk.hear("居住证怎么申领", "ask_policy")
    await talk.run("action_answer")
    talk.hear("好的，明白了", intent)
    reply = await talk.run(action)
    assert (reply.cards, reply.buttons) == ([], [])
    assert reply.text.startswith("好的")


@pytest.mark.parametrize(
    ("said", "intent", "action"),
    [
        ("不满意的呢", "rate_bad", "action_rate_bad"),
        ("批不下来咋办", "complain", "action_open_complaint"),
        ("找不到房东的呢", "ask_human", "action_handoff"),
    ],
)
async def test_right_after_a_rule_another_case_of_it_is_no_regret_and_no_complaint(
    talk: Talk, said: str, intent: str, action: str
) -> None:
    talk.hear("居住证怎么申领", "ask_policy")
    await talk.run("action_answer")
    talk.hear(said, intent, 0.95)
    assert heard_anew(await talk.run(action)) == "ask_policy"


async def test_after_what_no_rule_is_known_for_how_long_is_asked_of_it(talk: Talk) -> None:
    talk.hear("商标注册怎么办", "ask_policy")
    assert not (await talk.run("action_answer")).cards
    talk.hear("要多久", "query_progress")
    assert "工单" not in (await talk.run("action_open_order")).text


@pytest.mark.parametrize(
    ("said", "chance", "heard"),
    [
        ("舅舅九十了，高龄津贴是一年发一次还是一月发一次？", 0.42, "ask_policy"),
        ("舅舅九十了，高龄津贴是一年发一次还是一月发一次？", 0.2, ""),
        ("钱扣了两遍，三个月了谁能把多交的退给我？", 0.42, ""),
        ("房贷断供三期了，能不能帮着跟银行说说延几个月", 0.42, ""),
        ("我要投诉，路灯坏了几天才修？", 0.42, ""),
    ],
)
async def test_a_question_little_less_likely_than_an_appeal_is_a_question(
    talk: Talk, said: str, chance: float, heard: str
) -> None:
    talk.hear(said, "complain", 0.47, (("complain", 0.47), ("ask_policy", chance)))
    assert heard_anew(await talk.run("action_open_complaint")) == heard


@pytest.mark.parametrize("said", ["80多了", "三级残疾 62岁", "我妈88岁"])
async def test_a_number_that_tells_something_is_no_farewell(talk: Talk, said: str) -> None:
    talk.hear(said, "goodbye", 0.53)
    reply = await talk.run("action_goodbye")
    assert heard_anew(reply) == "inform"
    assert reply.text == ""


@pytest.mark.parametrize("said", ["88", "拜拜886", "3166", "再见"])
async def test_a_farewell_in_numbers_is_one(talk: Talk, said: str) -> None:
    talk.hear(said, "goodbye")
    reply = await talk.run("action_goodbye")
    assert heard_anew(reply) == ""
    assert "再见" in reply.text
