"""Makes the index say what the store says, in one atomic step, doing as little as will do."""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from knowledge.base import KnowledgeBase
from knowledge.calibration.calibrate import LEAST_LABELLED
from knowledge.calibration.selfcheck import check
from knowledge.index.manifest import Manifest, SegmentRef, read_manifest, write_manifest
from knowledge.index.segment import (
    Averages,
    Dated,
    Segment,
    open_segment,
    write_segment,
)
from knowledge.model import EntryId
from knowledge.published.store import EntryStore
from knowledge.succession import last_days

_FOLD_TIMES = 4  # a segment so many times as large as what is new is rewritten with it
_FOLD_MOST = 1000  # passages; a larger segment stays as it is
_REBUILD_SHARE = 0.25  # of the base changed: cheaper to search if built afresh
_MAX_SEGMENTS = 12
_IN_PLACE = 2000  # passages up to which a live base is built anew within a second
_LOOK_AGAIN = 0.02  # seconds


class BaseBusyError(Exception):
    """Another process is publishing this base."""


@dataclass(frozen=True, slots=True)
class Published:
    """``indexed``: entries written to a new segment; ``dropped``: rows that no longer count;
    ``crowded``: the base is searched more slowly than it need be until it is built anew, see
    :mod:`knowledge.published.merging`."""

    generation: int
    indexed: int
    dropped: int
    rebuilt: bool
    crowded: bool = False


@contextmanager
def writer_lock(folder: Path, patience: float = 0.0) -> Iterator[None]:
    """One writer a base, across processes; readers need no lock.  ``patience``: seconds to wait for
    another writer before :class:`BaseBusyError`."""
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder / "writer.lock", os.O_CREAT | os.O_RDWR, 0o644)
    until = time.monotonic() + patience
    try:
        while not _locked(handle):
            if time.monotonic() >= until:
                raise BaseBusyError(f"另一个进程正在更新知识库 {folder.name}，请稍后再试")
            time.sleep(_LOOK_AGAIN)
        yield
    finally:
        os.close(handle)


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def publish(
    folder: Path, store: EntryStore, *, rebuild: bool = False, live: bool = False
) -> Published:
    """Index what changed since the last publication.  The caller holds :func:`writer_lock`.

    ``live``: this process also serves people; a large base is then not built anew in it.
    """
    manifest = read_manifest(folder)
    ended = ended_by_others(store)
    if rebuild or manifest.averages is None:
        plan = Plan((), tuple(store.ids()), 0, rebuild=True)
        if manifest.averages is None and not plan.index:
            return Published(manifest.generation, 0, 0, rebuilt=False)
        return carry_out(folder, manifest, plan, store, ended)
    found = changes(folder, manifest, store, ended)
    if found is None:
        return Published(manifest.generation, 0, 0, rebuilt=False)
    if found.crowded and not (live and sum(s.passages for s in manifest.segments) > _IN_PLACE):
        found = Plan((), tuple(store.ids()), 0, rebuild=True)
    return carry_out(folder, manifest, found, store, ended)


def carry_out(
    folder: Path,
    manifest: Manifest,
    plan: Plan,
    store: EntryStore,
    ended: Mapping[EntryId, date | None],
) -> Published:
    """Write what a plan says and put it in force."""
    generation = manifest.generation + 1
    segments = list(plan.kept)
    averages = None if plan.rebuild else manifest.averages
    if plan.index:
        target = folder / "segments" / segment_name(generation)
        found = (entry for entry, _ in store.some(plan.index))
        dated = (Dated(entry, ended.get(entry.id, entry.effective_to)) for entry in found)
        used = write_segment(target, dated, averages)
        averages = averages or used
        segments.append(reference(target))
    write_manifest(
        folder,
        replace(
            manifest,
            generation=generation,
            segments=tuple(segments),
            averages=averages or Averages(1.0, 1.0),
            content=generation,
            published_at=datetime.now(UTC).isoformat(timespec="seconds"),
            mark=store.mark(),
            ended=written(ended),
        ),
    )
    _sweep(folder, {s.name for s in segments})
    return Published(generation, len(plan.index), plan.dropped, plan.rebuild, plan.crowded)


def segment_name(generation: int) -> str:
    """A folder's name no segment has had."""
    return f"{generation:06d}-{secrets.token_hex(3)}"


def ended_by_others(store: EntryStore) -> dict[EntryId, date | None]:
    """The last days of the entries that others end."""
    heirs = store.succession()
    last = last_days(heirs)
    return {span.id: last[span.id] for span in heirs if last[span.id] != span.last}


