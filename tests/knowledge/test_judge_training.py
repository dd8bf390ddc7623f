"""How the judge's weights are made: of questions whose answers are there, and of such left out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from knowledge.index.segment import Dated
from knowledge.judging.judge import DEFAULT_JUDGE, SPOKEN_JUDGE
from knowledge.judging.signals import NAMES
from knowledge.labelled import Labelled
from knowledge.model import Entry
from knowledge.training.judge import PARTS, SPOKEN, Bed, Rows, judge_from, rows_of
from tests.knowledge.conftest import TODAY, entry

MATTERS = ("养犬登记", "护照补发", "取水许可", "招牌备案", "渔船检验", "树木移植", "婚姻登记")


def bed(entries: list[Entry]) -> Bed:
    asked = [Labelled(question=f"{e.title}怎么办", gold=(str(e.id),)) for e in entries]
    return Bed([Dated(e, None) for e in entries], asked)


def rules() -> list[Entry]:
    return [entry(f"m{n}", name, f"{name}到窗口办理，带身份证。") for n, name in enumerate(MATTERS)]


def synthetic(shift: float, seed: int = 1) -> Rows:
    """Rows of a base that scores everything higher by ``shift``; ``titled`` tells."""
    some = np.random.default_rng(seed)
    count = 300
    inside = np.arange(count) % 2 == 0
    signals = some.normal(0, 0.1, (count, len(NAMES)))
    signals[:, NAMES.index("strength")] += shift
    signals[:, NAMES.index("titled")] += np.where(inside, 0.5, 0.0)
    none = np.zeros(count, dtype=np.bool_)
    return Rows(signals, inside, inside, none, np.arange(count) % 3 == 0)


def test_all_of_a_base_is_asked_and_then_what_draws_leave_of_it() -> None:
    rows = rows_of(bed(rules()), TODAY)
    near = ~rows.far
    assert rows.inside[rows.whole & near].all()
    assert 0 < (~rows.inside & near).sum() < len(MATTERS) * len(PARTS)
    assert not rows.right[~rows.inside].any()
    assert rows.far.any()


def test_what_a_namesake_answers_is_no_question_without_an_answer() -> None:
    """But the same rule of another year or place does not answer it."""
    twins = [entry(f"t{n}", "养犬登记办理", "养犬登记到派出所。") for n in range(8)]
    years = [entry(f"y{n}", f"{2016 + n}年养犬登记办理", "到派出所。") for n in range(8)]
    alone, dated = rows_of(bed(twins), TODAY), rows_of(bed(years), TODAY)
    assert alone.inside[~alone.far].all()
    assert not dated.inside[~dated.far].all()


def test_the_same_rows_make_the_same_judge() -> None:
    assert judge_from([synthetic(0.0)]) == judge_from([synthetic(0.0)])


def test_what_tells_within_each_base_counts_and_how_high_a_base_scores_does_not() -> None:
    low, high = synthetic(0.0), synthetic(3.0, seed=2)
    # The base that scores high has few questions with an answer, the other many.
    keep = high.inside & (np.arange(300) % 10 > 1)
    high = high.where(~keep)
    weights = dict(zip(NAMES, judge_from([low, high]).weights, strict=True))
    assert weights["titled"] > 2.0
    assert abs(weights["strength"]) < weights["titled"] / 4


def test_known_weights_are_left_only_as_far_as_the_bases_bear_out() -> None:
    rows = synthetic(0.0)
    rows.signals[:, NAMES.index("year_missed")] = 0.0
    moved = judge_from([rows], DEFAULT_JUDGE).weights
    known, weights = (
        dict(zip(NAMES, each, strict=True)) for each in (DEFAULT_JUDGE.weights, moved)
    )
    assert weights["year_missed"] == known["year_missed"]
    assert weights["titled"] > known["titled"]


def test_the_shipped_weights_are_of_the_signals_there_are() -> None:
    plain = dict(zip(NAMES, DEFAULT_JUDGE.weights, strict=True))
    assert all(plain[name] != 0.0 for name in NAMES if name != "likeness")
    assert replace(SPOKEN_JUDGE) == SPOKEN
    assert 0.0 < DEFAULT_JUDGE.refuse_below < DEFAULT_JUDGE.assert_from < 1.0
