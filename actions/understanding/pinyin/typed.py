"""Whether a message is pinyin, and its pieces: runs of syllables, and what stands between them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from actions.understanding.pinyin.sounds import LONGEST, syllables, toneless

_PIECE = re.compile(r"[a-z][a-z']*|[^a-z]+")
_CHINESE = re.compile("[\u3400-\u9fff]")
_TONE_DIGIT = re.compile(r"(?<=[a-z])[1-5](?![0-9])")
_LEAST_SHARE = 0.7  # of the letters that must be pinyin; the rest are names such as APP and ETC
_LEAST_BESIDE_NAMES = 6  # letters of pinyin that make a message with such a name Chinese
_MOST = 400  # characters
# Words that make a sentence English even where those beside them could be read as pinyin.
_ENGLISH = frozenset({
    "the", "i", "is", "am", "it", "to", "my", "of", "and", "in", "how", "what", "for", "please",
    "hello", "hi", "this", "that", "not", "do", "does", "did", "have", "has", "help", "where",
    "when", "why", "your", "we", "are", "need", "want", "would", "like", "with", "hey", "yes",
    "no", "ok", "okay", "thanks", "thank",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Piece:
    """Letters to be read as syllables, or, ``kept``, something that stays as it is."""

    text: str
    kept: bool


def pieces(text: str) -> list[Piece]:
    """The message in pieces, in order, without the spaces; empty when it is not pinyin.

    Full-width letters, capitals, tone marks, tone digits and apostrophes are read as well.
    """
    plain = toneless(unicodedata.normalize("NFKC", text).lower()).replace("’", "'")
    if len(plain) > _MOST or _CHINESE.search(plain) or _has_other_letters(plain):
        return []
    without_tones = _TONE_DIGIT.sub("", plain)
    if len(plain) - len(without_tones) > 1:  # one alone is a number: "jin 2"
        plain = without_tones
    found: list[Piece] = []
    for match in _PIECE.finditer(plain):
        word = match[0].strip("'") if match[0][0].isalpha() else match[0].strip()
        if word in _ENGLISH:
            return []
        if word:
            found.append(Piece(word, not ways(word)))
    pinyin = sum(len(piece.text) for piece in found if not piece.kept)
    names = sum(len(piece.text) for piece in found if piece.kept and piece.text[0].isalpha())
    least = _LEAST_BESIDE_NAMES if names else 2
    enough = pinyin >= least and pinyin >= _LEAST_SHARE * (pinyin + names)
    return found if enough else []


def _has_other_letters(plain: str) -> bool:
    return any(each.isalpha() and not each.isascii() for each in plain)


def ways(word: str) -> dict[int, list[int]]:
    """Where syllables begin in ``word``, and where each may end; empty when it cannot be read.

    An apostrophe parts syllables: xi'an.
    """
    known, size = syllables(), len(word)
    found: dict[int, list[int]] = {}
    for begin in range(size - 1, -1, -1):
        start = begin + 1 if word[begin] == "'" else begin
        ends = [
            end
            for end in range(start + 1, min(size, start + LONGEST) + 1)
            if word[start:end] in known and (end == size or end in found)
        ]
        if ends:
            found[begin] = ends
    return found if 0 in found else {}
