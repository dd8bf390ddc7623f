"""How high a rule stands: a law goes before the ordinances and rulings that say about the same.

Whoever asks what the law says is told by the law itself; what ministries and courts have added
says the same in more words, and there is ten times as much of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from enum import IntEnum

from knowledge.model import NATIONAL, Entry, Kind
from knowledge.text import fold

_NUMERAL = "[零〇一二三四五六七八九十百千0-9]+"
_ARTICLE = re.compile(
    rf"(?:第{_NUMERAL}[编章节][^第]{{0,20}})*第{_NUMERAL}条(?:之{_NUMERAL})?(?:第{_NUMERAL}[款项])*$"
)
_ASIDE = re.compile(r"\(.*?\)|[《》]|[^法典]{1,8}编$")
_LAW = re.compile(r"(?<![办方做])法$|法典$|法修正案$|法典?总则$")
_BELOW = re.compile(r"(?:条例|规定|办法|细则|解释|规则|决定|批复|意见)$")
_STATE = "中华人民共和国"


class Standing(IntEnum):
    """``BELOW``: national, and below the laws; ``NONE``: a guide, a service item, a local rule."""

    NONE = 0
    BELOW = 1
    LAW = 2


def standing_of(entry: Entry) -> Standing:
    """How high a rule stands, as far as its name tells."""
    title = "".join(fold(entry.title).split())
    name = _ASIDE.sub("", _ARTICLE.sub("", title))
    written = entry.kind is Kind.STATUTE or is_article(entry)
    if entry.region != NATIONAL or entry.kind is Kind.SERVICE:
        return Standing.NONE
    if _LAW.search(name) and (written or name.startswith(_STATE)):
        return Standing.LAW
    return Standing.BELOW if written or _BELOW.search(name) else Standing.NONE


def is_article(entry: Entry) -> bool:
    """Whether an entry is one article of a statute, by its title ("… 第十二条")."""
    return bool(_ARTICLE.search("".join(fold(entry.title).split())))


def laws_first(
    rows: Sequence[int],
    score: Callable[[int], float],
    standing: Callable[[int], int],
    weight: float,
) -> list[int]:
    """Rows, best first, in the order in which a law's score counts more by ``weight``, a share of
    it, than that of what stands below the laws.  Whatever is neither keeps its place."""
    order = list(rows)
    places = [n for n, row in enumerate(order) if standing(row)]

    def counts(row: int) -> float:
        return -score(row) * (1 + weight * (standing(row) == Standing.LAW))

    for place, row in zip(places, sorted((order[n] for n in places), key=counts), strict=True):
        order[place] = row
    return order
