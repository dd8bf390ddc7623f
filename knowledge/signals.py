"""The evidence a search gives on whether its first hit answers the question."""

from __future__ import annotations

import re
from dataclasses import astuple, dataclass, fields

import numpy as np
from numpy.typing import NDArray

from knowledge.base import Found
from knowledge.index.snapshot import LEAST_SIZE, Floats
from knowledge.inquiry import business, inquiry, telling
from knowledge.matters import coverage, said_in
from knowledge.model import Entry
from knowledge.question import aspect_of
from knowledge.regions import gazetteer
from knowledge.text import fold, is_bigram

_ASKS = re.compile(
    r"[?？吗呢么谁]|什么|怎|如何|多少|多久|多长|哪|几|啥|咋|可以|[是能可]否|何[时处]|有没有|(.)不\1"
)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_FIRST = 5
_MOST_MISSED = 4
_CHIEF = 3  # terms that a chance match rests on


@dataclass(frozen=True, slots=True)
class Signals:
    """``strength``: log of the best hit's score by words in units of one fully matched rare term,
    so that it means the same in a small base and a large one.  ``ratio``: that score as a share
    of the most the question could get.  ``lead``: how far the best stands above the next five, as a
    share.  ``covered``: share of the question's pairs of characters, weighed by rarity, that
    the entry's best passage holds.  ``asks``: whether it is put as a question.  ``place_missed``
    and ``number_missed``: whether it names a place or a number of which the entry says nothing.
    ``length``: log of the question's pairs.  ``likeness``: cosine similarity of the best passage
    by the embedding model, 0 without one.  ``inquiry`` and ``business``: see
    :mod:`knowledge.inquiry`.
    ``matter_missed``, ``matters_missed`` and ``matter_named``: see
    :class:`knowledge.matters.Coverage`.  ``telling``: how surely what is not put as a question
    is none, 0 for what is; a report that shares its words with a rule has nothing else against it.
    ``spread``: share of the best passage's score that does not come from three terms; a passage
    about something else has a word or two of the question.
    """

    strength: float
    ratio: float
    lead: float
    covered: float
    asks: float
    place_missed: float
    number_missed: float
    length: float
    likeness: float
    inquiry: float
    business: float
    matter_missed: float
    matters_missed: float
    matter_named: float
    telling: float
    spread: float


NAMES = tuple(f.name for f in fields(Signals))


def vector(signals: Signals) -> NDArray[np.float64]:
    """The signals as numbers, in the order of :data:`NAMES`."""
    return np.asarray(astuple(signals), dtype=np.float64)


def signals_of(found: Found) -> Signals | None:
    """The evidence for the best hit, ``None`` if nothing was found."""
    if not found.hits:
        return None
    best = max(found.hits, key=lambda hit: hit.score)
    scores, folded = found.scores, found.prepared.folded
    said = fold(found.query.text)
    rarest = float(np.log1p((max(found.snapshot.passage_count, LEAST_SIZE) + 0.5) / 0.5))
    own, weights = scores.terms[scores.own], scores.rarity[scores.own]
    impacts = found.snapshot.impacts(best.passage_row, own)
    pairs = is_bigram(own)
    total = float(weights[pairs].sum())
    spoken = coverage(folded, best.entry)
    rest = sorted((hit.score for hit in found.hits), reverse=True)[1 : 1 + _FIRST]
    asked = asks(folded)
    return Signals(
        strength=float(np.log(max(best.words, 1e-3) / rarest)),
        ratio=best.words / max(scores.ceiling, 1e-6),
        lead=1.0 - (float(np.mean(rest)) / best.score if rest and best.score > 0 else 0.0),
        covered=float(weights[pairs & (impacts > 0)].sum()) / total if total > 0 else 0.0,
        asks=float(asked),
        place_missed=float(_misses_place(folded, best.entry)),
        number_missed=float(_misses_number(folded, best.entry)),
        length=float(np.log1p(pairs.sum())),
        likeness=best.likeness,
        inquiry=inquiry(said),
        # "要多久" alone is nobody's business; with the subject it points back to, it is ours.
        business=business(folded if found.prepared.carried else said),
        matter_missed=spoken.missed,
        matters_missed=float(min(spoken.missed_count, _MOST_MISSED)),
        matter_named=spoken.named,
        telling=0.0 if asked else telling(said),
        spread=_spread(impacts * weights),
    )


def _spread(parts: Floats) -> float:
    total = float(parts.sum())
    return float(np.sort(parts)[:-_CHIEF].sum()) / total if total > 0 else 0.0


def asks(folded: str) -> bool:
    """Whether a folded text is put as a question."""
    return bool(_ASKS.search(folded) or aspect_of(folded))


def _misses_place(folded: str, entry: Entry) -> bool:
    """Whether the question names a place that neither the entry's region nor its words know."""
    if entry.region.strip("0"):
        return False  # the mask has seen to it
    places = gazetteer().find(folded)
    if not places:
        return False
    said = fold(entry.issuer) + said_in(entry)
    return not any(folded[place.start : place.end].rstrip("省市县区") in said for place in places)


def _misses_number(folded: str, entry: Entry) -> bool:
    numbers = _NUMBER.findall(folded)
    if not numbers:
        return False
    return not any(number in said_in(entry) for number in numbers)
