"""The place and the year a question names: of rules alike but for these, the one so named first.

Offices of every place publish the same notice year after year. Next to all the words two of them
share, one name and one number weigh little, and yet they are what the question asks for. Where it
is known whose rule an entry is, the masks have decided already; this is for entries, and years, of
which only the title tells.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from knowledge.model import Entry, RegionCode
from knowledge.rank import Hit
from knowledge.regions import gazetteer, within
from knowledge.text import fold

NEAR = 0.7
"""Share of a hit's score from which one that is named as asked goes before it."""

_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")

Suits = Callable[[Entry], bool | None]
"""Whether an entry is named as asked (true), otherwise (false), or says nothing of it."""


def as_asked_first(hits: tuple[Hit, ...], folded: str) -> tuple[Hit, ...]:
    """Hits in their order, but that one named after another place or year than the question's
    gives way to the next that is named as asked and about as good."""
    years = years_in(folded)
    places = _places(folded)

    def place(entry: Entry) -> bool | None:
        own = _places(_name(entry))
        return any(within(a, b) or within(b, a) for a in places for b in own) if own else None

    def year(entry: Entry) -> bool | None:
        own = years_in(_name(entry))
        return bool(own & years) if own else None

    def of_one_place(one: Entry, other: Entry) -> bool:
        if places:
            return place(one) is place(other)
        return _places(_name(one)) == _places(_name(other))

    ordered = list(hits)
    if places:
        _give_way(ordered, place, lambda _one, _other: True)
    if years:
        _give_way(ordered, year, of_one_place)
    return tuple(ordered)


def years_in(folded: str) -> frozenset[str]:
    """The years a folded text names, written in full."""
    return frozenset(_YEAR.findall(folded))


def _give_way(ordered: list[Hit], suits: Suits, alike: Callable[[Entry, Entry], bool]) -> None:
    for at in range(len(ordered)):
        head = ordered[at]
        if suits(head.entry) is not False:
            continue
        for later in range(at + 1, len(ordered)):
            hit = ordered[later]
            same = hit.entry.region == head.entry.region and alike(hit.entry, head.entry)
            if hit.score >= NEAR * head.score and same and suits(hit.entry):
                ordered.insert(at, ordered.pop(later))
                break


def _name(entry: Entry) -> str:
    return fold(f"{entry.title}\n{entry.document_number}")


@lru_cache(maxsize=8192)
def _places(folded: str) -> tuple[RegionCode, ...]:
    return tuple(place.code for place in gazetteer().find(folded))
