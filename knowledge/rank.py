"""From scores to an order: masks, passage and entry fused, and the most local rule first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.index.masks import Bools
from knowledge.index.snapshot import Floats, Scores, Snapshot
from knowledge.model import Entry, Passage
from knowledge.regions import depth
from knowledge.text import fold
from knowledge.tuning import Tuning

_POOL = 8  # entries looked at beyond those asked for, when more local ones may come first
_SAME_MATTER = 0.6


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry in the order of answers, with its best passage.

    ``score``: the fused score ranked by.  ``local``: it stands before a better-scored rule on
    the same matter because it is more local.
    """

    entry: Entry
    passage: Passage
    score: float
    passage_score: float
    entry_score: float
    entry_row: int
    passage_row: int
    local: bool = False


def rank(
    snapshot: Snapshot,
    scores: Scores,
    mask: Bools,
    tuning: Tuning,
    limit: int,
    dense: Floats | None = None,
) -> tuple[Hit, ...]:
    """The best ``limit`` entries among those allowed; nothing else can appear.

    ``dense``: likeness of every passage by an embedding model, 0–1, or ``None``.  It is put on
    BM25's scale, so that scores mean the same with and without it.
    """
    share = tuning.passage_weight
    fused = share * scores.passages + (1 - share) * scores.entries[snapshot.passage_entry]
    if dense is not None and tuning.dense_weight > 0:
        top = float(np.max(fused, where=mask[snapshot.passage_entry], initial=0.0))
        fused = (1 - tuning.dense_weight) * fused + tuning.dense_weight * top * dense
    best, passage_rows = snapshot.best_passages(fused.astype(np.float32))
    allowed = np.where(mask & (best > 0), best, -np.inf)
    rows = _top(allowed, limit + _POOL)
    hits = [
        Hit(
            entry=snapshot.entry(row),
            passage=snapshot.passage(int(passage_rows[row])),
            score=float(best[row]),
            passage_score=float(scores.passages[passage_rows[row]]),
            entry_score=float(scores.entries[row]),
            entry_row=row,
            passage_row=int(passage_rows[row]),
        )
        for row in rows
    ]
    return tuple(most_local_first(hits, tuning.local_margin)[:limit])


def _top(scores: NDArray[np.floating], limit: int) -> list[int]:
    count = min(limit, len(scores))
    if count == 0:
        return []
    at = np.argpartition(-scores, count - 1)[:count]
    # Equal scores keep the order of rows, so that a search is repeatable.
    ordered = sorted(at.tolist(), key=lambda row: (-scores[row], row))
    return [row for row in ordered if np.isfinite(scores[row])]


def most_local_first(hits: list[Hit], margin: float) -> list[Hit]:
    """Move a more local rule before a wider one on the same matter that scored about as well."""
    ordered = list(hits)
    for at in range(len(ordered)):
        head = ordered[at]
        rivals = [
            (depth(hit.entry.region), -i)
            for i, hit in enumerate(ordered)
            if i > at
            and hit.score >= head.score * (1 - margin)
            and depth(hit.entry.region) > depth(head.entry.region)
            and same_matter(head.entry, hit.entry)
        ]
        if rivals:
            place = -max(rivals)[1]
            winner = ordered.pop(place)
            ordered.insert(at, _as_local(winner))
    return ordered


def _as_local(hit: Hit) -> Hit:
    return Hit(
        entry=hit.entry,
        passage=hit.passage,
        score=hit.score,
        passage_score=hit.passage_score,
        entry_score=hit.entry_score,
        entry_row=hit.entry_row,
        passage_row=hit.passage_row,
        local=True,
    )


def same_matter(one: Entry, other: Entry) -> bool:
    """Whether two rules are about one thing, by the pairs of characters their titles share."""
    mine, theirs = _pairs(one.title), _pairs(other.title)
    if not mine or not theirs:
        return one.title == other.title
    return len(mine & theirs) / min(len(mine), len(theirs)) >= _SAME_MATTER


def _pairs(title: str) -> set[str]:
    folded = fold(title)
    return {folded[i : i + 2] for i in range(len(folded) - 1)}
