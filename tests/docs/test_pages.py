"""Every page: its links lead somewhere, the files it names exist, its commands can be typed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import typer.main

from connectors.cli.root import app
from tests.docs.pages import Page, pages
from tests.structure.source import ROOT

TOPS = ("actions", "bot", "connectors", "docker", "docs", "knowledge", "scripts", "tests")
MADE_HERE = ("bot/.venv", "bot/models")  # by `make setup` and by training
_PATH = re.compile(rf"(?:{'|'.join(TOPS)})/[\w./*-]*")
_COMMAND = re.compile(r"(?:^|[\s/|;(])huiying((?: +[a-z][a-z-]*){1,2})(?![\w.])([^|;`\n]*)")
_MAKE = re.compile(r"(?:^|[\s;&(])make +([a-z][a-z-]*)")


def broken_links(page: Page) -> Iterator[str]:
    known = {other.path: other for other in pages()}
    for link in page.links():
        target, _, anchor = link.partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        path = (page.path.parent / target).resolve() if target else page.path
        if not path.exists():
            yield f"{page.name}: no file {link}"
        elif anchor and path in known and anchor not in known[path].anchors():
            yield f"{page.name}: no heading {link}"


def missing_files(page: Page) -> Iterator[str]:
    for code in page.inline_code():
        if not _PATH.fullmatch(code) or code.startswith(MADE_HERE):
            continue
        places = (ROOT, page.path.parent)
        if not any(any(place.glob(code.rstrip("/"))) for place in places):
            yield f"{page.name}: no file {code}"


@cache
def commands() -> dict[str, set[str]]:
    """Every command of ``huiying`` with its options."""
    found: dict[str, set[str]] = {}

    def walk(command: Any, name: str) -> None:
        options = {o for p in command.params for o in (*p.opts, *p.secondary_opts)}
        found[name] = options | {"--help"}
        for inner, child in getattr(command, "commands", {}).items():
            walk(child, f"{name} {inner}".strip())

    walk(typer.main.get_command(app), "")
    return found


def wrong_commands(where: str, line: str) -> Iterator[str]:
    """What of a line of code nobody could type."""
    for found in _COMMAND.finditer(line):
        first, *rest = found[1].split()
        name = f"{first} {rest[0]}" if rest and f"{first} {rest[0]}" in commands() else first
        group = any(other.startswith(f"{name} ") for other in commands())
        if name not in commands() or (group and rest):
            yield f"{where}: no command huiying{found[1]}"
            continue
        for option in re.findall(r"(?<!\S)--[a-z][a-z-]*", found[2]):
            if option not in commands()[name]:
                yield f"{where}: huiying {name} has no {option}"
    targets = re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.M)
    for target in _MAKE.findall(line):
        if target not in targets:
            yield f"{where}: no target make {target}"


def test_every_link_leads_somewhere() -> None:
    broken = [line for page in pages() for line in broken_links(page)]
    assert not broken, "\n".join(broken)


def test_every_file_named_exists() -> None:
    missing = [line for page in pages() for line in missing_files(page)]
    assert not missing, "\n".join(missing)


def test_every_command_shown_can_be_typed() -> None:
    wrong = [
        line
        for page in pages()
        for code in page.code_lines()
        for line in wrong_commands(page.name, code)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "line",
    [
        "huiying fly",
        "huiying agent fly zhang",
        ".venv/bin/huiying agent add zhang --colour red",
        "make coffee",
        "cat x | .venv/bin/huiying understands",
    ],
)
def test_a_command_nobody_can_type_is_noticed(line: str) -> None:
    assert list(wrong_commands("README.md", line))


@pytest.mark.parametrize(
    "line",
    [
        "huiying agent add zhang --name 3号座席 --role supervisor",
        "echo '{}' | .venv/bin/huiying understand --jobs 2",
        "make run",
        "copy huiying.example.yml to huiying.yml",
    ],
)
def test_a_command_that_can_be_typed_is_let_be(line: str) -> None:
    assert not list(wrong_commands("README.md", line))


def test_a_wrong_link_or_file_is_noticed() -> None:
    page = Page(ROOT / "README.md", "[a](none.md) [b](#no-such-heading) `connectors/none.py`")
    assert list(broken_links(page)) == [
        "README.md: no file none.md",
        "README.md: no heading #no-such-heading",
    ]
    assert list(missing_files(page)) == ["README.md: no file connectors/none.py"]
