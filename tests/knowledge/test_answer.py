from __future__ import annotations

import asyncio
import threading
import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.answer import Answer, Answerer
from knowledge.judging.judge import DEFAULT_JUDGE, Judge, Verdict, judge
from knowledge.model import Entry, Field, Kind
from knowledge.query import Query
from tests.knowledge.conftest import TODAY, BaseOf, entry

LOST = entry(
    "id-lost",
    "居民身份证丢失补领",
    "身份证丢了，本人到派出所申请补领。工本费40元。六十日内发证。",
    questions=["身份证丢了怎么补办", "身份证掉了要多少钱"],
    sections=[
        ("需要材料", "居民户口簿。现场采集照片和指纹。", "materials"),
        ("费用", "补领每证40元，临时身份证每证10元。", "fee"),
        ("办理时限", "六十日内发证，交通不便地区可延长三十日。", "time"),
    ],
)
OTHERS = [
    entry("passport", "普通护照换发", "护照到期前可以申请换发，收费120元。"),
    entry("marriage", "结婚登记", "男女双方亲自到婚姻登记机关申请结婚登记。"),
    entry("dog", "养犬登记", "养犬人应当为犬只办理登记。"),
]


@pytest.fixture
def answerer(base_of: BaseOf) -> Answerer:
    return Answerer(base_of(LOST, *OTHERS))


def ask(answerer: Answerer, text: str, *history: str) -> Answer:
    return answerer.answer(Query(text, TODAY, history=history))


def test_a_question_is_answered_in_the_words_of_the_section_it_asks_for(answerer: Answerer) -> None:
    answer = ask(answerer, "身份证丢了怎么补办？要带什么材料？")
    assert answer.verdict is Verdict.ANSWER
    assert answer.passages[0].heading == "需要材料"
    assert answer.passages[0].quote == "居民户口簿。现场采集照片和指纹。"
    assert {cited.entry_id for cited in answer.passages} == {"id-lost"}


@given(st.sampled_from(["身份证丢了怎么补办", "身份证补领费用多少钱", "结婚登记找谁", "护照换发"]))
@settings(max_examples=8, deadline=None)
def test_every_quote_is_byte_for_byte_in_its_entry(question: str) -> None:
    import tempfile
    from pathlib import Path

    from knowledge.base import KnowledgeBase
    from tests.knowledge.conftest import fill

    with tempfile.TemporaryDirectory() as folder:
        fill(Path(folder), [LOST, *OTHERS])
        answer = Answerer(KnowledgeBase(Path(folder))).answer(Query(question, TODAY))
    by_id = {e.id: e for e in (LOST, *OTHERS)}
    for cited in answer.passages:
        assert any(cited.quote in section.text for section in by_id[cited.entry_id].sections)  # type: ignore[index]
        for start, end in cited.marks:
            assert 0 <= start < end <= len(cited.quote)


def test_the_sentence_that_matters_is_marked(answerer: Answerer) -> None:
    answer = ask(answerer, "身份证丢了补领，临时身份证多少钱")
    fee = answer.passages[0]
    assert fee.heading == "费用"
    assert "临时身份证" in "".join(fee.quote[start:end] for start, end in fee.marks)


def test_a_follow_up_question_is_about_the_subject_before(answerer: Answerer) -> None:
    answer = ask(answerer, "那要多少钱？", "身份证丢了怎么补办")
    assert answer.carried
    assert answer.passages[0].entry_id == "id-lost"
    assert answer.passages[0].heading == "费用"


def test_small_talk_is_not_answered(answerer: Answerer) -> None:
    for text in ("今天天气真好", "你吃饭了没", "哈哈哈", "李白是哪个朝代的"):
        assert ask(answerer, text).verdict is Verdict.NONE


@pytest.mark.parametrize(
    "text", ["", "   ", "？？？", "😀😀", "\x00\x01", "<script>alert(1)</script>"]
)
def test_what_is_no_question_gets_no_rule(answerer: Answerer, text: str) -> None:
    answer = ask(answerer, text)
    assert answer.verdict is Verdict.NONE
    assert answer.passages == ()


def test_what_is_said_a_thousand_times_is_answered_as_said_once(answerer: Answerer) -> None:
    once, often = ask(answerer, "身份证丢了怎么补办"), ask(answerer, "身份证丢了怎么补办。" * 3000)
    assert (often.verdict, often.passages[0].quote) == (once.verdict, once.passages[0].quote)
    slips = ask(answerer, "份身证丢了这么不办怎" * 2000)
    assert slips.passages[0].entry_id == once.passages[0].entry_id


