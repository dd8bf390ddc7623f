"""What is quoted of what was found, with its source, and what must be said of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from knowledge.base import Found
from knowledge.excerpt import excerpts, marks_of
from knowledge.fitting import offices
from knowledge.fitting.acts import acted_first
from knowledge.fitting.entrance import is_called, named_ones_first, plain
from knowledge.fitting.papers import named, offered
from knowledge.hit import Hit
from knowledge.judging.judge import Judgement, Verdict, acts_of
from knowledge.judging.signals import weigher
from knowledge.lexicon import fact_labels
from knowledge.model import Entry, Field, Kind, Passage
from knowledge.questions.follow_up import lacks, manners, says_nothing
from knowledge.regions import gazetteer, within
from knowledge.text import fold

CANDIDATES = 3
"""How many entries are offered when the base is not sure."""


@dataclass(frozen=True, slots=True)
class Cited:
    """A passage shown to a person, with everything its source line needs.

    ``quote`` is the passage, byte for byte; ``marks`` are (start, end) character offsets in it
    of the sentences that matter for the question.  ``fields`` are the rows of a service item
    that answer the question, all of them when it asks for nothing in particular.
    ``historical``: not in force on the day asked about.  ``local``: it stands before a wider
    rule on the same matter.
    """

    entry_id: str
    passage_id: str
    title: str
    heading: str
    quote: str
    marks: tuple[tuple[int, int], ...]
    issuer: str
    document: str
    document_number: str
    region: str
    region_name: str
    effective_from: date | None
    effective_to: date | None
    link: str
    kind: Kind
    fields: tuple[Field, ...]
    sample: bool
    historical: bool
    local: bool
    score: float


def shown(found: Found, judged: Judgement) -> tuple[Cited, ...]:
    """What of the hits is shown: of a sure verdict pieces of the first, of an unsure one a passage
    of each that is offered."""
    if judged.verdict is Verdict.NONE:
        return ()
    if judged.verdict is Verdict.CANDIDATES:
        folded = found.prepared.folded
        asked_for = plain(folded, found.prepared.aspect)
        hits = offered(named_ones_first(found.hits, asked_for), named(folded))
        if judged.reason == "several":
            hits = tuple(hit for hit in hits if is_called(hit.entry, asked_for))
        if asked := offices.wanted(folded):
            hits = tuple(hit for hit in hits if offices.says(hit.entry, asked))
        hits = _told_apart(acted_first(folded, acts_of(found), hits))[:CANDIDATES]
        return tuple(cite(found, hit, excerpts(found, hit)[0]) for hit in hits)
    best = found.hits[0]
    return tuple(cite(found, best, passage) for passage in excerpts(found, best))


def then(found: Found, hit: Hit) -> Passage:
    """Of a rule of the past what is asked about it, else how it opens."""
    passages = excerpts(found, hit)
    return passages[0 if found.prepared.aspect else -1]


def cite(found: Found, hit: Hit, passage: Passage, *, historical: bool = False) -> Cited:
    """A passage with its source, as it may be shown for this question."""
    entry = hit.entry
    return Cited(
        entry_id=entry.id,
        passage_id=passage.id,
        title=entry.title,
        heading=passage.heading,
        quote=passage.text,
        marks=marks_of(passage.text, found),
        issuer=entry.issuer,
        document=entry.document,
        document_number=entry.document_number,
        region=entry.region,
        region_name=gazetteer().name(entry.region) if entry.region.strip("0") else "",
        effective_from=entry.effective_from,
        effective_to=entry.effective_to,
        link=entry.link,
        kind=entry.kind,
        fields=_fields(entry, found),
        sample=entry.sample,
        historical=historical,
        local=hit.local,
        score=hit.score,
    )


def unsaid(found: Found, entry: Entry) -> bool:
    """Whether an entry says nothing of what is asked about it (see
    :mod:`knowledge.questions.follow_up`)."""
    text = found.query.text
    elsewhere = bool(wider(found, entry))  # said of the place, and then not of its words
    if found.prepared.carried and not elsewhere and says_nothing(entry, text, weigher(found)):
        return True
    return lacks(entry, fold(text))


def wider(found: Found, entry: Entry) -> str:
    """The place a question names beside the asker's own, where the rule is a wider one's."""
    if found.query.region and (unnamed := gazetteer().unnamed(fold(found.query.text))):
        return unnamed
    named = [code for code in found.scope.regions if code != found.query.region]
    if not named or within(entry.region, named[0]):
        return ""
    return gazetteer().name(named[0])


def _fields(entry: Entry, found: Found) -> tuple[Field, ...]:
    """The rows of a service item that tell what is asked, all where it is nothing in particular:
    those of its aspect, else those that speak of the way of getting it done asked about."""
    aspect, labels = found.prepared.aspect, fact_labels()
    wanted = tuple(f for f in entry.fields if aspect and labels[f.key][1] == aspect)
    words = {word for group in manners(fold(found.query.text)) for word in group}
    speaking = (
        f for f in entry.fields if any(word in fold(f"{f.label}{f.value}") for word in words)
    )
    return wanted or tuple(speaking) or entry.fields


def _told_apart(hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
    """The hits, of service items called alike in one place the first: there is no choosing."""
    names = [(hit.entry.title, hit.entry.region) for hit in hits]
    return tuple(
        hit
        for at, hit in enumerate(hits)
        if hit.entry.kind is not Kind.SERVICE or names[at] not in names[:at]
    )
