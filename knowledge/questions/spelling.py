"""Slips of the pinyin keyboard (身份正 for 身份证) and words of which only the initials are typed.

Words of public business are known by their sound, and so is what the base itself writes.  What
leaves no doubt is put right; beside it a pair of characters the base has never seen, in which
another character of the same sound gives a pair it knows well, is searched for that pair too.  The
question's own words stay then, so a wrong guess costs little.
"""

from __future__ import annotations

import re
from functools import cache

import numpy as np
from numpy.typing import NDArray

from knowledge.lexicon import lexicon, official_words
from knowledge.questions.question import Frequencies
from knowledge.questions.sounds import common_words, homophones, sound_of
from knowledge.text import Terms, among, fold, is_bigram, terms_of_folded

LEAST_SEEN = 3
"""Passages that must hold a pair before it is taken for what was meant."""
LEAST_USED = 8
"""Passages that must hold both pairs of a character before it takes the typed one's place."""
_PARTICLES = frozenset("的地得哪那了呢吗吧啊么")
_MOST_UNSEEN = 12  # a question with more strange pairs is not misspelt, it is about something else
_SMALL = _PARTICLES | frozenset(
    "谁是就会要有在不我你他她它这也都还和说来去到上下前后里外能可与或从把被让给对向为自多少很太再已只才"
)
"""Characters that stand beside anything: that the base has not seen them there says nothing."""
_LONGEST = 5  # characters of a word looked for by its sound
_CHINESE = re.compile("[\u3400-\u9fff]{2,}")
_WORD = re.compile(f"[\u4e00-\u9fff]{{2,{_LONGEST}}}")
_LETTERS = re.compile("[a-z]{3,}")
_LEAST_TYPED = 5  # letters of a word written in pinyin; fewer are an English one


def written_out(folded: str, frequencies: Frequencies) -> str:
    """A question with words for their pinyin (shenfenzheng) and for their initials (sfz), where the
    base does not use those letters itself."""

    def word(found: re.Match[str]) -> str:
        letters = found[0]
        full = lexicon().initials.get(letters, "")
        if not full and len(letters) >= _LEAST_TYPED:
            full = _typed().get(letters, "")
        return letters if not full or frequencies(terms_of_folded(letters))[0] else full

    return _LETTERS.sub(word, folded) if _LETTERS.search(folded) else folded


def respelt(folded: str, frequencies: Frequencies) -> str:
    """A question with the slips put right that leave no doubt: 申份证, 居主证, 不懂产.

    First words of public business by their sound; then a character whose pairs on both sides the
    base has never seen, where another of the same sound gives two that it uses all the time. The
    most used of several is taken.
    """
    letters = list(_with_words_meant(folded, frequencies))
    folded = "".join(letters)
    for run in _CHINESE.finditer(folded):
        pairs = [run[0][n : n + 2] for n in range(len(run[0]) - 1)]
        strange = set(np.flatnonzero(_often(pairs, frequencies) == 0).tolist())
        if len(strange) > _MOST_UNSEEN:
            continue
        for n in (n for n in sorted(strange) if n - 1 in strange):
            before, typed, after = run[0][n - 1], run[0][n], run[0][n + 1]
            if typed in _SMALL or {before + typed, typed + after} & common_words():
                continue
            others = [c for c in homophones().get(typed, "") if c not in _PARTICLES]
            left = _often([before + c for c in others], frequencies)
            right = _often([c + after for c in others], frequencies)
            least = np.minimum(left, right)
            if len(others) and least.max() >= LEAST_USED:
                letters[run.start() + n] = others[int(least.argmax())]
    return "".join(letters)


def _with_words_meant(folded: str, frequencies: Frequencies) -> str:
    letters = list(folded)
    for run in _CHINESE.finditer(folded):
        text = run[0]
        pairs = [text[n : n + 2] for n in range(len(text) - 1)]
        strange = (_often(pairs, frequencies) == 0).tolist()
        if sum(strange) > _MOST_UNSEEN:
            continue
        at = 0
        while True in strange[at:]:
            word, size = _word_meant(text, at, strange, frequencies)
            letters[run.start() + at : run.start() + at + len(word)] = word
            at += size
    return "".join(letters)


def _word_meant(
    text: str, at: int, strange: list[bool], frequencies: Frequencies
) -> tuple[str, int]:
    """The word that was meant at a place, "" if none, and how many characters are done with."""
    words, by_sound = _words()
    for size in range(min(_LONGEST, len(text) - at), 1, -1):
        typed = text[at : at + size]
        if typed in words:
            return "", size
        if True not in strange[at : at + size - 1] or typed in common_words():
            continue
        for word in by_sound.get(sound_of(typed), ()):
            changed = [n for n in range(size) if word[n] != typed[n]]
            if _in_doubt(text, at, typed, changed, strange):
                continue
            pairs = [word[n : n + 2] for n in range(size - 1)]
            if _often(pairs, frequencies).min() >= LEAST_SEEN:
                return word, size
    return "", 1


def _in_doubt(text: str, at: int, typed: str, changed: list[int], strange: list[bool]) -> bool:
    """Whether what was typed may stand as it is: too much of it differs, a character of it is a
    word of its own or belongs to one with what stands beside it, or the base has seen it so."""
    if len(changed) > len(typed) // 2 or _SMALL & {typed[n] for n in changed}:
        return True
    if not any(strange[at + n] for m in changed for n in (m - 1, m) if 0 <= n < len(typed) - 1):
        return True
    end = at + len(typed)
    edges = [text[n : at + 1] for n in (at - 1, at - 2) if n >= 0 and 0 in changed]
    if len(typed) - 1 in changed:
        edges += [text[end - 1 : n] for n in (end + 1, end + 2) if n <= len(text)]
    return any(edge in common_words() for edge in edges)


@cache
def _words() -> tuple[frozenset[str], dict[str, tuple[str, ...]]]:
    """The words of public business, all and by their sound."""
    said = {fold(word) for row in official_words().items() for word in (row[0], *row[1])}
    words = sorted(word for word in said if _WORD.fullmatch(word))
    found: dict[str, tuple[str, ...]] = {}
    for word in words:
        found[sound_of(word)] = (*found.get(sound_of(word), ()), word)
    found.pop("", None)
    return frozenset(words), found


@cache
def _typed() -> dict[str, str]:
    """The words of public business by the letters they are typed with, where only one is."""
    found: dict[str, list[str]] = {}
    for sound, words in _words()[1].items():
        found.setdefault(sound.replace(" ", ""), []).extend(words)
    return {letters: words[0] for letters, words in found.items() if len(words) == 1}


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
