"""The durable side of a base: every entry in every version, in one SQLite file.

The index is made from it and can always be made again; nothing is only in the index.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from knowledge.codec import content_hash, entry_from_json, entry_to_json
from knowledge.model import Entry, EntryId

_SCHEMA = """
create table if not exists entries (
    id text primary key,
    version integer not null,
    hash text not null,
    origin text not null,
    data text not null
) without rowid;
create table if not exists versions (
    id text not null,
    version integer not null,
    hash text not null,
    data text,
    who text not null,
    why text not null,
    at text not null,
    primary key (id, version)
) without rowid;
"""


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

    def put(self, entry: Entry, who: str, why: str, at: datetime | None = None) -> Change:
        """Make this the entry's newest version, unless it says just what the last one said."""
        digest = content_hash(entry)
        row = self._db.execute("select hash from entries where id = ?", (entry.id,)).fetchone()
        if row and row[0] == digest:
            self._db.execute("update entries set origin = ? where id = ?", (entry.origin, entry.id))
            return Change.SAME
        version = self._next_version(entry.id)
        data = entry_to_json(entry)
        self._db.execute(
            "insert or replace into entries (id, version, hash, origin, data) values (?,?,?,?,?)",
            (entry.id, version, digest, entry.origin, data),
        )
        self._record(entry.id, version, digest, data, who, why, at)
        return Change.CHANGED if row or version > 1 else Change.ADDED

    def remove(self, entry_id: EntryId, who: str, why: str, at: datetime | None = None) -> bool:
        """Take an entry out of the base; its versions stay.  False if it wasn't there."""
        gone = self._db.execute("delete from entries where id = ?", (entry_id,)).rowcount
        if gone:
            self._record(entry_id, self._next_version(entry_id), "", None, who, why, at)
        return bool(gone)

    def get(self, entry_id: EntryId) -> Entry | None:
        row = self._db.execute("select data from entries where id = ?", (entry_id,)).fetchone()
        return entry_from_json(row[0]) if row else None

    def live(self) -> Iterator[tuple[Entry, str]]:
        """(entry, content hash) of all live entries, in order of id."""
        for data, digest in self._db.execute("select data, hash from entries order by id"):
            yield entry_from_json(data), digest

    def hashes(self) -> dict[EntryId, str]:
        """Content hash of every live entry."""
        rows = self._db.execute("select id, hash from entries")
        return {EntryId(entry_id): digest for entry_id, digest in rows}

    def some(self, ids: Iterable[EntryId]) -> Iterator[tuple[Entry, str]]:
        """(entry, content hash) of the live ones among ``ids``."""
        for entry_id in ids:
            row = self._db.execute(
                "select data, hash from entries where id = ?", (entry_id,)
            ).fetchone()
            if row:
                yield entry_from_json(row[0]), row[1]

    def origins(self) -> dict[EntryId, str]:
        """Where each live entry was read from: a file, or a file and a line."""
        rows = self._db.execute("select id, origin from entries")
        return {EntryId(entry_id): origin for entry_id, origin in rows}

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

    def _next_version(self, entry_id: EntryId) -> int:
        row = self._db.execute(
            "select max(version) from versions where id = ?", (entry_id,)
        ).fetchone()
        return (row[0] or 0) + 1

    def _record(
        self,
        entry_id: EntryId,
        version: int,
        digest: str,
        data: str | None,
        who: str,
        why: str,
        at: datetime | None,
    ) -> None:
        moment = (at or datetime.now(UTC)).isoformat()
        self._db.execute(
            "insert into versions (id, version, hash, data, who, why, at) values (?,?,?,?,?,?,?)",
            (entry_id, version, digest, data, who, why, moment),
        )
