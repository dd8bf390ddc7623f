"""Decides whether what was found answers the question, might, or does not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.base import Found
from knowledge.fitting.acts import asked_acts, other_act
from knowledge.fitting.entrance import (
    Plain,
    is_entrance,
    is_for_else,
    is_named,
    is_one_of_several,
    plain,
)
from knowledge.fitting.papers import doubtful, named, unheard_of
from knowledge.fitting.siblings import of_a_sibling
from knowledge.fitting.whom import for_others
from knowledge.judging.demands import demands
from knowledge.judging.learn import Logistic, sigmoid
from knowledge.judging.modifiers import of_another
from knowledge.judging.signals import NAMES, Signals, signals_of, vector
from knowledge.model import Kind
from knowledge.regions import within
from knowledge.text import fold

WEIGHTS = Path(__file__).parents[1] / "lexicon" / "judge.json"
"""The judges made by ``python -m knowledge.training.judge``."""


class Verdict(StrEnum):
    """``ANSWER``: assert it; ``CANDIDATES``: "did you mean"; ``NONE``: the base has it not."""

    ANSWER = "answer"
    CANDIDATES = "candidates"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Judge:
    """``weights`` of :data:`~knowledge.judging.signals.NAMES` and ``bias`` give the log-odds that
    the best hit is right; below ``refuse_below`` nothing is shown, from ``assert_from`` on it is
    asserted, between them candidates are offered.  Both are chances, 0–1.

    ``source``: ``default``, ``probes``, ``own questions`` or ``labelled``, with ``questions``
    counted.
    """

    weights: tuple[float, ...]
    bias: float
    refuse_below: float
    assert_from: float
    source: str = "default"
    questions: int = 0

    def confidence(self, signals: Signals) -> float:
        """The chance, 0–1, that the best hit answers."""
        logistic = Logistic(np.asarray(self.weights), self.bias)
        return float(sigmoid(logistic.logit(vector(signals)[None, :]))[0])

    def to_json(self) -> dict[str, Any]:
        return {
            "weights": dict(zip(NAMES, self.weights, strict=True)),
            "bias": self.bias,
            "refuse_below": self.refuse_below,
            "assert_from": self.assert_from,
            "source": self.source,
            "questions": self.questions,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Judge:
        """What :meth:`to_json` wrote; signals another version did not know weigh nothing."""
        return cls(
            weights=tuple(float(data["weights"].get(name, 0.0)) for name in NAMES),
            bias=float(data["bias"]),
            refuse_below=float(data["refuse_below"]),
            assert_from=float(data["assert_from"]),
            source=str(data["source"]),
            questions=int(data["questions"]),
        )


def write_judges(judges: Mapping[str, Judge]) -> None:
    """Write what :mod:`knowledge.training.judge` has made."""
    data = {name: judge.to_json() for name, judge in judges.items()}
    WEIGHTS.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")


def _shipped(name: str) -> Judge:
    return Judge.from_json(json.loads(WEIGHTS.read_text(encoding="utf-8"))[name])


DEFAULT_JUDGE = _shipped("plain")
"""For a base nobody has labelled questions for.  ``refuse_below`` is the most that is asked of a
match in any base; each gets its own by :func:`knowledge.calibration.probes.noise_level`."""

SPOKEN_JUDGE = _shipped("spoken")
"""For a base whose entries carry questions as people put them, stories among them: there the way of
asking tells nothing, and reports are kept from it by the dialogue, which takes them up as such."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict with its reason (see :class:`~knowledge.answer.Answer`) and its evidence."""

    verdict: Verdict
    reason: str
    confidence: float
    signals: Signals | None


def judge_of(found: Found) -> Judge:
    """The judge calibrated for the base, or the default."""
    data = found.snapshot.manifest.tuning.get("judge")
    return Judge.from_json(data) if data else DEFAULT_JUDGE


def judge(found: Found, chosen: Judge | None = None) -> Judgement:
    """The verdict on a search."""
    signals = signals_of(found)
    if signals is None:
        return Judgement(Verdict.NONE, "nothing_found", 0.0, None)
    rule = chosen or judge_of(found)
    confidence = rule.confidence(signals)
    if demands(fold(found.query.text)):
        return Judgement(Verdict.NONE, "demand", confidence, signals)
    asked = plain(found.prepared.folded, found.prepared.aspect)
    if confidence < rule.refuse_below and not is_named(found.hits, asked):
        return Judgement(Verdict.NONE, "weak_match", confidence, signals)
    if unheard_of(found.hits, named(found.prepared.folded)):
        return Judgement(Verdict.NONE, "other_paper", confidence, signals)
    if found.hits[0].entry.kind is Kind.STATUTE:
        return Judgement(Verdict.CANDIDATES, "statute", confidence, signals)
    sure = confidence >= rule.assert_from
    if is_one_of_several(found.hits, asked):
        return Judgement(Verdict.CANDIDATES, "several", confidence, signals)
    if not is_entrance(found.hits, asked) and (doubt := _doubt(found, asked, sure)):
        return Judgement(Verdict.CANDIDATES, doubt, confidence, signals)
    if for_others(found.prepared.folded, found.hits[0].entry):
        return Judgement(Verdict.CANDIDATES, "for_others", confidence, signals)
    if _places_disagree(found):
        return Judgement(Verdict.CANDIDATES, "several_regions", confidence, signals)
    return Judgement(Verdict.ANSWER, "confident", confidence, signals)


def _doubt(found: Found, asked: Plain | None, sure: bool) -> str:
    """Why the first hit is not asserted, by its words; "" for nothing."""
    if not sure:
        return "unsure"
    if doubtful(found.hits, named(found.prepared.folded)):
        return "other_paper"
    if of_a_sibling(found.prepared.folded, found.hits[0].entry) or _of_another(found):
        return "other_thing"
    other = other_act(found.prepared.folded, acts_of(found), found.hits[0].entry)
    if other or is_for_else(found.hits, asked):
        return "other_act"
    return ""


def _of_another(found: Found) -> bool:
    """Whether the question begins with a word that makes the thing another (what is pointed back to
    was settled when it was asked)."""
    return not found.prepared.carried and of_another(fold(found.query.text), found.hits[0].entry)


def acts_of(found: Found) -> frozenset[str]:
    """What is to be done with the thing asked about, as the person put it last."""
    return asked_acts(fold(found.query.text), found.prepared.folded)


def _places_disagree(found: Found) -> bool:
    """With the asker's place unknown: whether rules of different places answer about as well."""
    if found.scope.regions or not found.hits:
        return False
    best = found.hits[0]
    return any(
        hit.score >= best.score * (1 - found.tuning.local_margin)
        and not within(hit.entry.region, best.entry.region)
        and not within(best.entry.region, hit.entry.region)
        for hit in found.hits[1:]
    )
