"""The durable side of a base: every entry in every version, in one SQLite file.

The index is made from it and can always be made again; nothing is only in the index.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path

from knowledge.codec import content_hash, entry_from_json, entry_to_json
from knowledge.model import Entry, EntryId
from knowledge.names import plain_name
from knowledge.succession import Span, settled

# What succession looks at stands in columns of its own: publishing one change to a large base
# must not read every entry's text.
_SCHEMA = """
create table if not exists versions (
    number integer primary key,
    id text not null,
    version integer not null,
    hash text not null,
    data text,
    who text not null,
    why text not null,
    at text not null,
    unique (id, version)
);
create table if not exists entries (
    id text primary key,
    version integer not null,
    hash text not null,
    origin text not null,
    region text not null,
    first text,
    last text,
    supersedes text not null,
    foreign key (id, version) references versions (id, version)
);
create table if not exists names (
    name text not null,
    id text not null,
    primary key (name, id)
) without rowid;
create index if not exists names_of on names (id);
create index if not exists heirs on entries (id) where supersedes <> '';
"""
_DATA = "select v.data, e.hash from entries e join versions v using (id, version)"


class Change(StrEnum):
    """What putting an entry did."""

    ADDED = "added"
    CHANGED = "changed"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an entry; ``entry`` is ``None`` where it was removed."""

    number: int
    entry: Entry | None
    who: str
    why: str
    at: datetime


