"""Which of the offered choices a person means: "2", "２", "二", "第二个", "选2" or the label."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from connectors.messages import Choice

_DIGITS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_NUMBER = r"(?P<n>\d{1,2}|十[一二三四五六七八九]?|[一二两三四五六七八九])"
_ORDINAL = re.compile(
    rf"^(?:我?(?:选择?|要|回复?|就))?(?:是)?(?:第|选项)?{_NUMBER}(?:个|项|条|种|号)?(?:吧|呢|的|谢谢)*$"
)
_LAST = re.compile(r"^(?:我?选?)?(?:最后|末尾)(?:一|那)?(?:个|项|条)(?:吧|的)*$")
_NOISE = re.compile(r"[\s。.,，、!！?？~～()（）【】\[\]:：;；\"'“”‘’①-⑳]+")


def pick(text: str, choices: Sequence[Choice]) -> Choice | None:
    """The choice meant by ``text``, or None when it says something else.

    Only a message that is nothing but a choice counts: "2栋有人吵" is no second choice.
    """
    circled = re.fullmatch(r"\s*([①-⑨])\s*", text)
    if circled:
        return _at(choices, ord(circled[1]) - ord("①") + 1)
    said = _NOISE.sub("", unicodedata.normalize("NFKC", text)).lower()
    if not said:
        return None
    for choice in choices:
        if said == _NOISE.sub("", unicodedata.normalize("NFKC", choice.label)).lower():
            return choice
    if _LAST.match(said):
        return choices[-1] if choices else None
    if match := _ORDINAL.match(said):
        return _at(choices, _value(match["n"]))
    return None


def _value(number: str) -> int:
    if number.isdigit():
        return int(number)
    if number.startswith("十"):
        return 10 + (_DIGITS[number[1]] if len(number) > 1 else 0)
    return _DIGITS[number]


def _at(choices: Sequence[Choice], position: int) -> Choice | None:
    return choices[position - 1] if 1 <= position <= len(choices) else None
