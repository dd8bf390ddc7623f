"""Makes the index say what the store says, in one atomic step, doing as little as will do."""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from knowledge.base import KnowledgeBase
from knowledge.calibrate import LEAST_LABELLED
from knowledge.index.manifest import Manifest, SegmentRef, read_manifest, write_manifest
from knowledge.index.segment import (
    Averages,
    Dated,
    open_segment,
    segment_states,
    state,
    write_segment,
)
from knowledge.model import Entry, EntryId
from knowledge.selfcheck import check
from knowledge.store import EntryStore
from knowledge.succession import last_days

_FOLD_PASSAGES = 2000  # small segments up to this are rewritten together with new entries
_REBUILD_SHARE = 0.25  # of the base changed: cheaper to search if built afresh
_MAX_SEGMENTS = 12


class BaseBusyError(Exception):
    """Another process is publishing this base."""


@dataclass(frozen=True, slots=True)
class Published:
    """``indexed``: entries written to a new segment; ``dropped``: rows that no longer count."""

    generation: int
    indexed: int
    dropped: int
    rebuilt: bool


@contextmanager
def writer_lock(folder: Path) -> Iterator[None]:
    """One writer a base, across processes; readers need no lock."""
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder / "writer.lock", os.O_CREAT | os.O_RDWR, 0o644)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BaseBusyError(f"另一个进程正在更新知识库 {folder.name}，请稍后再试") from error
        yield
    finally:
        os.close(handle)


def publish(folder: Path, store: EntryStore, *, rebuild: bool = False) -> Published:
    """Index what changed since the last publication.  The caller holds :func:`writer_lock`."""
    manifest = read_manifest(folder)
    wanted, last = _wanted(store)
    plan = _plan(folder, manifest, wanted, rebuild)
    if plan is None:
        return Published(manifest.generation, 0, 0, rebuilt=False)
    name = f"{manifest.generation + 1:06d}-{secrets.token_hex(3)}"
    segments = list(plan.kept)
    averages = None if plan.rebuild else manifest.averages
    if plan.index:
        target = folder / "segments" / name
        dated = ((Dated(e, _until(e, last)), digest) for e, digest in store.some(plan.index))
        used = write_segment(target, dated, averages)
        averages = averages or used
        segments.append(_reference(target))
    write_manifest(
        folder,
        replace(
            manifest,
            generation=manifest.generation + 1,
            segments=tuple(segments),
            averages=averages or Averages(1.0, 1.0),
            content=manifest.generation + 1,
            published_at=datetime.now(UTC).isoformat(timespec="seconds"),
        ),
    )
    _sweep(folder, {s.name for s in segments})
    return Published(manifest.generation + 1, len(plan.index), plan.dropped, plan.rebuild)


def retune(folder: Path, changes: dict[str, Any]) -> int:
    """Publish other numbers for ranking and judging.  Returns the new generation."""
    with writer_lock(folder):
        return _retuned(folder, changes)


def _retuned(folder: Path, changes: dict[str, Any]) -> int:
    manifest = read_manifest(folder)
    tuning = {**manifest.tuning, **changes}
    write_manifest(folder, replace(manifest, generation=manifest.generation + 1, tuning=tuning))
    return manifest.generation + 1


def check_judge(folder: Path, store: EntryStore, today: date) -> None:
    """Set the judge by what can be known without labels, unless someone has calibrated it.

    The caller holds :func:`writer_lock`.
    """
    tuning = read_manifest(folder).tuning
    if tuning.get("judge", {}).get("source") == "labelled":
        return
    _, last = _wanted(store)
    asked = sum(len(entry.questions) // 2 for entry, _ in store.live())
    # A hundred thousand entries are not held in memory for nothing.
    live = store.live() if asked >= LEAST_LABELLED else ()
    entries = [Dated(entry, _until(entry, last)) for entry, _ in live]
    plain = {key: value for key, value in tuning.items() if key != "judge"}
    judge = check(KnowledgeBase(folder), entries, today, plain)
    _retuned(folder, {"judge": judge.to_json()})


def _wanted(store: EntryStore) -> tuple[set[str], dict[EntryId, date | None]]:
    """Every live entry's state, and the last days of those that others may have ended."""
    wanted: set[str] = set()
    for line in store.states():  # one by one, see _plan
        wanted.add(line)
    heirs = store.succession()
    last = last_days(heirs)
    for span in heirs:
        if last[span.id] != span.last:
            digest = next(digest for _, digest in store.some([span.id]))
            wanted.discard(state(span.id, digest, span.last))
            wanted.add(state(span.id, digest, last[span.id]))
    return wanted, last


def _until(entry: Entry, last: dict[EntryId, date | None]) -> date | None:
    return last.get(entry.id, entry.effective_to)


@dataclass(frozen=True, slots=True)
class _Plan:
    kept: tuple[SegmentRef, ...]
    index: tuple[EntryId, ...]
    dropped: int
    rebuild: bool


def _plan(folder: Path, manifest: Manifest, wanted: set[str], rebuild: bool) -> _Plan | None:
    """What to keep, drop and index; ``None`` if the index is as it should be."""
    if manifest.averages is None and not wanted:
        return None
    if rebuild or manifest.averages is None:
        return _Plan((), _ids(wanted), 0, rebuild=True)
    missing = set(wanted)
    kept: list[SegmentRef] = []
    dropped = 0
    for ref in manifest.segments:
        gone, stale = set(ref.dropped), set()
        # Line by line, so that the threads that serve people get their turns.
        for row, line in enumerate(segment_states(folder / "segments" / ref.name)):
            if row in gone:
                continue
            if line in wanted:
                missing.discard(line)
            else:
                stale.add(row)
        dropped += len(stale)
        kept.append(replace(ref, dropped=tuple(sorted(gone | stale))))
    if not missing and not dropped:
        return None
    if missing:
        small = [ref for ref in kept[1:] if ref.passages <= _FOLD_PASSAGES]
        for ref in small:
            gone = set(ref.dropped)
            lines = enumerate(segment_states(folder / "segments" / ref.name))
            missing |= {line for row, line in lines if row not in gone}
        kept = [ref for ref in kept if ref not in small]
    dead = sum(len(ref.dropped) for ref in kept)
    if len(missing) + dead > _REBUILD_SHARE * len(wanted) or len(kept) >= _MAX_SEGMENTS:
        return _Plan((), _ids(wanted), 0, rebuild=True)
    alive = tuple(ref for ref in kept if len(ref.dropped) < ref.entries)
    return _Plan(alive, _ids(missing), dropped, rebuild=False)


def _ids(states: set[str]) -> tuple[EntryId, ...]:
    return tuple(sorted(EntryId(line.split("\t", 1)[0]) for line in states))


def _reference(folder: Path) -> SegmentRef:
    segment = open_segment(folder)
    return SegmentRef(folder.name, entries=len(segment.first), passages=segment.passages.size)


def _sweep(folder: Path, named: set[str]) -> None:
    """Delete segments no longer named; readers that have them open keep them until they let go."""
    for path in (folder / "segments").iterdir():
        if path.name not in named:
            shutil.rmtree(path, ignore_errors=True)
