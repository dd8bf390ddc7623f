"""The large rooms say in their docstring what stands where."""

from __future__ import annotations

import ast
import re
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.structure.source import ROOT, imports, modules

ROOMS = ("knowledge", "actions", "actions/complaint", "actions/understanding")
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


def folder_of(name: str, room: str) -> str | None:
    """The folder of a room a module lies in; None outside of it, and in none of its folders."""
    inside = name.removeprefix(f"{room}.").split(".") if name.startswith(f"{room}.") else []
    return inside[0] if len(inside) > 1 else None


@pytest.mark.parametrize("room", [room for room in ROOMS if room != "actions"])
def test_folders_of_a_room_make_no_circle(room: str) -> None:
    arrows: dict[str, set[str]] = {}
    dotted = room.replace("/", ".")
    for module in modules():
        if home := folder_of(module.name, dotted):
            targets = {folder_of(name, dotted) for _, name in imports(module)} - {home, None}
            arrows.setdefault(home, set()).update(target for target in targets if target)
    assert arrows
    TopologicalSorter(arrows).prepare()


def test_a_module_without_a_place_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "found.py").touch()
    (tmp_path / "lost.py").touch()
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "__init__.py").touch()
    assert there(tmp_path) - set(placed("- what is there: found, kept/")) == {"lost"}
