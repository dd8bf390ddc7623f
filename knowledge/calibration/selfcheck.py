"""Calibrates a base's judge without labels: by what it can't answer, and by what it should.

What nobody would answer (:mod:`knowledge.calibration.probes`) shows how high mere chance scores
in this base.  Half of each entry's own questions, taken out of a throw-away copy of the index and
asked of it, show how well a question that has an answer here scores; so where to stop asserting,
and that not too much is refused.  The default weights stay.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np

from knowledge.base import KnowledgeBase
from knowledge.calibration.calibrate import (
    LEAST_LABELLED,
    Calibration,
    Sample,
    calibrate,
    evidence_of,
)
from knowledge.calibration.probes import noise_level
from knowledge.index.manifest import Manifest, SegmentRef, write_manifest
from knowledge.index.segment import Dated, write_segment
from knowledge.judging.judge import DEFAULT_JUDGE, SPOKEN_JUDGE, Judge
from knowledge.model import Entry
from knowledge.query import Query

KEEP = 0.9
RIGHT = 0.8
"""Both lower than for labelled questions: entries that gave away half their questions score lower
here than they will."""
MOST = 400
"""Questions asked at most; more would hold up publishing without telling more."""


def check(
    base: KnowledgeBase, entries: Sequence[Dated], today: date, tuning: dict[str, object]
) -> Judge:
    """A judge for a base that has just been published with these entries."""
    own = by_own_questions(entries, today, tuning)
    if own is None:
        noise = noise_level(base, today)
        assert_from = max(noise, DEFAULT_JUDGE.assert_from)
        return replace(DEFAULT_JUDGE, refuse_below=noise, assert_from=assert_from, source="probes")
    noise = noise_level(base, today, SPOKEN_JUDGE)
    return replace(own.judge, refuse_below=min(noise, own.judge.refuse_below))


def by_own_questions(
    entries: Sequence[Dated], today: date, tuning: dict[str, object]
) -> Calibration | None:
    """How the entries' own questions fare, or ``None`` if they carry too few."""
    asked = [
        (dated.entry, question)
        for dated in entries
        if _in_force(dated, today)
        for question in dated.entry.questions[1::2]
    ]
    if len(asked) < LEAST_LABELLED:
        return None
    order = np.random.default_rng(12345).permutation(len(asked))[:MOST]
    with tempfile.TemporaryDirectory(prefix="huiying-check-") as name:
        halved = [
            replace(d, entry=replace(d.entry, questions=d.entry.questions[::2])) for d in entries
        ]
        base = copy_of(Path(name), halved, tuning)
        samples = [sample for n in order.tolist() for sample in _ask(base, asked[n], today)]
    return calibrate(samples, "own questions", KEEP, SPOKEN_JUDGE, refit=False, right_share=RIGHT)


def _in_force(dated: Dated, day: date) -> bool:
    first = dated.entry.effective_from
    return (first is None or first <= day) and (dated.until is None or day <= dated.until)


def copy_of(folder: Path, entries: Sequence[Dated], tuning: dict[str, object]) -> KnowledgeBase:
    """A base of these entries in an empty folder, made to be thrown away."""
    averages = write_segment(folder / "segments" / "only", iter(entries), None)
    manifest = Manifest(1, (SegmentRef("only", len(entries), 0),), averages, "", tuning)
    write_manifest(folder, manifest)
    return KnowledgeBase(folder)


def _ask(base: KnowledgeBase, asked: tuple[Entry, str], today: date) -> list[Sample]:
    entry, question = asked
    region = entry.region if entry.region.strip("0") else None
    return evidence_of(base, Query(question, today, region), {str(entry.id)})
