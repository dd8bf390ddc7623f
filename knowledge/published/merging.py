"""Builds a crowded base anew in a process of its own, while the live one serves on and may change.

Every change an editor makes adds a little to an index; after many of them a large base has many
segments and many rows out of force.  What is built here takes their place in one step, with what
was changed meanwhile added to it; killed at any moment, the live index stays as it was.
"""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from threading import Thread

from knowledge.index.manifest import read_manifest
from knowledge.index.segment import Dated, write_segment
from knowledge.published.publish import (
    BaseBusyError,
    Plan,
    Published,
    carry_out,
    changes,
    ended_by_others,
    reference,
    segment_name,
    writer_lock,
    written,
)
from knowledge.published.store import EntryStore

logger = logging.getLogger(__name__)

_PATIENCE = 600.0  # seconds for a running import to end
_NICE = 10  # people are served first


def merge_apart(folder: Path) -> Thread:
    """Start a merge without waiting for it.  The thread ends with it."""
    thread = Thread(target=_run, args=(folder,), name="merge", daemon=True)
    thread.start()
    return thread


def _run(folder: Path) -> None:
    command = [sys.executable, "-m", "knowledge.published.merging", str(folder)]
    done = subprocess.run(command, check=False)  # noqa: S603 our own module
    if done.returncode:
        logger.warning("knowledge_merge_failed: %s ended with %s", folder, done.returncode)


def merge(folder: Path) -> Published | None:
    """Put a base in force that is one segment; ``None`` if another process is at that already."""
    beside = folder / "merging"
    try:
        with writer_lock(beside):
            return _merged(folder, beside)
    except BaseBusyError:
        return None


def _merged(folder: Path, beside: Path) -> Published:
    for left in beside.iterdir():  # by a merge that was killed
        if left.is_dir():
            shutil.rmtree(left)
    built = beside / segment_name(read_manifest(folder).generation + 1)
    with EntryStore(folder / "entries.sqlite") as store:
        with store.reading():
            mark, ended = store.mark(), ended_by_others(store)
            found = (entry for entry, _ in store.live())
            dated = (Dated(entry, ended.get(entry.id, entry.effective_to)) for entry in found)
            averages = write_segment(built, dated, None)
        with writer_lock(folder, _PATIENCE):
            whole = built.rename(folder / "segments" / built.name)
            manifest = replace(
                read_manifest(folder),
                segments=(reference(whole),),
                averages=averages,
                mark=mark,
                ended=written(ended),
            )
            ended = ended_by_others(store)
            since = changes(folder, manifest, store, ended)
            plan = since or Plan(manifest.segments, (), 0, rebuild=False)
            return carry_out(folder, manifest, plan, store, ended)


if __name__ == "__main__":
    os.nice(_NICE)
    merge(Path(sys.argv[1]))
