"""docs/dependencies.md lists what the product depends on: all of it, and truly."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from email.parser import HeaderParser
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from tests.structure.source import PACKAGES, ROOT, imports, modules

PAGE = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")

# Imported by name but part of what another package promises.
PARTS_OF = {
    "onnxruntime": "chromadb",
    "pdfminer-six": "pdfplumber",
    "pydantic-core": "pydantic",
    "tokenizers": "chromadb",
}

# Licences as older packages spell them.
SPELLINGS = {
    "Apache Software License": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "MIT License": "MIT",
    "BSD License": "BSD-3-Clause",
}


@dataclass(frozen=True, slots=True)
class Listed:
    """A row of the page. ``places`` is empty for what is not used yet."""

    name: str
    why: str
    places: tuple[str, ...]
    licence: str


def canonical(requirement: str) -> str:
    name = re.split(r"[\[>=<;! ]", requirement)[0]
    return re.sub(r"[-_.]+", "-", name).lower()


def project(path: str) -> dict[str, Any]:
    return tomllib.loads((ROOT / path).read_text(encoding="utf-8"))


@cache
def needed() -> dict[str, frozenset[str]]:
    """Direct dependencies by the heading of the page they belong under."""
    gateway, bot = project("pyproject.toml"), project("bot/pyproject.toml")
    return {
        "The gateway": frozenset(map(canonical, gateway["project"]["dependencies"])),
        "For work on it": frozenset(map(canonical, gateway["dependency-groups"]["dev"])),
        "Rasa's environment": frozenset(map(canonical, bot["project"]["dependencies"])),
    }


def listed(heading: str) -> Iterator[Listed]:
    section = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    for name, why, places, licence in re.findall(
        r"^\| `([\w.-]+)` \| (.+?) \| (.+?) \| (.+?) \|$", section, re.M
    ):
        yield Listed(name, why, tuple(re.findall(r"`([^`]+)`", places)), licence)


@cache
def distributions() -> dict[str, frozenset[str]]:
    """Which distributions an importable name comes from. Asking takes a second."""
    found = metadata.packages_distributions()
    return {top: frozenset(map(canonical, names)) for top, names in found.items()}


@cache
def import_names(distribution: str) -> frozenset[str]:
    return frozenset(top for top, names in distributions().items() if distribution in names)


@cache
def imported() -> dict[str, frozenset[str]]:
    """Top-level names each module of ours imports."""
    return {m.path: frozenset(t.split(".")[0] for _, t in imports(m)) for m in modules()}


def used_by(distribution: str) -> list[str]:
    """Modules of ours that import a distribution."""
    return [path for path, tops in imported().items() if tops & import_names(distribution)]


def spdx(headers: Any) -> str:
    """The licence of a distribution from its metadata."""
    if headers.get("License-Expression"):
        return str(headers["License-Expression"])
    classifiers = headers.get_all("Classifier") or []
    stated = next(
        (c.rsplit(" :: ", 1)[1] for c in classifiers if c.startswith("License ::")),
        headers.get("License") or "",
    )
    return SPELLINGS.get(str(stated), str(stated))


@pytest.mark.parametrize("heading", sorted(needed()))
def test_every_direct_dependency_is_listed_and_nothing_else(heading: str) -> None:
    assert sorted(row.name for row in listed(heading)) == sorted(needed()[heading])


@pytest.mark.parametrize("heading", sorted(needed()))
def test_what_is_listed_is_used_where_the_page_says(heading: str) -> None:
    for row in listed(heading):
        if row.why.startswith("not used yet"):
            assert not row.places
            assert not used_by(row.name), f"{row.name} is used now, in {used_by(row.name)}: say so"
        else:
            assert row.places, f"{row.name}: where?"
        names = {row.name, row.name.replace("-", "_"), *import_names(row.name)}
        names |= {row.name.replace("-", ".")}  # a package inside a namespace
        for place in row.places:
            text = (ROOT / place).read_text(encoding="utf-8").lower()
            assert any(name.lower() in text for name in names), f"{row.name} is not in {place}"


@pytest.mark.parametrize("heading", ["The gateway", "For work on it"])
def test_the_licences_are_those_of_the_packages(heading: str) -> None:
    for row in listed(heading):
        assert row.licence == spdx(metadata.metadata(row.name)), row.name


def test_the_licences_of_rasas_environment_are_those_of_the_packages() -> None:
    folder = next((ROOT / "bot/.venv/lib").glob("python3*/site-packages"), None)
    if folder is None:
        pytest.skip("bot/.venv is not there")
    for row in listed("Rasa's environment"):
        info: Path = next(folder.glob(f"{row.name}-*.dist-info")) / "METADATA"
        headers = HeaderParser().parsestr(info.read_text(encoding="utf-8"))
        assert row.licence == spdx(headers), row.name


def test_everything_imported_is_declared() -> None:
    ours = {*sys.stdlib_module_names, *PACKAGES, "__future__"}
    undeclared = {
        f"{path}: {top}"
        for path, tops in imported().items()
        for top in tops - ours
        if not {PARTS_OF.get(n, n) for n in distributions().get(top, ())} & needed()["The gateway"]
    }
    assert not undeclared, "declare in pyproject.toml:\n" + "\n".join(sorted(undeclared))
