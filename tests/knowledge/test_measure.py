"""Evaluation, calibration and tuning, on bases whose right answers are known by construction."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.base import KnowledgeBase
from knowledge.calibration.calibrate import Sample, TooFewError, calibrate
from knowledge.evaluation.evaluate import (
    compare,
    evaluate,
)
from knowledge.evaluation.gold import settled_gold
from knowledge.evaluation.tune import TooFewQuestionsError, tune
from knowledge.judging.judge import DEFAULT_JUDGE, Judge, Verdict
from knowledge.judging.learn import Logistic, auc, fit, paired_p_value, sigmoid
from knowledge.judging.signals import NAMES
from knowledge.labelled import Labelled, QuestionsError, read_questions
from knowledge.query import Query
from knowledge.tuning import BadSettingError, Tuning, with_settings
from tests.knowledge.conftest import TODAY, BaseOf, entry

THINGS = ["居住证", "护照", "驾驶证", "营业执照", "结婚登记", "养犬登记", "公积金", "失业金"]


def asked(question: str, *gold: str, **more: object) -> Labelled:
    return Labelled.model_validate({"question": question, "gold": gold, **more})


@pytest.fixture
def base(base_of: BaseOf) -> KnowledgeBase:
    return base_of(
        *(
            entry(f"e{n}", f"{thing}办理指南", f"{thing}到窗口办理。")
            for n, thing in enumerate(THINGS)
        )
    )


def test_a_file_of_right_answers_scores_full_marks(base: KnowledgeBase) -> None:
    questions = [asked(f"{thing}办理指南", f"e{n}") for n, thing in enumerate(THINGS)]
    result = evaluate(base, [*questions, asked("今天天气真好")], TODAY).to_json()
    assert (result["n"], result["r1"], result["r5"], result["mrr10"]) == (9, 1.0, 1.0, 1.0)
    assert (result["oos_refused"], result["in_scope_answered"]) == (1.0, 1.0)
    assert (result["expired_cited"], result["wrong_region_cited"]) == (0, 0)
    assert result["auc"] == 1.0
    assert set(result) == {
        *("n", "r1", "r5", "mrr10", "oos_refused", "in_scope_answered"),
        *("oos_asked", "oos_asserted", "in_scope_asserted", "asserted_right", "auc"),
        "oos_refused_at_95",
        *("gold_masked", "expired_cited", "wrong_region_cited", "p50_ms", "p99_ms"),
    }


def test_entries_of_one_name_are_told_apart_and_together(base_of: BaseOf) -> None:
    base = base_of(
        entry("twin", "护照办理", "护照到窗口办理。护照办理不收费。"),
        entry("gold", "护照办理", "到出入境大厅。"),
        entry("other", "居住证办理", "到窗口办理。"),
    )
    result = evaluate(base, [asked("护照怎么办理", "gold")], TODAY).to_json()
    assert (result["r1"], result["r1_named"], result["r5_named"]) == (0.0, 1.0, 1.0)


def test_gold_that_may_not_be_cited_is_told(base_of: BaseOf) -> None:
    here = "340100"
    base = base_of(
        entry("old", "护照办理", "到窗口办理。", last="2024-12-31"),
        entry("there", "养犬登记", "到窗口登记。", region=here),
        entry("now", "居住证办理", "到窗口办理。"),
    )
    questions = [
        asked("护照怎么办理", "old"),
        asked("护照怎么办理", "old", date="2024-06-01"),
        asked("养犬登记怎么办", "there", region="110000"),
        asked("居住证怎么办理", "old", "now"),
        asked("居住证怎么办理", "nowhere"),
    ]
    result = evaluate(base, questions, TODAY)
    assert [row.masked for row in result.rows] == [True, False, True, False, False]
    assert result.to_json()["gold_masked"] == 2


@pytest.mark.parametrize(
    ("written", "answer"),
    [
        ({"answer": "甲"}, "甲"),
        ({"passage": "甲"}, "甲"),
        ({"answers": {"text": ["甲", "乙"], "answer_start": [3, 9]}}, "甲"),
        ({"answers": [{"text": "甲"}]}, "甲"),
        ({"answers": []}, ""),
        ({"答案": None}, ""),
    ],
)
def test_the_answer_of_a_question_is_understood_however_it_is_written(
    written: dict[str, object], answer: str
) -> None:
    assert Labelled.model_validate({"question": "问", "gold": ["e"], **written}).answer == answer


def test_an_answer_longer_than_a_passage_is_held_by_one_that_lies_within(base_of: BaseOf) -> None:
    pages = [f"第{n}页说的是{thing}，" * 40 for n, thing in enumerate(THINGS)]
    base = base_of(entry("long", "办事大全", "\n".join(pages)))
    right, wrong = (
        asked("护照", "long", answer=pages[1] * 2),
        asked("护照", "long", answer="无" * 600),
    )
    rows = evaluate(base, [right, wrong], TODAY).rows
    assert [row.passage for row in rows] == [True, False]


def long_text() -> str:
    """Some pages without a heading, about another thing on every one."""
    return "\n".join(
        f"关于{thing}：" + f"办理{thing}的人应当先预约，再到{thing}窗口交表，由{thing}科审核。" * 8
        for thing in THINGS
    )


def test_the_right_passage_of_a_long_entry_is_measured(base_of: BaseOf) -> None:
    text = long_text().replace("办理养犬登记的人", "给狗打过疫苗的养犬登记的人", 1)
    base = base_of(
        entry("long", "便民事项汇编", text), entry("other", "图书馆开放时间", "九点开门。")
    )
    questions = [
        asked("养犬登记要先给狗打疫苗吗", "long", answer="给狗打过疫苗的养犬登记的人应当先预约"),
        asked("养犬登记要先给狗打疫苗吗", "long", answer="这句话哪里都没有写过"),
        asked("图书馆几点开门", "other"),
    ]
    result = evaluate(base, questions, TODAY)
    assert [row.passage for row in result.rows] == [True, False, None]
    assert [row.shown for row in result.rows] == [True, False, None]
    assert (result.to_json()["passage3"], result.to_json()["shown"]) == (0.5, 0.5)
    assert compare(result, result).p["passage3"] == 1.0


def test_a_replaced_rule_is_counted_as_expired_whatever_the_index_says(base_of: BaseOf) -> None:
    """The count asks the entries: were the masks wrong, it would show."""
    old = entry("old", "夜间施工许可", "夜间施工须凭证明。", first="2020-01-01")
    new = entry("new", "停车收费", "按次收费。", first="2024-01-01", supersedes=["old"])
    base = base_of(old, new)
    base.snapshot.columns.last[:] = date.max.toordinal()
    result = evaluate(base, [asked("夜间施工许可", "old")], TODAY).to_json()
    assert result["expired_cited"] == 1


def test_refusals_are_counted_by_kind(base: KnowledgeBase) -> None:
    questions = [
        asked("今天天气真好", kind="chat"),
        asked("你吃饭了没有", kind="chat"),
        asked("居住证办理指南", kind="hard"),
        asked("护照办理指南", "e1", kind="asked"),
    ]
    result = evaluate(base, questions, TODAY).to_json()
    assert (result["refused:chat"], result["refused:hard"]) == (1.0, 0.0)
    assert "refused:asked" not in result


def test_what_is_asserted_is_counted_apart_from_what_is_offered(base: KnowledgeBase) -> None:
    """Candidates are no refusal and no assertion: each share says what it counts."""
    tuning = {"judge": replace(DEFAULT_JUDGE, refuse_below=0.0, assert_from=1.1).to_json()}
    base.snapshot.manifest.tuning.update(tuning)
    questions = [asked("护照办理指南", "e1"), asked("居住证办理指南")]
    offered = evaluate(base, questions, TODAY).to_json()
    assert (offered["oos_refused"], offered["oos_asserted"]) == (0.0, 0.0)
    assert offered["oos_asked"] == 1.0
    assert (offered["in_scope_answered"], offered["in_scope_asserted"]) == (1.0, 0.0)
    assert offered["asserted_right"] is None
    tuning["judge"]["assert_from"] = 0.0
    asserted = evaluate(base, questions, TODAY).to_json()
    assert (asserted["oos_asserted"], asserted["in_scope_asserted"]) == (1.0, 1.0)
    assert asserted["oos_asked"] == 0.0
    assert asserted["asserted_right"] == 1.0


def test_what_would_be_refused_at_95_percent_kept_asks_not_where_the_base_refuses(
    base: KnowledgeBase,
) -> None:
    never = {"judge": replace(DEFAULT_JUDGE, refuse_below=0.0, assert_from=1.1).to_json()}
    base.snapshot.manifest.tuning.update(never)
    sure = [asked(f"{thing}办理指南", f"e{n}") for n, thing in enumerate(THINGS)]
    outside = [asked("窗口有没有办法指给我看"), asked("居住证办理指南")]
    result = evaluate(base, [*sure, *outside], TODAY).to_json()
    assert (result["oos_refused"], result["oos_refused_at_95"]) == (0.0, 0.5)
    demand = asked("护照办理指南没人管，请马上派人处理")
    assert evaluate(base, [*sure, demand], TODAY).to_json()["oos_refused_at_95"] == 1.0
    assert evaluate(base, sure, TODAY).to_json()["oos_refused_at_95"] is None


def test_wrong_answers_score_nothing(base: KnowledgeBase) -> None:
    result = evaluate(base, [asked("护照办理", "nothing")], TODAY).to_json()
    assert (result["r1"], result["r5"], result["mrr10"]) == (0.0, 0.0, 0.0)
    assert result["oos_refused"] is None
    assert result["auc"] is None


def test_the_rank_is_that_of_the_asker(base_of: BaseOf) -> None:
    base = base_of(
        entry("city", "居住证办理", "居住证办理，当日办结。", region="340100"),
        entry("other", "居住证办理", "居住证办理，当日办结。", region="320100"),
    )
    rows = evaluate(
        base, [asked("居住证办理", "other", region="320106", audience="firm")], TODAY
    ).rows
    assert rows[0].rank == 1
    assert rows[0].top == ("other",)


def test_each_question_is_asked_on_its_own_day(base_of: BaseOf) -> None:
    base = base_of(
        entry("old", "居住证办理", last="2024-12-31"),
        entry("new", "居住证办理", first="2025-01-01"),
    )
    questions = [asked("居住证办理", "old", date="2024-06-01"), asked("居住证办理", "new")]
    result = evaluate(base, questions, TODAY).to_json()
    assert (result["r1"], result["expired_cited"]) == (1.0, 0)


@pytest.mark.parametrize(
    "line",
    ["{", "[]", '{"gold":[]}', '{"question":" "}', '{"question":"x","gold":"e1","date":"soon"}'],
)
def test_a_line_that_is_no_question_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text(json.dumps({"question": "好", "gold": []}) + "\n" + line, encoding="utf-8")
    with pytest.raises(QuestionsError, match=r":2："):
        read_questions(path)


def test_gold_may_be_written_in_the_usual_ways(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    said = ['"e1"', '["e1"]', '[{"id": "e1"}]', '["e1", ""]', "7", "null", '"none"', "[]"]
    lines = [f'{{"question": "甲", "gold": {gold}}}' for gold in said]
    path.write_bytes(b"\xef\xbb\xbf" + "\r\n\r\n".join(lines).encode())
    golds = [labelled.gold for labelled in read_questions(path)]
    assert golds == [("e1",)] * 4 + [("7",)] + [()] * 3


def test_questions_under_other_names_and_in_one_list_are_read(tmp_path: Path) -> None:
    path = tmp_path / "q.json"
    one = {
        "query": "那要多少钱",
        "gold_ids": ["e1"],
        "region": "安徽省",
        "日期": "2024年6月1日",
        "history": [
            {"role": "user", "content": "居住证"},
            {"role": "assistant", "content": "免费"},
        ],
    }
    path.write_text(json.dumps([one]), encoding="utf-8")
    (labelled,) = read_questions(path)
    assert labelled.query(TODAY) == Query(
        "那要多少钱", date(2024, 6, 1), "340000", None, ("居住证",)
    )


def test_lines_that_cannot_be_used_are_told_and_the_rest_is_read(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    lines = ['{"question": "甲", "gold": "e1"}', "{", '{"gold": []}', '{"question": "乙"}']
    path.write_text("\n".join(lines), encoding="utf-8")
    doubts: list[str] = []
    assert [one.question for one in read_questions(path, doubts)] == ["甲", "乙"]
    assert [doubt.removeprefix(str(path)) for doubt in doubts] == [
        ":2：这一行不能用（不是一行完整的 JSON）",
        ":3：这一行不能用（question：缺少）",
        "：1 行没有 gold，按不该回答算（行号 4）",
    ]


def test_a_file_in_which_nothing_says_what_answers_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text('{"question": "甲", "answers": ["e1"]}', encoding="utf-8")
    with pytest.raises(QuestionsError, match=r"没有一行写了 gold.*answer"):
        read_questions(path, [])


def test_gold_that_is_no_id_is_found_by_name_or_told(base: KnowledgeBase) -> None:
    title = base.snapshot.entry(0).title
    asked_for = [asked("一", "e1"), asked("二", f"rules/{base.snapshot.entry(0).id}.md")]
    asked_for += [asked("三", title), asked("四", "nowhere")]
    questions, told = settled_gold(base.folder, asked_for)
    first = str(base.snapshot.entry(0).id)
    assert [one.gold for one in questions] == [("e1",), (first,), (first,), ("nowhere",)]
    assert told == [
        "gold 里 2 处不是编号，已按文件名、标题、文号或网址对上",
        "gold 里 1 处不在知识库里，只能算没找到（如 nowhere）",
    ]
    with pytest.raises(QuestionsError, match="没有一个在知识库"):
        settled_gold(base.folder, [asked("五", "nowhere")])


def test_a_comparison_tells_luck_from_gain(base: KnowledgeBase) -> None:
    questions = [asked(f"{thing}办理指南", f"e{n}") for n, thing in enumerate(THINGS)]
    good = evaluate(base, questions, TODAY)
    blind = evaluate(base, [q.model_copy(update={"gold": ("x",)}) for q in questions], TODAY)
    assert compare(good, good).p["mrr10"] == 1.0
    assert compare(good, blind).p["mrr10"] < 0.05


def sample(strength: float, inside: bool, right: bool | None = None) -> Sample:
    signals = np.zeros(len(NAMES))
    signals[NAMES.index("strength")] = strength
    signals[NAMES.index("ratio")] = strength / 4
    return Sample(signals, inside, inside if right is None else right)


def test_calibration_keeps_what_it_promises() -> None:
    chance = np.random.default_rng(1)
    samples = [sample(x, inside=True) for x in chance.normal(1.5, 0.5, 300)]
    samples += [sample(x, inside=False) for x in chance.normal(-0.5, 0.5, 300)]
    found = calibrate(samples, "labelled")
    assert found.kept >= 0.95
    assert found.refused is not None
    assert found.refused > 0.95
    assert found.judge.source == "labelled"
    assert found.judge.refuse_below <= found.judge.assert_from


def test_what_is_often_wrong_is_not_asserted() -> None:
    chance = np.random.default_rng(2)
    samples = [sample(x, inside=True, right=x > 1.0) for x in chance.uniform(0, 2, 400)]
    samples += [sample(x, inside=False) for x in chance.uniform(-2, 0, 100)]
    found = calibrate(samples, "labelled")
    assert found.asserted_right >= 0.8
    assert 0.3 < found.asserted < 0.8


def test_calibration_without_unanswerable_questions_sets_thresholds_only() -> None:
    chance = np.random.default_rng(3)
    found = calibrate([sample(x, inside=True) for x in chance.normal(1, 0.5, 100)], "own questions")
    assert found.refused is None
    assert found.kept == pytest.approx(0.95, abs=0.02)


def test_what_no_base_answers_is_refused_though_no_labelled_question_is_like_it() -> None:
    """Labelled questions out of scope match weakly; small talk is told by another signal alone."""
    chance = np.random.default_rng(4)

    def one(strength: float, business: float, *, inside: bool) -> Sample:
        signals = np.zeros(len(NAMES))
        signals[NAMES.index("strength")] = strength
        signals[NAMES.index("business")] = business
        return Sample(signals, inside, inside)

    samples = [one(x, 0.0, inside=True) for x in chance.normal(1.0, 0.4, 60)]
    samples += [one(x, 0.0, inside=False) for x in chance.normal(0.0, 0.4, 30)]
    talk = [one(x, -2.0, inside=False) for x in chance.normal(1.0, 0.4, 100)]
    blank = replace(DEFAULT_JUDGE, weights=(0.0,) * len(NAMES), bias=0.0)

    def refused(judge: Judge) -> float:
        logistic = Logistic(np.asarray(judge.weights), judge.bias)
        chances = sigmoid(logistic.logit(np.stack([t.signals for t in talk[50:]])))
        return float((chances < judge.refuse_below).mean())

    without = calibrate(samples, "labelled", known=blank)
    beside = calibrate(samples, "labelled", known=blank, beside=talk[:50])
    assert refused(without.judge) < 0.3
    assert refused(beside.judge) > 0.95
    assert beside.kept >= 0.94


def test_few_questions_leave_a_judge_near_the_one_that_was_known() -> None:
    chance = np.random.default_rng(5)
    features = chance.normal(size=(60, 2))
    labels = features[:, 0] + chance.normal(0, 2, 60) > 0
    start = Logistic(np.asarray([1.0, 3.0]), 0.5)
    near = fit(features, labels, np.ones(60), start, ridge=1e6)
    free = fit(features, labels, np.ones(60), start, ridge=1e-3)
    assert near.weights == pytest.approx(start.weights, abs=0.01)
    assert abs(free.weights[1]) < 1.0


def test_too_few_questions_are_not_calibrated_on() -> None:
    with pytest.raises(TooFewError, match="至少 50 条"):
        calibrate([sample(1, inside=True)] * 49, "labelled")


def test_tuning_without_a_gain_changes_nothing(base: KnowledgeBase) -> None:
    questions = [asked(f"{thing}办理指南", f"e{n}") for n, thing in enumerate(THINGS)] * 5
    choice = tune(base, questions, TODAY)
    assert not choice.adopted
    assert choice.tuning == Tuning()


def test_tuning_finds_a_clear_gain_and_says_how_sure(base_of: BaseOf) -> None:
    """Entries whose own text says nothing but whose questions do: only the whole entry's score
    can tell them apart, so weight must move from the passage to the entry."""
    chance = np.random.default_rng(4)
    letters = [chr(c) for c in range(0x4E00, 0x4E00 + 400)]
    words = ["".join(chance.choice(letters, 6)) for _ in range(60)]
    entries = [
        entry(
            f"e{n}",
            "办事指南",
            f"{words[n - 1]}的正文。",
            sections=[("说明", f"{words[n - 1]}。", ""), ("其他", f"{word}。" * 3, "")],
            questions=[f"{word}怎么办"],
        )
        for n, word in enumerate(words)
    ]
    base = base_of(*entries)
    start = Tuning(passage_weight=1.0)
    questions = [asked(f"{word}", f"e{n}") for n, word in enumerate(words)]
    from knowledge.published.publish import retune

    retune(base.folder, start.to_json())
    choice = tune(base, questions, TODAY)
    assert choice.after >= choice.before


def test_too_few_questions_are_not_tuned_on(base: KnowledgeBase) -> None:
    with pytest.raises(TooFewQuestionsError, match="至少 30 条"):
        tune(base, [asked("护照", "e1")], TODAY)


def test_settings_are_read_from_a_line() -> None:
    assert with_settings(Tuning(), "passage_weight=0.7, single_weight=1").passage_weight == 0.7
    for spec, said in (("colour=1", "没有这个设置"), ("passage_weight=much", "应当是数字")):
        with pytest.raises(BadSettingError, match=said):
            with_settings(Tuning(), spec)


scores = st.lists(st.integers(0, 6), min_size=1, max_size=12)


@given(scores, scores)
def test_auc_is_the_share_of_pairs_in_the_right_order(good: list[int], bad: list[int]) -> None:
    pairs = [1.0 if g > b else 0.5 if g == b else 0.0 for g in good for b in bad]
    found = auc(np.asarray(good, dtype=np.float64), np.asarray(bad, dtype=np.float64))
    assert found == pytest.approx(sum(pairs) / len(pairs))


def test_logistic_regression_finds_the_direction_that_separates() -> None:
    chance = np.random.default_rng(5)
    features = chance.normal(size=(400, 3))
    labels = features[:, 0] - 2 * features[:, 1] + chance.normal(0, 0.3, 400) > 0
    model = fit(features, labels, np.ones(400))
    assert model.weights[0] > 0 > model.weights[1]
    assert abs(model.weights[2]) < 0.3 * model.weights[0]
    assert ((sigmoid(model.logit(features)) > 0.5) == labels).mean() > 0.9


def test_a_difference_that_could_be_luck_is_called_so() -> None:
    chance = np.random.default_rng(6)
    one = chance.integers(0, 2, 200).astype(np.float64)
    assert paired_p_value(one, one[::-1].copy()) > 0.05
    assert paired_p_value(np.zeros(40), np.ones(40)) < 0.01


def test_candidates_count_as_answered_and_only_silence_as_refused(base: KnowledgeBase) -> None:
    row = evaluate(base, [asked("护照")], date(2026, 6, 1)).rows[0]
    assert (row.verdict is Verdict.NONE) == (
        evaluate(base, [asked("护照")], TODAY).to_json()["oos_refused"] == 1.0
    )


def test_of_a_long_entry_the_passage_that_says_it_goes_before_those_that_share_the_subject(
    base_of: BaseOf,
) -> None:
    """However well the whole of another entry and its title fit."""
    about = [(f"第{n}章", f"居住证登记管理服务第{n}项。", "") for n in range(6)]
    others = [(f"第{n}章", f"流动人口就业、教育、卫生第{n}项。", "") for n in range(12)]
    loss = ("", "居住证遗失的，十日内到派出所挂失补领。", "")
    base = base_of(
        entry("long", "居住证登记管理办法", sections=about),
        entry("other", "流动人口条例", sections=[loss, *others]),
    )
    found = base.search(asked("居住证登记遗失挂失补领").query(TODAY))
    assert found.hits[0].entry.id == "long"
    assert "挂失补领" in found.passages(1)[0].text


@pytest.mark.parametrize("name", ["gold_docs", "doc_id", "answer_id", "match_ids", "条目编号"])
def test_gold_under_another_name_is_gold(name: str) -> None:
    assert Labelled.model_validate({"question": "问", name: [3, "e1"]}).gold == ("3", "e1")


def test_gold_may_be_the_link_of_a_document(base_of: BaseOf) -> None:
    linked = replace(entry("e", "居住证"), link="https://www.example.gov.cn/a_b.html")
    other = replace(entry("o", "居住证"), link="https://www.example.gov.cn/axb.html")
    questions, _ = settled_gold(base_of(linked, other).folder, [asked("一", linked.link)])
    assert questions[0].gold == ("e",)
