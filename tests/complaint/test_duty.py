"""Whose duty a matter is."""

from __future__ import annotations

import pytest

from actions.complaint.category_tree import tree
from actions.complaint.duty import unit_of


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
