"""The product's own modules as parsed text: what they import, say and spell out."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("actions", "connectors", "knowledge")


@dataclass(frozen=True, slots=True)
class Module:
    """A module by its dotted name. ``path`` is relative to the repository."""

    name: str
    path: str
    tree: ast.Module

    @classmethod
    def of(cls, name: str, text: str) -> Module:
        """A module that exists only in a test."""
        return cls(name, f"{name.replace('.', '/')}.py", ast.parse(text))


@cache
def modules() -> tuple[Module, ...]:
    """Every module of the gateway's three packages."""
    return tuple(
        Module(_dotted(file), file.relative_to(ROOT).as_posix(), ast.parse(file.read_bytes()))
        for package in PACKAGES
        for file in sorted((ROOT / package).rglob("*.py"))
    )


@cache
def module_names() -> frozenset[str]:
    return frozenset(module.name for module in modules())


def _dotted(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def imports(module: Module) -> tuple[tuple[int, str], ...]:
    """(line, dotted name) of all a module imports, wherever in it the import stands.

    ``from package import module`` counts as an import of ``package.module``.
    """
    return tuple(_imports(module))


def _imports(module: Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(module.tree):
        match node:
            case ast.Import(names=names):
                yield from ((node.lineno, alias.name) for alias in names)
            case ast.ImportFrom(module=base, names=names, level=level):
                origin = _absolute(module.name, base or "", level)
                for alias in names:
                    whole = f"{origin}.{alias.name}"
                    yield node.lineno, whole if whole in module_names() else origin
            case ast.Call(func=ast.Attribute(attr="import_module"), args=[ast.Constant(value), *_]):
                yield node.lineno, str(value)


def _absolute(importer: str, base: str, level: int) -> str:
    if not level:
        return base
    return ".".join(part for part in (*importer.split(".")[:-level], base) if part)


def docstrings(tree: ast.AST) -> frozenset[int]:
    """``id`` of every constant that is a statement of its own: docstrings of all sorts."""
    return frozenset(
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    )


@cache
def strings(module: Module) -> tuple[tuple[int, str], ...]:
    """(line, text) of every string in a module that is no docstring; pieces of f-strings too."""
    return tuple(_strings(module))


def _strings(module: Module) -> Iterator[tuple[int, str]]:
    passed_over = docstrings(module.tree)
    for node in ast.walk(module.tree):
        match node:
            case ast.Constant(value=str() as text) if id(node) not in passed_over:
                yield node.lineno, text


@cache
def spelt() -> frozenset[str]:
    """Every string the code spells out."""
    return frozenset(text for module in modules() for _, text in strings(module))


@cache
def repository_files() -> tuple[Path, ...]:
    """Every file that is or could be committed."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    files = (ROOT / name for name in listed.split("\0") if name)
    return tuple(file for file in files if file.is_file())
