"""Brings Chroma up to date with a publication."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.index.manifest import read_manifest, write_manifest
from knowledge.index.snapshot import Snapshot
from knowledge.passages import passage_index_text
from knowledge.vectors.chroma import Document, PassageVectors
from knowledge.vectors.embeddings import Embedder

MOST_HASHED = 5000
"""Passages up to which Chroma is filled without an embedding model: vectors that do not rank
are worth a second's work, not a minute's."""


def mirror(
    folder: Path, embedder: Embedder, done: Callable[[int], None] = lambda _: None
) -> int | None:
    """Make Chroma hold the passages published; returns how many, ``None`` if it was left alone.

    The caller holds the base's writer lock.  Raises
    :class:`~knowledge.vectors.embeddings.EmbeddingError`; the published index is then as it was.
    """
    manifest = read_manifest(folder)
    if manifest.vectors == embedder.name and manifest.mirrored == manifest.content:
        return None
    snapshot = Snapshot(folder, manifest)
    alive = snapshot.columns.alive[snapshot.passage_entry]
    if not embedder.ranks and int(alive.sum()) > MOST_HASHED:
        return None
    vectors = PassageVectors(folder, embedder)
    keys = snapshot.passage_keys[alive]
    rows = np.flatnonzero(alive)
    added = vectors.add(documents(snapshot, rows), done)
    # Readers open Chroma again when the generation changes; only then do they see what is new.
    write_manifest(
        folder,
        replace(
            manifest,
            generation=manifest.generation + (1 if added else 0),
            vectors=embedder.name,
            mirrored=manifest.content,
        ),
    )
    vectors.keep_only(keys.tolist())
    return len(np.unique(keys))


def documents(snapshot: Snapshot, rows: NDArray[np.int64]) -> Iterator[Document]:
    """The passages in some passage rows, as Chroma takes them."""
    for row in rows.tolist():
        passage = snapshot.passage(row)
        entry = snapshot.entry(int(snapshot.passage_entry[row]))
        yield int(snapshot.passage_keys[row]), passage_index_text(entry, passage), passage.id