def test_an_empty_base_says_so(base_of: BaseOf) -> None:
    answer = ask(Answerer(base_of()), "身份证丢了怎么补办")
    assert (answer.verdict, answer.reason) == (Verdict.NONE, "empty_base")


def statute() -> Entry:
    return replace(LOST, kind=Kind.STATUTE)


def test_a_statute_is_offered_not_asserted(base_of: BaseOf) -> None:
    answer = ask(Answerer(base_of(statute(), *OTHERS)), "居民身份证丢失补领要带什么材料")
    assert (answer.verdict, answer.reason) == (Verdict.CANDIDATES, "statute")


def test_with_the_place_unknown_rules_of_two_places_are_both_offered(base_of: BaseOf) -> None:
    base = base_of(
        entry("hefei", "积分落户办理条件", "积分达到一百分可以落户。", region="340100"),
        entry("nanjing", "积分落户办理条件", "积分达到一百分可以落户。", region="320100"),
    )
    answer = ask(Answerer(base), "积分落户办理条件是什么")
    assert (answer.verdict, answer.reason) == (Verdict.CANDIDATES, "several_regions")
    assert {c.region_name for c in answer.passages} == {"安徽省合肥市", "江苏省南京市"}


def test_the_past_is_shown_only_when_asked_for_and_marked(base_of: BaseOf) -> None:
    old = entry("old", "夜间施工管理", "旧规定：二十二点后禁止施工。", last="2022-06-04")
    new = entry("new", "夜间施工管理", "夜间禁止施工。", first="2022-06-05", supersedes=["old"])
    answerer = Answerer(base_of(old, new))
    today = ask(answerer, "夜间施工管理规定")
    assert [c.entry_id for c in today.passages] == ["new"]
    assert today.history == ()
    past = ask(answerer, "以前的夜间施工管理规定是怎样的")
    assert "old" not in [c.entry_id for c in past.passages]
    assert [(c.entry_id, c.historical) for c in past.history] == [("old", True)]


def test_a_service_item_shows_the_rows_asked_for(base_of: BaseOf) -> None:
    rows = (Field("materials", "申请材料", "身份证"), Field("phone", "咨询电话", "0000-12345"))
    item = replace(LOST, kind=Kind.SERVICE, fields=rows)
    answerer = Answerer(base_of(item, *OTHERS))
    asked = ask(answerer, "身份证丢失补领要带什么材料").passages[0]
    assert [f.key for f in asked.fields] == ["materials"]
    assert len(ask(answerer, "居民身份证丢失补领").passages[0].fields) == 2


def test_of_an_item_of_facts_the_fact_asked_for_is_quoted_alone(base_of: BaseOf) -> None:
    rows = (
        Field("condition", "办理条件", "跨省长期居住"),
        Field("promised_time", "承诺办结时限", "1个工作日"),
        Field("place", "办理地点", "异地就医备案小程序"),
    )
    parts = zip(rows, ("condition", "time", "place"), strict=True)
    facts = [(row.label, row.value, aspect) for row, aspect in parts]
    item = replace(entry("record", "异地就医备案", sections=facts), kind=Kind.SERVICE, fields=rows)
    query = Query("异地就医备案要几天办好", TODAY)
    found = Answerer(base_of(item, *OTHERS)).about("record", query)
    assert [cited.quote for cited in found.passages] == ["1个工作日"]


@pytest.mark.parametrize("asked", ["高龄津贴一个月能领多少", "高龄津贴多少钱"])
def test_who_asks_how_much_is_shown_the_amounts(base_of: BaseOf, asked: str) -> None:
    table = "| 年龄 | 每人每月（元） |\n| --- | --- |\n| 80—89周岁 | 60 |"
    sections = [("标准", table, ""), ("怎么领", "到村（社区）申请高龄津贴，领到社保卡。", "")]
    allowance = entry("old", "高龄津贴", "80周岁以上老年人享受高龄津贴。", sections=sections)
    found = Answerer(base_of(allowance, *OTHERS)).about("old", Query(asked, TODAY))
    assert found.passages[0].quote == table


def test_a_chosen_candidate_is_shown_for_the_question_that_led_to_it(answerer: Answerer) -> None:
    query = Query("要带什么材料", TODAY, history=("身份证丢了",))
    answer = answerer.about("id-lost", query)
    assert answer.verdict is Verdict.ANSWER
    assert answer.passages[0].heading == "需要材料"
    assert answerer.about("nothing", query).reason == "gone"


def test_a_chosen_entry_of_another_place_is_not_shown(base_of: BaseOf) -> None:
    answerer = Answerer(base_of(entry("hefei", "积分落户", region="340100")))
    answer = answerer.about("hefei", Query("积分落户", TODAY, "320100"))
    assert (answer.verdict, answer.reason) == (Verdict.NONE, "not_allowed")


