"""Policy questions, fallbacks, and what was offered."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from actions.answer import _stays
from actions.quoting import PLAIN_QUOTE, shortened, told_apart
from actions.services import Services
from connectors.messages import part_from_json
from connectors.store.schema import knowledge_gaps
from knowledge.answer import Answerer
from knowledge.base import KnowledgeBase
from knowledge.citing import Cited
from knowledge.documents.ingest import ingest
from knowledge.judging.judge import Verdict
from knowledge.model import Field, Kind
from knowledge.query import Query
from knowledge.sources.mapping import parse_map
from tests.actions.conftest import NOON, Talk

TWO_SMS = 134  # characters of two joined short messages
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


@pytest.mark.parametrize(
    "question", ["身份证丢了怎么补办？", "男的有没有生育津贴", "快递丢了怎么赔", "产假多少天"]
)
async def test_by_text_message_a_rule_and_its_source_are_two_segments(
    talk_on: Callable[..., Talk], question: str
) -> None:
    talk = talk_on(plain=True, channel="sms")
    talk.hear(question, "ask_policy")
    reply = await talk.run("action_answer")
    told = "".join(part.get("text") or "" for part in (*reply.said, *reply.cards))
    assert reply.cards
    assert len(told) <= TWO_SMS
    assert told.count(reply.cards[0]["title"].split(" · ")[0]) == 1
    assert "来源：" in told


OFFICES = "芜湖市退役军人事务局 芜湖市财政局"
TABLE = """| 类别 | 等级 | 因战（元） | 因公（元） |
| --- | --- | --- | --- |
| 残疾军人 | 一级 | 126370 | 122380 |
| 残疾军人 | 二级 | 114360 | 108340 |
| 残疾军人 | 三级 | 100310 | 94310 |
| 残疾军人 | 四级 | 82180 | 74200 |"""


async def test_by_text_message_the_row_asked_for_is_said_under_a_short_name(
    services: Services, tmp_path: Path
) -> None:
    source = tmp_path / "a.md"
    head = f"title: {OFFICES}关于调整抚恤补助标准的通知\nissuer: {OFFICES}\nregion: '340200'"
    source.write_text(f"---\n{head}\n---\n{TABLE}\n", encoding="utf-8")
    ingest(tmp_path / "base", [source])
    answerer = Answerer(KnowledgeBase(tmp_path / "base"))
    talk = Talk(replace(services, answerer=answerer), channel="sms", plain=True)
    talk.hear("芜湖二级残疾军人抚恤补助标准是多少", "ask_policy")
    reply = await talk.run("action_answer")
    told = "".join(part.get("text") or "" for part in (*reply.said, *reply.cards))
    assert "《关于调整抚恤补助标准的通知》" in told
    assert "残疾军人二级：因战114360元，因公108340元" in told
    assert "126370" not in told


ITEM = {
    "id": "well",
    "title": "取水许可新办",
    "kind": "service",
    "region": "000000",
    "condition": "利用取水工程从江河、湖泊或者地下取水。" * 8,
    "materials": ["取水许可申请书", "取水工程平面图"],
    "issuer": "示例市水务局",
    "promised_time": "10个工作日",
    "place": "政务服务中心3号窗口",
    "phone": "12345",
}


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("取水许可新办要带什么材料", "取水工程平面图"),
        ("取水许可新办去哪里办", "3号窗口"),
        ("取水许可新办几天能办好", "10个工作日"),
    ],
)
@pytest.mark.parametrize("plain", [True, False])
async def test_of_a_service_item_the_facts_asked_for_are_shown(
    services: Services, tmp_path: Path, question: str, said: str, plain: bool
) -> None:
    source = tmp_path / "items.jsonl"
    source.write_text(json.dumps(ITEM, ensure_ascii=False), encoding="utf-8")
    plain_map = parse_map(",".join(f"{key}={key}" for key in ITEM))
    ingest(tmp_path / "base", [source], field_map=plain_map)
    answerer = Answerer(KnowledgeBase(tmp_path / "base"))
    talk = Talk(replace(services, answerer=answerer), channel="sms", plain=plain)
    talk.hear(question, "ask_policy")
    reply = await talk.run("action_answer")
    if plain:  # the rows are the quotation, with their source
        (card,) = reply.cards
        assert card["part"] == "citation"
        assert said in card["text"]
        assert "来源：" in card["text"]
    else:
        rows, source = reply.cards
        assert said in rows["text"]
        assert len(rows["rows"]) == 1
        assert (source["part"], source["quote"]) == ("citation", "")  # not said again
    if plain:
        assert sum(len(part.get("text") or "") for part in reply.said) <= TWO_SMS


def test_a_question_stays_with_an_item_unless_another_is_named_after_what_it_asks(
    tmp_path: Path,
) -> None:
    names = {"use": "斑马鱼使用许可", "breed": "斑马鱼生产许可", "well": "取水许可新办"}
    items = [{**ITEM, "id": one, "title": title} for one, title in names.items()]
    source = tmp_path / "items.jsonl"
    lines = (json.dumps(item, ensure_ascii=False) for item in items)
    source.write_text("\n".join(lines), encoding="utf-8")
    plain_map = parse_map(",".join(f"{key}={key}" for key in ITEM))
    ingest(tmp_path / "base", [source], field_map=plain_map)
    answerer = Answerer(KnowledgeBase(tmp_path / "base"))
    query = Query("生产的呢", NOON.date(), history=("斑马鱼使用许可怎么办理",))
    about = {one: answerer.about(one, query, following=True) for one in names}
    for other, stays in (("breed", False), ("well", True)):
        offered = (about["use"].passages[0], about[other].passages[0])
        found = replace(about["use"], verdict=Verdict.CANDIDATES, passages=offered)
        assert about["use"].unsaid
        assert _stays(found, about["use"], "use", query.text) is stays


@pytest.mark.parametrize(
    ("pieces", "said"),
    [
        (["免费。"], "免费。"),
        (["一二三。", "四五六。", "七八九十。"], "一二三。四五六。"),
        (["一二三四五六七八九十"], "一二三四五六七…"),
        ([], ""),
    ],
)
def test_whole_sentences_are_said_as_long_as_they_fit(pieces: list[str], said: str) -> None:
    assert shortened(pieces, 8) == said


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


@pytest.mark.parametrize(
    ("said", "action"),
    [
        ("要多久", "action_wait_time"),
        ("多久能拿到", "action_wait_time"),
        ("要带什么", "action_why_need_info"),
        ("网上能办吗", "action_answer"),
        ("要本人去吗", "action_answer"),
    ],
)
async def test_a_question_without_a_subject_is_about_the_rule_just_shown(
    talk: Talk, said: str, action: str
) -> None:
    talk.hear("居住证怎么申领", "ask_policy")
    await talk.run("action_answer")
    talk.hear(said, "ask_policy")
    reply = await talk.run(action)
    assert {card.get("entry_id") for card in reply.cards} == {"household-residence-permit"}


@pytest.mark.parametrize(
    ("said", "intent", "action"),
    [
        ("照片能用自己拍的吗", "ask_capability", "action_capability"),
        ("周末办不办", "ask_capability", "action_capability"),
        ("照片要几张", "supplement_order", "action_open_order"),
        ("加急行不行", "urge_order", "action_open_order"),
    ],
)
async def test_a_short_question_after_a_rule_that_names_nothing_else_is_about_it(
    talk: Talk, said: str, intent: str, action: str
) -> None:
    talk.hear("居住证怎么申领", "ask_policy")
    await talk.run("action_answer")
    talk.hear(said, intent, 0.95)
    reply = await talk.run(action)
    assert {card.get("entry_id") for card in reply.cards} == {"household-residence-permit"}


async def test_what_the_service_can_do_is_told_to_who_asks_for_that(talk: Talk) -> None:
    for said in ("你会什么", "周末上班吗"):
        talk.hear(said, "ask_capability")
        assert "转人工" in (await talk.run("action_capability")).text
    talk.hear("居住证怎么申领", "ask_policy")
    await talk.run("action_answer")
    talk.hear("你还能干什么", "ask_capability")
    reply = await talk.run("action_capability")
    assert not reply.cards
    assert "查工单进度" in reply.text


async def test_what_went_on_about_a_rule_is_no_new_subject(talk: Talk) -> None:
    for said in ("居住证怎么申领", "没有租房合同咋办", "几天下来"):
        talk.hear(said, "ask_policy")
        reply = await talk.run("action_answer")
        assert {card.get("entry_id") for card in reply.cards} == {"household-residence-permit"}


@pytest.mark.parametrize(("said", "stays"), [("有时间限制吗", True), ("公积金贷款利率多少", False)])
async def test_a_question_that_finds_nothing_goes_on_about_the_rule_unless_it_names_a_matter(
    talk: Talk, said: str, stays: bool
) -> None:
    talk.hear("居住证怎么申领", "ask_policy")
    await talk.run("action_answer")
    talk.hear(said, "ask_policy")
    reply = await talk.run("action_answer")
    shown = {card.get("entry_id") for card in reply.cards}
    assert (shown == {"household-residence-permit"}) is stays


async def test_what_about_something_else_goes_to_the_rule_that_speaks_of_it(talk: Talk) -> None:
    talk.hear("失业金怎么申领", "ask_policy")
    await talk.run("action_answer")
    talk.hear("那医保呢", "ask_policy")
    reply = await talk.run("action_answer")
    assert "失业金能领几个月" in str(reply.said)


@pytest.mark.parametrize(
    ("said", "confidence", "opens"),
    [
        ("一个人能领几次", 0.8, False),
        ("老板签字才行吗", 0.35, False),
        ("老板签字才行吗", 0.8, False),
        ("到底有没有人管不管", 0.8, True),
        ("公司不给开证明", 0.35, True),
    ],
)
async def test_a_short_question_after_a_rule_is_about_it_unless_surely_something_else(
    talk: Talk, said: str, confidence: float, opens: bool
) -> None:
    talk.hear("失业金怎么申领", "ask_policy")
    await talk.run("action_answer")
    talk.hear(said, "report_violation", confidence)
    reply = await talk.run("action_open_complaint")
    heard = [event for event in reply.events if event["event"] == "user"]
    assert [event["parse_data"]["intent"]["name"] for event in heard] == (
        [] if opens else ["ask_policy"]
    )


@pytest.mark.parametrize(
    ("said", "opens"),
    [("自己辞职的呢", False), ("公司欠我三个月工资不给", True), ("我要投诉他们", True)],
)
async def test_an_exception_after_a_rule_is_no_complaint(
    talk: Talk, said: str, opens: bool
) -> None:
    talk.hear("失业金怎么申领", "ask_policy")
    await talk.run("action_answer")
    talk.hear(said, "complain")
    reply = await talk.run("action_open_complaint")
    heard = [event for event in reply.events if event["event"] == "user"]
    assert [event["parse_data"]["intent"]["name"] for event in heard] == (
        [] if opens else ["ask_policy"]
    )


async def test_what_nothing_is_found_for_is_still_about_the_rule_just_shown(talk: Talk) -> None:
    talk.hear("低保怎么申请", "ask_policy")
    await talk.run("action_answer")
    talk.hear("可以邮寄吗", "ask_policy")
    reply = await talk.run("action_answer")
    assert "没有直接写到这一点" in reply.said[0]["text"]
    assert {card.get("entry_id") for card in reply.cards} == {"welfare-dibao"}


@pytest.mark.parametrize("action", ["action_fallback", "action_clarify"])
async def test_what_about_is_asked_of_what_was_answered_or_offered(talk: Talk, action: str) -> None:
    talk.hear("护照怎么办", "ask_policy")
    await talk.run("action_answer")
    talk.hear("孩子的呢", "nlu_fallback")
    reply = await talk.run(action)
    assert "未成年人护照办理" in str(reply.said)
    talk.hear("低保怎么申请", "ask_policy")
    await talk.run("action_answer")
    talk.hear("有车的呢", "nlu_fallback")
    reply = await talk.run(action)
    assert {card.get("entry_id") for card in reply.cards} == {"welfare-dibao"}


@pytest.mark.parametrize(
    ("action", "heard"), [("action_explain", "explain_again"), ("action_handoff", "ask_human")]
)
async def test_another_case_is_asked_about_where_the_classifier_is_not_sure(
    talk: Talk, action: str, heard: str
) -> None:
    talk.hear("产假多少天", "ask_policy")
    await talk.run("action_answer")
    talk.hear("那男方呢", heard, 0.31)
    shown = await talk.run(action)
    assert "birth-paternity-leave" in str(shown.said)
    talk.hear("没看懂呢", heard, 0.9)
    assert "entry_id" not in str((await talk.run(action)).said)


async def test_what_the_rule_does_not_say_and_whose_it_is_not_is_told(talk: Talk) -> None:
    talk.hear("身份证到期换领", "ask_policy")
    await talk.run("action_answer")
    talk.hear("可以邮寄吗", "ask_policy")
    assert "没有直接写到这一点" in (await talk.run("action_answer")).said[0]["text"]
    talk.hear("广州公租房什么条件可以申请", "ask_policy")
    assert "没有广东省广州市自己的规定" in (await talk.run("action_answer")).said[0]["text"]


async def test_out_of_the_blue_how_long_it_takes_is_about_an_order(talk: Talk) -> None:
    talk.hear("要多久", "ask_wait_time")
    reply = await talk.run("action_wait_time")
    assert reply.cards == []
    assert "工单" in reply.text


async def test_a_person_may_ask_for_their_shop(talk: Talk) -> None:
    talk.meta["audience"] = "person"
    talk.hear("个体户怎么注销", "ask_policy")
    reply = await talk.run("action_answer")
    assert reply.cards[0]["entry_id"] == "ent-cancel-simple"


async def test_a_year_gone_by_brings_the_rule_of_then_marked_as_history(talk: Talk) -> None:
    talk.hear("2025年交物业费能提公积金吗", "ask_policy")
    reply = await talk.run("action_answer")
    assert [card["historical"] for card in reply.cards][-1]
    assert not reply.cards[0]["historical"]


async def test_what_held_before_the_rule_just_shown_is_shown_and_no_more(talk: Talk) -> None:
    talk.hear("孩子坐火车怎么买票", "ask_policy")
    now = await talk.run("action_answer")
    talk.hear("以前是怎么规定的？", "ask_policy")
    before = await talk.run("action_answer")
    assert all(card["historical"] for card in before.cards)
    assert {card["entry_id"] for card in before.cards}.isdisjoint(
        card["entry_id"] for card in now.cards
    )


async def test_what_held_before_a_rule_without_predecessors_is_not_made_up(talk: Talk) -> None:
    talk.hear("身份证丢了怎么补办", "ask_policy")
    await talk.run("action_answer")
    talk.hear("以前是怎么规定的？", "ask_policy")
    assert "没有收录" in (await talk.run("action_answer")).text
    talk.hear("去年呢", "ask_policy")
    reply = await talk.run("action_answer")
    assert not any(card["historical"] for card in reply.cards)


async def test_when_an_office_opens_is_not_answered_by_a_rule_with_its_name(talk: Talk) -> None:
    talk.hear("社保局几点上班", "ask_policy")
    reply = await talk.run("action_answer")
    assert not reply.cards
    assert "没有可靠的依据" in reply.text


@pytest.mark.parametrize("action", ["action_open_complaint", "action_handoff"])
async def test_an_offices_number_is_looked_up_whatever_it_was_taken_for(
    talk: Talk, action: str
) -> None:
    talk.hear("供电局24小时电话", "complain")
    reply = await talk.run(action)
    assert not reply.has("followup", name="complaint_form")
    assert not any("effect" in card for card in reply.cards)


async def test_what_the_rule_does_not_say_is_not_made_up(talk: Talk) -> None:
    talk.hear("身份证丢了怎么补办", "ask_policy")
    await talk.run("action_answer")
    talk.hear("周末能办吗", "ask_policy")
    reply = await talk.run("action_answer")
    assert "没有直接写到这一点" in reply.text
    talk.hear("要本人去吗", "ask_policy")
    assert "没有直接写到这一点" not in (await talk.run("action_answer")).text


async def test_of_those_offered_the_one_named_after_the_paper_goes_first(talk: Talk) -> None:
    talk.hear("居住证快到期了怎么弄", "ask_policy")
    reply = await talk.run("action_answer")
    assert reply.buttons[0]["title"] == "居住证签注、补领"


async def test_who_asks_is_not_searched_for(talk: Talk) -> None:
    talk.hear("我叫李强，电话13800001234，身份证丢了怎么补办", "ask_policy")
    reply = await talk.run("action_answer")
    assert reply.cards[0]["entry_id"] == "id-card-lost"


def test_a_list_is_cut_between_its_lines() -> None:
    rows = "申请材料：1. 居民身份证原件和复印件\n2. 申请表一式两份\n3. 近期免冠照片电子版"
    assert shortened([rows], 36) == "申请材料：1. 居民身份证原件和复印件\n2. 申请表一式两份…"


def test_candidates_of_one_title_are_told_apart() -> None:
    def cited(entry_id: str, title: str, place: str) -> Cited:
        rows = (Field("place", "办理地点", place), Field("phone", "咨询电话", "020-12345"))
        return Cited(
            entry_id, entry_id, title, "", "同样的话", (), "公安局", "", "", "440100", "广州市",
            None, None, "", Kind.SERVICE, rows, False, False, False, 1.0,
        )  # fmt: skip

    offered = [
        cited("a", "持境外驾驶证申领", "花都区农新路12号"),
        cited("b", "持境外驾驶证申领", "增城区"),
        cited("c", "初次申领", "增城区"),
    ]
    assert [told_apart(one, offered) for one in offered] == [
        "持境外驾驶证申领（花都区农新路12号）",
        "持境外驾驶证申领（增城区）",
        "初次申领",
    ]
