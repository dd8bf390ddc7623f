"""A base nobody has labelled questions for: what it refuses all the same."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from knowledge.answer import Answerer
from knowledge.base import KnowledgeBase
from knowledge.calibration.probes import probes
from knowledge.documents.ingest import ingest
from knowledge.judging.inquiry import business, inquiry, log_odds
from knowledge.judging.judge import Verdict, judge_of
from knowledge.judging.signals import ends_in_asking, signals_of
from knowledge.matters import coverage, matters
from knowledge.query import Query
from knowledge.text import fold
from knowledge.training.inquiry import Sample, Sort, train

DAY = date(2026, 11, 22)
HELD_OUT = Path(__file__).parents[1] / "bot"
ITEMS = {
    "fishing": ("内陆渔船捕捞许可证核发", "申请捕捞许可证需提交渔业船舶检验证书和登记证书。"),
    "signboard": (
        "户外招牌设置备案",
        "设置户外招牌应当提交效果图和场地使用证明。",
    ),
    "tree": ("移植城市树木审批", "因建设确需移植城市树木的，应当向园林绿化主管部门提出申请。"),
    "well": (
        "取水许可新办",
        "利用取水工程从江河、湖泊或者地下取水的，应当申请取水许可证。",
    ),
}


def held_out(name: str) -> list[tuple[str, str]]:
    lines = (HELD_OUT / f"{name}_heldout.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return [(row["text"], row["intent"]) for row in rows]


def test_questions_about_rules_are_told_from_reports_and_small_talk() -> None:
    """On texts the weights were not made from."""
    rows = held_out("reports") + held_out("dialogue")
    asks = np.asarray([log_odds(fold(text)) for text, intent in rows if intent == "ask_policy"])
    reports = np.asarray([log_odds(fold(t)) for t, i in rows if i in ("complain", "seek_help")])
    talk = np.asarray([log_odds(fold(t)) for t, i in rows if i in ("greet", "thank", "abuse")])
    assert np.mean([inquiry(fold(t)) == 0.0 for t, i in rows if i == "ask_policy"]) >= 0.95
    assert np.quantile(asks, 0.2) > np.quantile(reports, 0.9)
    assert np.quantile(asks, 0.2) > np.quantile(talk, 0.9)


def test_a_story_is_told_by_its_end() -> None:
    """The same report, ended in a question about the rule and in a demand."""
    told = "楼下烧烤店夜里两点还在放音响，我家孩子睡不着"
    assert log_odds(fold(f"{told}，这种情况法律是怎么规定的")) > log_odds(
        fold(f"{told}，赶紧来人管管")
    )


def test_reports_are_public_business_and_small_talk_is_not() -> None:
    """On texts the weights were not made from."""
    rows = held_out("reports") + held_out("dialogue")
    told = ("complain", "seek_help", "report_violation", "ask_policy")
    ours = np.mean([business(fold(text)) == 0.0 for text, intent in rows if intent in told])
    talk = np.mean([business(fold(t)) < 0.0 for t, i in rows if i in ("greet", "thank", "abuse")])
    world = (Path(__file__).parent / "none_of_its_business.jsonl").read_text(encoding="utf-8")
    asked = [json.loads(line) for line in world.splitlines()]
    far = np.mean([business(fold(x["question"])) < 0 for x in asked if x["kind"] != "complaint"])
    assert ours >= 0.97
    assert talk >= 0.95
    assert far >= 0.88


@pytest.mark.parametrize("text", ["", "？？", "😀", "x" * 5000])
def test_any_text_has_a_score(text: str) -> None:
    assert -4.0 <= inquiry(fold(text)) <= 0.0
    assert -4.0 <= business(fold(text)) <= 0.0


def test_the_same_texts_train_the_same_weights() -> None:
    samples = [
        Sample("护照怎么办", Sort.QUESTION),
        Sample("路灯坏了没人修", Sort.REPORT),
        Sample("你好呀", Sort.OTHER),
    ]
    assert np.array_equal(train(samples), train(samples))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    folder = tmp_path_factory.mktemp("small")
    source = folder / "items.jsonl"
    rows = [{"id": k, "title": t, "text": x, "region": "000000"} for k, (t, x) in ITEMS.items()]
    source.write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in rows), encoding="utf-8")
    ingest(folder / "base", [source])
    return KnowledgeBase(folder / "base")


def test_a_base_without_questions_is_judged_by_what_it_cannot_answer(small: KnowledgeBase) -> None:
    found = small.search(Query("取水许可证怎么办", DAY))
    assert judge_of(found).source == "probes"


def test_a_report_that_shares_its_words_with_a_rule_is_told_from_a_question(
    small: KnowledgeBase,
) -> None:
    report = signals_of(small.search(Query("隔壁把户外招牌挂到我家窗前挡光，来人拆了", DAY)))
    asked = signals_of(small.search(Query("户外招牌挂到别人家窗前可以吗", DAY)))
    assert report
    assert asked
    assert report.telling < 0.0 == asked.telling


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("取水许可证怎么办", True),
        ("两棵大树挡着新车库，打算挪到后院", True),
        ("自家船要换证，想先问清楚手续", True),
        ("帮我查一下附近的船检机构", True),
        ("井口被人填了，要求马上处理", False),
        ("招牌半夜还亮着，想请你们来看看", False),
        ("树倒了，压坏两辆车", False),
        ("窗口的人只顾聊天，这是什么态度", False),
        ("音响从早放到晚，还让不让人睡", False),
        ("渔船三天两头漏油，非要出了事才管吗", False),
        ("什么情况下可以免收靠泊费", True),
        ("有人偷捕，我报了警，有奖金没有", True),
        ("码头有三天没有来电", False),
    ],
)
def test_who_says_what_they_are_about_to_do_asks(text: str, asks: bool) -> None:
    assert ends_in_asking(fold(text)) is asks


def test_the_year_and_place_named_are_those_of_the_entry_that_comes_first(
    tmp_path: Path,
) -> None:
    """Of two notices alike but for the year, the one asked for goes first though the other may
    match better; what counts is what is shown."""
    rows = [
        {"id": f"{place}{year}", "title": f"{name}{year}年渔船更新补贴通知", "text": text}
        for place, name in (("jn", "济南市"), ("qd", "青岛市"))
        for year in (2023, 2024)
        for text in ("渔船更新补贴按船长分三档发放，向渔业主管部门申请。",)
    ]
    source = tmp_path / "notices.jsonl"
    source.write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in rows), encoding="utf-8")
    ingest(tmp_path / "base", [source])
    found = KnowledgeBase(tmp_path / "base").search(Query("青岛市2023年渔船更新补贴分几档", DAY))
    assert found.hits[0].entry.id == "qd2023"
    first, *others = found.hits
    behind = replace(found, hits=(replace(first, score=others[0].score * 0.9), *others))
    wrong = next(hit for hit in others if hit.entry.id == "jn2024")
    astray = replace(found, hits=(wrong, first))
    shown, missed = signals_of(behind), signals_of(astray)
    assert shown
    assert missed
    assert (shown.year_missed, shown.place_missed) == (0.0, 0.0)
    assert (missed.year_missed, missed.place_missed) == (1.0, 1.0)


def test_a_match_that_rests_on_a_word_is_told_from_one_of_the_whole_question(
    small: KnowledgeBase,
) -> None:
    chance = signals_of(small.search(Query("红烧城市怎么做好吃", DAY)))
    whole = signals_of(small.search(Query("移植城市树木怎么申请", DAY)))
    assert chance
    assert whole
    assert 0.0 <= chance.spread < whole.spread < 1.0


def test_it_refuses_nearly_all_that_is_none_of_its_business(small: KnowledgeBase) -> None:
    answerer = Answerer(small)
    verdicts = [answerer.answer(Query(text, DAY)).verdict for text in probes()]
    # Less than of a large base: in four entries hardly a word is common.
    assert np.mean([verdict is Verdict.NONE for verdict in verdicts]) >= 0.8


@pytest.mark.parametrize(
    ("question", "entry"),
    [
        ("办取水许可证要什么条件", "well"),
        ("户外招牌备案交什么材料", "signboard"),
        ("想移植城市树木怎么申请", "tree"),
    ],
)
def test_and_still_answers_what_it_holds(small: KnowledgeBase, question: str, entry: str) -> None:
    answer = Answerer(small).answer(Query(question, DAY))
    assert answer.verdict is not Verdict.NONE
    assert answer.passages[0].entry_id == entry


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("护照丢了要怎么补办", {"护照", "补办"}),
        ("骆驼的驼峰里装的是什么", set()),
    ],
)
def test_the_words_of_public_business_are_found(question: str, words: set[str]) -> None:
    found = set(matters(fold(question)))
    assert words <= found
    assert words or not found


def test_an_entry_that_never_speaks_of_the_matter_asked_about_is_told(small: KnowledgeBase) -> None:
    found = small.search(Query("户外招牌设置要多少补贴", DAY))
    entry = found.hits[0].entry
    about = coverage(fold("户外招牌怎么备案"), entry)
    other = coverage(fold("驾驶证怎么备案"), entry)
    assert about.missed < other.missed
    assert coverage(fold("嗯嗯"), entry).missed == 0.5
