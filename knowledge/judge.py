"""Decides whether what was found answers the question, might, or does not."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from knowledge.base import Found
from knowledge.model import Kind
from knowledge.text import is_bigram


class Verdict(StrEnum):
    """``ANSWER``: assert it; ``CANDIDATES``: "did you mean"; ``NONE``: the base has it not."""

    ANSWER = "answer"
    CANDIDATES = "candidates"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Signals:
    """``raw``: the best fused score; ``ratio``: that as a share of the most the question could
    score; ``covered``: share of the question's pairs of characters, weighed by rarity, that
    the best passage holds; ``lead``: how far the best stands before the second, as a share.
    """

    raw: float
    ratio: float
    covered: float
    lead: float


@dataclass(frozen=True, slots=True)
class Judgement:
    verdict: Verdict
    reason: str
    signals: Signals
    confidence: float


def signals_of(found: Found) -> Signals | None:
    """The evidence for the best hit, ``None`` if nothing was found."""
    if not found.hits:
        return None
    best = found.hits[0]
    scores = found.scores
    ceiling = max(scores.ceiling, 1e-6)
    pairs = is_bigram(scores.terms) & scores.own
    impacts = found.snapshot.impacts(best.passage_row, scores.terms[pairs])
    rarity = scores.rarity[pairs]
    total = float(rarity.sum())
    covered = float(rarity[impacts > 0].sum()) / total if total > 0 else 0.0
    second = found.hits[1].score if len(found.hits) > 1 else 0.0
    lead = (best.score - second) / best.score if best.score > 0 else 0.0
    return Signals(best.score, best.score / ceiling, covered, float(np.clip(lead, 0, 1)))


def judge(found: Found) -> Judgement:
    """The verdict on a search."""
    signals = signals_of(found)
    if signals is None:
        return Judgement(Verdict.NONE, "nothing_found", Signals(0, 0, 0, 0), 0.0)
    confidence = signals.ratio
    if signals.ratio < 0.06 or signals.covered < 0.1:
        return Judgement(Verdict.NONE, "weak_match", signals, confidence)
    if signals.ratio < 0.12 or found.hits[0].entry.kind is Kind.STATUTE:
        return Judgement(Verdict.CANDIDATES, "unsure", signals, confidence)
    return Judgement(Verdict.ANSWER, "confident", signals, confidence)
