"""All entries of a base at a glance, kept current by what has changed since."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import islice
from pathlib import Path
from threading import Lock

from knowledge.model import NATIONAL, Entry, EntryId
from knowledge.published.store import EntryStore
from knowledge.regions import within
from knowledge.succession import last_days
from knowledge.text import fold

_AT_A_TIME = 1000  # entries


class Status(StrEnum):
    """How an entry stands on a day."""

    IN_FORCE = "in_force"
    NOT_YET = "not_yet"
    ENDED = "ended"
    TAKEN_OUT = "taken_out"


@dataclass(frozen=True, slots=True)
class Listed:
    """``first``, ``last``: the first and last day it holds, by its own word and its successors'.
    ``words``: title and id, folded."""

    id: EntryId
    title: str
    region: str
    keeper: str
    topics: tuple[str, ...]
    first: date | None
    last: date | None
    sample: bool
    words: str
    taken_out: bool = False

    def status(self, today: date) -> Status:
        if self.taken_out:
            return Status.TAKEN_OUT
        if self.first and today < self.first and not (self.last and self.last < self.first):
            return Status.NOT_YET
        return Status.ENDED if self.last and self.last < today else Status.IN_FORCE


@dataclass(frozen=True, slots=True)
class Sought:
    """What to list; empty fields leave nothing out.  ``region``: a place with all in it, for
    ``000000`` the national ones only.  ``words``: in the title or the id."""

    words: str = ""
    status: Status | None = None
    region: str = ""
    keeper: str = ""
    topic: str = ""

    def fits(self, one: Listed, today: date) -> bool:
        if self.region == NATIONAL:
            placed = one.region == NATIONAL
        else:
            placed = not self.region or within(one.region, self.region)
        return (
            placed
            and (self.status is None or one.status(today) is self.status)
            and self.keeper in ("", one.keeper)
            and (not self.topic or self.topic in one.topics)
            and (not self.words or fold(self.words) in one.words)
        )


@dataclass(frozen=True, slots=True)
class Overview:
    """``found``: what was sought, by region and title; ``count``: of so many.  ``keepers`` and
    ``topics``: those to choose from, whatever was sought."""

    found: tuple[Listed, ...]
    count: int
    keepers: tuple[str, ...]
    topics: tuple[str, ...]


class Listing:
    """Threads may share one.  The first look at a base reads all of it: some seconds for 100,000
    entries; each after that only what has changed.  It computes in small steps, so that the event
    loop goes on while a thread looks."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = Lock()
        self._mark = ""
        self._rows: dict[EntryId, Listed] = {}
        self._all = Overview((), 0, (), ())

    def all(self) -> tuple[Listed, ...]:
        """Every entry there is or was, by region and title."""
        return self._current().found

    def look(self, sought: Sought, today: date) -> Overview:
        """The entries sought."""
        known = self._current()
        return replace(known, found=tuple(one for one in known.found if sought.fits(one, today)))

    def _current(self) -> Overview:
        with self._lock, EntryStore(self._folder / "entries.sqlite") as store, store.reading():
            mark = store.mark()
            if mark != self._mark:
                self._follow(store, mark)
                ended = last_days(store.succession())
                rows = (
                    replace(one, last=ended[one.id]) if one.id in ended else one
                    for one in self._rows.values()
                )
                self._all = Overview(
                    _in_order(rows),
                    len(self._rows),
                    named(one.keeper for one in self._rows.values()),
                    named(topic for one in self._rows.values() for topic in one.topics),
                )
            return self._all

    def _follow(self, store: EntryStore, mark: str) -> None:
        changed = store.changed_since(self._mark) if self._mark else None
        if changed is None:
            self._rows = {entry.id: _listed(entry) for entry, _ in store.live()}
            changed = store.gone()
        for entry_id in changed:
            entry = store.get(entry_id)
            last = entry or next((v.entry for v in store.versions(entry_id) if v.entry), None)
            if last is not None:
                self._rows[entry_id] = replace(_listed(last), taken_out=entry is None)
        self._mark = mark


def _listed(entry: Entry) -> Listed:
    return Listed(
        entry.id,
        entry.title,
        entry.region,
        entry.keeper,
        entry.topics,
        entry.effective_from,
        entry.effective_to,
        entry.sample,
        fold(f"{entry.title} {entry.id}"),
    )


def _in_order(rows: Iterable[Listed]) -> tuple[Listed, ...]:
    """By region and title.  One sort of all would hold every other thread until it is done."""
    pieces = [sorted(piece, key=_place_and_title) for piece in _pieces(rows)]
    return tuple(heapq.merge(*pieces, key=_place_and_title))


def _pieces(rows: Iterable[Listed]) -> Iterable[list[Listed]]:
    rest = iter(rows)
    while piece := list(islice(rest, _AT_A_TIME)):
        yield piece


def _place_and_title(one: Listed) -> tuple[str, str, str]:
    return (one.region, one.title, one.id)


def named(values: Iterable[str], most: int = 300) -> tuple[str, ...]:
    """What stands most often among values, in the order of the words."""
    count: dict[str, int] = {}
    for value in values:
        if value:
            count[value] = count.get(value, 0) + 1
    return tuple(sorted(sorted(count, key=lambda value: -count[value])[:most]))
