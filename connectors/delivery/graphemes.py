"""What a reader takes for one character: a letter with its marks, an emoji with all its parts.

The rules are those of Unicode Standard Annex #29 (extended grapheme clusters) as far as text here
needs them: line ends, combining marks, variation selectors, skin tones, flags, keycaps, joined
emoji, Hangul syllables. Prepended marks and Indic conjuncts, which need tables that Python does not
carry, may be divided.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

_JOINER = 0x200D
_NON_JOINER = 0x200C


def graphemes(text: str) -> Iterator[str]:
    """The text's characters as its reader counts them; joined again they are the text."""
    start = 0
    for position in range(1, len(text)):
        if not _belongs(text, start, position):
            yield text[start:position]
            start = position
    if text:
        yield text[start:]


def _belongs(text: str, start: int, position: int) -> bool:
    """Whether the character at ``position`` goes on with the cluster begun at ``start``."""
    before, here = text[position - 1], text[position]
    code = ord(here)
    if code < 0x300:  # the common case; only CR LF joins below the first combining mark
        return here == "\n" and before == "\r"
    if unicodedata.category(before) in ("Cc", "Zl", "Zp"):
        return False
    if _extends(here, code):
        return True
    if ord(before) == _JOINER and _pictographic(code):
        return _pictographic_base(text, start, position - 1)
    if _regional(code) and _regional(ord(before)):
        return _regional(ord(text[start])) and (position - start) % 2 == 1
    return _hangul_joins(ord(before), code)


def _extends(here: str, code: int) -> bool:
    return (
        code
        in (_JOINER, _NON_JOINER, 0x0E33, 0x0EB3)  # and the two vowels Thai and Lao write behind
        or 0x1F3FB <= code <= 0x1F3FF  # skin tones
        or 0xE0020 <= code <= 0xE007F  # tags, of which some flags are made
        or unicodedata.category(here) in ("Mn", "Me", "Mc")
    )


def _pictographic_base(text: str, start: int, joiner: int) -> bool:
    """Whether what stands before the joiner is a pictograph, marks and earlier joins aside."""
    for position in range(joiner - 1, start - 1, -1):
        code = ord(text[position])
        if _pictographic(code):
            return True
        if not _extends(text[position], code) or code == _JOINER:
            return False
    return False


def _pictographic(code: int) -> bool:
    return (
        (0x1F000 <= code <= 0x1FAFF and not _regional(code) and not 0x1F3FB <= code <= 0x1F3FF)
        or 0x2600 <= code <= 0x27BF
        or 0x2190 <= code <= 0x21FF
        or 0x2300 <= code <= 0x23FF
        or 0x25A0 <= code <= 0x25FF
        or 0x2B00 <= code <= 0x2BFF
        or code in (0x203C, 0x2049, 0x2122, 0x2139, 0x3030, 0x303D, 0x3297, 0x3299)
    )


def is_emoji(cluster: str) -> bool:
    """Whether a cluster is a picture rather than writing. Plain arrows and boxes are writing."""
    first = ord(cluster[0])
    if _regional(first) or 0x1F000 <= first <= 0x1FAFF:
        return True
    if "\ufe0f" in cluster or "\u20e3" in cluster:
        return True
    return 0x2600 <= first <= 0x27BF and unicodedata.category(cluster[0]) == "So"


def _regional(code: int) -> bool:
    return 0x1F1E6 <= code <= 0x1F1FF


def _hangul_joins(before: int, code: int) -> bool:
    leading = 0x1100 <= before <= 0x115F or 0xA960 <= before <= 0xA97C
    syllable = 0xAC00 <= before <= 0xD7A3
    open_syllable = syllable and (before - 0xAC00) % 28 == 0
    vowel_before = 0x1160 <= before <= 0x11A7 or 0xD7B0 <= before <= 0xD7C6
    trailing_before = 0x11A8 <= before <= 0x11FF or 0xD7CB <= before <= 0xD7FB
    if 0x1100 <= code <= 0x115F or 0xA960 <= code <= 0xA97C or 0xAC00 <= code <= 0xD7A3:
        return leading
    if 0x1160 <= code <= 0x11A7 or 0xD7B0 <= code <= 0xD7C6:
        return leading or vowel_before or open_syllable
    if 0x11A8 <= code <= 0x11FF or 0xD7CB <= code <= 0xD7FB:
        return syllable or vowel_before or trailing_before
    return False
