"""The base we ship: every entry is taken, and questions in citizens' words find theirs."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.base import KnowledgeBase
from knowledge.clock import today
from knowledge.commands import SHIPPED
from knowledge.evaluate import evaluate, read_questions
from knowledge.ingest import Report, ingest

QUESTIONS = Path(__file__).parent / "questions.jsonl"


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Report]:
    folder = tmp_path_factory.mktemp("corpus") / "default"
    return folder, ingest(folder, [SHIPPED])


def test_every_entry_of_the_corpus_is_taken_without_a_doubt(shipped: tuple[Path, Report]) -> None:
    _, report = shipped
    assert report.skipped == []
    assert [p for p in report.warnings if "说明文件" not in p.reason] == []
    assert report.added >= 80


def test_questions_in_citizens_words_find_their_entry(shipped: tuple[Path, Report]) -> None:
    base = KnowledgeBase(shipped[0])
    result = evaluate(base, read_questions(QUESTIONS), today()).to_json()
    assert result["n"] >= 100
    assert result["r1"] >= 0.78  # type: ignore[operator]
    assert result["r5"] >= 0.92  # type: ignore[operator]
    assert result["in_scope_answered"] >= 0.88  # type: ignore[operator]
    assert result["oos_refused"] >= 0.4  # type: ignore[operator]
    assert result["expired_cited"] == 0
    assert result["wrong_region_cited"] == 0
