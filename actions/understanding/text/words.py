"""Word lists kept as data: ``data/words/<name>.txt``, sections in brackets, words by spaces."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parents[1] / "data" / "words"


@cache
def word_lists(name: str) -> dict[str, tuple[str, ...]]:
    """All sections of one list; ``#`` begins a comment line.

    Raises:
        FileNotFoundError: there is no such list.
        ValueError: words stand before the first section.
    """
    sections: dict[str, list[str]] = {}
    current: list[str] | None = None
    for line in (_FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        if line.startswith("["):
            current = sections.setdefault(line.strip("[] "), [])
        elif line.strip():
            if current is None:
                raise ValueError(f"{name}.txt: words before the first [section]: {line[:20]}")
            current.extend(line.split())
    return {section: tuple(words) for section, words in sections.items()}


@cache
def words(name: str, section: str) -> frozenset[str]:
    """One section as a set."""
    return frozenset(word_lists(name)[section])


def alternation(items: tuple[str, ...] | frozenset[str]) -> str:
    """A regular expression that matches any of the items, longest first."""
    from re import escape

    return "|".join(escape(item) for item in sorted(items, key=lambda w: (-len(w), w)))
