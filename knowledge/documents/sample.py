"""The sample base we ship: brought into an empty base, and never over anybody's work."""

from __future__ import annotations

from pathlib import Path

from knowledge.documents.ingest import Progress, Report, ingest, silent
from knowledge.published.store import EntryStore

SHIPPED = Path(__file__).parents[1] / "corpus"
_MARK = "knowledge/corpus/"  # in the origin of an entry of the sample, wherever it was installed


def bring_sample(folder: Path, progress: Progress = silent) -> Report | None:
    """Bring a base up to date with the shipped sample, taking out what it no longer has.

    ``None``, and nothing is touched, if somebody has written in the base or brought in entries
    of other sources: from then on it is theirs.
    """
    store_file = folder / "entries.sqlite"
    if store_file.exists():
        with EntryStore(store_file) as store:
            origins = store.origins().values()
            if store.written_in() or not all(_MARK in origin for origin in origins):
                return None
    return ingest(folder, [SHIPPED], why="sample", prune=True, progress=progress)
