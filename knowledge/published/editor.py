"""What a knowledge editor does to a live base: write an entry, take one out, go back, look ahead.

Every change is a version with who and why, and is published before the call returns; readers
follow by themselves.  Calls compute and write to disk: from asyncio, in a thread.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

from knowledge.model import Entry, EntryId
from knowledge.published.following import Follower
from knowledge.published.merging import merge_apart
from knowledge.published.publish import Published, publish, writer_lock
from knowledge.published.store import Change, EntryStore, Version
from knowledge.sources.raw import Problem, Raw, build
from knowledge.succession import Span, cycles, doubts, last_days, settled

_PATIENCE = 5.0  # seconds that another editor's change may take


class RefusedError(Exception):
    """A change that would not be sound; the message says why, in words for the editor."""


@dataclass(frozen=True, slots=True)
class Saved:
    """``change``: what became of it; ``doubts``: taken, but worth a second look."""

    entry: Entry
    change: Change
    doubts: tuple[str, ...]
    published: Published


@dataclass(frozen=True, slots=True)
class Ending:
    """An entry with the last day it holds."""

    entry: Entry
    last: date


class Editor:
    """Raises :class:`~knowledge.published.publish.BaseBusyError` while another process publishes
    for long.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._merge: Thread | None = None
        self._follower = Follower(folder)

    def draft(self, values: Mapping[str, Any]) -> tuple[Entry, tuple[str, ...]]:
        """The entry that fields as in front matter would make, with the doubts about it, for a
        preview; nothing is changed.  Raises :class:`RefusedError`."""
        made = list(build(Raw("editor", values)))
        problems = tuple(item.reason for item in made if isinstance(item, Problem))
        entries = [item for item in made if isinstance(item, Entry)]
        if not entries:
            raise RefusedError("；".join(problems))
        return entries[0], problems

    def save(self, entry: Entry, who: str, why: str) -> Saved:
        """Make this the entry's newest version and publish it.  Raises :class:`RefusedError`."""
        with self._writing() as store:
            span, unclear = settled(Span.of(entry), store.holds, store.named)
            known = {s.id: s for s in [*store.succession(), *store.spans(span.supersedes)]}
            known[span.id] = span
            circle = cycles(known)
            if span.id in circle:
                others = "、".join(sorted(circle - {span.id}))
                raise RefusedError(f"{span.id} 和 {others or '自己'} 互相取代，成了环，没有保存")
            with store.transaction():
                change = store.put(replace(entry, origin="editor"), who, why)
            said = (*unclear, *doubts(span, known))
            return Saved(entry, change, said, self._published(store))

    def remove(self, entry_id: str, who: str, why: str) -> Published:
        """Take an entry out; its versions stay.  Raises :class:`RefusedError` if there is none."""
        with self._writing() as store:
            with store.transaction():
                if not store.remove(EntryId(entry_id), who, why):
                    raise RefusedError(f"没有这个条目：{entry_id}")
            return self._published(store)

    def restore(self, entry_id: str, version: int, who: str, why: str) -> Saved:
        """Make an old version the newest again.  Raises :class:`RefusedError`."""
        old = next((v for v in self.versions(entry_id) if v.number == version), None)
        if old is None or old.entry is None:
            raise RefusedError(f"条目 {entry_id} 没有可恢复的第 {version} 版")
        return self.save(old.entry, who, why)

    def versions(self, entry_id: str) -> tuple[Version, ...]:
        """All versions of an entry, newest first; empty if it never was."""
        with self._store() as store:
            return store.versions(EntryId(entry_id))

    def entry(self, entry_id: str) -> Entry | None:
        """The entry as it is now."""
        with self._store() as store:
            return store.get(EntryId(entry_id))

    def ending(self, today: date, days: int = 30) -> tuple[Ending, ...]:
        """What holds today and ends within so many days, the soonest first."""
        found: list[Ending] = []
        with self._store() as store:
            ended = last_days(store.succession())
            for entry, _ in store.live():
                last = ended.get(entry.id, entry.effective_to)
                first = entry.effective_from
                if (
                    last
                    and (not first or first <= today)
                    and (today <= last <= today + timedelta(days=days))
                ):
                    found.append(Ending(entry, last))
        return tuple(sorted(found, key=lambda ending: (ending.last, ending.entry.id)))

    def finish(self) -> None:
        """Wait until what follows a change is done too: the vectors of what was written."""
        self._follower.finish()

    @contextmanager
    def _store(self) -> Iterator[EntryStore]:
        with EntryStore(self._folder / "entries.sqlite") as store:
            yield store

    @contextmanager
    def _writing(self) -> Iterator[EntryStore]:
        with writer_lock(self._folder, _PATIENCE), self._store() as store:
            yield store

    def _published(self, store: EntryStore) -> Published:
        published = publish(self._folder, store, live=True)
        if published.crowded and not (self._merge and self._merge.is_alive()):
            self._merge = merge_apart(self._folder)
        self._follower.changed()
        return published
