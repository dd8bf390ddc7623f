from __future__ import annotations

from datetime import date

import pytest

from knowledge.model import EntryId
from knowledge.succession import Span, cycles, doubts, last_days


def span(
    name: str,
    *supersedes: str,
    region: str = "340000",
    first: date | None = date(2025, 1, 1),
    last: date | None = None,
) -> Span:
    return Span(EntryId(name), region, first, last, tuple(EntryId(s) for s in supersedes))


def test_a_rule_ends_the_day_before_its_successor_begins() -> None:
    old, new = span("old", first=date(2020, 1, 1)), span("new", "old", first=date(2025, 7, 1))
    assert last_days([old, new]) == {"old": date(2025, 6, 30), "new": None}


def test_an_earlier_end_of_its_own_stands() -> None:
    old = span("old", last=date(2024, 1, 31))
    assert last_days([old, span("new", "old")])["old"] == date(2024, 1, 31)


def test_a_successor_without_a_first_day_ends_the_old_rule_outright() -> None:
    assert last_days([span("old"), span("new", "old", first=None)])["old"] == date.min


def test_a_city_cannot_end_a_national_rule() -> None:
    old = span("old", region="000000")
    new = span("new", "old", region="340100")
    assert last_days([old, new])["old"] is None
    assert "管不到" in " ".join(doubts(new, {old.id: old, new.id: new}))


@pytest.mark.parametrize(
    ("spans", "caught"),
    [
        ([span("a", "b"), span("b", "a")], {"a", "b"}),
        ([span("a", "b"), span("b", "c"), span("c", "a"), span("d", "a")], {"a", "b", "c"}),
        ([span("a", "b"), span("b", "c"), span("c")], set()),
        ([span("a", "b", "c"), span("b", "c"), span("c")], set()),
        ([span("a", "gone")], set()),
    ],
)
def test_circles_of_succession_are_found(spans: list[Span], caught: set[str]) -> None:
    assert cycles({s.id: s for s in spans}) == caught


def test_a_long_line_of_succession_needs_no_deep_stack() -> None:
    line = [span(f"v{n}", f"v{n - 1}") for n in range(1, 5000)]
    assert cycles({s.id: s for s in line}) == frozenset()


@pytest.mark.parametrize(
    ("heir", "said"),
    [
        (span("new", "gone"), "不在库里"),
        (span("new", "old", first=None), "没有生效日期"),
        (span("new", "old", first=date(2019, 1, 1)), "不晚于"),
    ],
)
def test_odd_claims_are_voiced(heir: Span, said: str) -> None:
    old = span("old", first=date(2020, 1, 1))
    assert said in " ".join(doubts(heir, {old.id: old, heir.id: heir}))
