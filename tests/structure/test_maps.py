"""The large rooms say in their docstring what stands where."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.structure.source import ROOT, imports, modules

ROOMS = ("knowledge", "actions", "actions/complaint")
_PLACE = re.compile(r"^- [^:\n]+: (.+)$", re.MULTILINE)


def placed(text: str) -> list[str]:
    """The names on the lines of a map, as often as they stand there."""
    return [name for line in _PLACE.findall(text) for name in line.split(", ")]


def there(room: Path) -> set[str]:
    """The modules of a room, and its folders that hold any, with a stroke behind them."""
    files = {file.stem for file in room.glob("*.py")} - {"__init__"}
    return files | {f"{file.parent.name}/" for file in room.glob("*/*.py")}


def map_of(room: str) -> str:
    text = (ROOT / room / "__init__.py").read_text(encoding="utf-8")
    return ast.get_docstring(ast.parse(text)) or ""


@pytest.mark.parametrize("room", ROOMS)
def test_every_module_stands_once_in_its_rooms_map(room: str) -> None:
    names = placed(map_of(room))
    assert sorted(names) == sorted(there(ROOT / room)), f"see the docstring of {room}/__init__.py"


def test_understanding_a_text_knows_nothing_of_the_form() -> None:
    understanding, form = (placed(part) for part in map_of("actions/complaint").split("The form:"))
    within = "actions.complaint."
    of_the_form = {within + name for name in form}
    seen = [module for module in modules() if module.name.removeprefix(within) in understanding]
    assert len(seen) == len(understanding)
    wrong = [(m.name, name) for m in seen for _, name in imports(m) if name in of_the_form]
    assert not wrong


def test_a_module_without_a_place_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "found.py").touch()
    (tmp_path / "lost.py").touch()
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "__init__.py").touch()
    assert there(tmp_path) - set(placed("- what is there: found, kept/")) == {"lost"}
