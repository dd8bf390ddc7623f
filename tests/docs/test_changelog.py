"""CHANGELOG.md keeps the form it says it has, and the version the project has."""

from __future__ import annotations

import re
import tomllib

from tests.structure.source import ROOT

PAGE = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
KINDS = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def test_it_begins_with_what_is_not_released_and_goes_back_in_time() -> None:
    heads = re.findall(r"^## \[(.+?)\](.*)$", PAGE, re.M)
    assert heads[0] == ("Unreleased", "")
    days = [re.fullmatch(r" - (\d{4}-\d\d-\d\d)", rest) for _, rest in heads[1:]]
    assert all(days)
    dates = [day[1] for day in days if day]
    assert dates == sorted(dates, reverse=True)


def test_changes_are_of_the_six_kinds() -> None:
    kinds = set(re.findall(r"^### (.+)$", PAGE, re.M))
    assert kinds
    assert kinds <= KINDS


def test_the_newest_release_is_the_projects_version() -> None:
    released = re.findall(r"^## \[(\d[^\]]*)\]", PAGE, re.M)
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert not released or released[0] == version
