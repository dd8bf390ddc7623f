"""The form's own logic talked through with every gold text: short, and never asking twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.complaint.evaluate import read_rows
from tests.complaint.simulate import hold

SETS = sorted(Path(__file__).parent.glob("*.jsonl"))


@pytest.mark.parametrize("file", SETS, ids=lambda file: file.stem)
def test_talks_are_short_finish_and_ask_nothing_the_draft_holds(file: Path) -> None:
    talks = hold(read_rows(file))
    assert not talks.unfinished
    assert not talks.held
    assert sum(asked <= 3 for asked in talks.questions) / len(talks.questions) >= 0.95
    assert sum(talks.unheard.values()) / len(talks.questions) <= 0.08


def test_a_question_for_what_was_told_is_counted() -> None:
    row = {"id": "x", "text": "路灯坏了没人修", "now": "2026-11-22T10:00:00+08:00",
           "gold": {"appeal_type": "投诉", "place": "某处"}}  # fmt: skip
    talks = hold([row])
    assert talks.unheard == {"place": 1}
    assert talks.questions[0] >= 2
