"""The evidence a search gives on whether its first hit answers the question."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass, fields
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from knowledge.base import Found
from knowledge.fitting.locality import same_matter
from knowledge.fitting.particulars import years_in
from knowledge.hit import Hit
from knowledge.index.snapshot import LEAST_SIZE, Floats, Snapshot
from knowledge.judging.inquiry import business, inquiry, telling
from knowledge.matters import coverage, said_in
from knowledge.model import Entry
from knowledge.questions.question import aspect_of, subject_of
from knowledge.regions import gazetteer
from knowledge.text import among, fold, is_bigram, is_unigram, terms_of_folded

_ASKS = re.compile(
    r"[?？吗呢么谁]|什么|怎|如何|多少|多久|多长|哪|几|啥|咋|可以|[是能可]否|何[时处]|有没有|有[^,。!;]{1,6}没有(?=[,。!;]|$)|(.)不\1"
)
_WISHES = re.compile(
    r"[想要](?!让|请|投诉|举报|反映|问你们|说|不通|死|得到|求)|打算|准备|咨询|帮我[查看找]|查一?下|需要办"
)
"""What one is about to do, which asks how without a question: not what others are to do."""
# Put as a question, and none: nobody wants to be told.
_RHETORIC = re.compile(
    "(?:什么|啥)(?:服务)?(?:态度|作风|素质|玩意|德行)|(?:叫|算|是)个?(?:什么|啥)事|要不要(?:人|我们)?活"
    "|让不让人|等着?[^,]{0,4}(?:出人命|出事|死人)[^,]{0,2}|非[要得][^,]{1,8}才[^,]{1,4}[吗么]"
    "|谁受得了|日子[^,]{0,3}怎么过|怎么活|像话[吗么]|有没有(?:王法|天理|良心|公德)|良心(?:呢|何在)"
    "|讲不讲(?:道)?理|给谁看的|安的(?:是)?什么心|没处花[吗么]|玩呢|还(?P<can>[做上睡活过住])不(?P=can)"
)
_SENTENCE = re.compile(r"[。!;\n]")
_END = 40  # characters: what a message is for stands at its end
_MOST_MISSED = 4
_CHIEF = 3  # terms that a chance match rests on


@dataclass(frozen=True, slots=True)
class Signals:
    """Of the hit that comes first, which may have gone before a better match for the place, the
    year or the paper it is named after: what is shown is what must answer.

    ``strength``: log of its score by words in units of one fully matched rare term,
    so that it means the same in a small base and a large one.  ``ratio``: that score as a share
    of the most the question could get.  ``lead``: how far it stands above the others found
    that are about something else, as a share; what is not there has many that are about as near.
    ``spread``: share of its passage's score that does not come from three terms; a passage
    about something else has a word or two of the question.
    ``titled``: share of the entry's title, weighed by rarity, that the question says.
    ``unknown``: share of the subject's words, weighed by rarity, that nothing in the base has:
    they lower the match and yet say nothing against this entry.
    ``place_missed`` and ``year_missed``: whether it names a place or a year of which the entry
    says nothing.
    ``likeness``: cosine similarity of the passage by the embedding model, 0 without one.
    ``matters_missed`` and ``matter_named``: see :class:`knowledge.matters.Coverage`.
    ``inquiry``, ``business`` and ``telling``: see :mod:`knowledge.judging.inquiry`;
    a report that shares its words with a rule has nothing else against it.
    """

    strength: float
    ratio: float
    lead: float
    spread: float
    titled: float
    unknown: float
    place_missed: float
    year_missed: float
    likeness: float
    matters_missed: float
    matter_named: float
    inquiry: float
    business: float
    telling: float


NAMES = tuple(f.name for f in fields(Signals))


def vector(signals: Signals) -> NDArray[np.float64]:
    """The signals as numbers, in the order of :data:`NAMES`."""
    return np.asarray(astuple(signals), dtype=np.float64)


def signals_of(found: Found) -> Signals | None:
    """The evidence for the first hit, ``None`` if nothing was found."""
    if not found.hits:
        return None
    first = found.hits[0]
    scores, folded = found.scores, found.prepared.folded
    said = fold(found.query.text)
    rarest = float(np.log1p((max(found.snapshot.passage_count, LEAST_SIZE) + 0.5) / 0.5))
    own, weights = scores.terms[scores.own], scores.rarity[scores.own]
    spoken = coverage(folded, first.entry)
    subject = subject_of(folded)
    return Signals(
        strength=float(np.log(max(first.words, 1e-3) / rarest)),
        ratio=first.words / max(scores.ceiling, 1e-6),
        lead=_lead(found.hits),
        spread=_spread(found.snapshot.impacts(first.passage_row, own) * weights),
        titled=_titled(found.snapshot, first.entry.title, own),
        unknown=_unknown(found, subject),
        place_missed=float(_misses_place(folded, first.entry)),
        year_missed=float(any(year not in said_in(first.entry) for year in years_in(folded))),
        likeness=first.likeness,
        matters_missed=float(min(spoken.missed_count, _MOST_MISSED)),
        matter_named=spoken.named,
        inquiry=inquiry(said),
        # "要多久" alone is nobody's business; with the subject it points back to, it is ours.
        business=business(folded if found.prepared.carried else said),
        telling=telling(_RHETORIC.sub("", said), asks=ends_in_asking(folded)),
    )


def _lead(hits: tuple[Hit, ...]) -> float:
    first, *rest = hits
    # What is named like it is no rival: the same notice of another year, the next article.
    others = [hit for hit in rest if not same_matter(hit.entry, first.entry)] or rest
    if not others or first.score <= 0:
        return 1.0
    return 1.0 - float(np.mean([hit.score for hit in others])) / first.score


def _spread(parts: Floats) -> float:
    total = float(parts.sum())
    return float(np.sort(parts)[:-_CHIEF].sum()) / total if total > 0 else 0.0


def _titled(snapshot: Snapshot, title: str, asked: NDArray[np.int64]) -> float:
    pairs = _pairs(title)
    if not len(pairs):
        return 0.0
    rarity = _rarity(snapshot, snapshot.frequencies(pairs))
    return float(rarity[among(pairs, asked)].sum() / rarity.sum())


@lru_cache(maxsize=8192)
def _pairs(title: str) -> NDArray[np.int64]:
    terms = np.unique(terms_of_folded(fold(title)))
    return terms[is_bigram(terms)]


def _rarity(snapshot: Snapshot, frequencies: NDArray[np.int64]) -> NDArray[np.float64]:
    size = max(snapshot.passage_count, LEAST_SIZE)
    return np.log1p((size - frequencies + 0.5) / (frequencies + 0.5))


def weigher(found: Found) -> Callable[[Sequence[str]], list[float]]:
    """How rare words are in a base, by their pairs of characters; 0 for what it never has."""

    def weigh(words: Sequence[str]) -> list[float]:
        terms = [terms_of_folded(word)[-1] for word in words]
        frequencies = found.snapshot.frequencies(np.asarray(terms, dtype=np.int64))
        rarity = np.where(frequencies, _rarity(found.snapshot, frequencies), 0.0)
        return [float(one) for one in rarity]

    return weigh


def _unknown(found: Found, subject: str) -> float:
    scores = found.scores
    own, weights = scores.terms[scores.own], scores.rarity[scores.own]
    words = ~is_unigram(own) & among(own, terms_of_folded(subject))
    total = float(weights[words].sum())
    strange = words & (found.snapshot.frequencies(own) == 0)
    return float(weights[strange].sum()) / total if total > 0 else 0.0


def asks(folded: str) -> bool:
    """Whether a folded text is put as a question."""
    return bool(_ASKS.search(folded) or aspect_of(folded))


def ends_in_asking(folded: str) -> bool:
    """Whether the last sentence of a folded text asks, or says what the person is about to do."""
    sentences = [part for part in _SENTENCE.split(folded) if part.strip()]
    end = sentences[-1][-_END:] if sentences else ""
    if _RHETORIC.search(end):
        return bool(_ASKS.search(_RHETORIC.sub("", end)))
    return bool(end) and (asks(end) or bool(_WISHES.search(end)))


def _misses_place(folded: str, entry: Entry) -> bool:
    """Whether the question names a place that neither the entry's region nor its words know."""
    if entry.region.strip("0"):
        return False  # the mask has seen to it
    places = gazetteer().find(folded)
    if not places:
        return False
    said = fold(entry.issuer) + said_in(entry)
    return not any(folded[place.start : place.end].rstrip("省市县区") in said for place in places)
