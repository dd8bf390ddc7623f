"""The most probable sentences for a run of syllables: Viterbi over words, each judged by the one
before it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from actions.understanding.pinyin.lexicon import EDGE, Lexicon, Sound
from actions.understanding.pinyin.sounds import confused, syllables
from actions.understanding.pinyin.typed import ways

BEAM = 24  # sentences followed at each place
_CONFUSED = -3.5  # for a syllable taken as one that sounds alike to a southerner
_SPLIT = -4.0  # for reading what is one syllable as two, or a vowel as a new beginning: xian, xi an

_State = tuple[float, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Guess:
    """``score``: natural logarithm of its probability. ``syllables``: how many were read."""

    text: str
    score: float
    syllables: int


@dataclass(frozen=True, slots=True)
class _Lattice:
    """Syllables by where they begin: where each ends, how it may be read, and at what price."""

    size: int
    steps: dict[int, list[tuple[int, str, float]]]


def decode(words: Sequence[str], lexicon: Lexicon, *, southern: bool = False) -> list[Guess]:
    """The best sentences for ``words``, letters that belong together, the most probable first.

    ``southern`` takes z for zh, l for n, in for ing and their like as well.
    """
    lattice = _lattice(words, southern)
    reached: dict[int, dict[tuple[str, str], _State]] = defaultdict(dict)
    reached[0][(EDGE, "")] = (0.0, ())
    for place in range(lattice.size):
        if place not in reached:
            continue
        best = sorted(reached[place].values(), key=lambda state: -state[0])[:BEAM]
        for end, sound, price in _sounds(lattice, place, lexicon):
            here = reached[end]
            for word in lexicon.words.get(sound, ()):
                for score, said in best:
                    before = said[-1] if said else EDGE
                    total = score + price + lexicon.score(before, word)
                    # Apart by the last two words, or the runners-up would be lost on the way.
                    key = (before, word)
                    known = here.get(key)
                    if known is None or total > known[0]:
                        here[key] = (total, (*said, word))
    ended = {
        "".join(said): (score + lexicon.score(said[-1], EDGE), said)
        for score, said in sorted(reached[lattice.size].values())
        if said
    }
    guesses = [
        Guess(text, score, sum(len(word) for word in said)) for text, (score, said) in ended.items()
    ]
    return sorted(guesses, key=lambda guess: -guess.score)[:3]


def _lattice(words: Sequence[str], southern: bool) -> _Lattice:
    steps: dict[int, list[tuple[int, str, float]]] = defaultdict(list)
    offset = 0
    for word in words:
        whole = word in syllables()
        for begin, ends in ways(word).items():
            for end in ends:
                typed = word[begin:end].removeprefix("'")
                parted = begin and word[begin] != "'" and (whole or typed[0] in "aeo")
                price = _SPLIT if parted else 0.0
                steps[offset + begin].append((offset + end, typed, price))
                if southern:
                    for meant in confused(typed):
                        steps[offset + begin].append((offset + end, meant, price + _CONFUSED))
        offset += len(word)
    return _Lattice(offset, steps)


def _sounds(lattice: _Lattice, place: int, lexicon: Lexicon) -> Iterator[tuple[int, Sound, float]]:
    """Every sound of a word that begins at ``place``, with where it ends and its price."""
    open_ends: list[tuple[int, Sound, float]] = [(place, (), 0.0)]
    while open_ends:
        at, sound, price = open_ends.pop()
        for end, syllable, more in lattice.steps.get(at, ()):
            longer = (*sound, syllable)
            yield end, longer, price + more
            if longer in lexicon.beginnings:
                open_ends.append((end, longer, price + more))
