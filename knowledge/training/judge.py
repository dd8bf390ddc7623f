"""Makes the weights of :mod:`knowledge.judging.judge`.

``python -m knowledge.training.judge BASE=FILE …``.

Learnt is to tell questions a base answers from those whose answer it lacks, the hardest to refuse.
They are made by leaving out: of every base only a part of the entries is indexed, again and again,
and all its questions are asked.  The shipped corpus is always one of the bases; ``BASE=FILE`` adds
one that has been ingested, with its labelled questions.  More kinds of bases make better weights:
each counts the same, however many questions it has.  The weights shipped so far are moved, not
made from nothing: they hold what bases have taught that are not given now.

How a message is put (``inquiry``, ``business``, ``telling``) is not learnt here: what would have to
teach it are the texts those signals were made from.
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.base import base_folder
from knowledge.calibration.calibrate import RIGHT, assertion
from knowledge.calibration.selfcheck import copy_of
from knowledge.clock import today
from knowledge.documents.ingest import ingest
from knowledge.evaluation.gold import settled_gold
from knowledge.fitting.particulars import alike
from knowledge.index.segment import Dated
from knowledge.judging.judge import DEFAULT_JUDGE, WEIGHTS, Judge, write_judges
from knowledge.judging.learn import Logistic, fit, sigmoid
from knowledge.judging.signals import NAMES, signals_of, vector
from knowledge.labelled import Labelled, read_questions
from knowledge.published.store import EntryStore
from knowledge.query import Query
from knowledge.succession import last_days
from knowledge.training.inquiry import Sort, drills

CORPUS = Path(__file__).parents[1] / "corpus"
PARTS = (1.0, 0.4, 0.4, 0.4)
"""Shares of each base's entries that are indexed: all, and what three draws leave."""
KEEP_ANYWHERE = 0.96
"""Share of all bases' questions with an answer that is kept: more than is wanted of a base, as how
its people ask is not known and moves the place by more than the difference."""
_MOST_ASKED = 500  # questions a draw
_FAR = 150  # questions about the world asked of each draw
_INSIDE, _OUTSIDE, _WORLD = 0.5, 0.35, 0.15  # worth of each sort in a base
_WORTH = 500.0  # of all rows: what they weigh against staying near nothing
_RIDGE = 5.0
_RIDGE_KNOWN = 100.0  # what it costs to leave weights other bases have given
_EVENLY = np.linspace(0.0, 1.0, 201)
_FREE = 10.0  # scale of the levels, on which staying near nothing costs next to nothing
MANNER = {"business": 1.0, "inquiry": 0.25, "telling": 1.0}
_SPOKEN = {
    **{"strength": 1.5, "ratio": 1.0, "lead": 3.0, "spread": 3.0},
    **{"matters_missed": -0.5, "matter_named": 0.3, "business": 2.0, "telling": 0.05},
}
SPOKEN = Judge(tuple(_SPOKEN.get(name, 0.0) for name in NAMES), -3.9, 0.15, 0.7)
"""For bases with people's own questions, set by hand: the only such base there is to learn from is
the corpus, and what is learnt from it alone refuses less of it where it keeps as much."""
HARD = 1.0
"""Worth of a question whose answer was left out, for what is asserted."""
_LEFT_ALONE = frozenset({"likeness", "inquiry", "business", "telling"})


@dataclass(frozen=True, slots=True)
class Bed:
    """A base to learn from: its entries and questions with the ids that answer them."""

    entries: Sequence[Dated]
    questions: Sequence[Labelled]


@dataclass(frozen=True, slots=True)
class Rows:
    """What the draws of one base showed.  ``inside``: of a question with an answer there, ``right``
    whether the first hit is it; ``far``: of a question about the world; ``whole``: asked of
    all the entries."""

    signals: NDArray[np.float64]
    inside: NDArray[np.bool_]
    right: NDArray[np.bool_]
    far: NDArray[np.bool_]
    whole: NDArray[np.bool_]

    def where(self, which: NDArray[np.bool_]) -> Rows:
        """Those rows alone."""
        return Rows(
            self.signals[which],
            self.inside[which],
            self.right[which],
            self.far[which],
            self.whole[which],
        )


Row = tuple[NDArray[np.float64], bool, bool, bool, bool]


def corpus_bed(folder: Path, day: date) -> Bed:
    """The shipped corpus, ingested into ``folder``, asked with its entries' own questions, which
    are taken out of it."""
    ingest(folder, [CORPUS])
    entries, asked = [], []
    for dated in _entries(folder):
        entry = dated.entry
        entries.append(replace(dated, entry=replace(entry, questions=(), aliases=())))
        if (entry.effective_from or day) <= day <= (dated.until or day):
            region = entry.region if entry.region.strip("0") else None
            gold = (str(entry.id),)
            asked += [Labelled(question=q, gold=gold, region=region) for q in entry.questions]
    return Bed(entries, asked)


def base_bed(name: str, file: Path) -> Bed:
    """An ingested base with its labelled questions."""
    folder = base_folder(name)
    questions, _ = settled_gold(folder, read_questions(file))
    return Bed(_entries(folder), [one for one in questions if one.gold])


