"""The embedding leg of a search: similarity by meaning, where a model is configured."""

from __future__ import annotations

import logging
import math
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from knowledge.errors import EmbeddingError
from knowledge.index.masks import Bools
from knowledge.index.snapshot import Floats, Snapshot
from knowledge.questions.question import Prepared
from knowledge.tuning import Tuning

if TYPE_CHECKING:
    from knowledge.vectors.chroma import PassageVectors
    from knowledge.vectors.embeddings import Embedder

logger = logging.getLogger(__name__)


FETCH = (200, 2000)
"""How many neighbours are asked for: the second number where masks leave too few of the first."""
ENOUGH = 20
REST = 15.0
"""Seconds a model is left alone after it failed; meanwhile nobody waits for it."""


def model_wanted() -> bool:
    """Whether the environment asks for an embedding model."""
    return bool(
        os.environ.get("HUIYING_EMBEDDINGS_URL") or os.environ.get("HUIYING_EMBEDDINGS_FOLDER")
    )


def ranking_embedder() -> Embedder | None:
    """The embedding model the environment asks for, ``None`` if it asks for none.

    Checked before importing: without a model nothing of LangChain is loaded to search.
    """
    if not model_wanted():
        return None
    from knowledge.vectors.embeddings import configured

    return configured()


def usable_embedder() -> Embedder | None:
    """:func:`ranking_embedder` for a service: what can't be used is told, and done without."""
    try:
        return ranking_embedder()
    except EmbeddingError as error:
        logger.warning("knowledge_embedding_unusable: %s", error)
        return None


@dataclass(frozen=True, slots=True)
class Nearness:
    """Per passage row.  ``share``: 0 (not among the near) to 1 (the nearest allowed), to rank by.
    ``cosine``: the similarity itself, to judge by; 0 where it was not fetched."""

    share: Floats
    cosine: Floats


class DenseLeg:
    """Fails soft: without vectors a question is answered by its words."""

    def __init__(
        self, folder: Path, embedder: Embedder, seconds: Callable[[], float] = time.monotonic
    ) -> None:
        self._folder, self._embedder, self._seconds = folder, embedder, seconds
        self._rests_until = -math.inf
        self._lock = Lock()
        self._vectors: PassageVectors | None = None
        self._generation = -1

    def fits(self, snapshot: Snapshot) -> bool:
        """Whether the base's vectors are this model's."""
        return snapshot.manifest.vectors == self._embedder.name

    def scores(
        self, snapshot: Snapshot, prepared: Prepared, mask: Bools, tuning: Tuning
    ) -> Nearness | None:
        """How near each passage is, or ``None`` to do without."""
        if tuning.dense_weight <= 0 or not self.fits(snapshot):
            return None
        if self._seconds() < self._rests_until:
            return None
        allowed = mask[snapshot.passage_entry]
        share = np.zeros(snapshot.passage_count, dtype=np.float32)
        cosine = np.zeros(snapshot.passage_count, dtype=np.float32)
        try:
            vector = self._embedder.embeddings.embed_query(prepared.folded)
            with self._lock:  # Chroma's own threads do the work; its client is not shared
                vectors = self._opened(snapshot.manifest.generation)
                for count in FETCH:
                    near = vectors.search(vector, count)
                    rows = snapshot.rows_of_keys([key for key, _ in near])
                    likeness = np.asarray([alike for _, alike in near], dtype=np.float32)
                    good = (rows >= 0) & allowed[rows]
                    if good.sum() >= ENOUGH or len(near) < count:
                        break
        except EmbeddingError as error:
            logger.warning("knowledge_embedding_failed: %s", error)
            self._rests_until = self._seconds() + REST
            return None
        if good.any():
            rows, likeness = rows[good], likeness[good]
            floor, top = float(likeness.min()), float(likeness.max())
            share[rows] = (likeness - floor) / (top - floor) if top > floor else 1.0
            cosine[rows] = likeness
        return Nearness(share, cosine)

    def _opened(self, generation: int) -> PassageVectors:
        from knowledge.vectors.chroma import PassageVectors

        if self._vectors is None:
            self._vectors = PassageVectors(self._folder, self._embedder)
        elif generation != self._generation:
            self._vectors.reopen()
        self._generation = generation
        return self._vectors
