"""What a message typed in pinyin says, and whether that is sure enough to act on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from actions.understanding.pinyin.decode import Guess, decode
from actions.understanding.pinyin.lexicon import lexicon
from actions.understanding.pinyin.typed import pieces

_NUMBER = re.compile(r"\d[oO]+\d")  # 138OOOO1234: the letter for the figure
SURE_SCORE = -4.75  # least logarithm of the probability of a syllable, on average
SURE_LEAD = 1.0  # least distance to the next best sentence


@dataclass(frozen=True, slots=True)
class Reading:
    """``others``: what it may say instead, the next best first."""

    text: str
    sure: bool
    others: tuple[str, ...] = ()


def read(text: str) -> Reading | None:
    """What a message in pinyin says; None when it is not pinyin."""
    found = pieces(text)
    if not found or _NUMBER.search(text):
        return None
    runs = [
        _run(kept, [piece.text for piece in group])
        for kept, group in groupby(found, key=lambda piece: piece.kept)
    ]
    if not all(runs):  # a syllable that is in no word
        return None
    best = "".join(run[0].text for run in runs)
    others = [
        "".join((other if n == at else one[0]).text for n, one in enumerate(runs))
        for at, run in enumerate(runs)
        for other in run[1:]
    ]
    return Reading(best, all(_sure(run) for run in runs), tuple(others))


def _run(kept: bool, texts: list[str]) -> list[Guess]:
    """What a run may say, the most probable first; nothing when it can be no Chinese."""
    if kept:
        return [Guess("".join(texts), 0.0, 0)]
    plain = decode(texts, lexicon())
    if plain and _sure(plain):
        return plain
    every = sorted([*plain, *decode(texts, lexicon(), southern=True)], key=lambda g: -g.score)
    best: dict[str, Guess] = {}
    for guess in every:
        best.setdefault(guess.text, guess)
    return list(best.values())[:3]


def _sure(run: Sequence[Guess]) -> bool:
    first = run[0]
    if not first.syllables:
        return True
    if first.score / first.syllables < SURE_SCORE:
        return False
    return len(run) == 1 or first.score - run[1].score >= SURE_LEAD
