"""Everything a reader needs of one publication, opened once and searched without locks."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.index.manifest import Manifest
from knowledge.index.masks import Bools, Columns, Scope
from knowledge.index.postings import Postings
from knowledge.index.segment import Segment, open_segment
from knowledge.model import Entry, EntryId, Kind, Passage
from knowledge.questions.moments import Days
from knowledge.questions.question import MAX_TERMS, Weighted
from knowledge.text import Terms

Floats = NDArray[np.float32]
LEAST_SIZE = 500
"""Rarity is reckoned as if the base had at least this many passages: in a base of two entries
every word of the subject is in half of them, and would seem to say nothing."""
_NAMED_ITEM = 2.0
"""How much more the name of a service item says of it than a document's title: an item has little
text beside, much of it the same in every item."""
_LEAST_TELLING = 4.0
"""Rarity that a word in such a name has at least.  In a base of items the words that say what is
done (公证, 考试报名, 注销, 查询) stand in hundreds of names; none of them is an accident."""
_NOTHING = -1e9  # an entry without a passage; not infinite, so that no weight makes it a nan
_CACHED_ENTRIES = 2048
_CACHED_MASKS = 64


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores of one question.  ``passages``, ``entries`` and ``titles``: raw BM25, by row; ``best``
    that of each entry's best passage; ``names``: ``titles`` as they count for the order of entries.

    ``ceiling``: what a passage holding every term of the question without end would get.
    ``terms``/``rarity``: the terms that count and the weight each brings, passage side; ``own``
    which of them the question itself has.
    """

    passages: Floats
    entries: Floats
    titles: Floats
    names: Floats
    best: Floats
    ceiling: float
    terms: Terms
    rarity: Floats
    own: Bools


@dataclass(slots=True)
class _Cache:
    entries: OrderedDict[int, Entry] = field(default_factory=OrderedDict)
    masks: OrderedDict[tuple[Scope, Days | None], Bools] = field(default_factory=OrderedDict)
    keys: tuple[NDArray[np.int64], NDArray[np.int64]] | None = None
    lock: Lock = field(default_factory=Lock)


