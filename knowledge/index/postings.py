"""BM25 over sparse postings, in numpy.

A term's posting list is a slice of two parallel arrays: document rows and impacts.  The
impact is the whole document side of BM25, ``tf / (tf + k1·(1 − b + b·length/average))``, so a
query costs one gather and one scatter-add per term and no arithmetic on lengths.  It is kept
in one byte on a square-root scale: the error is under one per cent where it matters, and at
five bytes a posting 100,000 passages stay in a few hundred megabytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib.format import open_memmap
from numpy.typing import NDArray

from knowledge.text import Terms

K1 = 1.5
B = 0.9
"""Strong: in a base of short items a long one must not win by saying much."""
B_ARTICLE = 0.7
"""For articles of statutes, which are long where the matter has many cases."""
B_PIECE = 0.5
"""For pieces of entries. How long one is tells how a text was cut, not how much it says of a
matter: an article of two lines must not beat the page of a notice that says the same."""

_STEPS = 255
_DECODE = ((np.arange(_STEPS + 1) / _STEPS) ** 2).astype(np.float32)
_COMMON_SHARE = 0.2
_LEAST_COMMON = 10_000
BLOCK = 3_000_000
"""Occurrences sorted at once while building; bounds the build's memory."""
_OCCURRENCE = np.dtype([("term", np.int64), ("row", np.int32), ("count", np.uint8)])
_Block = NDArray[np.void]


@dataclass(frozen=True, slots=True)
class Postings:
    """An immutable inverted index over ``size`` documents.

    ``keys``: sorted terms; ``starts``: ``len(keys) + 1`` offsets into ``rows`` (document
    numbers, ascending within a term) and ``impacts`` (encoded, see the module's text).
    """

    size: int
    keys: NDArray[np.int64]
    starts: NDArray[np.int64]
    rows: NDArray[np.int32]
    impacts: NDArray[np.uint8]

    def locate(self, terms: Terms) -> NDArray[np.int64]:
        """The position of each term in ``keys``, −1 where the index does not know it."""
        if not len(self.keys):
            return np.full(len(terms), -1, dtype=np.int64)
        at = self.keys.searchsorted(terms)
        at[at == len(self.keys)] = 0
        return np.where(self.keys[at] == terms, at, -1)

    def frequencies(self, terms: Terms) -> NDArray[np.int64]:
        """In how many documents each term stands."""
        at = self.locate(terms)
        known = at >= 0
        found = np.zeros(len(terms), dtype=np.int64)
        found[known] = self.starts[at[known] + 1] - self.starts[at[known]]
        return found

    def score(self, terms: Terms, weights: NDArray[np.float32]) -> NDArray[np.float32]:
        """Weighted BM25 of every document, shape ``(size,)``; ``weights`` are the query side.

        In a large index terms that stand nearly everywhere are passed over: they would take
        most of the time and tell next to nothing.
        """
        common = max(_COMMON_SHARE * self.size, _LEAST_COMMON)
        scores = np.zeros(self.size, dtype=np.float32)
        for at, weight in zip(self.locate(terms).tolist(), weights.tolist(), strict=True):
            if at < 0 or weight == 0.0:
                continue
            low, high = int(self.starts[at]), int(self.starts[at + 1])
            if high - low > common:
                continue
            scores[self.rows[low:high]] += (_DECODE * np.float32(weight))[self.impacts[low:high]]
        return scores

    def impacts_of(self, row: int, terms: Terms) -> NDArray[np.float32]:
        """The impact of each term in one document, 0 where it is absent."""
        found = np.zeros(len(terms), dtype=np.float32)
        for i, at in enumerate(self.locate(terms).tolist()):
            if at < 0:
                continue
            low, high = int(self.starts[at]), int(self.starts[at + 1])
            place = low + int(self.rows[low:high].searchsorted(row))
            if place < high and self.rows[place] == row:
                found[i] = _DECODE[self.impacts[place]]
        return found

    @classmethod
    def open(cls, folder: Path, name: str, size: int) -> Postings:
        """Map the arrays a builder wrote; nothing is read before it is searched."""

        def part(which: str) -> NDArray[Any]:
            path = folder / f"{name}.{which}.npy"
            # As a plain array: numpy's memmap subclass costs microseconds at every slice.
            return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))

        return cls(size, part("keys"), part("starts"), part("rows"), part("impacts"))


