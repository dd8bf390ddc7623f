"""The place and the year a question names: of rules alike but for these, the one so named first.

Offices of every place publish the same notice year after year. Next to all the words two of them
share, one name and one number weigh little, and yet they are what the question asks for. Where it
is known whose rule an entry is, the masks have decided already; this is for entries, and years, of
which only the title tells.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from knowledge.fitting.locality import same_matter
from knowledge.hit import Hit
from knowledge.model import Entry, RegionCode
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
    order = order_asked([(hit.entry, hit.score) for hit in hits], folded)
    return tuple(hits[at] for at in order)


def order_asked(scored: Sequence[tuple[Entry, float]], folded: str) -> list[int]:
    """The same for whatever is found of entries, best first with its score: the places of all in
    their new order."""
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

    order = list(range(len(scored)))
    if places:
        _give_way(scored, order, place, lambda _one, _other: True)
    if years:
        _give_way(scored, order, year, of_one_place)
    return order


def alike(one: Entry, other: Entry) -> bool:
    """Whether two rules are about one thing, of one place and year as far as their names tell."""
    mine, theirs = _name(one), _name(other)
    return (
        same_matter(one, other)
        and _places(mine) == _places(theirs)
        and years_in(mine) == years_in(theirs)
    )


def years_in(folded: str) -> frozenset[str]:
    """The years a folded text names, written in full."""
    return frozenset(_YEAR.findall(folded))


def _give_way(
    scored: Sequence[tuple[Entry, float]],
    order: list[int],
    suits: Suits,
    alike: Callable[[Entry, Entry], bool],
) -> None:
    for at in range(len(order)):
        head, best = scored[order[at]]
        if suits(head) is not False:
            continue
        for later in range(at + 1, len(order)):
            entry, score = scored[order[later]]
            same = entry.region == head.region and alike(entry, head)
            if score >= NEAR * best and same and suits(entry):
                order.insert(at, order.pop(later))
                break


def _name(entry: Entry) -> str:
    return fold(f"{entry.title}\n{entry.document_number}")


@lru_cache(maxsize=8192)
def _places(folded: str) -> tuple[RegionCode, ...]:
    return tuple(place.code for place in gazetteer().find(folded))
