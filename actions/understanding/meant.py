"""What was meant where somebody slipped: 头诉 for 投诉, dianti huaile for 电梯坏了, WiFi for 网络.

What comes out is as long as what went in, so a stretch found in one is the same in the other. It is
read for the matter and the kind of appeal only: what is quoted stays as the person spelt it.

What our own texts on matters hold tells what can have been meant. A pair of characters they never
have, and no dictionary either, is a slip where a word of theirs sounds the same; so is a character
that fits neither side where another of its sound fits both.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from actions.understanding.pinyin.reading import read
from actions.understanding.text.segment import UNKNOWN, rarity, segment
from actions.understanding.text.words import alternation, words
from knowledge.questions.sounds import homophones, sound_of

_LONGEST = 160
"""A longer text says its matter in many words: a slip in it does no harm."""
_MOST_STRANGE = 10
"""A text with more strange pairs is not misspelt, it is about something else."""
_LEAST_SEEN, _LEAST_BOTH = 6.0, 4.0
"""How often our texts must have a word that was meant, and both pairs of a character."""
_HARDLY = 20
"""So many times as often they must have it as what was typed."""
_SMALL = frozenset(
    "的地得哪那了呢吗吧啊么谁是就会要有在不我你他她它这也都还和说来去上下前后里外能可与或从把被让给向为自多少很太再已只才到"
    "又没一二三四五六七八九十几两个人大小年月日时天点区县市省镇乡村路街巷号嘅咗啲唔哋俺咱"
)
"""Characters that stand beside anything."""
_CHINESE = re.compile("[\u4e00-\u9fff]{2}")
_SOUNDS = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]+(?:[ '][A-Za-z]+)*(?![A-Za-z0-9])")
_LETTERS = re.compile("[A-Za-z]")
_WORDS = re.compile("[A-Za-z]+")
_LEAST_TYPED = 5

Often = Callable[[], Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class _Known:
    """What our texts hold: characters and pairs, and which words of two sound so, the commonest first."""

    often: Mapping[str, float]
    by_sound: dict[str, list[str]]
    after: dict[str, frozenset[str]]
    """What stands often enough behind each character."""


def as_meant(text: str, often: Often) -> str:
    """A folded text with its slips put right, as long as it was.

    Args:
        text: the folded text.
        often: gives how often our texts on matters hold each character and each pair of them.
    """
    if _LETTERS.search(text) is not None:
        only = _CHINESE.search(text) is None
        text = _SOUNDS.sub(lambda hit: _written_out(hit.group(), only), _latin_words(text))
    if len(text) > _LONGEST:
        return text
    seen = often()
    cuts = segment(text)
    strange = [
        a - 1
        for a, b in cuts
        if b - a == 1 and a and text[a - 1 : b] not in seen and _CHINESE.match(text, a - 1)
    ]
    if not 0 < len(strange) <= _MOST_STRANGE:
        return text
    letters, known = list(text), _known(often)
    alone = {a for a, b in cuts if b - a == 1}
    for n in strange:
        if letters[n : n + 2] == [text[n], text[n + 1]]:  # not put right with the pair before
            slip = (n in alone and _word_meant(text, n, known)) or _character_meant(text, n, known)
            if slip:
                letters[slip[0]] = slip[1]
    return "".join(letters)


def _word_meant(text: str, n: int, known: _Known) -> tuple[int, str] | None:
    """The one character that makes a word of ours of the pair at ``n``, and where it stands."""
    typed = text[n : n + 2]
    for word in known.by_sound.get(sound_of(typed), ()):
        wrong = [k for k in (0, 1) if word[k] != typed[k]]
        if len(wrong) != 1 or typed[wrong[0]] in _SMALL:
            continue
        at, meant = n + wrong[0], word[wrong[0]]
        beside = text[at - 1 : at] + meant if wrong[0] == 0 else meant + text[at + 1 : at + 2]
        if beside in known.often or not _CHINESE.fullmatch(beside):
            return at, meant
    return None


def _character_meant(text: str, n: int, known: _Known) -> tuple[int, str] | None:
    """The character that fits both sides where the one after ``n`` fits not the one and hardly the
    other: 电梯怀了."""
    at = n + 1
    if text[at] in _SMALL or not _CHINESE.match(text, at):
        return None
    hardly = known.often.get(text[at : at + 2], 0.0)
    if hardly > _LEAST_SEEN:
        return None
    fit = known.after.get(text[n], frozenset()).intersection(homophones().get(text[at], ""))
    right = {other: known.often.get(other + text[at + 1], 0.0) for other in fit}
    meant = max(right, key=lambda other: (right[other], other), default="")
    return (at, meant) if meant and right[meant] > max(_LEAST_BOTH, hardly * _HARDLY) else None


@cache
def _known(often: Often) -> _Known:
    seen = often()
    by_sound: dict[str, list[str]] = {}
    for word, count in sorted(seen.items(), key=lambda item: (-item[1], item[0])):
        if len(word) == 2 and count >= _LEAST_SEEN and rarity(word) < UNKNOWN:
            by_sound.setdefault(sound_of(word), []).append(word)
    by_sound.pop("", None)
    after: defaultdict[str, set[str]] = defaultdict(set)
    for pair, count in seen.items():
        if len(pair) == 2 and count > _LEAST_BOTH:
            after[pair[0]].add(pair[1])
    return _Known(seen, by_sound, {one: frozenset(others) for one, others in after.items()})


@cache
def _latin() -> tuple[re.Pattern[str], dict[str, str]]:
    said = dict(pair.split("=") for pair in words("latin", "words"))
    spelt = alternation(frozenset(said))
    return re.compile(rf"(?<![A-Za-z0-9])(?:{spelt})(?![A-Za-z0-9.])", re.IGNORECASE), said


def _latin_words(text: str) -> str:
    rule, said = _latin()
    return rule.sub(lambda hit: said[hit.group().lower()].ljust(len(hit.group())), text)


def _written_out(typed: str, only: bool) -> str:
    """The Chinese that letters spell by sound, filled up with blanks; else the letters themselves.

    Where there is nothing else to go by, ``only`` letters, the reading need not be sure.
    """
    if sum(map(len, _WORDS.findall(typed))) < _LEAST_TYPED:
        return typed
    reading = read(typed)
    if reading is None or len(reading.text) > len(typed) or not (reading.sure or only):
        return typed
    return reading.text.ljust(len(typed))
