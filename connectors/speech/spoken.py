"""A text as it is read aloud: without what nobody can hear, numbers one calls digit by digit."""

from __future__ import annotations

import re
from typing import Final

WORDS_MOST: Final = 1500  # characters read aloud; the interface takes 4096

_UNSPOKEN = re.compile(r"https?://\S+|==|^#{1,6}\s*", re.M)
_ENDS = re.compile(r"[。！？；\n]")
# Numbers that are called or looked up: hotlines, telephones, the number of an order. What counts
# something is left as it is.
_DIGITS = re.compile(
    r"(?<![0-9A-Za-z.-])"
    r"([A-Z]{1,6}[0-9]{6,8}(?:-[0-9]+)*|0[0-9]{2,3}-?[0-9]{7,8}|1[3-9][0-9]{9}"
    r"|400-?[0-9]{3}-?[0-9]{4}|12[0-9]{3}|9[56][0-9]{3,4}|1(?:10|19|20|22))"
    r"(?![0-9A-Za-z.%]|-[0-9]|[年月日号元个人次件条米层楼栋室分秒时天])"
)
_SAID: Final = dict(zip("0123456789-", "零幺二三四五六七八九，", strict=True))


def spoken(text: str) -> str:
    """What is read of a text: no addresses and no marks; of a long one the first sentences."""
    words = _UNSPOKEN.sub("", text).strip()
    return up_to(_DIGITS.sub(_digit_by_digit, words), WORDS_MOST)


def up_to(words: str, most: int) -> str:
    """The sentences that ``most`` characters hold; of one that is longer, its beginning."""
    if len(words) <= most:
        return words
    ends = [found.end() for found in _ENDS.finditer(words, 0, most)]
    return words[: ends[-1]] if ends else words[:most]


def _digit_by_digit(number: re.Match[str]) -> str:
    return "".join(_SAID.get(one, f"{one} ") for one in number[0]).strip()
