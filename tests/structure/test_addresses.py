"""Nothing in the repository knows the machine it was written on, or where packages came from."""

from __future__ import annotations

import re

import pytest

from tests.structure.source import ROOT, repository_files

LARGEST = 8 * 2**20  # bytes; nothing larger belongs in the repository

# Put together from pieces, so that this file may be read like any other.
_HOMES = "|".join(("/" + "root", "/" + "work", "/" + "tmp", "/home" + r"/\w+", "/Users" + r"/\w+"))
PATTERNS = {
    "a path of a machine": re.compile(rf"(?<![\w.~}}-])(?:{_HOMES})/"),
    "the address of a package registry": re.compile(
        r"--(?:extra-)?index" + r"-url\b|files\.python" + r"hosted\.org|registry\.npm"
        r"js|https?://[^\s\"'<>]*/sim" + r"ple\b"
    ),
    "a private network address": re.compile(
        r"(?<![\d.])(?:10\.\d{1,3}|192\.168|172\.(?:1[6-9]|2\d|3[01]))\.\d{1,3}\.\d{1,3}(?![\d.])"
    ),
}
# Tests may need addresses nobody should be able to reach through us.
ALLOWED = {"a private network address": ("tests/",)}


def told(name: str, text: str) -> list[str]:
    """What a file gives away, one line each."""
    return [
        f"{name}:{text.count(chr(10), 0, found.start()) + 1}: {what}: {found.group()}"
        for what, pattern in PATTERNS.items()
        if not name.startswith(ALLOWED.get(what, ("\0",)))
        for found in pattern.finditer(text)
    ]


def test_no_file_gives_a_machine_away() -> None:
    found: list[str] = []
    for file in repository_files():
        content = file.read_bytes()
        if b"\0" not in content[:4096]:
            name = file.relative_to(ROOT).as_posix()
            found += told(name, content.decode("utf-8", "replace"))
    assert not found, "\n".join(found)


def test_no_file_is_too_large_to_review() -> None:
    large = [str(file) for file in repository_files() if file.stat().st_size > LARGEST]
    assert not large


@pytest.mark.parametrize(
    "text",
    [
        "/" + "root/.cache/uv",
        "see /" + "home/someone/huiying",
        "pip install --index" + "-url https://example.invalid",
        "https://mirror.example.invalid/sim" + "ple",
        "host: 10." + "1.2.3",
    ],
)
def test_what_gives_a_machine_away_is_noticed(text: str) -> None:
    assert told("README.md", text)


@pytest.mark.parametrize(
    "text", ["/opt/huiying", "version 10.2.1", "127.0.0.1:8080", "a simple form"]
)
def test_what_gives_nothing_away_is_let_be(text: str) -> None:
    assert not told("README.md", text)