async def test_answering_in_a_thread_leaves_the_loop_running(answerer: Answerer) -> None:
    gaps: list[float] = []
    done = asyncio.Event()

    async def watch() -> None:
        while not done.is_set():
            started = time.perf_counter()
            await asyncio.sleep(0.001)
            gaps.append(time.perf_counter() - started)

    watcher = asyncio.create_task(watch())
    query = Query("身份证丢了怎么补办", TODAY)
    answers = await asyncio.gather(*(asyncio.to_thread(answerer.answer, query) for _ in range(40)))
    done.set()
    await watcher
    assert all(answer == answers[0] for answer in answers)
    assert sorted(gaps)[len(gaps) // 2] < 0.05


def test_many_threads_get_the_same_answer(answerer: Answerer) -> None:
    query, found = Query("身份证丢了怎么补办", TODAY), list[Answer]()
    threads = [
        threading.Thread(target=lambda: found.append(answerer.answer(query))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1


def test_a_judge_survives_being_written_down() -> None:
    assert Judge.from_json(DEFAULT_JUDGE.to_json()) == DEFAULT_JUDGE


def test_a_stricter_judge_refuses_and_a_bolder_one_asserts(answerer: Answerer) -> None:
    found = answerer.base.search(Query("身份证丢了，补办要户口本吗", TODAY))
    assert judge(found, replace(DEFAULT_JUDGE, refuse_below=1.1)).verdict is Verdict.NONE
    bold = replace(DEFAULT_JUDGE, refuse_below=0.0, assert_from=0.0)
    assert judge(found, bold).verdict is Verdict.ANSWER


def test_of_a_long_text_without_sections_the_piece_that_matches_is_shown(base_of: BaseOf) -> None:
    """How it opens says nothing of what stands pages later."""
    pages = [f"第{n}批共建项目在街道公示栏张贴，居民可以提出意见。" * 9 for n in range(8)]
    pages[6] += "垃圾分类督导员每月补贴三百元，由社区核发。"
    base = base_of(entry("plan", "社区工作要点", "\n".join(pages)), *OTHERS)
    answer = ask(Answerer(base), "垃圾分类督导员的补贴是多少")
    assert "三百元" in answer.passages[0].quote
    assert len({cited.passage_id for cited in answer.passages}) == len(answer.passages) == 2


def test_without_an_aspect_the_section_that_speaks_of_it_goes_before_the_opening(
    base_of: BaseOf,
) -> None:
    divorce = entry(
        "cooling-off",
        "离婚冷静期",
        "协议离婚的冷静期是三十日，从收到申请之日起算。",
        questions=["离婚要等多少天"],
        sections=[("说明", "期间任何一方反悔的，可以撤回离婚申请。", "")],
    )
    answerer = Answerer(base_of(divorce, *OTHERS))
    shown = ask(answerer, "离婚冷静期里反悔了行吗").passages
    assert [one.quote[:4] for one in shown] == ["期间任何", "协议离婚"]
    assert [one.quote[:4] for one in ask(answerer, "离婚冷静期从哪天起算").passages] == ["协议离婚"]


OLD_AGE = entry(
    "old",
    "老年人优待和免费体检",
    "65周岁以上老人每年免费体检一次。",
    sections=[
        ("费用", "体检项目免费。", "fee"),
        ("需要材料", "身份证；乘公交免费的，先办老年卡。", "materials"),
        ("说明", "在居住地的社区医院做，不限户籍。", ""),
    ],
)
PERMIT = entry(
    "permit",
    "居住证签注、补领",
    "居住证每年签注一次。",
    sections=[("注意事项", "签注不收费；丢失的，收工本费补领。", "")],
)


@pytest.mark.parametrize(
    ("asked_of", "question", "first"),
    [
        (OLD_AGE, "老年人坐公交免费吗", "身份证；乘公交"),
        (OLD_AGE, "老年人体检免费吗", "体检项目免费"),
        (OLD_AGE, "老年人免费体检要多少钱", "体检项目免费"),
        (OLD_AGE, "老年人优待要什么材料", "身份证；乘公交"),
        (PERMIT, "居住证丢了怎么补", "签注不收费"),
        (PERMIT, "居住证怎么签注", "居住证每年签"),
        (OLD_AGE, "老年人体检可以在外地做吗", "在居住地"),
    ],
)
def test_the_passage_that_says_what_the_title_does_not_comes_first(
    base_of: BaseOf, asked_of: Entry, question: str, first: str
) -> None:
    answerer = Answerer(base_of(OLD_AGE, PERMIT))
    shown = answerer.about(asked_of.id, Query(question, TODAY)).passages
    assert shown[0].quote.startswith(first)
