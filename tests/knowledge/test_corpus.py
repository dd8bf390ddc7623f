"""The base we ship: every entry is taken, and questions in citizens' words find theirs."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.answer import Answerer
from knowledge.base import KnowledgeBase
from knowledge.clock import today
from knowledge.documents.ingest import Report, ingest
from knowledge.documents.sample import SHIPPED
from knowledge.evaluation.evaluate import evaluate
from knowledge.judging.judge import Verdict
from knowledge.labelled import read_questions
from knowledge.query import Query

QUESTIONS = Path(__file__).parent / "questions.jsonl"
FOLLOW_UPS = Path(__file__).parent / "follow_ups.jsonl"


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Report]:
    folder = tmp_path_factory.mktemp("corpus") / "default"
    return folder, ingest(folder, [SHIPPED])


def test_every_entry_of_the_corpus_is_taken_without_a_doubt(shipped: tuple[Path, Report]) -> None:
    _, report = shipped
    assert report.skipped == []
    dated = [p for p in report.warnings if "没有写生效日期" not in p.reason]
    assert [p for p in dated if "说明文件" not in p.reason] == []
    assert report.added >= 300


def test_questions_in_citizens_words_find_their_entry(shipped: tuple[Path, Report]) -> None:
    base = KnowledgeBase(shipped[0])
    result = evaluate(base, read_questions(QUESTIONS), today()).to_json()
    assert result["n"] == len(read_questions(QUESTIONS)) >= 400
    assert result["r1"] >= 0.78  # type: ignore[operator]
    assert result["r5"] >= 0.92  # type: ignore[operator]
    assert result["in_scope_answered"] >= 0.88  # type: ignore[operator]
    assert result["oos_refused"] >= 0.5  # type: ignore[operator]
    assert result["expired_cited"] == 0
    assert result["wrong_region_cited"] == 0


def test_what_is_asked_on_finds_what_was_talked_of(shipped: tuple[Path, Report]) -> None:
    asked = read_questions(FOLLOW_UPS)
    result = evaluate(KnowledgeBase(shipped[0]), asked, today()).to_json()
    assert result["n"] == len(asked) >= 90
    assert result["r1"] >= 0.84  # type: ignore[operator]
    assert result["asserted_right"] >= 0.93  # type: ignore[operator]


def test_rules_of_the_sample_places_say_that_they_are_examples(
    shipped: tuple[Path, Report],
) -> None:
    snapshot = KnowledgeBase(shipped[0]).snapshot
    entries = [snapshot.entry(row) for row in range(snapshot.entry_count)]
    local = [entry for entry in entries if entry.region.strip("0")]
    assert {entry.region for entry in local} == {"990000", "990100", "990102"}
    assert all(entry.sample for entry in entries)
    assert all(entry.title.endswith("（示例）") for entry in local)
    assert all("示例规定" in entry.text for entry in local)


def test_forty_pairs_of_old_and_new_rules(shipped: tuple[Path, Report]) -> None:
    snapshot = KnowledgeBase(shipped[0]).snapshot
    entries = [snapshot.entry(row) for row in range(snapshot.entry_count)]
    known = {entry.id: entry for entry in entries}
    pairs = [(entry, known[old]) for entry in entries for old in entry.supersedes]
    assert len(pairs) >= 40
    assert all(new.effective_from for new, _ in pairs)


def test_the_city_s_rule_goes_first_for_its_people_only(shipped: tuple[Path, Report]) -> None:
    base = KnowledgeBase(shipped[0])
    own = base.search(Query("公共租赁住房怎么申请", today(), "990102"))
    strange = base.search(Query("公共租赁住房怎么申请", today()))
    other = base.search(Query("公共租赁住房怎么申请", today(), "340104"))
    assert (own.hits[0].entry.id, own.hits[0].local) == ("sample-c-public-rental", True)
    assert not any(hit.local for hit in strange.hits)
    assert not any(hit.entry.region.startswith("99") for hit in other.hits)


def test_what_is_none_of_its_business_is_refused_without_a_label(
    shipped: tuple[Path, Report],
) -> None:
    """Reports are left out: much of what they tell the shipped base has a rule about."""
    asked = read_questions(QUESTIONS.with_name("none_of_its_business.jsonl"))
    assert len(asked) >= 300
    rows = evaluate(KnowledgeBase(shipped[0]), asked, today()).rows

    def refused(kind: str) -> float:
        verdicts = [row.verdict for row in rows if row.question.id.startswith(kind)]
        return sum(verdict is Verdict.NONE for verdict in verdicts) / len(verdicts)

    assert refused("chat") >= 0.95
    assert refused("encyclopaedia") >= 0.88


@pytest.mark.parametrize(
    ("asked", "goes_on", "offered"),
    [
        ("社保怎么转到外地", "要回来办吗", "social-insurance-pension-transfer"),
        ("残疾证怎么办", "有补贴吗", "welfare-disability-subsidy"),
        ("孩子上小学要几岁", "外地户口能上吗", "edu-enroll-age"),
    ],
)
def test_what_goes_on_in_a_few_words_is_offered_what_is_of_its_subject(
    shipped: tuple[Path, Report], asked: str, goes_on: str, offered: str
) -> None:
    answerer = Answerer(KnowledgeBase(shipped[0]))
    answer = answerer.answer(Query(goes_on, today(), "990100", history=(asked,)))
    assert answer.verdict is Verdict.CANDIDATES
    assert offered in [cited.entry_id for cited in answer.passages[:2]]
