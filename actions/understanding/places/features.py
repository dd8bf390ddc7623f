"""What the tagger of names looks at: for each word what it is to a place, the words around it and the
nearest ones that no name contains; for each character its neighbours.

What lies side by side is read once: the kinds of three words in a row say something of each of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from actions.understanding.places.words import GENERIC, HEADS, RELATIONS, STOPS, TYPES, head_of
from actions.understanding.text.runs import Integers, characters, runs
from actions.understanding.text.segment import rarity

REGION_KINDS = frozenset("RMT")
"""A region, one that letters stand for, a town."""
SPOTS = 4
"""Where a character stands in its word: alone, first, last, between."""
GRAMS = (
    (-1, 1), (0, 1), (1, 1), (-2, 2), (-1, 2), (0, 2), (1, 2), (-2, 3), (-1, 3), (0, 3),
)  # fmt: skip
"""The runs of characters looked at: how far from the character they begin, and their length."""
TEMPLATES = "abcdefghi"
"""What is looked at of a word: the kinds of three words, it in the middle (a), last (b) or first (c);
itself (d), the one before (e) and after (f); the nearest word before (g) and after (h) that no name
contains, and both (i)."""
_EDGE = "\u2581"
_MARGIN = 2
"""Edges put before a text; behind it there is one more."""
_FAR = 4
_LAST = 0xFFFF
"""Characters from here on are alike."""


@dataclass(frozen=True, slots=True)
class Clues:
    """The clues of a text.

    ``words`` are for each of TEMPLATES what there is of each word; ``owner`` and ``spot`` say of each
    character which word it is in, and where in it; ``runs`` are those of one, two and three
    characters, from ``_MARGIN`` before the text on.
    """

    words: tuple[list[str], ...]
    owner: Integers
    spot: Integers
    runs: tuple[Integers, Integers, Integers]

    def looked_at(self, kind: int) -> slice:
        """Where in the runs of its length those are that one of GRAMS looks at."""
        begin = _MARGIN + GRAMS[kind][0]
        return slice(begin, begin + len(self.owner))


def clues(text: str, tokens: Sequence[tuple[int, int]], regions: dict[int, str]) -> Clues:
    """What there is to look at in a text.

    Args:
        text: the folded text.
        tokens: the ``(start, end)`` of its words, without gaps.
        regions: for words that name a region or a town, by their start, which of REGION_KINDS.
    """
    owner = [k for k, (a, b) in enumerate(tokens) for _ in range(a, b)]
    spot = [where for a, b in tokens for where in _SPOTS_OF.get(b - a) or _spots_of(b - a)]
    plain = "".join("0" if c.isdecimal() else c for c in text)
    codes = characters(f"{_EDGE * _MARGIN}{plain}{_EDGE * (_MARGIN + 1)}")
    return Clues(
        _of_words(text, tokens, regions),
        np.array(owner, np.int64),
        np.array(spot, np.int64),
        runs(np.minimum(codes, _LAST)),
    )


def _spots_of(size: int) -> tuple[int, ...]:
    """Where each character of a word stands in it."""
    return (0,) if size == 1 else (1, *(3,) * (size - 2), 2)


_SPOTS_OF = {size: _spots_of(size) for size in range(1, 7)}


def _of_words(
    text: str, tokens: Sequence[tuple[int, int]], regions: dict[int, str]
) -> tuple[list[str], ...]:
    words = [_EDGE, _EDGE, *(text[a:b] for a, b in tokens), _EDGE, _EDGE]
    kinds = [_EDGE, _EDGE, *(regions.get(a) or _kind(text[a:b]) for a, b in tokens), _EDGE, _EDGE]
    before, after = _anchors(words, kinds)
    before, after = before[2:-2], after[2:-2]
    three = [f"{a}/{b}/{c}" for a, b, c in zip(kinds, kinds[1:], kinds[2:], strict=False)]
    return (
        three[1:-1],
        three[:-2],
        three[2:],
        words[2:-2],
        words[1:-3],
        words[3:-1],
        before,
        after,
        [f"{a}/{b[:-1]}" for a, b in zip(before, after, strict=True)],
    )


@lru_cache(maxsize=8192)
def _kind(word: str) -> str:
    """What a word is to a place, in a few letters."""
    first = word[0]
    if word.isdecimal():
        return "0"
    if not "\u4e00" <= first <= "\u9fff":
        return "A" if first.isascii() and first.isalnum() else "P"
    kind = (
        ("S" if word in STOPS else "")
        + ("N" if word in RELATIONS else "")
        + ("H" if word in HEADS else "")
        + ("G" if word in GENERIC else "T" if word in TYPES else "")
    )
    return kind or f"{'h' if head_of(word) else 'w'}{min(len(word), 3)}{rarity(word)}"


def _anchor(word: str, kind: str) -> str | None:
    """What a word is called that no name contains, or None; regions are alike."""
    if kind in REGION_KINDS:
        return kind
    return word if kind[0] in "SP" else None


def _anchors(words: Sequence[str], kinds: Sequence[str]) -> tuple[list[str], list[str]]:
    """For each word the nearest before and after it that no name contains, and how far it is."""
    before: list[str] = []
    name, far = _EDGE, 0
    for word, kind in zip(words, kinds, strict=True):
        far = min(far + 1, _FAR)
        before.append(f"{name}{far}")
        if anchor := _anchor(word, kind):
            name, far = anchor, 0
    after: list[str] = []
    name, far = _EDGE, 0
    for k in range(len(words) - 1, -1, -1):
        far = min(far + 1, _FAR)
        after.append(f"{name}{far}")
        if anchor := _anchor(words[k], kinds[k]):
            beyond = words[k + 1] if anchor == "的" and k + 1 < len(words) else ""
            name, far = anchor + beyond, 0
    after.reverse()
    return before, after