class Snapshot:
    """One generation of a base.  Rows number entries and passages across all its segments."""

    def __init__(self, folder: Path, manifest: Manifest, before: Snapshot | None = None) -> None:
        """``before``: an older generation, whose open segments are used again."""
        self.manifest = manifest
        opened = {segment.name: segment for segment in before._segments} if before else {}
        self._segments: list[Segment] = [
            opened.get(s.name) or open_segment(folder / "segments" / s.name)
            for s in manifest.segments
        ]
        self._entry_base = _bases([len(s.first) for s in self._segments])
        self._passage_base = _bases([s.passages.size for s in self._segments])
        self.columns = self._columns()
        self.passage_entry = self._join(
            [s.passage_entry + base for s, base in zip(self._segments, self._entry_base)]  # noqa: B905
        ).astype(np.int32)
        self.standing = self._join([s.standing for s in self._segments]).astype(np.uint8)
        self._entry_starts = np.searchsorted(self.passage_entry, np.arange(self.entry_count + 1))
        self._runs = [_Runs(s.first_passage, s.passages.size) for s in self._segments]
        self._cache = _Cache()

    @property
    def entry_count(self) -> int:
        """Rows of entries, dropped ones included."""
        return int(self._entry_base[-1])

    @property
    def passage_count(self) -> int:
        """Rows of passages, dropped ones included."""
        return int(self._passage_base[-1])

    @property
    def has_items(self) -> bool:
        """Whether any entry is a service item."""
        return any(bool(segment.items.any()) for segment in self._segments)

    @property
    def passage_keys(self) -> NDArray[np.int64]:
        """By what each passage's vector is known in Chroma."""
        return self._join([s.passage_key for s in self._segments]).astype(np.int64)

    def mask(self, scope: Scope, *, past: Days | None = None) -> Bools:
        """Entries that may be ranked for a scope (or, ``past``, shown as history of those days)."""
        key = (scope, past)
        with self._cache.lock:
            known = self._cache.masks.get(key)
        if known is not None:
            return known
        mask = self.columns.past(scope, past) if past else self.columns.allowed(scope)
        with self._cache.lock:
            self._cache.masks[key] = mask
            while len(self._cache.masks) > _CACHED_MASKS:
                self._cache.masks.popitem(last=False)
        return mask

    def last_day(self, entry_id: EntryId) -> int:
        """The last day an entry holds, its own or where another ends it, as an ordinal; 0 if there
        is no such entry."""
        row = self.row_of(entry_id)
        return 0 if row is None else int(self.columns.last[row])

    def frequencies(self, terms: Terms) -> NDArray[np.int64]:
        """In how many passages each term stands."""
        found = np.zeros(len(terms), dtype=np.int64)
        for segment in self._segments:
            found += segment.passages.frequencies(terms)
        return found

    def name_rarity(self, terms: Terms) -> Floats:
        """How rare each term is in the titles and other names of entries."""
        return _idf(terms, [s.titles for s in self._segments if s.titles])

    def score(self, question: Weighted) -> Scores:
        """BM25 of every passage and every entry; masks are the caller's next step."""
        terms, own, weights = question.terms, question.own, question.weights
        idf = _idf(terms, [s.passages for s in self._segments])
        whole_idf = _idf(terms, [s.wholes for s in self._segments if s.wholes])
        if len(terms) > MAX_TERMS:
            rarest = np.argsort(-idf * weights, kind="stable")[:MAX_TERMS]
            terms, own, weights = terms[rarest], own[rarest], weights[rarest]
            idf, whole_idf = idf[rarest], whole_idf[rarest]
        rarity, whole_rarity = idf * weights, whole_idf * weights
        passages, entries, titles, names, best = [], [], [], [], []
        for segment, runs in zip(self._segments, self._runs, strict=True):
            scored = segment.passages.score(terms, rarity)
            passages.append(scored)
            best.append(runs.best(scored))
            if segment.wholes is not None:
                entries.append(segment.wholes.score(terms, whole_rarity))
            else:
                entries.append(best[-1])
            titles.append(
                segment.titles.score(terms, whole_rarity if segment.wholes else rarity)
                if segment.titles is not None
                else np.zeros(len(segment.first), dtype=np.float32)
            )
            telling = np.maximum(whole_idf if segment.wholes else idf, _LEAST_TELLING) * weights
            names.append(_names(segment, titles[-1], terms, telling))
        return Scores(
            passages=self._join(passages).astype(np.float32, copy=False),
            entries=self._join(entries).astype(np.float32, copy=False),
            titles=self._join(titles).astype(np.float32, copy=False),
            names=self._join(names).astype(np.float32, copy=False),
            best=self._join(best).astype(np.float32, copy=False),
            ceiling=float(rarity[own].sum()),
            terms=terms,
            rarity=rarity,
            own=own,
        )

    def best_of_entries(self, scores: Floats) -> Floats:
        """Per entry row the highest of its passages' scores; far below 0 for one without any."""
        return _Runs(self._entry_starts[:-1], len(scores)).best(scores)

    def best_passage(self, row: int, scores: Floats) -> int:
        """The passage row of an entry that scores highest, the first of equals."""
        start, end = int(self._entry_starts[row]), int(self._entry_starts[row + 1])
        return start + int(np.argmax(scores[start:end]))

    def passages_of_entry(self, row: int) -> range:
        """The passage rows of an entry."""
        return range(int(self._entry_starts[row]), int(self._entry_starts[row + 1]))

    def entry(self, row: int) -> Entry:
        with self._cache.lock:
            known = self._cache.entries.get(row)
            if known is not None:
                self._cache.entries.move_to_end(row)
                return known
        segment, local = self._locate(row, self._entry_base)
        entry = segment.entry(local)
        with self._cache.lock:
            self._cache.entries[row] = entry
            while len(self._cache.entries) > _CACHED_ENTRIES:
                self._cache.entries.popitem(last=False)
        return entry

    def passage(self, row: int) -> Passage:
        segment, local = self._locate(row, self._passage_base)
        return segment.passage(local, self.entry(int(self.passage_entry[row])))

    def rows_of_keys(self, keys: Sequence[int]) -> NDArray[np.int64]:
        """The passage row of each vector key, −1 for keys of other generations."""
        with self._cache.lock:
            if self._cache.keys is None:
                order = np.argsort(self.passage_keys, kind="stable")
                self._cache.keys = (self.passage_keys[order], order)
            known, order = self._cache.keys
        asked = np.asarray(keys, dtype=np.int64)
        if not len(known) or not len(asked):
            return np.full(len(asked), -1, dtype=np.int64)
        at = np.minimum(np.searchsorted(known, asked), len(known) - 1)
        return np.where(known[at] == asked, order[at], -1)

    def row_of(self, entry_id: EntryId) -> int | None:
        """The row of a live entry, ``None`` if the base has none by that id."""
        for base, segment in zip(self._entry_base.tolist(), self._segments, strict=False):
            row = segment.row_of(entry_id)
            if row is not None and self.columns.alive[base + row]:
                return int(base + row)
        return None

    def kind(self, row: int) -> Kind:
        """What sort of text an entry row is."""
        segment, local = self._locate(row, self._entry_base)
        return segment.kind_of(local)

    def impacts(self, row: int, terms: Terms) -> Floats:
        """Each term's impact in a passage, for explanations and for the judge."""
        segment, local = self._locate(row, self._passage_base)
        return segment.passages.impacts_of(local, terms)

    def _locate(self, row: int, bases: NDArray[np.int64]) -> tuple[Segment, int]:
        which = int(bases.searchsorted(row, side="right")) - 1 if len(bases) > 2 else 0
        return self._segments[which], row - int(bases[which])

    def _columns(self) -> Columns:
        alive = []
        for segment, ref in zip(self._segments, self.manifest.segments, strict=True):
            kept = np.ones(len(segment.first), dtype=np.bool_)
            kept[list(ref.dropped)] = False
            alive.append(kept)
        parts = self._segments
        return Columns(
            first=self._join([s.first for s in parts]).astype(np.int32),
            last=self._join([s.last for s in parts]).astype(np.int32),
            region=self._join([s.region for s in parts]).astype(np.int64),
            audience=self._join([s.audience for s in parts]).astype(np.uint8),
            alive=self._join(alive).astype(np.bool_),
        )

    @staticmethod
    def _join(parts: Sequence[NDArray[Any]]) -> NDArray[Any]:
        if len(parts) == 1:
            return parts[0]
        return np.concatenate(parts) if parts else np.empty(0, dtype=np.float32)


