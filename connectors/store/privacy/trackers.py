"""What Rasa remembers of a conversation: the events in its own SQLite file.

A tracker is named after a session of the bot, ``<conversation>.<number>``.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from connectors.settings import Settings
from connectors.store.errors import StoreUnavailable


def file_of(settings: Settings) -> Path:
    """Where the tracker store of a Rasa beside this gateway is."""
    return Path(os.environ.get("HUIYING_RASA_DB") or settings.data_dir / "rasa.db")


def events(file: Path, talks: Iterable[str]) -> list[dict[str, Any]]:
    """The events of these conversations. Raises :class:`StoreUnavailable`."""
    found: list[dict[str, Any]] = []
    with _open(file) as db:
        for talk in talks:
            rows = db.execute(
                "SELECT sender_id, timestamp, type_name, data FROM events "
                "WHERE sender_id >= ? AND sender_id < ? ORDER BY id",
                _sessions(talk),
            )
            found.extend(
                {
                    "session": session,
                    "at": at,
                    "event": kind,
                    "data": json.loads(data) if data else None,
                }
                for session, at, kind, data in rows
            )
    return found


def forget(file: Path, talks: Iterable[str]) -> int:
    """Deletes the events of these conversations. Raises :class:`StoreUnavailable`."""
    count = 0
    with _open(file) as db:
        db.execute("BEGIN IMMEDIATE")
        for talk in talks:
            count += db.execute(
                "DELETE FROM events WHERE sender_id >= ? AND sender_id < ?", _sessions(talk)
            ).rowcount
        db.execute("COMMIT")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return count


def forget_before(file: Path, moment: datetime) -> int:
    """Deletes sessions whose last event is older. Raises :class:`StoreUnavailable`."""
    with _open(file) as db:
        db.execute("BEGIN IMMEDIATE")
        count = db.execute(
            "DELETE FROM events WHERE sender_id IN "
            "(SELECT sender_id FROM events GROUP BY sender_id HAVING max(timestamp) < ?)",
            (moment.timestamp(),),
        ).rowcount
        db.execute("COMMIT")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return count


def _sessions(talk: str) -> tuple[str, str]:
    """The range of names a conversation's sessions have: "/" is the character after "."."""
    return f"{talk}.", f"{talk}/"


@contextmanager
def _open(file: Path) -> Iterator[sqlite3.Connection]:
    try:
        with closing(
            sqlite3.connect(f"{file.resolve().as_uri()}?mode=rw", uri=True, isolation_level=None)
        ) as db:
            db.execute("PRAGMA busy_timeout = 10000")
            db.execute("PRAGMA secure_delete = ON")
            yield db
    except sqlite3.Error as error:
        raise StoreUnavailable(f"Rasa's tracker store {file}: {error}") from error
