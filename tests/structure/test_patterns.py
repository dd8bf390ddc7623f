"""No pattern hangs on a text that repeats a piece of it.

Whoever writes 嗯嗯嗯嗯… a hundred times would hold the loop of the gateway with an alternation that
a run of them fits in many ways.
"""

from __future__ import annotations

import ast
import dataclasses
import importlib
import itertools
import pkgutil
import re
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import actions
import connectors
import knowledge
from actions.understanding.danger import cues
from actions.understanding.fields import Alarm

LENGTH = 80  # characters: two ways for each piece of them would take years
HANGS_AFTER = 5.0  # seconds for what takes microseconds
_PIECE = re.compile("[\u4e00-\u9fff]{1,4}")
_SYNTAX = re.compile(r"\(\?[:<!=>P]|\\[a-zA-Z]")
NEVER = "㐀"  # what no pattern expects


class Hangs(Exception):
    pass


@contextmanager
def limited() -> Iterator[None]:
    def hangs(_number: int, _frame: FrameType | None) -> None:
        raise Hangs

    before = signal.signal(signal.SIGALRM, hangs)
    signal.setitimer(signal.ITIMER_REAL, HANGS_AFTER)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def patterns(package: Any) -> Iterator[tuple[str, re.Pattern[str], bool]]:
    """Place, pattern, and whether the module matches it against a whole text."""
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if ".migrations" in found.name or found.name.endswith("__main__"):
            continue
        module = importlib.import_module(found.name)
        spec = module.__spec__
        assert spec is not None
        source = Path(spec.origin).read_text(encoding="utf-8") if spec.origin else ""
        for name, value in vars(module).items():
            for one in within(value):
                yield f"{found.name}.{name}", one, f"{name}.fullmatch" in source
        yield from written_where_used(found.name, source)


def within(value: object) -> Iterator[re.Pattern[str]]:
    """The patterns a module's name leads to: itself, items, values of a table, fields."""
    match value:
        case re.Pattern():
            if isinstance(value.pattern, str):
                yield value
        case tuple() | list() | set() | frozenset():
            for one in value:
                yield from within(one)
        case dict():
            yield from within([*value.values()])
        case _ if dataclasses.is_dataclass(value) and not isinstance(value, type):
            held = (getattr(value, field.name, None) for field in dataclasses.fields(value))
            yield from within([*held])


def written_where_used(module: str, source: str) -> Iterator[tuple[str, re.Pattern[str], bool]]:
    """Patterns given to ``re.search`` and its like as they stand."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="re"), attr=how),
                args=[ast.Constant(value=str(pattern)), *_],
            ) if how not in ("escape", "compile"):
                yield f"{module}:{node.lineno}", re.compile(pattern), how == "fullmatch"


def repeated(pattern: str) -> Iterator[str]:
    """Texts of one piece of a pattern over and over, and of two by turns."""
    pieces = sorted(set(_PIECE.findall(_SYNTAX.sub("", pattern))))
    singles = sorted({char for piece in pieces for char in piece})
    pairs = [a + b for a, b in itertools.pairwise(pieces)]
    for piece in [*pieces[:150], *singles[:150], *pairs[:100]]:
        yield piece * (LENGTH // len(piece)) + NEVER


def in_danger_tables() -> Iterator[tuple[str, re.Pattern[str], bool]]:
    """The lines of danger's tables, each by itself."""
    for alarm in Alarm:
        for line in cues.patterns(alarm.value):
            yield f"{alarm.value}.txt: {line}", re.compile(line), False


@pytest.mark.parametrize(
    "of",
    [
        *(partial(patterns, package) for package in (actions, connectors, knowledge)),
        in_danger_tables,
    ],
    ids=["actions", "connectors", "knowledge", "danger tables"],
)
def test_no_pattern_hangs_on_a_piece_of_itself_repeated(
    of: Callable[[], Iterator[tuple[str, re.Pattern[str], bool]]],
) -> None:
    seen: set[tuple[str, bool]] = set()
    hanging = []
    for place, pattern, whole in of():
        if (pattern.pattern, whole) in seen:
            continue
        seen.add((pattern.pattern, whole))
        try:
            with limited():
                for text in repeated(pattern.pattern):
                    pattern.search(text)
                    if whole:
                        pattern.fullmatch(text)
        except Hangs:
            hanging.append(place)
    assert seen
    assert hanging == []