def _names(segment: Segment, titles: Floats, terms: Terms, telling: Floats) -> Floats:
    """Scores of titles with those of service items weighed as their names."""
    items = segment.items
    if segment.titles is None or not items.any():
        return titles
    return np.where(items, _NAMED_ITEM * segment.titles.score(terms, telling), titles)


class _Runs:
    """Passages of entries, which adjoin: ``starts`` says where each entry's begin."""

    def __init__(self, starts: NDArray[np.int64], passages: int) -> None:
        sizes = np.diff(np.append(starts, passages))
        self._starts = starts
        self._single = bool((sizes == 1).all())
        self._filled = None if bool((sizes > 0).all()) else sizes > 0

    def best(self, scores: Floats) -> Floats:
        """The highest score of each run."""
        if self._single:
            return scores
        if self._filled is None:
            return np.maximum.reduceat(scores, self._starts)
        best = np.full(len(self._starts), _NOTHING, dtype=np.float32)
        if self._filled.any():
            best[self._filled] = np.maximum.reduceat(scores, self._starts[self._filled])
        return best


def _idf(terms: Terms, parts: Sequence[Postings]) -> Floats:
    size = max(sum(postings.size for postings in parts), LEAST_SIZE)
    found = np.zeros(len(terms), dtype=np.int64)
    for postings in parts:
        found += postings.frequencies(terms)
    return np.log1p((size - found + 0.5) / (found + 0.5)).astype(np.float32)


def _bases(sizes: list[int]) -> NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)]).astype(np.int64)
