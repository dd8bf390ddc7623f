"""Which texts the code asks for: keys given to ``say`` and its kin, read off the syntax tree.

Seen are constants, choices between constants and f-strings with gaps (``f"ask_{slot}"``), given to
one of :data:`VOICES` or to a function of the same module that hands its own parameter on to one.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from tests.structure.source import Module

# Where each takes the key of a text, counted from 0 without ``self``.
VOICES = {"say": 0, "text": 0, "Refused": 0, "Verdict": 0, "Button": 0}
FILLED = ("say", "text")  # those whose keywords fill in the text's placeholders

GAP = "{}"
_KEY = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_KEY_WITH_GAPS = re.compile(r"[a-z0-9_]*(?:\{\}[a-z0-9_]*)+")


@dataclass(frozen=True, slots=True)
class Asked:
    """A key the code asks for; ``{}`` stands in it for what only the run knows.

    ``values``: the placeholders given along, ``None`` where that can't be read off.
    """

    where: str
    key: str
    values: frozenset[str] | None

    def matches(self, key: str) -> re.Match[str] | None:
        pattern = "([a-z0-9_]+)".join(re.escape(piece) for piece in self.key.split(GAP))
        return re.fullmatch(pattern, key)


@dataclass(frozen=True, slots=True)
class _Voice:
    position: int
    prefix: str = ""
    filled: bool = False


@cache
def asked_for(module: Module) -> tuple[Asked, ...]:
    """Every key a module asks for, as far as its text shows."""
    return tuple(_asked_for(module))


def _asked_for(module: Module) -> Iterator[Asked]:
    voices = {name: _Voice(at, filled=name in FILLED) for name, at in VOICES.items()}
    own = _own_voices(module, voices)
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Call):
            continue
        name = _called(node)
        voice = own.get(name) or voices.get(name)
        if voice is None or len(node.args) <= voice.position:
            continue
        for key in _keys(node.args[voice.position]):
            where = f"{module.path}:{node.lineno}"
            yield Asked(where, voice.prefix + key, _values(node) if voice.filled else None)


def _own_voices(module: Module, voices: dict[str, _Voice]) -> dict[str, _Voice]:
    """Functions of a module that hand one of their parameters on as a text's key."""
    found: dict[str, _Voice] = {}
    for function in ast.walk(module.tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        names = [arg.arg for arg in function.args.args if arg.arg != "self"]
        for call in ast.walk(function):
            voice = voices.get(_called(call)) if isinstance(call, ast.Call) else None
            if voice is None or not isinstance(call, ast.Call) or len(call.args) <= voice.position:
                continue
            prefix, parameter = _handed_on(call.args[voice.position])
            if parameter in names:
                filled = voice.filled and function.args.kwarg is not None
                found[function.name] = _Voice(names.index(parameter), prefix, filled)
    return found


def _handed_on(argument: ast.expr) -> tuple[str, str]:
    """(what stands before it, name of the variable) of an argument that is a variable."""
    match argument:
        case ast.Name(id=name):
            return "", name
        case ast.JoinedStr(values=[ast.Constant(value=prefix), ast.FormattedValue(ast.Name(name))]):
            return str(prefix), name
    return "", ""


def _called(call: ast.expr | ast.AST) -> str:
    match call:
        case ast.Call(func=ast.Attribute(attr=name)) | ast.Call(func=ast.Name(id=name)):
            return name
    return ""


def _keys(argument: ast.expr) -> Iterator[str]:
    match argument:
        case ast.Constant(value=str() as key) if _KEY.fullmatch(key):
            yield key
        case ast.IfExp(body=one, orelse=other):
            yield from _keys(one)
            yield from _keys(other)
        case ast.JoinedStr():
            if (pattern := gapped(argument)) is not None:
                yield pattern


def gapped(text: ast.JoinedStr) -> str | None:
    """An f-string with its gaps as ``{}``, if it can be the key of a text."""
    pieces = (str(p.value) if isinstance(p, ast.Constant) else GAP for p in text.values)
    joined = "".join(pieces)
    return joined if _KEY_WITH_GAPS.fullmatch(joined) else None


def _values(call: ast.Call) -> frozenset[str] | None:
    if any(keyword.arg is None for keyword in call.keywords):
        return None
    return frozenset(str(keyword.arg) for keyword in call.keywords)