def written(ended: Mapping[EntryId, date | None]) -> dict[str, str]:
    """Last days as a manifest holds them."""
    return {entry_id: day.isoformat() if day else "" for entry_id, day in ended.items()}


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
    last = last_days(store.succession())
    asked = sum(len(entry.questions) // 2 for entry, _ in store.live())
    # A hundred thousand entries are not held in memory for nothing.
    live = store.live() if asked >= LEAST_LABELLED else ()
    entries = [Dated(e, last.get(e.id, e.effective_to)) for e, _ in live]
    plain = {key: value for key, value in tuning.items() if key != "judge"}
    judge = check(KnowledgeBase(folder), entries, today, plain)
    _retuned(folder, {"judge": judge.to_json()})


@dataclass(frozen=True, slots=True)
class Plan:
    """Segments to keep, entries to index, and how many rows that takes out of force."""

    kept: tuple[SegmentRef, ...]
    index: tuple[EntryId, ...]
    dropped: int
    rebuild: bool
    crowded: bool = False


def changes(
    folder: Path, manifest: Manifest, store: EntryStore, ended: Mapping[EntryId, date | None]
) -> Plan | None:
    """What the index lacks and has too much; ``None`` if it is as it should be.

    Looks at nothing but what has changed: going through a hundred thousand entries would hold up
    every other thread of a process that serves people.
    """
    segments = [open_segment(folder / "segments" / ref.name) for ref in manifest.segments]
    gone = [set(ref.dropped) for ref in manifest.segments]
    missing: set[EntryId] = set()
    dropped = 0
    for entry_id in _touched(manifest, segments, store, ended):
        wanted = store.state(entry_id)
        place = _place(segments, gone, entry_id)
        if wanted:
            digest, until = wanted[0], ended.get(entry_id, wanted[1])
            if place and segments[place[0]].says(place[1], digest, until):
                continue
            missing.add(entry_id)
        if place:
            gone[place[0]].add(place[1])
            dropped += 1
    if not missing and not dropped:
        return None
    kept = [
        replace(ref, dropped=tuple(sorted(rows)))
        for ref, rows in zip(manifest.segments, gone, strict=True)
    ]
    # Like halves of a ladder: what is new is written together with the last segments while they are
    # not much larger, so that an entry is rewritten now and then and segments stay few.
    size = len(missing)
    while missing and len(kept) > 1 and kept[-1].passages <= min(_FOLD_TIMES * size, _FOLD_MOST):
        last = kept.pop()
        rows = enumerate(segments[len(kept)].ids())
        missing |= {entry_id for row, entry_id in rows if row not in gone[len(kept)]}
        size += last.passages
    dead = sum(len(ref.dropped) for ref in kept)
    share = (len(missing) + dead) / max(manifest.entries, 1)
    alive = tuple(ref for ref in kept if len(ref.dropped) < ref.entries)
    crowded = share > _REBUILD_SHARE or len(alive) >= _MAX_SEGMENTS
    return Plan(alive, tuple(sorted(missing)), dropped, rebuild=False, crowded=crowded)


def _touched(
    manifest: Manifest,
    segments: Sequence[Segment],
    store: EntryStore,
    ended: Mapping[EntryId, date | None],
) -> Iterator[EntryId]:
    """The entries that may differ from the index: those with newer versions, and those whose end
    others decide otherwise than when it was made; all where nobody can tell."""
    newer = store.changed_since(manifest.mark)
    if newer is None:
        yield from store.ids()
        every = (entry_id for segment in segments for entry_id in segment.ids())
        yield from (entry_id for entry_id in every if not store.holds(entry_id))
        return
    yield from newer
    others = {entry_id for entry_id, _ in written(ended).items() ^ manifest.ended.items()}
    yield from (EntryId(entry_id) for entry_id in others - newer)


def _place(
    segments: Sequence[Segment], gone: Sequence[set[int]], entry_id: EntryId
) -> tuple[int, int] | None:
    """Segment and row in which an entry stands and counts."""
    for which, segment in enumerate(segments):
        row = segment.row_of(entry_id)
        if row is not None and row not in gone[which]:
            return which, row
    return None


def reference(folder: Path) -> SegmentRef:
    """How a manifest names a segment that was just written."""
    segment = open_segment(folder)
    return SegmentRef(folder.name, entries=len(segment.first), passages=segment.passages.size)


def _sweep(folder: Path, named: set[str]) -> None:
    """Delete segments no longer named; readers that have them open keep them until they let go."""
    for path in (folder / "segments").iterdir():
        if path.name not in named:
            shutil.rmtree(path, ignore_errors=True)
