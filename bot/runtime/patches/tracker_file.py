"""The tracker store's SQLite file: write-ahead log, so that readers and the writer never block.

``synchronous = NORMAL``: a crash of Rasa loses nothing; a power cut may lose the turn of the last
moment, whose message the gateway then still holds and sends again.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any


def install(database: str) -> None:
    """Prepare the folder of ``database`` and every SQLite connection opened from now on."""
    import sqlite3

    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    if database != ":memory:" and not database.startswith("file:"):
        Path(database).parent.mkdir(parents=True, exist_ok=True)

    def set_pragmas(connection: Any, _record: object) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA busy_timeout = 5000")

    event.listen(Engine, "connect", set_pragmas)