def _entries(folder: Path) -> list[Dated]:
    with EntryStore(folder / "entries.sqlite") as store:
        last = last_days(store.succession())
        return [Dated(entry, last.get(entry.id, entry.effective_to)) for entry, _ in store.live()]


def rows_of(bed: Bed, day: date) -> Rows:
    """The evidence of every question in every draw."""
    world = [sample.text for sample in drills() if sample.sort is Sort.OTHER]
    found = [row for part in _draws(bed, world, day) for row in part]
    signals = np.stack([row[0] for row in found])
    told = np.asarray([row[1:] for row in found], dtype=np.bool_)
    return Rows(signals, told[:, 0], told[:, 1], told[:, 2], told[:, 3])


def _draws(bed: Bed, world: Sequence[str], day: date) -> Iterator[Iterator[Row]]:
    for seed, part in enumerate(PARTS):
        yield _draw(bed, world, day, random.Random(seed), part)


def _draw(
    bed: Bed, world: Sequence[str], day: date, some: random.Random, part: float
) -> Iterator[Row]:
    drawn = [some.random() < part for _ in bed.entries]
    there = [dated for dated, kept in zip(bed.entries, drawn, strict=True) if kept]
    known = {str(dated.entry.id): dated.entry for dated in bed.entries}
    ids = {str(dated.entry.id) for dated in there}
    asked = some.sample(bed.questions, min(len(bed.questions), _MOST_ASKED))
    with tempfile.TemporaryDirectory(prefix="huiying-judge-") as name:
        base = copy_of(Path(name), there, {})
        for one in asked:
            gold = set(one.gold)
            right = [known[each] for each in gold if each in known]
            inside = bool(gold & ids)
            alone = not any(alike(d.entry, entry) for d in there for entry in right)
            if not right or not (inside or alone):
                continue
            found = base.search(one.query(day))
            if signals := signals_of(found):
                yield (
                    vector(signals),
                    inside,
                    str(found.hits[0].entry.id) in gold,
                    False,
                    part == 1.0,
                )
        for text in some.sample(world, min(len(world), _FAR)):
            if signals := signals_of(base.search(Query(text, day))):
                yield vector(signals), False, False, True, part == 1.0


def judge_from(beds: Sequence[Rows], known: Judge | None = None) -> Judge:
    """The judge that tells best, on all bases alike, what has an answer; near ``known``, as far as
    these bases do not bear out otherwise."""
    learnt = [at for at, name in enumerate(NAMES) if name not in _LEFT_ALONE]
    parts = [rows.where(~rows.whole) for rows in beds]
    # Bases differ in how high anything scores; that is no evidence, so each has a level of its own.
    level = np.repeat(np.eye(len(parts)), [len(rows.inside) for rows in parts], axis=0)[:, 1:]
    features = np.concatenate([rows.signals[:, learnt] for rows in parts])
    worth = np.concatenate([_worth(rows) for rows in parts]) * _WORTH / len(parts)
    labels = np.concatenate([rows.inside for rows in parts])
    start = None
    if known:
        before = np.append(np.asarray(known.weights)[learnt], np.zeros(level.shape[1]))
        start = Logistic(before, known.bias)
    ridge = _RIDGE_KNOWN if known else _RIDGE
    model = fit(np.column_stack([features, _FREE * level]), labels, worth, start, ridge)
    levels = model.bias + _FREE * np.append(model.weights[len(learnt) :], 0.0)
    weights = np.asarray([MANNER.get(name, 0.0) for name in NAMES])
    weights[learnt] = model.weights[: len(learnt)]
    bias = float(levels.mean())
    near = [rows.where(~rows.far) for rows in beds]
    chances = [sigmoid(rows.signals @ weights + bias) for rows in near]
    pairs = list(zip(chances, near, strict=True))
    # As many of each base, for each to count the same.
    kept = [np.quantile(found[rows.inside & rows.whole], _EVENLY) for found, rows in pairs]
    worths = np.concatenate([np.where(rows.inside, 1.0, HARD) / len(rows.inside) for rows in near])
    right = np.concatenate([rows.right for rows in near])
    asserted = assertion(np.concatenate(chances), right, worths, RIGHT)
    return Judge(
        weights=tuple(round(float(weight), 3) for weight in weights),
        bias=round(bias, 3),
        refuse_below=round(float(np.quantile(kept, 1 - KEEP_ANYWHERE)), 3),
        assert_from=round(asserted, 3),
    )


def _worth(rows: Rows) -> NDArray[np.float64]:
    worth = np.zeros(len(rows.inside))
    hard = ~rows.inside & ~rows.far
    for which, share in ((rows.inside, _INSIDE), (hard, _OUTSIDE), (rows.far, _WORLD)):
        worth[which] = share / max(int(which.sum()), 1)
    return worth


def main(bases: Iterable[str]) -> None:
    """Draw, ask, fit, write."""
    day = today()
    with tempfile.TemporaryDirectory(prefix="huiying-judge-") as name:
        beds = [rows_of(corpus_bed(Path(name) / "corpus", day), day)]
    for one in bases:
        base, _, file = one.partition("=")
        beds.append(rows_of(base_bed(base, Path(file)), day))
    write_judges({"plain": judge_from(beds, DEFAULT_JUDGE), "spoken": SPOKEN})
    sys.stdout.write(f"{len(beds)} bases: {WEIGHTS}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
