"""Whose duty a matter is."""

from __future__ import annotations

import pytest

from actions.complaint.category_tree import tree
from actions.complaint.duty import WHICH_DISTRICT, Reason, completed, suggest, unit_of
from tests.tickets.subjects import new_order


def test_every_matter_is_somebodys_duty() -> None:
    assert len(tree()) >= 300
    assert [leaf.path for leaf in tree() if not unit_of(leaf.path)] == []


@pytest.mark.parametrize(
    ("region", "unit"),
    [
        (None, "市场监督管理局"),
        ("340100", "市场监督管理局"),
        ("340104", "蜀山区市场监督管理局"),
        ("340122", "肥东县市场监督管理局"),
        ("999999", "市场监督管理局"),
    ],
)
def test_a_districts_own_office_is_named(region: str | None, unit: str) -> None:
    path = next(leaf.path for leaf in tree() if leaf.unit == "市场监督管理局")
    assert unit_of(path, region) == unit


def test_a_company_is_the_citys_everywhere() -> None:
    path = next(leaf.path for leaf in tree() if leaf.unit == "燃气公司")
    assert unit_of(path, "340104") == "燃气公司"


def test_a_broad_category_settles_nothing() -> None:
    assert unit_of(("城乡建设",)) is None
    assert unit_of(()) is None
    assert unit_of(("没有", "这个", "类")) is None


def leaf_of(unit: str) -> tuple[str, ...]:
    return next(leaf.path for leaf in tree() if leaf.unit == unit)


def test_a_suggestion_says_how_sure_it_is_and_why() -> None:
    path = leaf_of("市场监督管理局")
    found = suggest(path, (0.9, 0.8, 0.6), "340104")
    assert found.unit == "蜀山区市场监督管理局"
    assert found.confidence in (0.9, 0.8, 0.6)
    assert found.reasons[-1] is Reason.DISTRICT
    nowhere = suggest(path, (0.9, 0.8, 0.6), None)
    assert nowhere.reasons[-1] is Reason.NO_DISTRICT
    assert nowhere.confidence == pytest.approx(found.confidence * WHICH_DISTRICT, abs=1e-3)


def test_a_field_with_one_unit_is_as_sure_as_the_field() -> None:
    field = next(
        leaf.path[:2] for leaf in tree() if unit_of(leaf.path[:2]) and not unit_of(leaf.path[:1])
    )
    found = suggest((*field, "随便什么"), (0.9, 0.8, 0.1))
    assert (found.confidence, found.reasons[0]) in (
        (0.8, Reason.FIELD),
        (round(0.8 * WHICH_DISTRICT, 3), Reason.FIELD),
    )


def test_a_category_somebody_chose_is_sure_and_an_unsettled_one_suggests_nobody() -> None:
    company = suggest(leaf_of("燃气公司"), (), None)
    assert (company.confidence, company.reasons) == (1.0, (Reason.CHOSEN, Reason.CITY))
    assert suggest(("城乡建设",), (0.99,)).unit is None
    assert suggest((), ()).unit is None


def test_an_order_is_completed_with_what_is_suggested() -> None:
    order = completed(new_order(category=leaf_of("燃气公司")), (0.9, 0.9, 0.9))
    assert (order.suggested_unit, order.unit_confidence) == ("燃气公司", 0.9)
    assert "city" in order.unit_reasons
    assert completed(new_order(category=())).unit_confidence is None