class PostingsBuilder:
    """Turns documents, given as terms, into :class:`Postings` on disk, in bounded memory.

    Sorted blocks of occurrences are put aside as files in ``folder`` and merged at the end into
    ``<name>.<array>.npy``, which are written in place.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self._folder, self._name = folder, name
        self._pending: list[Terms] = []
        self._waiting = 0
        self._lengths: list[int] = []
        self._blocks: list[Path] = []

    @property
    def average(self) -> float:
        """Mean document length in terms; 1 when there is none."""
        return max(float(np.mean(self._lengths)), 1.0) if self._lengths else 1.0

    def add(self, terms: Terms) -> int:
        """The next document; returns its row, the number of documents added before."""
        self._pending.append(terms)
        self._lengths.append(len(terms))
        self._waiting += len(terms)
        if self._waiting >= BLOCK:
            self._flush()
        return len(self._lengths) - 1

    def finish(self, average: float, b: float | NDArray[np.float32] = B) -> Postings:
        """Write the index, its lengths weighed against ``average`` by ``b``, and open it.

        ``b``: one for all documents, or one for each.

        A small segment added to a large base takes the base's average rather than its own,
        so that scores of both are on one scale.
        """
        self._flush()
        keys, starts = self._vocabulary()
        np.save(self._folder / f"{self._name}.keys.npy", keys)
        np.save(self._folder / f"{self._name}.starts.npy", starts)
        lengths = np.asarray(self._lengths, dtype=np.float32)
        norms = (K1 * (1 - b + b * lengths / average)).astype(np.float32)
        rows = self._made("rows", np.int32, int(starts[-1]))
        impacts = self._made("impacts", np.uint8, int(starts[-1]))
        fill = starts[:-1].copy()
        for path in self._blocks:
            block: _Block = np.load(path)
            own, counts = np.unique(block["term"], return_counts=True)
            at = np.searchsorted(keys, own)
            before = np.cumsum(counts) - counts
            target = np.repeat(fill[at] - before, counts) + np.arange(len(block))
            rows[target] = block["row"]
            frequency = block["count"].astype(np.float32)
            impacts[target] = _encode(frequency / (frequency + norms[block["row"]]))
            fill[at] += counts
            path.unlink()
        del rows, impacts
        return Postings.open(self._folder, self._name, len(self._lengths))

    def discard(self) -> None:
        """Forget everything collected."""
        for path in self._blocks:
            path.unlink()
        self._blocks, self._pending, self._lengths = [], [], []

    def _vocabulary(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        own = [
            np.unique(np.load(path, mmap_mode="r")["term"], return_counts=True)
            for path in self._blocks
        ]
        every = [keys for keys, _ in own] or [np.empty(0, dtype=np.int64)]
        keys = np.unique(np.concatenate(every))
        starts = np.zeros(len(keys) + 1, dtype=np.int64)
        for block_keys, counts in own:
            starts[np.searchsorted(keys, block_keys) + 1] += counts
        return keys, np.cumsum(starts)

    def _made(self, part: str, kind: type, size: int) -> NDArray[Any]:
        path = self._folder / f"{self._name}.{part}.npy"
        if not size:  # an empty file can't be mapped
            np.save(path, np.empty(0, dtype=kind))
            return np.empty(0, dtype=kind)
        return open_memmap(path, mode="w+", dtype=kind, shape=(size,))

    def _flush(self) -> None:
        if not self._pending:
            return
        first = len(self._lengths) - len(self._pending)
        path = self._folder / f"{self._name}.block{len(self._blocks)}.npy"
        np.save(path, _sorted_block(self._pending, first))
        self._blocks.append(path)
        self._pending, self._waiting = [], 0


def _sorted_block(documents: list[Terms], first: int) -> _Block:
    """What stands how often in some documents, sorted by term and then row."""
    lengths = np.fromiter((len(d) for d in documents), dtype=np.int64, count=len(documents))
    terms = np.concatenate(documents)
    rows = np.repeat(np.arange(first, first + len(documents), dtype=np.int32), lengths)
    order = np.argsort(terms, kind="stable")  # stable keeps rows ascending within a term
    terms, rows = terms[order], rows[order]
    new = np.ones(len(terms), dtype=np.bool_)
    new[1:] = (terms[1:] != terms[:-1]) | (rows[1:] != rows[:-1])
    places = np.flatnonzero(new)
    block = np.empty(len(places), dtype=_OCCURRENCE)
    block["term"], block["row"] = terms[places], rows[places]
    block["count"] = np.minimum(np.diff(np.append(places, len(terms))), 255)
    return block


def _encode(impact: NDArray[np.float32]) -> NDArray[np.uint8]:
    encoded = np.rint(np.sqrt(impact) * _STEPS)
    return np.asarray(np.maximum(encoded, 1), dtype=np.uint8)
