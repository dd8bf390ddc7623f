"""Slips of the pinyin keyboard: 身份正 for 身份证.

A pair of characters the base has never seen, in which another character of the same sound gives
a pair it knows well, is searched for that pair too.  The question's own words stay, so a wrong
guess costs little.  Readings come from the ``jionlp`` package's character table, read only when a
question has such a pair; without the package nothing is guessed.
"""

from __future__ import annotations

import importlib.util
import re
import zipfile
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.question import Frequencies
from knowledge.text import Terms, among, is_bigram, terms_of_folded

LEAST_SEEN = 3
"""Passages that must hold a pair before it is taken for what was meant."""
LEAST_USED = 8
"""Passages that must hold both pairs of a character before it takes the typed one's place."""
_PARTICLES = frozenset("的地得哪那了呢吗吧啊么")
_MOST_UNSEEN = 12  # a question with more strange pairs is not misspelt, it is about something else
_CHINESE = re.compile("[\u3400-\u9fff]{2,}")
_TONELESS = str.maketrans("āáǎàēéěèīíǐìōóǒòūúǔùüǖǘǚǜńňǹ", "aaaaeeeeiiiioooouuuuvvvvvnnn")


def respelt(folded: str, frequencies: Frequencies) -> str:
    """A question with the slips put right that leave no doubt: 居主证 for 居住证.

    A character whose pairs on both sides the base has never seen, where another of the same sound
    gives two that it uses all the time. The most used of several is taken.
    """
    letters = list(folded)
    for run in _CHINESE.finditer(folded):
        pairs = [run[0][n : n + 2] for n in range(len(run[0]) - 1)]
        strange = set(np.flatnonzero(_often(pairs, frequencies) == 0).tolist())
        if len(strange) > _MOST_UNSEEN:
            continue
        for n in (n for n in sorted(strange) if n - 1 in strange):
            before, after = run[0][n - 1], run[0][n + 1]
            others = [c for c in homophones().get(run[0][n], "") if c not in _PARTICLES]
            left = _often([before + c for c in others], frequencies)
            right = _often([c + after for c in others], frequencies)
            least = np.minimum(left, right)
            if len(others) and least.max() >= LEAST_USED:
                letters[run.start() + n] = others[int(least.argmax())]
    return "".join(letters)


def meant(folded: str, frequencies: Frequencies) -> Terms:
    """Pairs the question may have meant, by sound; empty for a question spelt as the base is."""
    guesses: list[str] = []
    for run in _CHINESE.findall(folded):
        guesses += _guesses(run, frequencies)
    if not guesses:
        return np.empty(0, dtype=np.int64)
    terms = np.unique(_pair_terms(guesses))
    found = terms[frequencies(terms) >= LEAST_SEEN]
    return np.unique(found[~among(found, terms_of_folded(folded))])


def _guesses(run: str, frequencies: Frequencies) -> list[str]:
    pairs = [run[n : n + 2] for n in range(len(run) - 1)]
    seen = frequencies(_pair_terms(pairs)) > 0
    strange = np.flatnonzero(~seen).tolist()
    if len(strange) > _MOST_UNSEEN:
        return []
    guesses: list[str] = []
    for n in strange:
        first, second = pairs[n][0], pairs[n][1]
        # The character that stays must be at home on its other side, or at the edge.
        if n == 0 or seen[n - 1]:
            guesses += [first + other for other in homophones().get(second, "")]
        if n + 1 == len(pairs) or seen[n + 1]:
            guesses += [other + second for other in homophones().get(first, "")]
    return guesses


def _often(pairs: list[str], frequencies: Frequencies) -> NDArray[np.int64]:
    """In how many passages each pair stands, in their order."""
    return frequencies(_pair_terms(pairs))


def _pair_terms(pairs: list[str]) -> Terms:
    terms = terms_of_folded(" ".join(pairs))
    return terms[is_bigram(terms)]


@lru_cache(maxsize=1)
def homophones() -> dict[str, str]:
    """Per character the others that are typed with the same letters, whatever the tone.

    By the first reading the table gives; a character's rarer readings are left out.
    """
    together: dict[str, str] = {}
    sounds: dict[str, str] = {}
    for line in _lines():
        start = line.find("[")
        sound = line[start + 1 : line.find("]", start)].translate(_TONELESS)
        if start > 0 and sound.isascii() and sound.isalpha() and "一" <= line[0] <= "龥":
            sounds[line[0]] = sound
            together[sound] = together.get(sound, "") + line[0]
    return {
        character: together[sound].replace(character, "") for character, sound in sounds.items()
    }


def _lines() -> list[str]:
    """The character table: one a line, tabs between, its readings in brackets."""
    spec = importlib.util.find_spec("jionlp")
    if spec is None or spec.origin is None:
        return []
    folder = Path(spec.origin).parent / "dictionary"
    plain, packed = folder / "chinese_char_dictionary.txt", folder / "chinese_char_dictionary.zip"
    if plain.exists():
        return plain.read_text(encoding="utf-8").splitlines()
    if packed.exists():
        with zipfile.ZipFile(packed) as archive:
            return archive.read("chinese_char_dictionary.txt").decode().splitlines()
    return []