class EntryStore:
    """Open per task and close again; a connection belongs to the thread that opened it."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, timeout=30, isolation_level=None)
        self._db.execute("pragma journal_mode=wal")
        self._db.execute("pragma synchronous=normal")
        self._db.executescript(_SCHEMA)
        self._name_the_nameless()

    def close(self) -> None:
        self._db.close()

    def __enter__(self) -> EntryStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, and one writer at a time."""
        self._db.execute("begin immediate")
        try:
            yield
        except BaseException:
            self._db.execute("rollback")
            raise
        self._db.execute("commit")

    @contextmanager
    def reading(self) -> Iterator[None]:
        """The base as it is now, whatever others write meanwhile."""
        self._db.execute("begin")
        try:
            yield
        finally:
            self._db.execute("rollback")

    def put(self, entry: Entry, who: str, why: str, at: datetime | None = None) -> Change:
        """Make this the entry's newest version, unless it says just what the last one said."""
        return self.put_text(entry_to_json(entry), Span.of(entry), entry.origin, who, why, at)

    def put_text(
        self, text: str, span: Span, origin: str, who: str, why: str, at: datetime | None = None
    ) -> Change:
        """:meth:`put` for an entry already written as JSON, with what succession knows of it."""
        digest = content_hash(text)
        row = self._db.execute("select hash from entries where id = ?", (span.id,)).fetchone()
        if row and row[0] == digest:
            self._db.execute("update entries set origin = ? where id = ?", (origin, span.id))
            return Change.SAME
        version = self._record(span.id, digest, text, who, why, at)
        self._db.execute(
            "insert or replace into entries values (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                span.id,
                version,
                digest,
                origin,
                span.region,
                span.first.isoformat() if span.first else None,
                span.last.isoformat() if span.last else None,
                json.dumps(span.supersedes) if span.supersedes else "",
            ),
        )
        self._name(span)
        return Change.CHANGED if version > 1 else Change.ADDED

    def _name_the_nameless(self) -> None:
        """Bases written before documents could be called by number or title have no names yet."""
        if self._db.execute("select 1 from names limit 1").fetchone() is not None:
            return
        if self._db.execute("select 1 from entries limit 1").fetchone() is None:
            return
        with self.transaction():
            for entry, _ in self.live():
                self._name(Span.of(entry))

    def _name(self, span: Span) -> None:
        self._db.execute("delete from names where id = ?", (span.id,))
        self._db.executemany(
            "insert or ignore into names values (?, ?)", [(name, span.id) for name in span.names]
        )

    def remove(self, entry_id: EntryId, who: str, why: str, at: datetime | None = None) -> bool:
        """Take an entry out of the base; its versions stay.  False if it wasn't there."""
        gone = self._db.execute("delete from entries where id = ?", (entry_id,)).rowcount
        if gone:
            self._db.execute("delete from names where id = ?", (entry_id,))
            self._record(entry_id, "", None, who, why, at)
        return bool(gone)

    def get(self, entry_id: EntryId) -> Entry | None:
        row = self._db.execute(f"{_DATA} where e.id = ?", (entry_id,)).fetchone()
        return entry_from_json(row[0]) if row else None

    def live(self) -> Iterator[tuple[Entry, str]]:
        """(entry, content hash) of all live entries, in order of id."""
        for data, digest in self._db.execute(f"{_DATA} order by e.id"):
            yield entry_from_json(data), digest

    def some(self, ids: Iterable[EntryId]) -> Iterator[tuple[Entry, str]]:
        """(entry, content hash) of the live ones among ``ids``, in the order asked."""
        for entry_id in ids:
            row = self._db.execute(f"{_DATA} where e.id = ?", (entry_id,)).fetchone()
            if row:
                yield entry_from_json(row[0]), row[1]

    def ids(self) -> Iterator[EntryId]:
        """The ids of all live entries, in order."""
        return (EntryId(row[0]) for row in self._db.execute("select id from entries order by id"))

    def mark(self) -> str:
        """The newest version of all, by its number and moment; "" before there is any."""
        query = "select number, at from versions order by number desc limit 1"
        row = self._db.execute(query).fetchone()
        return f"{row[0]}@{row[1]}" if row else ""

    def changed_since(self, mark: str) -> set[EntryId] | None:
        """The entries with a newer version than a mark, gone ones among them; ``None`` for a mark
        of another store, as after a backup was brought back."""
        number, _, at = mark.partition("@")
        query = "select 1 from versions where number = ? and at = ?"
        if self._db.execute(query, (number, at)).fetchone() is None:
            return None
        rows = self._db.execute("select distinct id from versions where number > ?", (number,))
        return {EntryId(row[0]) for row in rows}

    def gone(self) -> set[EntryId]:
        """The ids of entries that were and are no more."""
        rows = self._db.execute(
            "select distinct id from versions where id not in (select id from entries)"
        )
        return {EntryId(row[0]) for row in rows}

    def state(self, entry_id: EntryId) -> tuple[str, date | None] | None:
        """A live entry's content hash and its own last day; ``None`` if there is none."""
        query = "select hash, last from entries where id = ?"
        row = self._db.execute(query, (entry_id,)).fetchone()
        return (row[0], date.fromisoformat(row[1]) if row[1] else None) if row else None

    def succession(self) -> list[Span]:
        """The live entries that replace others, and those they claim to replace; by their ids where
        a claim names them otherwise."""
        columns = "select id, region, first, last, supersedes from entries"
        rows = self._db.execute(f"{columns} where supersedes <> ''").fetchall()
        heirs = [settled(_span(row), self.holds, self.named)[0] for row in rows]
        known = {span.id: span for span in heirs}
        for other in {other for span in heirs for other in span.supersedes} - known.keys():
            row = self._db.execute(f"{columns} where id = ?", (other,)).fetchone()
            if row:
                known[other] = _span(row)
        return list(known.values())

    def holds(self, entry_id: EntryId) -> bool:
        """Whether there is such a live entry."""
        row = self._db.execute("select 1 from entries where id = ?", (entry_id,)).fetchone()
        return row is not None

    def named(self, name: str) -> list[EntryId]:
        """The live entries a document may mean by a number or title."""
        rows = self._db.execute("select id from names where name = ?", (plain_name(name),))
        return [EntryId(row[0]) for row in rows]

    def linked(self, link: str) -> list[str]:
        """The live entries whose official text is at an address."""
        written = f'"link":{json.dumps(link, ensure_ascii=False)}'
        query = "select id from entries join versions using (id, version) where instr(data, ?)"
        rows = self._db.execute(query, (written,))
        return [str(row[0]) for row in rows]

    def of_file(self, name: str) -> list[str]:
        """The live entries that are rows of a file or pieces of a workbook, by the file's name."""
        query = "select id from entries where instr('/' || origin, ?)"
        marks = (":", "[")
        return (
            [str(row[0]) for mark in marks for row in self._db.execute(query, (f"/{name}{mark}",))]
            if "." in name
            else []
        )

    def spans(self, ids: Iterable[EntryId]) -> list[Span]:
        """What succession needs to know of the live ones among ``ids``."""
        query = "select id, region, first, last, supersedes from entries where id = ?"
        rows = (self._db.execute(query, (entry_id,)).fetchone() for entry_id in ids)
        return [_span(row) for row in rows if row]

    def origin(self, entry_id: EntryId) -> str:
        """Where a live entry was read from, "" if there is none."""
        row = self._db.execute("select origin from entries where id = ?", (entry_id,)).fetchone()
        return str(row[0]) if row else ""

    def origins(self) -> dict[EntryId, str]:
        """Where each live entry was read from: a file, or a file and a line."""
        rows = self._db.execute("select id, origin from entries")
        return {EntryId(entry_id): origin for entry_id, origin in rows}

    def written_in(self) -> bool:
        """Whether anybody has changed an entry by hand: such versions say who."""
        found = self._db.execute("select 1 from versions where who <> '' limit 1").fetchone()
        return found is not None

    def versions(self, entry_id: EntryId) -> tuple[Version, ...]:
        """All versions of an entry, newest first."""
        rows = self._db.execute(
            "select version, data, who, why, at from versions where id = ? order by version desc",
            (entry_id,),
        )
        return tuple(
            Version(n, entry_from_json(d) if d else None, who, why, datetime.fromisoformat(at))
            for n, d, who, why, at in rows
        )

    def _record(
        self,
        entry_id: EntryId,
        digest: str,
        data: str | None,
        who: str,
        why: str,
        at: datetime | None,
    ) -> int:
        last = self._db.execute("select max(version) from versions where id = ?", (entry_id,))
        version = int(last.fetchone()[0] or 0) + 1
        moment = (at or datetime.now(UTC)).isoformat()
        self._db.execute(
            "insert into versions (id, version, hash, data, who, why, at) values (?,?,?,?,?,?,?)",
            (entry_id, version, digest, data, who, why, moment),
        )
        return version


def _span(row: tuple[str, str, str | None, str | None, str]) -> Span:
    entry_id, region, first, last, supersedes = row
    return Span(
        EntryId(entry_id),
        region,
        date.fromisoformat(first) if first else None,
        date.fromisoformat(last) if last else None,
        tuple(EntryId(other) for other in json.loads(supersedes)) if supersedes else (),
    )
