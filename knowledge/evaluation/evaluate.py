"""Measures a base on labelled questions, by the very path that answers people."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from knowledge.answer import Answerer
from knowledge.base import Found, KnowledgeBase
from knowledge.citing import Cited
from knowledge.judging.judge import Verdict
from knowledge.judging.learn import auc, paired_p_value
from knowledge.labelled import Labelled
from knowledge.model import EntryId, Passage
from knowledge.passages import SIZE
from knowledge.published.store import EntryStore
from knowledge.query import Query
from knowledge.regions import chain
from knowledge.succession import last_days
from knowledge.text import fold
from knowledge.tuning import Tuning

DEPTH = 10
_STEP = 100
BEST = 3
"""Best passages among which the right one is looked for."""
HOLDS = 0.8
"""Share of an answer's pairs of characters a passage must have to be said to hold it."""
KEPT = 0.95
"""Share of the questions in scope kept where what could be refused is measured."""
_NO_PIECE = 50  # characters below which a passage within a long answer proves nothing


@dataclass(frozen=True, slots=True)
class Row:
    """How one question went.  ``rank``: place of the first gold entry among ten, 0 if absent;
    ``named``: of the first that is one or has the name of one: offices list one matter many times.
    ``passage``: whether one of the three best passages holds the labelled answer, ``None`` where
    none is labelled; ``shown``: whether one of those a person would see does.  ``masked``: the gold
    entries in the base may not be cited: not in force on the day, of another place or for others.
    ``anyway``: refused however sure the match was: a demand, a paper the base has not.
    """

    question: Labelled
    rank: int
    verdict: Verdict
    confidence: float
    top: tuple[str, ...]
    expired: int
    wrong_region: int
    milliseconds: float
    named: int
    passage: bool | None = None
    shown: bool | None = None
    masked: bool = False
    anyway: bool = False

    @property
    def in_scope(self) -> bool:
        return bool(self.question.gold)


@dataclass(frozen=True, slots=True)
class Result:
    """All rows and what they add up to."""

    rows: tuple[Row, ...]

    def to_json(self) -> dict[str, float | int | None]:
        """The measures.  Rates are 0–1, ``None`` where no question could show them."""
        inside = [row for row in self.rows if row.in_scope]
        outside = [row for row in self.rows if not row.in_scope]
        times = [row.milliseconds for row in self.rows]
        labelled = [row for row in self.rows if row.passage is not None]
        twins = {
            "r1_named": _share([row.named == 1 for row in inside]),
            "r5_named": _share([0 < row.named <= 5 for row in inside]),
        }
        passages = {
            "passage3": _share([bool(row.passage) for row in labelled]),
            "shown": _share([bool(row.shown) for row in labelled]),
        }
        return {
            "n": len(self.rows),
            "r1": _share([row.rank == 1 for row in inside]),
            "r5": _share([0 < row.rank <= 5 for row in inside]),
            "mrr10": _share([1 / row.rank if row.rank else 0.0 for row in inside]),
            **(twins if any(row.named != row.rank for row in inside) else {}),
            **(passages if labelled else {}),
            "oos_refused": _share([row.verdict is Verdict.NONE for row in outside]),
            "oos_asked": _share([row.verdict is Verdict.CANDIDATES for row in outside]),
            "oos_asserted": _share([_asserted(row) for row in outside]),
            "oos_refused_at_95": _refused_at(KEPT, inside, outside),
            **{
                f"refused:{kind}": _share([row.verdict is Verdict.NONE for row in rows])
                for kind, rows in _by_kind(outside).items()
            },
            "in_scope_answered": _share([row.verdict is not Verdict.NONE for row in inside]),
            "in_scope_asserted": _share([_asserted(row) for row in inside]),
            "asserted_right": _share([row.rank == 1 for row in inside if _asserted(row)]),
            "auc": _told_apart(inside, outside),
            "gold_masked": sum(row.masked for row in self.rows),
            "expired_cited": sum(row.expired for row in self.rows),
            "wrong_region_cited": sum(row.wrong_region for row in self.rows),
            "p50_ms": round(float(np.percentile(times, 50)), 3) if times else None,
            "p99_ms": round(float(np.percentile(times, 99)), 3) if times else None,
        }


def _asserted(row: Row) -> bool:
    return row.verdict is Verdict.ANSWER


def _told_apart(inside: Sequence[Row], outside: Sequence[Row]) -> float | None:
    if not inside or not outside:
        return None
    sure, unsure = ([row.confidence for row in rows] for rows in (inside, outside))
    return round(auc(np.asarray(sure), np.asarray(unsure)), 4)


def _refused_at(kept: float, inside: Sequence[Row], outside: Sequence[Row]) -> float | None:
    """Share out of scope that would be refused, were the place to refuse just where the share
    ``kept`` of the questions in scope is not."""
    if not inside or not outside:
        return None
    sure, unsure = (np.asarray([_sureness(row) for row in rows]) for rows in (inside, outside))
    return round(float((unsure < np.quantile(sure, 1 - kept, method="lower")).mean()), 4)


def _sureness(row: Row) -> float:
    return 0.0 if row.anyway else row.confidence


