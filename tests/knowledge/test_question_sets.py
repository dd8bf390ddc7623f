"""Labelled questions beside those of the sample base: near misses of its rules, and questions in
citizens' words over a province's service items.

The items are no part of this repository (2,262 of Guangdong, from the public repository
Clarence-Kong/QABasedOnPolicyKnowledgeGraph, ``data/policy.json``, as JSON lines with the columns of
the map ``service-items``); the setting ``HUIYING_SERVICE_ITEMS`` names the file where they are at
hand.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest

from knowledge.base import KnowledgeBase
from knowledge.clock import today
from knowledge.documents.ingest import ingest
from knowledge.evaluation.evaluate import evaluate
from knowledge.labelled import read_questions
from knowledge.sources.mapping import parse_map
from tests.bases import shipped_base

NEAR_MISSES = Path(__file__).parent / "near_misses.jsonl"
OVER_ITEMS = Path(__file__).parent / "item_questions.jsonl"
PAIRS = Path(__file__).parent
ITEMS = Path(os.environ.get("HUIYING_SERVICE_ITEMS", ""))


def test_what_only_sounds_like_a_rule_is_seldom_asserted(tmp_path: Path) -> None:
    asked = read_questions(NEAR_MISSES)
    base = KnowledgeBase(shipped_base(tmp_path))
    result = evaluate(base, asked, today()).to_json()
    assert Counter(bool(one.gold) for one in asked) == {False: 179, True: 178}
    assert result["oos_asserted"] <= 0.1  # type: ignore[operator]
    assert result["in_scope_asserted"] >= 0.82  # type: ignore[operator]
    assert result["asserted_right"] >= 0.97  # type: ignore[operator]


def test_questions_over_service_items_are_asked_once_and_have_an_answer() -> None:
    asked = read_questions(OVER_ITEMS)
    assert len(asked) >= 500
    assert all(one.gold for one in asked)
    assert Counter(one.question for one in asked).most_common(1)[0][1] == 1


@pytest.mark.skipif(not ITEMS.is_file(), reason="HUIYING_SERVICE_ITEMS names no file")
def test_questions_over_service_items_find_theirs(tmp_path: Path) -> None:
    ingest(tmp_path / "items", [ITEMS], field_map=parse_map("service-items"))
    base = KnowledgeBase(tmp_path / "items")
    result = evaluate(base, read_questions(OVER_ITEMS), today()).to_json()
    assert result["r1"] >= 0.78  # type: ignore[operator]
    assert result["r5"] >= 0.94  # type: ignore[operator]
    assert result["in_scope_answered"] >= 0.94  # type: ignore[operator]
    assert result["asserted_right"] >= 0.9  # type: ignore[operator]


@pytest.mark.parametrize(("pairs", "first", "among_five"), [("1", 0.7, 0.9), ("2", 0.6, 0.92)])
def test_of_answers_on_one_subject_the_one_asked_for_is_found(
    tmp_path: Path, pairs: str, first: float, among_five: float
) -> None:
    """Some dozen subjects with six or seven answers each, titled by the question they answer; what
    they say is made up."""
    ingest(tmp_path / "pairs", [PAIRS / f"pairs_{pairs}.jsonl"])
    asked = read_questions(PAIRS / f"pairs_{pairs}_questions.jsonl")
    result = evaluate(KnowledgeBase(tmp_path / "pairs"), asked, today()).to_json()
    assert result["n"] == len(asked) >= 60
    assert result["r1"] >= first  # type: ignore[operator]
    assert result["r5"] >= among_five  # type: ignore[operator]
