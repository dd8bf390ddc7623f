"""From written Chinese to the terms that are counted: folding, then characters and bigrams.

The same two functions serve documents and questions; anything done to one side only would
quietly lose matches.
"""

from __future__ import annotations

import re
import threading
import unicodedata
import zlib
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from opencc import OpenCC

Terms = NDArray[np.int64]

_BIGRAM_SHIFT = 21  # a code point has at most 21 bits
_WORD_FLAG = 1 << 60
_WORD = re.compile(r"[a-z0-9]+(?:\.[0-9]+)?")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\ufeff\u00ad]")
_local = threading.local()


def _converter() -> OpenCC:
    """One OpenCC per thread: building costs 30 ms, sharing one between threads is unproven."""
    converter: OpenCC | None = getattr(_local, "opencc", None)
    if converter is None:
        from opencc import OpenCC

        converter = _local.opencc = OpenCC("t2s")
    return converter


def fold(text: str) -> str:
    """Full width to half, Traditional to Simplified, lower case, no invisible characters."""
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).lower()
    if plain.isascii():
        return plain
    converted: str = _converter().convert(plain)
    return converted


def any_of(words: Iterable[str]) -> re.Pattern[str]:
    """What finds any of the words, a longer one before what it begins with."""
    return re.compile("|".join(map(re.escape, sorted(words, key=len, reverse=True))))


def is_bigram(terms: Terms) -> NDArray[np.bool_]:
    """Which terms are two Chinese characters."""
    return (terms >= (1 << _BIGRAM_SHIFT)) & (terms < _WORD_FLAG)


def is_unigram(terms: Terms) -> NDArray[np.bool_]:
    """Which terms are one Chinese character."""
    return terms < (1 << _BIGRAM_SHIFT)


def term_text(term: int) -> str:
    """A term as text, for explanations; a Latin word is known by its hash only."""
    if term >= _WORD_FLAG:
        return f"word:{term & 0xFFFFFFFF:08x}"
    if term >= 1 << _BIGRAM_SHIFT:
        return chr(term >> _BIGRAM_SHIFT) + chr(term & ((1 << _BIGRAM_SHIFT) - 1))
    return chr(term)


@lru_cache(maxsize=65536)
def _word_term(word: str) -> int:
    return _WORD_FLAG | (len(word) & 0xFF) << 32 | zlib.crc32(word.encode())


def terms_of_folded(folded: str) -> Terms:
    """Every occurrence of every term in a folded text, in no particular order.

    Chinese characters count singly and in neighbouring pairs, runs of Latin letters and
    digits as whole words; everything else separates.
    """
    if not folded:
        return np.empty(0, dtype=np.int64)
    points = np.frombuffer(folded.encode("utf-32-le", "replace"), dtype=np.uint32).astype(np.int64)
    chinese = ((points >= 0x3400) & (points <= 0x9FFF)) | (points >= 0x20000)
    pair = chinese[:-1] & chinese[1:]
    singles = points[chinese]
    bigrams = (points[:-1][pair] << _BIGRAM_SHIFT) | points[1:][pair]
    words = np.fromiter((_word_term(w) for w in _WORD.findall(folded)), dtype=np.int64)
    return np.concatenate([singles, bigrams, words])


def among(terms: Terms, others: Terms) -> NDArray[np.bool_]:
    """Which of ``terms`` stand in ``others``.  For the few dozen terms of a question this is ten
    times quicker than ``numpy.isin``."""
    if not len(others):
        return np.zeros(len(terms), dtype=np.bool_)
    ordered = np.sort(others)
    at = np.minimum(ordered.searchsorted(terms), len(ordered) - 1)
    return np.asarray(ordered[at] == terms)


def terms_of(text: str) -> Terms:
    """Fold a text and cut it into terms."""
    return terms_of_folded(fold(text))
