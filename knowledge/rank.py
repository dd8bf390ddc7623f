"""From scores to an order: masks, passage and entry fused, and the most local rule first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from knowledge.fitting.locality import of_the_same_matter, same_matter
from knowledge.hit import Hit
from knowledge.index.masks import Bools
from knowledge.index.snapshot import Scores, Snapshot
from knowledge.model import Kind
from knowledge.regions import depth
from knowledge.standing import laws_first
from knowledge.tuning import Tuning
from knowledge.vectors.dense import Nearness

ALIKE = 5
"""Service items of one name, place and office that are found for one question."""
_POOL = 8  # entries looked at beyond those asked for, when more local ones may come first
_BELOW = 24  # further ones among which there may be a law
_DEEP = 120  # how far down others are looked for where one service item fills the top
_FAIR_MATCH = 0.25  # share of the highest possible score that a good match of words reaches


def rank(
    snapshot: Snapshot,
    scores: Scores,
    mask: Bools,
    tuning: Tuning,
    limit: int,
    near: Nearness | None = None,
    *,
    asked: str = "",
    placed: bool = True,
) -> tuple[Hit, ...]:
    """The best ``limit`` entries among those allowed; nothing else can appear.

    ``near``: nearness of every passage by an embedding model, or ``None``.  It is put on BM25's
    scale: the nearest passage weighs like the best match of words, and like a fair one where no
    words match at all.  ``asked``: the question, folded.  ``placed``: whether the
    place asked about is known; where it is not, no rule is more local to it than another.
    """
    if near is None:
        passages = scores.passages
        best = _by_entry(scores, tuning) + np.float32(tuning.passage_weight) * scores.best
    else:
        passages = by_passage(snapshot, scores, mask, tuning, near)
        best = snapshot.best_of_entries(passages)
    allowed = np.where(mask & (best > 0) & (scores.best >= 0), best, -np.inf)
    rows = _top(allowed, limit + _POOL + _BELOW)
    rows = laws_first(
        rows,
        lambda row: float(best[row]),
        lambda row: int(snapshot.standing[row]),
        tuning.law_weight,
    )
    rows = _few_of_each(snapshot, rows, limit + _POOL, lambda: _top(allowed, _DEEP))
    hits = []
    for row in rows:
        place = snapshot.best_passage(row, passages)
        cosine = float(near.cosine[place]) if near is not None else 0.0
        words = _words(scores, row, place, tuning)
        hits.append(_hit(snapshot, row, place, words, float(best[row]), cosine))
    if not placed:
        return tuple(hits[:limit])
    return tuple(most_local_first(hits, tuning.local_margin, asked)[:limit])


def _few_of_each(
    snapshot: Snapshot, rows: list[int], limit: int, deeper: Callable[[], list[int]]
) -> list[int]:
    """The first rows, of service items of one name, place and office only a few: an office lists
    one matter a dozen times, for each case of it, and they would leave no room for another."""
    kept = _first_of_each(snapshot, rows, limit)
    if len(kept) == limit or len(kept) == len(rows):
        return kept
    return _first_of_each(snapshot, list(dict.fromkeys((*rows, *deeper()))), limit)


def _first_of_each(snapshot: Snapshot, rows: list[int], limit: int) -> list[int]:
    seen: Counter[tuple[str, ...]] = Counter()
    kept: list[int] = []
    for row in rows:
        if len(kept) == limit:
            break
        entry = snapshot.entry(row)
        name = (entry.title, entry.region, entry.issuer)
        seen[name] += 1
        if entry.kind is not Kind.SERVICE or seen[name] <= ALIKE:
            kept.append(row)
    return kept


def by_passage(
    snapshot: Snapshot, scores: Scores, mask: Bools, tuning: Tuning, near: Nearness | None
) -> NDArray[np.float32]:
    """What each passage is ranked by: its own words, those of its entry, and its nearness."""
    fused = _by_entry(scores, tuning)[snapshot.passage_entry]
    fused += np.float32(tuning.passage_weight) * scores.passages
    if near is not None:
        top = float(np.max(fused, where=mask[snapshot.passage_entry], initial=0.0))
        scale = np.float32(tuning.dense_weight * max(top, _FAIR_MATCH * scores.ceiling))
        fused *= np.float32(1 - tuning.dense_weight)
        fused += scale * near.share
    return fused


def _by_entry(scores: Scores, tuning: Tuning) -> NDArray[np.float32]:
    share = np.float32(1 - tuning.passage_weight)
    return share * scores.entries + np.float32(tuning.title_weight) * scores.names


def hit_of(snapshot: Snapshot, scores: Scores, row: int, tuning: Tuning) -> Hit:
    """One entry as a hit, whatever its place; its best passage is the first of equals."""
    place = snapshot.best_passage(row, scores.passages)
    words = _words(scores, row, place, tuning)
    return _hit(snapshot, row, place, words, words)


def _words(scores: Scores, row: int, place: int, tuning: Tuning) -> float:
    """How well the words of an entry match, by those of one of its passages."""
    share = tuning.passage_weight
    words = share * float(scores.passages[place]) + (1 - share) * float(scores.entries[row])
    return words + tuning.title_weight * float(scores.titles[row])


def _hit(
    snapshot: Snapshot, row: int, place: int, words: float, score: float, likeness: float = 0.0
) -> Hit:
    return Hit(
        entry=snapshot.entry(row),
        score=score,
        words=words,
        entry_row=row,
        passage_row=place,
        likeness=likeness,
        snapshot=snapshot,
    )


def _top(scores: NDArray[np.floating], limit: int) -> list[int]:
    count = min(limit, len(scores))
    if count == 0:
        return []
    at = np.argpartition(-scores, count - 1)[:count]
    # Equal scores keep the order of rows, so that a search is repeatable.
    ordered = sorted(at.tolist(), key=lambda row: (-scores[row], row))
    return [row for row in ordered if np.isfinite(scores[row])]


def most_local_first(hits: list[Hit], margin: float, asked: str = "") -> list[Hit]:
    """Move a more local rule before a wider one on the same matter that scored about as well.
    ``asked``: the question, folded."""
    ordered = list(hits)
    for at in range(len(ordered)):
        head = ordered[at]
        rivals = [
            (depth(hit.entry.region), -i)
            for i, hit in enumerate(ordered)
            if i > at
            and hit.score >= head.score * (1 - margin)
            and depth(hit.entry.region) > depth(head.entry.region)
            and (
                same_matter(head.entry, hit.entry)
                or of_the_same_matter(asked, head.entry, hit.entry)
            )
        ]
        if rivals:
            place = -max(rivals)[1]
            winner = ordered.pop(place)
            ordered.insert(at, replace(winner, local=True))
    return ordered
