"""Syllables of Mandarin as people type them, and how characters and words are read.

Readings come from JioNLP's tables of characters and phrases (Apache-2.0), read from the installed
package.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import product
from sys import intern

from actions.understanding.dictionary import read_table

_INITIALS = ("", *"bpmfdtnlgkhjqxrzcsyw", "zh", "ch", "sh")
_FINALS = (
    "a", "o", "e", "i", "u", "v", "ai", "ei", "ao", "ou", "an", "en", "ang", "eng", "er", "ong",
    "ia", "ie", "iao", "iu", "ian", "in", "iang", "ing", "iong",
    "ua", "uo", "uai", "ui", "uan", "un", "uang", "ue", "ve",
)  # fmt: skip
_LEGAL = frozenset(initial + final for initial in _INITIALS for final in _FINALS)
LONGEST = 6  # letters: zhuang
_TONES = str.maketrans("āáǎàēéěèīíǐìōóǒòūúǔùüǖǘǚǜńňǹḿ", "aaaaeeeeiiiioooouuuuvvvvvnnnm")
_CHARACTER = re.compile(r"[\u4e00-\u9fa5]")
_BRACKETS = re.compile(r"\[([^\]]*)\]")
_MOST_READINGS = 6  # of one word that the table of phrases does not have

# What southern tongues do not tell apart, and so type one for the other.
_BEGINNINGS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"), ("h", "f"), ("r", "l"))
_ENDINGS = (("ang", "an"), ("eng", "en"), ("ing", "in"))


def toneless(text: str) -> str:
    """Without tone marks; ü is typed as v."""
    return text.translate(_TONES)


@cache
def by_character() -> dict[str, tuple[str, ...]]:
    """Each character's readings, the first the most usual."""
    found: dict[str, tuple[str, ...]] = {}
    for line in read_table("chinese_char_dictionary", ".txt").splitlines():
        if _CHARACTER.match(line):
            read = (intern(toneless(each)) for each in _BRACKETS.findall(line))
            readings = tuple(dict.fromkeys(each for each in read if each in _LEGAL))
            if readings:
                found[line[0]] = readings
    return found


@cache
def syllables() -> frozenset[str]:
    """Every syllable some character is read as."""
    return frozenset(sound for readings in by_character().values() for sound in readings)


@cache
def _by_phrase() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for line in read_table("pinyin_phrase", ".txt").splitlines():
        phrase, _, sounds = line.partition("\t")
        read = tuple(map(intern, toneless(sounds.strip()).split("/")))  # some 400 there are
        if len(read) == len(phrase) and _LEGAL.issuperset(read):
            found[phrase] = read
    return found


def readings(word: str) -> list[tuple[str, ...]]:
    """How a word may be read, syllable by syllable; empty where a character is unknown."""
    known = _by_phrase().get(word)
    if known is not None and len(word) > 1:
        return [known]
    every = [by_character().get(character, ()) for character in word]
    if len(word) > 2:  # a rare reading of two characters at once is no word people type
        every = [each[:2] for each in every]
    return list(product(*every))[:_MOST_READINGS] if len(word) > 1 else [(r,) for r in every[0]]


@cache
def confused(syllable: str) -> tuple[str, ...]:
    """Other syllables the typed one may stand for in the mouth of a southerner."""
    beginnings = {syllable} | {
        there + syllable.removeprefix(here)
        for pair in _BEGINNINGS
        for here, there in (pair, pair[::-1])
        if syllable.startswith(here) and not (here in "zcs" and syllable[1:2] == "h")
    }
    ends = {
        one.removesuffix(here) + there
        for one in beginnings
        for pair in _ENDINGS
        for here, there in (pair, pair[::-1])
        if one.endswith(here)
    }
    return tuple(sorted(((beginnings | ends) & syllables()) - {syllable}))
