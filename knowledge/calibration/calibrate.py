"""Fits the judge to a base: on labelled questions, or on the entries' own questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from knowledge.base import Found, KnowledgeBase
from knowledge.calibration.probes import evidence
from knowledge.fitting.particulars import alike
from knowledge.hit import Hit
from knowledge.judging.judge import DEFAULT_JUDGE, Judge
from knowledge.judging.learn import Logistic, auc, fit, folds, sigmoid
from knowledge.judging.signals import NAMES, signals_of, vector
from knowledge.labelled import Labelled
from knowledge.query import Query

LEAST_LABELLED = 50
"""Fewer labelled questions than this say too little."""
_LEAST_OF_EACH = 15
KEEP = 0.95
"""Share of the questions in scope that must not be refused."""
RIGHT = 0.85
"""Share of what is asserted that must be the right entry."""
LEFT_OUT = 0.2
"""Worth of a question made by leaving its answer out: fewer are asked than have an answer."""
_AS_ASKED = 10  # hits of a question, as :meth:`KnowledgeBase.search` finds by itself
_DEEP = 40  # hits looked at, so that enough are left without those that answer
_REDRAWN = 100  # times the questions are drawn anew, to see what does not hang on a few of them
_BESIDE = 0.5  # of what is out of scope, what no base answers weighs so much
_RIDGE = 10.0  # what it costs to leave the known weights: some dozens of questions say little


class TooFewError(Exception):
    """Not enough labelled questions; the message says how many are needed."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One question's evidence.  ``inside``: it has an answer; ``right``: the first hit is it;
    ``worth``: how much it counts for what is asserted, 1 for a question that was labelled.
    """

    signals: NDArray[np.float64]
    inside: bool
    right: bool
    worth: float = 1.0


@dataclass(frozen=True, slots=True)
class Calibration:
    """A judge with what it does on the questions it was fitted to, by cross-validation.

    ``kept``: share in scope not refused; ``refused``: share out of scope refused, ``None``
    without such questions; ``asserted``/``asserted_right``: share in scope asserted, and share
    of those where the asserted entry is right.
    """

    judge: Judge
    kept: float
    refused: float | None
    asserted: float
    asserted_right: float
    separation: float


def samples_of(base: KnowledgeBase, questions: Sequence[Labelled], today: date) -> list[Sample]:
    """Search every question and take its evidence."""
    asked = ((one.query(today), set(one.gold)) for one in questions)
    return [sample for query, gold in asked for sample in evidence_of(base, query, gold)]


def evidence_of(base: KnowledgeBase, query: Query, gold: set[str]) -> list[Sample]:
    """The evidence for a question, and of one with an answer also what would be found without it
    (:func:`left_out`); nothing where nothing was found."""
    search = base.search(query, _DEEP)
    found = (sample_of(_cut(search, search.hits), gold), left_out(search, gold))
    return [sample for sample in found if sample]


def sample_of(search: Found, gold: set[str]) -> Sample | None:
    """The evidence of one search, ``None`` if nothing was found."""
    signals = signals_of(search)
    if signals is None:
        return None
    first = str(search.hits[0].entry.id)
    return Sample(vector(signals), bool(gold), first in gold)


def left_out(search: Found, gold: set[str]) -> Sample | None:
    """The evidence if the entries that answer, and those named like them, were not in the base: a
    real question that it does not answer, the hardest to refuse.  ``None`` without such entries.
    """
    right = [hit.entry for hit in search.hits if str(hit.entry.id) in gold]
    others = [h for h in search.hits if not any(alike(h.entry, e) for e in right)]
    others = [hit for hit in others if str(hit.entry.id) not in gold]
    if not right or not others:
        return None
    sample = sample_of(_cut(search, others), set())
    return replace(sample, worth=LEFT_OUT) if sample else None


def _cut(search: Found, hits: Sequence[Hit]) -> Found:
    return replace(search, hits=tuple(hits[:_AS_ASKED]))


def unanswerable(base: KnowledgeBase, today: date) -> list[Sample]:
    """The evidence of what no base is there to answer, in this one."""
    found = (signals for signals in evidence(base, today) if signals)
    return [Sample(vector(signals), inside=False, right=False) for signals in found]


def calibrate(
    samples: Sequence[Sample],
    source: str,
    keep: float = KEEP,
    known: Judge = DEFAULT_JUDGE,
    beside: Sequence[Sample] = (),
    *,
    refit: bool = True,
    right_share: float = RIGHT,
) -> Calibration:
    """Fit weights and both thresholds, so that the share ``keep`` of the questions in scope is
    not refused.  Raises :class:`TooFewError`.

    The weights stay close to those of ``known``, and are those without ``refit`` or enough
    questions out of scope; then only the thresholds are set.
    ``right_share``: how much of what is asserted must be right.
    ``beside``: evidence of what no base answers (:mod:`knowledge.calibration.probes`), fitted to as
    well: some dozens of labelled questions, most of them hard, say little of small talk and
    reports.
    """
    inside = sum(sample.inside for sample in samples)
    outside = len(samples) - inside
    asked = sum(sample.worth == 1.0 for sample in samples)
    if asked < LEAST_LABELLED or inside < _LEAST_OF_EACH:
        raise TooFewError(
            f"标注问题太少：至少 {LEAST_LABELLED} 条且有答案的不少于 {_LEAST_OF_EACH} 条"
            f"（现有 {asked} 条，有答案 {inside} 条）"
        )
    features = np.stack([sample.signals for sample in samples])
    labels = np.asarray([sample.inside for sample in samples])
    others = np.asarray([sample.signals for sample in beside]).reshape(-1, len(NAMES))
    model = Logistic(np.asarray(known.weights), known.bias)
    unseen = model.logit(features)
    if refit and outside >= _LEAST_OF_EACH:
        model, unseen = _fitted(features, labels, others, model)
    chances = sigmoid(unseen)
    right = np.asarray([sample.right for sample in samples])
    worth = np.asarray([sample.worth for sample in samples])
    refuse = _refusal(chances[labels], chances[~labels], keep)
    assert_from = max(refuse, assertion(chances, right, worth, right_share))
    judge = Judge(
        tuple(float(w) for w in model.weights),
        model.bias,
        refuse,
        assert_from,
        source,
        asked,
    )
    asserted = chances >= assert_from
    denied = ~labels & (worth == 1.0)
    return Calibration(
        judge=judge,
        kept=float((chances[labels] >= refuse).mean()),
        refused=float((chances[denied] < refuse).mean()) if denied.any() else None,
        asserted=float(asserted[labels].mean()),
        asserted_right=float(right[asserted & labels].mean()) if (asserted & labels).any() else 0.0,
        separation=auc(chances[labels], chances[~labels]),
    )


def _fitted(
    features: NDArray[np.float64],
    labels: NDArray[np.bool_],
    others: NDArray[np.float64],
    start: Logistic,
) -> tuple[Logistic, NDArray[np.float64]]:
    """A model near ``start``, and each question's log-odds by models that did not see it.

    ``others``: what is out of scope everywhere.
    """
    share = _BESIDE if len(others) else 0.0
    sample = np.where(labels, 0.5 / labels.mean(), 0.5 * (1 - share) / (1 - labels.mean()))
    beside = np.full(len(others), 0.5 * share * len(labels) / max(len(others), 1))

    def model_of(seen: NDArray[np.bool_]) -> Logistic:
        rows = np.concatenate([features[seen], others])
        told = np.concatenate([labels[seen], np.zeros(len(others), dtype=np.bool_)])
        return fit(rows, told, np.concatenate([sample[seen], beside]), start, _RIDGE)

    left_out = np.zeros(len(labels))
    part = folds(len(labels))
    for fold in range(int(part.max()) + 1):
        seen = part != fold
        left_out[~seen] = model_of(seen).logit(features[~seen])
    return model_of(np.ones(len(labels), dtype=np.bool_)), left_out


def _told(left_out: NDArray[np.float64], labels: NDArray[np.bool_]) -> float:
    return auc(left_out[labels], left_out[~labels])


def _refusal(inside: NDArray[np.float64], outside: NDArray[np.float64], keep: float) -> float:
    """Below which chance nothing is shown: all but ``keep`` of the questions in scope, or fewer
    if that already refuses everything else."""
    # Some dozens of questions: the plain quantile among them keeps fewer of those yet to come.
    limit = float(np.quantile(inside, 1 - keep, method="hazen"))
    if len(outside) and outside.max() < limit:
        return float((outside.max() + limit) / 2)
    return limit


def assertion(
    chances: NDArray[np.float64],
    right: NDArray[np.bool_],
    worth: NDArray[np.float64],
    share: float,
) -> float:
    """From which chance on the first hit is right in that share, often enough to assert it.

    The running share hovers about the one wanted, so that one question more or less moves the last
    place at which it is good enough by far: the middle of what redrawn questions give is taken.
    """
    some = np.random.default_rng(12345)
    drawn = (some.integers(0, len(chances), len(chances)) for _ in range(_REDRAWN))
    found = [_last_good(chances[n], right[n], worth[n], share) for n in drawn]
    return float(np.median(found))


def _last_good(
    chances: NDArray[np.float64],
    right: NDArray[np.bool_],
    worth: NDArray[np.float64],
    share: float,
) -> float:
    order = np.argsort(-chances)
    hits = np.cumsum((right * worth)[order]) / np.cumsum(worth[order])
    good = np.flatnonzero(hits >= share)
    return float(chances[order][good[-1]]) if len(good) else float(np.quantile(chances, 0.95))
