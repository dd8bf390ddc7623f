"""No pattern hangs on a text that repeats a piece of it.

Whoever writes 嗯嗯嗯嗯… a hundred times would hold the loop of the gateway with an alternation that
a run of them fits in many ways.
"""

from __future__ import annotations

import importlib
import itertools
import pkgutil
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import actions
import connectors
import knowledge

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


def patterns(package: Any) -> Iterator[tuple[str, str, re.Pattern[str], bool]]:
    """Module, name, pattern, and whether the module matches it against a whole text."""
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if ".migrations" in found.name or found.name.endswith("__main__"):
            continue
        module = importlib.import_module(found.name)
        spec = module.__spec__
        assert spec is not None
        source = Path(spec.origin).read_text(encoding="utf-8") if spec.origin else ""
        for name, value in vars(module).items():
            for one in value if isinstance(value, tuple | list) else (value,):
                if isinstance(one, re.Pattern) and isinstance(one.pattern, str):
                    yield found.name, name, one, f"{name}.fullmatch" in source


def repeated(pattern: str) -> Iterator[str]:
    """Texts of one piece of a pattern over and over, and of two by turns."""
    pieces = sorted(set(_PIECE.findall(_SYNTAX.sub("", pattern))))
    singles = sorted({char for piece in pieces for char in piece})
    pairs = [a + b for a, b in itertools.pairwise(pieces)]
    for piece in [*pieces[:150], *singles[:150], *pairs[:100]]:
        yield piece * (LENGTH // len(piece)) + NEVER


@pytest.mark.parametrize("package", [actions, connectors, knowledge], ids=lambda one: one.__name__)
def test_no_pattern_hangs_on_a_piece_of_itself_repeated(package: Any) -> None:
    seen: set[tuple[str, bool]] = set()
    hanging = []
    for module, name, pattern, whole in patterns(package):
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
            hanging.append(f"{module}.{name}")
    assert seen
    assert hanging == []
