"""Brings Chroma up to date with a publication."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from knowledge.embeddings import Embedder
from knowledge.index.manifest import read_manifest, write_manifest
from knowledge.index.snapshot import Snapshot
from knowledge.passages import passage_index_text
from knowledge.vectors import Document, PassageVectors

MOST_HASHED = 5000
"""Passages up to which Chroma is filled without an embedding model: vectors that do not rank
are worth a second's work, not a minute's."""


def mirror(
    folder: Path, embedder: Embedder, done: Callable[[int], None] = lambda _: None
) -> int | None:
    """Make Chroma hold the passages published; returns how many, ``None`` if it was left alone.

    The caller holds the base's writer lock.  Raises
    :class:`~knowledge.embeddings.EmbeddingError`; the published index is then as it was.
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
    added = vectors.add(_documents(snapshot), done)
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


def _documents(snapshot: Snapshot) -> Iterator[Document]:
    for row in np.flatnonzero(snapshot.columns.alive).tolist():
        entry = snapshot.entry(row)
        for place in snapshot.passages_of_entry(row):
            passage = snapshot.passage(place)
            key = int(snapshot.passage_keys[place])
            yield key, passage_index_text(entry, passage), passage.id
