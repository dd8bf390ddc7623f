"""Answers a question with the base's own words and their source."""

from __future__ import annotations

from dataclasses import dataclass, replace

from knowledge.base import DEFAULT_BASE, Found, KnowledgeBase
from knowledge.citing import Cited, cite, shown, then, unsaid, wider
from knowledge.excerpt import excerpts
from knowledge.fitting import offices
from knowledge.fitting.locality import same_matter
from knowledge.index.snapshot import Snapshot
from knowledge.judging.judge import Judgement, Verdict, judge
from knowledge.judging.signals import weigher
from knowledge.matters import coverage, matters
from knowledge.model import Entry, EntryId
from knowledge.query import Query
from knowledge.questions.follow_up import (
    LONGEST,
    adds_to_it,
    asks_whether_of_it,
    belongs,
    goes_on,
    names_better,
    says_nothing,
    shares_words,
    speaks_of,
    spoken_first,
    titled_first,
)
from knowledge.questions.moments import Days, past_asked
from knowledge.questions.question import subject_before, what_about
from knowledge.rank import hit_of
from knowledge.text import fold
from knowledge.tuning import Tuning
from knowledge.vectors.dense import ranking_embedder

_PAST = 5  # rules of the past among which the last that held is shown
FEW_WORDS = 10
"""Characters up to which a question that finds nothing may belong to the one before."""
SPEAKING = 0.7
"""Share of the best score from which another entry that has the few words is what they mean."""
RELATED = 0.6
"""Share of the best score from which another entry may be what a follow-up is about."""


@dataclass(frozen=True, slots=True)
class Answer:
    """``passages``: for ``answer`` pieces of one entry, the one asked for first; for
    ``candidates`` one of each entry offered; empty for ``none``.

    ``history``: rules that no longer hold, only when the question asks for the past.
    ``reason``: ``confident``, ``chosen``; ``unsure``, ``statute``, ``several_regions``,
    ``other_paper`` (see :mod:`knowledge.fitting.papers`),
    ``other_act`` (see :mod:`knowledge.fitting.acts`),
    ``other_thing`` (see :mod:`knowledge.fitting.siblings` and
    :mod:`knowledge.judging.modifiers`),
    ``several`` (see :mod:`knowledge.fitting.entrance`),
    ``for_others`` (see :mod:`knowledge.fitting.whom`);
    ``no_contact`` (see :mod:`knowledge.fitting.offices`), ``weak_match``,
    ``demand`` (see :mod:`knowledge.judging.demands`), ``nothing_found``, ``empty_base``,
    ``empty_question``, ``gone``, ``not_allowed``.
    ``regions``: where the question was taken to be about; ``carried``: its subject came from
    an earlier message; ``aspect``: what about the subject is asked, or "".  ``unsaid``: the entry
    says nothing of what is asked about it (see :mod:`knowledge.questions.follow_up`).
    ``wider``: the name of the place asked about, where it has no rule of its own and a wider one
    answers.  ``past``: the days gone by that a question without a subject of its own asks about
    ("以前是怎么规定的").
    """

    verdict: Verdict
    passages: tuple[Cited, ...]
    reason: str
    confidence: float = 0.0
    history: tuple[Cited, ...] = ()
    regions: tuple[str, ...] = ()
    aspect: str = ""
    carried: bool = False
    unsaid: bool = False
    wider: str = ""
    past: Days | None = None


