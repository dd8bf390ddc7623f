"""Words by the most probable cut: a unigram dictionary and one Viterbi pass.

Chinese names have no spaces; where the name of a road begins is told by the word before it. The
dictionary is JioNLP's word frequency table (Apache-2.0), read from the installed package.
"""

from __future__ import annotations

import math
import re
from functools import cache, lru_cache

from actions.understanding.dictionary import read_table

_LONGEST = 6
_ENTRY = re.compile(rf'^\["([\u4e00-\u9fff][^"\\]{{1,{_LONGEST - 1}}})", (\d+)\]', re.M)
_RAREST = 40
_UNKNOWN = -15.5
_FAMILIAR = -12.3
_NO_WORD = -math.inf
_RUN = re.compile("[\u4e00-\u9fffA-Z]+")
"""What words are made of (阿Q); any other character stands alone."""


@cache
def _lexicon() -> dict[str, float]:
    """The log-probability of each word, and ``_NO_WORD`` for what only begins longer ones."""
    counts: dict[str, int] = {}
    # Each line is ["word", count]; a regular expression reads them five times as fast as json.
    for word, count in _ENTRY.findall(read_table("word_distribution", ".json")):
        if int(count) >= _RAREST:
            counts[word] = int(count)
    total = math.log(sum(counts.values()))
    begun = dict.fromkeys((word[:k] for word in counts for k in range(2, len(word))), _NO_WORD)
    scores = {count: math.log(count) - total for count in set(counts.values())}
    return begun | {word: scores[count] for word, count in counts.items()}


def is_familiar(word: str) -> bool:
    """Whether a word is so common that it is hardly somebody's name (白天, but not 张伟)."""
    return _lexicon().get(word, _NO_WORD) > _FAMILIAR


@lru_cache(maxsize=16)
def segment(text: str) -> tuple[tuple[int, int], ...]:
    """The ``(start, end)`` of each word, in order and without gaps.

    The last few answers are kept: one text is read by several modules in turn.
    """
    cuts: list[tuple[int, int]] = []
    at = 0
    for run in _RUN.finditer(text):
        cuts += [(i, i + 1) for i in range(at, run.start())]
        at = run.start()
        for width in _widths(run.group()):
            cuts.append((at, at + width))
            at += width
    cuts += [(i, i + 1) for i in range(at, len(text))]
    return tuple(cuts)


@lru_cache(maxsize=256)
def _widths(run: str) -> tuple[int, ...]:
    """How long each word is of a run of characters that words are made of.

    Kept, for a text is read once more without what is beside its matter: most runs are the same.
    """
    score_of = _lexicon().get
    size = len(run)
    best = [0.0] * (size + 1)
    step = [1] * size
    for i in range(size - 1, -1, -1):
        top, width = best[i + 1] + _UNKNOWN / 1.6, 1
        for j in range(i + 2, size + 1):
            score = score_of(run[i:j])
            if score is None:
                break
            if score + best[j] > top:
                top, width = score + best[j], j - i
        best[i], step[i] = top, width
    widths = []
    i = 0
    while i < size:
        widths.append(step[i])
        i += step[i]
    return tuple(widths)


UNKNOWN = 5
"""How rare a word is that no dictionary has."""


def rarity(word: str) -> int:
    """How rare a word is: 0 for the commonest to 4, and UNKNOWN for what is in no dictionary."""
    score = _lexicon().get(word, _NO_WORD)
    return UNKNOWN if score == _NO_WORD else min(4, max(0, int(-score - 6) // 2))
