"""Hamlets named right behind their village: 镇西村小李庄, 联和村黄沙坑, 大定村弄桃屯."""

from __future__ import annotations

import re
from collections.abc import Sequence

from actions.understanding.places.unit import Kind, Unit
from actions.understanding.places.words import (
    DOINGS,
    GENERIC,
    HARD_STOPS,
    RELATIONS,
    STOPS,
    TYPES,
)
from actions.understanding.text.segment import UNKNOWN, rarity

_VILLAGES = frozenset("村会查")
"""What villages end in, 居委会 and 嘎查 among them."""
_HAMLET = re.compile(
    r"[\u4e00-\u9fff]{1,3}[庄屯寨坑垌坪坳冲塆湾沟梁坡畈岭圩坊厝寮墩屋弄堡坝塘岗洼崖营店铺窑头垭咀嘴坎峪涧]"
    r"(?=[，。！？、的有里上]|$)"
)


def hamlet_behind(text: str, village: Unit, tokens: Sequence[tuple[int, int]]) -> Unit | None:
    """The hamlet that begins where the village's name ends, or None.

    ``tokens`` are the ``(start, end)`` of the words from there on. What has a word in it that says
    a doing or a kind, or is itself a word (水塘), is no name.
    """
    name = _HAMLET.match(text, village.end)
    if village.kind == Kind.ROAD or text[village.end - 1] not in _VILLAGES or name is None:
        return None
    for start, end in tokens:
        if start >= name.end():
            break
        word = text[start:end]
        known = word in STOPS or word in TYPES or word in GENERIC or word in RELATIONS
        if known and (end - start > 1 or word in DOINGS or word in HARD_STOPS):
            return None
    if rarity(name.group()) < UNKNOWN:
        return None
    return Unit(village.end, name.end(), Kind.POI, (), 0.7)