class Answerer:
    """Answers from one base, following its publications.

    Threads may share one.  ``answer`` computes for milliseconds and does not wait on anything,
    so from asyncio call ``await asyncio.to_thread(answerer.answer, query)``; numpy lets go of
    the interpreter in its long steps, and the loop keeps running.
    """

    def __init__(self, base: KnowledgeBase, tuning: Tuning | None = None) -> None:
        """``tuning`` overrides the base's own, for comparing settings."""
        self.base = base
        self._tuning = tuning

    @classmethod
    def open(cls, name: str = DEFAULT_BASE) -> Answerer:
        """Open a base by name under the deployment's data folder, with the embedding model the
        environment asks for."""
        return cls(KnowledgeBase.open(name, embedder=ranking_embedder()))

    def answer(self, query: Query) -> Answer:
        """The verdict and the passages to show."""
        return self.consider(query)[0]

    def about(self, entry_id: str, query: Query, *, following: bool = False) -> Answer:
        """A chosen entry's answer to the question, as when a candidate was picked, or where the
        question is known to be ``following`` that entry.

        The masks hold here too: an entry not in force, of another place or for other people
        gives verdict ``none`` with reason ``not_allowed``, one that is gone ``gone``.
        """
        found = self.base.search(query, 1, tuning=self._tuning)
        if following:
            found = replace(found, prepared=replace(found.prepared, carried=True))
        row = found.snapshot.row_of(EntryId(entry_id))
        if row is None:
            return Answer(Verdict.NONE, (), "gone")
        if not found.snapshot.mask(found.scope)[row]:
            return Answer(Verdict.NONE, (), "not_allowed")
        hit = hit_of(found.snapshot, found.scores, row, found.tuning)
        return Answer(
            verdict=Verdict.ANSWER,
            passages=tuple(cite(found, hit, passage) for passage in excerpts(found, hit)),
            reason="chosen",
            confidence=1.0,
            history=self._history(found, hit.entry),
            regions=found.scope.regions,
            aspect=found.prepared.aspect,
            carried=found.prepared.carried,
            unsaid=unsaid(found, hit.entry),
            wider=wider(found, hit.entry),
            past=_past(found),
        )

    def going_on(self, entry_id: str, query: Query, alone: Answer) -> Answer | None:
        """What the entry shown just before says to a short question for which it is among what is
        found ``alone``, or that asks no more than more of it and finds nothing that has its words;
        ``None`` for any other."""
        row = self.base.snapshot.row_of(EntryId(entry_id))
        folded = fold(query.text)
        if row is None or len(folded) > LONGEST:
            return None
        entry, offered = self.base.snapshot.entry(row), alone.passages
        adds = adds_to_it(folded)
        if not adds and any(names_better(entry.title, one.title, folded) for one in offered):
            return None
        if not adds and not any(cited.entry_id == entry_id for cited in offered):
            if matters(folded) and any(shares_words(one.title, folded) for one in offered):
                return None
            whether = not offered and asks_whether_of_it(folded)
            if not whether and not goes_on(entry, folded):
                return None
        about = self.about(entry_id, query, following=True)
        return about if about.verdict is Verdict.ANSWER else None

    def consider(self, query: Query) -> tuple[Answer, Found]:
        """The answer together with the search it rests on: hit test and evaluation."""
        found = self.base.search(query, tuning=self._tuning)
        if not query.text.strip():
            return Answer(Verdict.NONE, (), "empty_question"), found
        if not found.snapshot.manifest.entries:
            return Answer(Verdict.NONE, (), "empty_base"), found
        found = replace(found, hits=spoken_first(found.hits, query.text))
        if found.prepared.carried:
            found = replace(found, hits=titled_first(found.hits, query.text))
        judged = judge(found)
        asked = offices.wanted(found.prepared.folded)
        if asked is not None:
            found, judged = _of_the_office(found, asked)
        elif other := self._again(query, found, judged) or self._otherwise(query, found, judged):
            found, judged = other
        sure = found.hits[0].entry if judged.verdict is Verdict.ANSWER else None
        answer = Answer(
            verdict=judged.verdict,
            passages=shown(found, judged),
            reason=judged.reason,
            confidence=judged.confidence,
            history=self._history(found, sure),
            regions=found.scope.regions,
            aspect=found.prepared.aspect,
            carried=found.prepared.carried,
            unsaid=sure is not None and unsaid(found, sure),
            wider=wider(found, sure) if sure else "",
            past=_past(found),
        )
        return answer, found

    def _again(
        self, query: Query, found: Found, judged: Judgement
    ) -> tuple[Found, Judgement] | None:
        """A few words ("不报会怎样", "可以在网上换吗") asked once more about what was talked of
        before; ``None`` where that finds nothing that speaks of them, or nothing surer than what
        they find by themselves, unless they are put as one goes on and both are only offered."""
        folded = found.prepared.folded
        subject = subject_before(query.history)
        if found.prepared.carried or not subject or not 2 <= len(folded) <= FEW_WORDS:
            return None
        text = f"{subject} {folded}"
        again = self.base.search(replace(query, text=text, history=()), tuning=self._tuning)
        speaking = [hit for hit in again.hits if belongs(hit.entry, folded)]
        if not speaking or speaking[0].score < SPEAKING * again.hits[0].score:
            return None
        others = (hit for hit in again.hits if hit is not speaking[0])
        again = replace(again, hits=(speaking[0], *others))
        alone, judged = judged, judge(again)
        if judged.verdict is Verdict.NONE:
            return None
        surer = judged.verdict is Verdict.ANSWER and judged.confidence > alone.confidence
        offered = alone.verdict is judged.verdict is Verdict.CANDIDATES
        goes_on = offered and asks_whether_of_it(folded)  # 有补贴吗, after a rule
        if alone.verdict is not Verdict.NONE and not (surer or goes_on):
            return None
        missed = coverage(folded, speaking[0].entry).missed_count
        if alone.verdict is Verdict.ANSWER and missed:
            return None
        prepared = replace(again.prepared, aspect=found.prepared.aspect, carried=True)
        return replace(again, prepared=prepared), judged

    def _otherwise(
        self, query: Query, found: Found, judged: Judgement
    ) -> tuple[Found, Judgement] | None:
        """Where the rule found says nothing of what "…呢" asks about: others that were found and do
        ("那医保呢" after unemployment benefit), or what is found for it alone."""
        about = what_about(fold(query.text))
        if not about or not found.prepared.carried:
            return None
        known = judged.verdict is not Verdict.NONE and found.hits
        if known and not says_nothing(found.hits[0].entry, query.text, weigher(found)):
            return None
        speaking = [hit for hit in found.hits if known and speaks_of(hit.entry, about)]
        if speaking and speaking[0].score >= RELATED * found.hits[0].score:
            others = [hit for hit in found.hits if hit not in speaking]
            offer = replace(judged, verdict=Verdict.CANDIDATES, reason="unsure")
            return replace(found, hits=(*speaking, *others)), offer
        alone = self.base.search(replace(query, text=about, history=()), tuning=self._tuning)
        judged = judge(alone)
        if judged.verdict is Verdict.NONE or not speaks_of(alone.hits[0].entry, about):
            return None
        return alone, judged

    def _history(self, found: Found, shown: Entry | None) -> tuple[Cited, ...]:
        """The last rule that held on the days gone by that are asked about: one that the rule
        ``shown`` replaced, else the best match."""
        days = past_asked(fold(found.query.text), found.query.on)
        if days is None:
            return ()
        rows = _replaced(found.snapshot, shown) if shown else []
        held = found.snapshot.mask(found.scope, past=days)
        if rows := [row for row in rows if held[row]]:
            newest = max(rows, key=lambda row: int(found.snapshot.columns.last[row]))
            hit = hit_of(found.snapshot, found.scores, newest, found.tuning)
            return (cite(found, hit, then(found, hit), historical=True),)
        past = self.base.search(found.query, _PAST, past=days, tuning=self._tuning)
        if judge(past).verdict is Verdict.NONE:
            return ()
        best = past.hits[0]
        if shown and found.prepared.carried and not same_matter(shown, best.entry):
            return ()
        alike = (h for h in past.hits if h is best or same_matter(best.entry, h.entry))
        last = max(alike, key=lambda hit: past.snapshot.last_day(hit.entry.id))
        return (cite(past, last, last.passage, historical=True),)


def _of_the_office(found: Found, asked: offices.Wanted) -> tuple[Found, Judgement]:
    """The entries first that say what is wanted of an office; where none does, nothing is known."""
    saying = [hit for hit in found.hits if offices.says(hit.entry, asked)]
    others = (hit for hit in found.hits if hit not in saying)
    found = replace(found, hits=(*saying, *others))
    judged = judge(found)
    if not saying:
        return found, replace(judged, verdict=Verdict.NONE, reason="no_contact")
    if judged.verdict is Verdict.NONE:
        return found, replace(judged, verdict=Verdict.CANDIDATES, reason="unsure")
    return found, judged


def _replaced(snapshot: Snapshot, entry: Entry) -> list[int]:
    """Rows of all that an entry replaced, and what those had replaced."""
    rows: list[int] = []
    todo = list(entry.supersedes)
    while todo:
        row = snapshot.row_of(todo.pop())
        if row is not None and row not in rows:
            rows.append(row)
            todo += snapshot.entry(row).supersedes
    return rows


def _past(found: Found) -> Days | None:
    said = fold(found.query.text)
    return past_asked(said, found.query.on) if found.prepared.carried else None
