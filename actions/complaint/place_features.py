"""What the tagger of names looks at: for each word what it is to a place, the words around it and the
nearest ones that no name contains; for each character its neighbours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from actions.complaint.place_words import GENERIC, HEADS, RELATIONS, STOPS, TYPES, head_of
from actions.complaint.segment import rarity

Integers = npt.NDArray[np.int64]

REGION_KINDS = frozenset("RMT")
"""A region, one that letters stand for, a town."""
SPOTS = 4
"""Where a character stands in its word: alone, first, last, between."""
GRAMS = (
    (-1, 1), (0, 1), (1, 1), (-2, 2), (-1, 2), (0, 2), (1, 2), (-2, 3), (-1, 3), (0, 3),
)  # fmt: skip
"""The runs of characters looked at: how far from the character they begin, and their length."""
_EDGE = "\u2581"
_FAR = 4
_WIDTH = 16


@dataclass(frozen=True, slots=True)
class Clues:
    """The clues of a text.

    ``words`` are the features of each word; ``owner`` and ``spot`` say of each character which word
    it is in, and where in it; ``grams`` are the keys of the runs around it, a column for each.
    """

    words: list[tuple[str, ...]]
    owner: Integers
    spot: Integers
    grams: Integers


def clues(text: str, tokens: Sequence[tuple[int, int]], regions: dict[int, str]) -> Clues:
    """What there is to look at in a text.

    Args:
        text: the folded text.
        tokens: the ``(start, end)`` of its words, without gaps.
        regions: for words that name a region or a town, by their start, which of REGION_KINDS.
    """
    sizes = np.array([b - a for a, b in tokens], np.int64)
    owner = np.repeat(np.arange(len(tokens)), sizes)
    place = np.arange(len(text)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    size = sizes[owner]
    spot = np.where(size == 1, 0, np.where(place == 0, 1, np.where(place == size - 1, 2, 3)))
    return Clues(_of_words(text, tokens, regions), owner, spot, _grams(text))


def gram_key(kind: int, run: str) -> int:
    """The key of a run of up to three characters of one of ``GRAMS``."""
    key = kind
    for character in run.rjust(3, "\0"):
        key = (key << _WIDTH) | min(ord(character), (1 << _WIDTH) - 1)
    return key


def _grams(text: str) -> Integers:
    plain = "".join("0" if c.isdecimal() else c for c in text)
    codes = np.array([min(ord(c), (1 << _WIDTH) - 1) for c in f"{_EDGE * 2}{plain}{_EDGE * 3}"])
    count = len(text)
    keys = np.empty((count, len(GRAMS)), np.int64)
    for kind, (offset, length) in enumerate(GRAMS):
        keys[:, kind] = kind << 3 * _WIDTH
        for k in range(length):
            begin = 2 + offset + k
            keys[:, kind] |= codes[begin : begin + count] << (length - 1 - k) * _WIDTH
    return keys


def _of_words(
    text: str, tokens: Sequence[tuple[int, int]], regions: dict[int, str]
) -> list[tuple[str, ...]]:
    words = [_EDGE, _EDGE, *(text[a:b] for a, b in tokens), _EDGE, _EDGE]
    kinds = [_EDGE, _EDGE, *(regions.get(a) or _kind(text[a:b]) for a, b in tokens), _EDGE, _EDGE]
    before, after = _anchors(words, kinds)
    found: list[tuple[str, ...]] = []
    for k in range(2, len(words) - 2):
        kind, last, following = kinds[k], kinds[k - 1], kinds[k + 1]
        found.append(
            (
                f"a{last}/{kind}/{following}",
                f"b{kinds[k - 2]}/{last}/{kind}",
                f"c{kind}/{following}/{kinds[k + 2]}",
                "d" + words[k],
                "e" + words[k - 1],
                "f" + words[k + 1],
                "g" + before[k],
                "h" + after[k],
                f"i{before[k]}/{after[k][:-1]}",
            )
        )
    return found


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
