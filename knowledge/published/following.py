"""Keeps the vectors of a live base up with its editors, in a process of its own.

A passage that an editor has just written is found by its words at once; by its meaning some seconds
later. Vectors are asked for before the base is locked, so that a slow model holds nobody up, and
another process does the work because Chroma would hold up the loop of one that serves people.
What fails is tried again after a while, and with the next change or ingest.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING

import numpy as np

from knowledge.errors import EmbeddingError
from knowledge.index.manifest import read_manifest, write_manifest
from knowledge.index.snapshot import Snapshot
from knowledge.published.publish import BaseBusyError, writer_lock
from knowledge.vectors.dense import model_wanted

if TYPE_CHECKING:
    from knowledge.vectors.embeddings import Embedder

logger = logging.getLogger(__name__)

MOST = 2000
"""Passages that are followed; more are no editor's change but an ingest, which does it itself."""
_BATCH = 256
_PATIENCE = 60.0  # seconds for a change, or another process that follows, to end
_NICE = 10  # people are served first
PAUSES = (60.0, 300.0, 900.0)
"""Seconds until what failed is tried again; the last one goes on."""


class Follower:
    """Follows a base's changes one after the other; those that come meanwhile are one."""

    def __init__(
        self,
        folder: Path,
        apart: Callable[[Path], bool] | None = None,
        pauses: Sequence[float] = PAUSES,
    ) -> None:
        """``apart`` follows in a process of its own and says whether it went well; ``pauses`` are
        the seconds to the next try after the first failure, the second, and each further one."""
        self._folder = folder
        self._apart = apart or _apart
        self._pauses = pauses
        self._lock = Lock()
        self._called = Event()
        self._thread: Thread | None = None
        self._again = False
        self._ending = False

    def changed(self) -> None:
        """The base has been published.  Returns at once; does nothing for one without vectors."""
        if not model_wanted() or not read_manifest(self._folder).vectors:
            return
        with self._lock:
            self._again = True
            self._called.set()
            if self._thread is None:
                self._thread = Thread(target=self._run, name="vectors", daemon=True)
                self._thread.start()

    def finish(self) -> None:
        """Wait until everything published is followed, or has failed to be, as a command does
        before it ends."""
        thread = self._thread
        if thread is not None:
            self._ending = True
            self._called.set()
            thread.join()
            self._ending = False

    def _run(self) -> None:
        failed = 0
        while True:
            with self._lock:
                if not self._again:
                    self._thread = None
                    return
                self._again = False
                self._called.clear()
            if self._apart(self._folder):
                failed = 0
                continue
            logger.warning("knowledge_vectors_behind: %s, see above", self._folder)
            if not self._ending:
                self._called.wait(self._pauses[min(failed, len(self._pauses) - 1)])
            failed += 1
            with self._lock:
                self._again = self._again or not self._ending


def _apart(folder: Path) -> bool:
    command = [sys.executable, "-m", "knowledge.published.following", str(folder)]
    return subprocess.run(command, check=False).returncode == 0  # noqa: S603 our own module


def follow(folder: Path, embedder: Embedder) -> int | None:
    """Bring the vectors of a base up with it; returns how many are new, ``None`` if it was left
    alone: it holds no vectors of this model, or lacks too many.

    Raises :class:`~knowledge.vectors.dense.EmbeddingError` and
    :class:`~knowledge.published.publish.BaseBusyError`; the published index is then as it was.
    """
    with writer_lock(folder / "following", _PATIENCE):
        manifest = read_manifest(folder)
        if manifest.vectors != embedder.name:
            return None
        if manifest.mirrored == manifest.content:
            return 0
        return _followed(folder, embedder)


def _followed(folder: Path, embedder: Embedder) -> int | None:
    from knowledge.vectors.chroma import PassageVectors
    from knowledge.vectors.mirror import documents

    manifest = read_manifest(folder)
    snapshot = Snapshot(folder, manifest)
    vectors = PassageVectors(folder, embedder)
    held = np.fromiter(vectors.held(), dtype=np.int64)
    alive = snapshot.columns.alive[snapshot.passage_entry]
    missing = np.flatnonzero(alive & ~np.isin(snapshot.passage_keys, held))
    if len(missing) > MOST:
        return None
    new = list(documents(snapshot, missing))
    ready = [vectors.embedded(new[at : at + _BATCH]) for at in range(0, len(new), _BATCH)]
    with writer_lock(folder, _PATIENCE):
        now = read_manifest(folder)
        if now.vectors != embedder.name:  # another model's since
            return None
        added = sum(vectors.put(part) for part in ready)
        # Readers open Chroma again when the generation changes; only then do they see what is new.
        write_manifest(
            folder,
            replace(
                now,
                generation=now.generation + 1,
                mirrored=max(now.mirrored, manifest.content),
            ),
        )
        if now.content == manifest.content:
            vectors.keep_only(snapshot.passage_keys[alive].tolist())
    return added


def _main(folder: Path) -> int:
    from knowledge.vectors.embeddings import configured

    try:
        follow(folder, configured())
    except (EmbeddingError, BaseBusyError) as error:
        logger.warning("knowledge_vectors_behind: %s: %s", folder.name, error)
        return 1
    return 0


if __name__ == "__main__":
    os.nice(_NICE)
    sys.exit(_main(Path(sys.argv[1])))
