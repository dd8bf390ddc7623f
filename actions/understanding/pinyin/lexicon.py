"""Words by their sound, how often each is used, and what follows what.

How often: JioNLP's table of general Chinese (Apache-2.0), mixed with what people say to a hotline.
What follows what: ``data/pairs.txt``, counted by ``learn`` in our own texts.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from actions.understanding.dictionary import read_table
from actions.understanding.pinyin.sounds import readings
from knowledge.text import fold

PAIRS = Path(__file__).with_name("data") / "pairs.txt"
EDGE = "^"  # before the first word and after the last

_ENTRY = re.compile(r'^\["([\u4e00-\u9fff]{1,5})", (\d+)\]', re.M)
_RAREST = 500  # in the general table; less is noise, and costs time and memory
_RAREST_CHARACTER = 2000
_GENERAL = 0.5  # the general table's share in how probable a word is
_DOUBT = 4.0  # for each different word seen behind one, so much for all that was not seen there
_SAME_SOUND = 8  # words kept for one sound
_SAME_SYLLABLE = 24  # characters kept for one syllable
_END = 0.05  # how probable a sentence ends, where nothing is known
_RAREST_WORD = 1e-9
_LEAST = math.log(_RAREST_WORD)

Sound = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """``words``: by sound, the most usual first. ``beginnings``: sounds some longer one begins
    with. ``usual``: probability of a word; ``pairs``: how often the second followed the first."""

    words: dict[Sound, tuple[str, ...]]
    beginnings: frozenset[Sound]
    usual: dict[str, float]
    pairs: dict[str, dict[str, int]]
    followed: dict[str, int]

    def score(self, before: str, word: str) -> float:
        """Natural logarithm of the probability of ``word`` right behind ``before``."""
        seen = self.followed.get(before, 0)
        usual = self.usual.get(word, 0.0) if word != EDGE else _END
        if seen:
            behind = self.pairs[before]
            every = seen + _DOUBT * len(behind)
            usual = (behind.get(word, 0) + (every - seen) * usual) / every
        return math.log(usual) if usual > _RAREST_WORD else _LEAST


@cache
def lexicon() -> Lexicon:
    """Loaded when first asked for: a second or two."""
    single, pairs = read_pairs(PAIRS.read_text(encoding="utf-8"))
    general = {
        word: int(count)
        for word, count in _ENTRY.findall(read_table("word_distribution", ".json"))
        if int(count) >= (_RAREST if len(word) > 1 else _RAREST_CHARACTER)
    }
    of_general, of_ours = sum(general.values()), sum(single.values())
    usual = {
        word: _GENERAL * general.get(word, 0) / of_general
        + (1 - _GENERAL) * single.get(word, 0) / of_ours
        for word in _simplified({*general, *single})
    }
    together: dict[Sound, list[str]] = defaultdict(list)
    for word in sorted(usual, key=lambda word: -usual[word]):
        for sound in readings(word):
            kept = together[sound]
            if len(kept) < (_SAME_SOUND if len(sound) > 1 else _SAME_SYLLABLE):
                kept.append(word)
    return Lexicon(
        words={sound: tuple(words) for sound, words in together.items()},
        beginnings=frozenset(s[:n] for s in together for n in range(1, len(s))),
        usual=usual,
        pairs=pairs,
        followed={before: sum(behind.values()) for before, behind in pairs.items()},
    )


def _simplified(words: set[str]) -> list[str]:
    """The words that are written in simplified characters."""
    every = sorted(words)
    return [word for word, plain in zip(every, fold("\n".join(every)).split("\n"), strict=True)
            if word == plain]  # fmt: skip


def read_pairs(text: str) -> tuple[dict[str, int], dict[str, dict[str, int]]]:
    """The counts of words and of pairs: lines of ``word count`` and ``word word count``."""
    single: dict[str, int] = {}
    pairs: dict[str, dict[str, int]] = defaultdict(dict)
    for line in text.splitlines():
        *words, count = line.split(" ")
        if len(words) == 1:
            single[words[0]] = int(count)
        else:
            pairs[words[0]][words[1]] = int(count)
    return single, dict(pairs)