def _by_kind(rows: Sequence[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        if row.question.kind:
            found.setdefault(row.question.kind, []).append(row)
    return found


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two results on the same questions.  ``p``: per measure, how likely its difference is luck."""

    one: Result
    other: Result
    p: dict[str, float]


def compare(one: Result, other: Result) -> Comparison:
    """Question by question; both must have been asked the same ones in the same order."""
    measures: dict[str, Callable[[Row], float]] = {
        "r1": lambda row: float(row.rank == 1),
        "r5": lambda row: float(0 < row.rank <= 5),
        "mrr10": lambda row: 1 / row.rank if row.rank else 0.0,
        "in_scope_answered": lambda row: float(row.verdict is not Verdict.NONE),
    }
    pairs = list(zip(one.rows, other.rows, strict=True))
    inside = [pair for pair in pairs if pair[0].in_scope]
    outside = [pair for pair in pairs if not pair[0].in_scope]
    p = {name: _chance(inside, measure) for name, measure in measures.items()}
    with_answer = [pair for pair in pairs if pair[0].passage is not None]
    if with_answer:
        p["passage3"] = _chance(with_answer, lambda row: float(bool(row.passage)))
        p["shown"] = _chance(with_answer, lambda row: float(bool(row.shown)))
    p["oos_refused"] = _chance(outside, lambda row: float(row.verdict is Verdict.NONE))
    return Comparison(one, other, p)


def _chance(pairs: Sequence[tuple[Row, Row]], measure: Callable[[Row], float]) -> float:
    return paired_p_value(
        np.asarray([measure(one) for one, _ in pairs]),
        np.asarray([measure(other) for _, other in pairs]),
    )


def _share(values: Sequence[float | bool]) -> float | None:
    return round(float(np.mean(values)), 4) if values else None


def evaluate(
    base: KnowledgeBase,
    questions: Sequence[Labelled],
    today: date,
    tuning: Tuning | None = None,
    step: Callable[[int], None] = lambda asked: None,
) -> Result:
    """Ask every question; ``today`` is the day of those that name none.  ``step`` is called with
    how many have been asked."""
    answerer = Answerer(base, tuning)
    answerer.answer(Query("预热", today))
    ended = _ended(base)
    rows = []
    for number, labelled in enumerate(questions, 1):
        rows.append(_ask(answerer, labelled, today, ended))
        if number % _STEP == 0:
            step(number)
    return Result(tuple(rows))


def _ended(base: KnowledgeBase) -> dict[EntryId, date | None]:
    """The last days of entries that others replace, from the entries and not from the index."""
    path = base.folder / "entries.sqlite"
    if not path.exists():
        return {}
    with EntryStore(path) as store:
        return last_days(store.succession())


def _ask(
    answerer: Answerer,
    labelled: Labelled,
    today: date,
    ended: dict[EntryId, date | None],
) -> Row:
    query = labelled.query(today)
    started = time.perf_counter()
    answer, found = answerer.consider(query)
    elapsed = (time.perf_counter() - started) * 1000
    ids = tuple(str(hit.entry.id) for hit in found.hits[:DEPTH])
    gold = set(labelled.gold)
    place = next((n for n, entry_id in enumerate(ids, 1) if entry_id in gold), 0)
    names = _names(found, labelled.gold)
    called = [fold(hit.entry.title) in names for hit in found.hits[:DEPTH]]
    alike = next((n for n, named in enumerate(called, 1) if named or ids[n - 1] in gold), 0)
    day = query.on
    # Checked against the entries themselves, not against the masks that should have held.
    cited = [hit.entry for hit in found.hits[:DEPTH]]
    regions = {code for region in found.scope.regions for code in chain(region)}
    return Row(
        question=labelled,
        rank=place,
        verdict=answer.verdict,
        confidence=answer.confidence,
        top=ids,
        expired=sum(
            bool((last := ended.get(e.id) or e.effective_to) and last < day)
            or bool(e.effective_from and e.effective_from > day)
            for e in cited
        )
        + sum(not c.historical for c in answer.history),
        wrong_region=sum(bool(regions) and e.region not in regions for e in cited),
        milliseconds=elapsed,
        named=alike,
        passage=_any_holds(found.passages(BEST), labelled.answer),
        shown=_any_holds(answer.passages, labelled.answer),
        masked=_masked(found, labelled.gold),
        anyway=answer.verdict is Verdict.NONE and answer.reason != "weak_match",
    )


def _names(found: Found, gold: Sequence[str]) -> set[str]:
    rows = [found.snapshot.row_of(EntryId(one)) for one in gold]
    return {fold(found.snapshot.entry(row).title) for row in rows if row is not None}


def _masked(found: Found, gold: Sequence[str]) -> bool:
    rows = [found.snapshot.row_of(EntryId(one)) for one in gold]
    there = [row for row in rows if row is not None]
    return bool(there) and not found.snapshot.mask(found.scope)[there].any()


def _any_holds(passages: Sequence[Passage | Cited], answer: str) -> bool | None:
    """Whether a passage has the answer, nearly word for word; ``None`` without one.

    An answer longer than a passage can be is a passage of somebody else's cutting: then one that
    lies within it is meant.
    """
    wanted = _pairs(answer)
    if not wanted:
        return None
    texts = [p.quote if isinstance(p, Cited) else p.text for p in passages]
    if len(answer) > SIZE:
        held = [_pairs(text) for text in texts if len(text) >= _NO_PIECE]
        return any(len(wanted & own) >= HOLDS * min(len(own), len(wanted)) for own in held)
    return any(len(wanted & _pairs(text)) >= HOLDS * len(wanted) for text in texts)


def _pairs(text: str) -> set[str]:
    plain = "".join(filter(str.isalnum, fold(text)))
    return {plain[n : n + 2] for n in range(len(plain) - 1)}
