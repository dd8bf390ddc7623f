"""docs/dialogue.md names what is in the Rasa project."""

from __future__ import annotations

import re
from typing import Any

import yaml

from tests.docs.tables import ROOT

PAGE = (ROOT / "docs" / "dialogue.md").read_text(encoding="utf-8")


def domain() -> list[dict[str, Any]]:
    files = sorted((ROOT / "bot/domain").glob("*.yml"))
    return [yaml.safe_load(file.read_text(encoding="utf-8")) for file in files]


def test_the_intents_are_those_of_the_domain() -> None:
    intents = [name for part in domain() for name in part.get("intents", ())]
    named = PAGE.split("<!-- intents -->")[1].split("<!-- end of intents -->")[0]
    listed = re.findall(r"`(\w+)`", named)
    assert sorted(listed) == sorted(intents)


def test_every_command_of_the_launcher_is_real() -> None:
    launcher = (ROOT / "bot/runtime/__main__.py").read_text(encoding="utf-8")
    known = set(re.findall(r'add_parser\(\s*"(\w+)"', launcher))
    used = set(re.findall(r"python -m runtime (\w+)", PAGE))
    assert used
    assert used <= known
    choices = re.search(r"choices=\((.*?)\)", launcher)
    assert choices
    assert set(re.findall(r"runtime test (\w+)", PAGE)) <= set(re.findall(r"\w+", choices[1]))


def test_everything_in_the_tree_of_files_exists() -> None:
    tree = PAGE.split("```")[1]
    paths = re.findall(r"^(\S+) {2,}\S", tree, re.M)
    assert len(paths) > 8
    assert not [path for path in paths if not (ROOT / path).exists()]


def test_the_forms_are_those_of_the_domain() -> None:
    forms = {name for part in domain() for name in part.get("forms", {})}
    assert set(re.findall(r"`(\w+_form)`", PAGE)) == forms
