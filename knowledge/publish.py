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

from knowledge.calibrate import LEAST_LABELLED
from knowledge.index.manifest import Manifest, SegmentRef, read_manifest, write_manifest
from knowledge.index.segment import (
    Averages,
    Dated,
    IndexedId,
    open_segment,
    segment_ids,
    write_segment,
)
from knowledge.model import EntryId
from knowledge.selfcheck import check
from knowledge.store import EntryStore
from knowledge.succession import Span, last_days

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
    spans = {entry.id: Span.of(entry) for entry, _ in store.live()}
    last = last_days(spans.values())
    wanted = {i: IndexedId(i, h, last[i]) for i, h in store.hashes().items()}
    plan = _plan(folder, manifest, wanted, rebuild)
    if plan is None:
        return Published(manifest.generation, 0, 0, rebuilt=False)
    name = f"{manifest.generation + 1:06d}-{secrets.token_hex(3)}"
    segments = list(plan.kept)
    averages = None if plan.rebuild else manifest.averages
    if plan.index:
        target = folder / "segments" / name
        used = write_segment(target, _dated(store, plan.index, last), averages)
        averages = averages or used
        segments.append(_reference(target))
    write_manifest(
        folder,
        replace(
            manifest,
            generation=manifest.generation + 1,
            segments=tuple(segments),
            averages=averages or Averages(1.0, 1.0),
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
    """Set the judge by the entries' own questions, unless someone has calibrated it.

    The caller holds :func:`writer_lock`.
    """
    tuning = read_manifest(folder).tuning
    if tuning.get("judge", {}).get("source") == "labelled":
        return
    last = last_days(Span.of(entry) for entry, _ in store.live())
    entries = [Dated(entry, last[entry.id]) for entry, _ in store.live() if entry.questions]
    if sum(len(dated.entry.questions) // 2 for dated in entries) < LEAST_LABELLED:
        return
    entries = [Dated(entry, last[entry.id]) for entry, _ in store.live()]
    found = check(entries, today, {k: v for k, v in tuning.items() if k != "judge"})
    if found is not None:
        _retuned(folder, {"judge": found.judge.to_json()})


@dataclass(frozen=True, slots=True)
class _Plan:
    kept: tuple[SegmentRef, ...]
    index: tuple[EntryId, ...]
    dropped: int
    rebuild: bool


def _plan(
    folder: Path, manifest: Manifest, wanted: dict[EntryId, IndexedId], rebuild: bool
) -> _Plan | None:
    everything = _Plan((), tuple(sorted(wanted)), 0, rebuild=True)
    if rebuild or manifest.averages is None:
        return everything
    have: set[EntryId] = set()
    kept: list[SegmentRef] = []
    again: list[EntryId] = []
    dropped = 0
    for ref in manifest.segments:
        rows = segment_ids(folder / "segments" / ref.name)
        alive = set(range(len(rows))) - set(ref.dropped)
        stale = {n for n in alive if wanted.get(rows[n].id) != rows[n]}
        dropped += len(stale)
        have |= {rows[n].id for n in alive - stale}
        kept.append(replace(ref, dropped=tuple(sorted({*ref.dropped, *stale}))))
    missing = [i for i in wanted if i not in have]
    if not missing and not dropped:
        return None
    small = [s for s in kept[1:] if s.passages <= _FOLD_PASSAGES]
    for ref in small if missing else ():
        rows = segment_ids(folder / "segments" / ref.name)
        again += [row.id for n, row in enumerate(rows) if n not in set(ref.dropped)]
    if missing:
        kept = [s for s in kept if s not in small]
    index = tuple(sorted({*missing, *again}))
    dead = sum(len(s.dropped) for s in kept)
    if len(missing) + dead > _REBUILD_SHARE * len(wanted) or len(kept) >= _MAX_SEGMENTS:
        return everything
    return _Plan(tuple(s for s in kept if len(s.dropped) < s.entries), index, dropped, False)


def _dated(
    store: EntryStore, ids: tuple[EntryId, ...], last: dict[EntryId, date | None]
) -> Iterator[tuple[Dated, str]]:
    for entry, digest in store.some(ids):
        yield Dated(entry, last[entry.id]), digest


def _reference(folder: Path) -> SegmentRef:
    segment = open_segment(folder)
    return SegmentRef(folder.name, entries=len(segment.first), passages=segment.passages.size)


def _sweep(folder: Path, named: set[str]) -> None:
    """Delete segments no longer named; readers that have them open keep them until they let go."""
    for path in (folder / "segments").iterdir():
        if path.name not in named:
            shutil.rmtree(path, ignore_errors=True)
