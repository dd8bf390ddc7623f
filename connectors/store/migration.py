"""Whether a store has the schema this version of Huiying needs, and bringing it there."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from connectors.store.errors import StoreRefused
from connectors.store.tables import metadata

# The standard library's logger: silent in a command, whose output is its answer.
log = logging.getLogger(__name__)
# It tells twice at every look what it is about to do; what was done is told below.
logging.getLogger("alembic.runtime.migration").setLevel(logging.WARNING)

FOLDER = Path(__file__).parent / "migrations"
_UPGRADE_LOCK = 0x4875_6979  # "Huiy": one upgrade of a PostgreSQL store at a time


class Standing(StrEnum):
    """How a store's schema compares with ours."""

    EMPTY = "empty"
    CURRENT = "current"
    BEHIND = "behind"
    AHEAD = "ahead"
    FOREIGN = "foreign"  # tables, but not made by our revisions


@dataclass(frozen=True, slots=True)
class Schema:
    """``revision`` is the store's, ``wanted`` the newest this version of Huiying knows."""

    standing: Standing
    revision: str | None
    wanted: str


def look(conn: Connection) -> Schema:
    """How things stand. Changes nothing."""
    script = ScriptDirectory.from_config(config())
    wanted = script.get_current_head()
    assert wanted is not None
    revision = MigrationContext.configure(conn).get_current_revision()
    if revision is None:
        ours = set(metadata.tables) & set(inspect(conn).get_table_names())
        return Schema(Standing.FOREIGN if ours else Standing.EMPTY, None, wanted)
    if revision == wanted:
        return Schema(Standing.CURRENT, revision, wanted)
    return Schema(Standing.BEHIND if is_known(revision) else Standing.AHEAD, revision, wanted)


def upgrade(conn: Connection) -> None:
    """Runs the missing revisions, all or none. Raises :class:`StoreRefused`.

    On SQLite the caller has begun a transaction with foreign keys off, since copying a table
    drops it first.
    """
    if conn.dialect.name == "postgresql":
        conn.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _UPGRADE_LOCK})
    schema = look(conn)
    if schema.standing in (Standing.AHEAD, Standing.FOREIGN):
        raise StoreRefused(refusal(schema))
    if schema.standing is not Standing.CURRENT:
        settings = config()
        settings.attributes["connection"] = conn
        command.upgrade(settings, "head")
        log.info("store upgraded from %s to %s", schema.revision, schema.wanted)


def refusal(schema: Schema) -> str:
    """The one line that says what is wrong and which command mends it."""
    match schema.standing:
        case Standing.EMPTY:
            return "the database has no tables yet; run `huiying store upgrade`"
        case Standing.BEHIND:
            return (
                f"the store's schema is at revision {schema.revision}, this version of Huiying "
                f"needs {schema.wanted}; stop all gateways, then run `huiying store upgrade`"
            )
        case Standing.AHEAD:
            return (
                f"the store's schema is at revision {schema.revision}, which this version of "
                f"Huiying (newest: {schema.wanted}) does not know; it was used by a newer "
                "version: install that one, or restore a backup made before its upgrade "
                "(`huiying store restore FILE`, PostgreSQL: `pg_restore`)"
            )
        case Standing.FOREIGN:
            return (
                "the database has tables with our names but no revision, so it was not made by "
                "Huiying; point HUIYING_DATABASE_URL or HUIYING_DATA_DIR to another place"
            )
        case Standing.CURRENT:
            return ""


def is_known(revision: str) -> bool:
    """Whether it is one of our revisions, the newest or an older one."""
    return revision in _known(FOLDER)


@cache
def _known(_folder: Path) -> frozenset[str]:
    script = ScriptDirectory.from_config(config())
    return frozenset(revision.revision for revision in script.walk_revisions())


def config() -> Config:
    """Alembic's settings, made here instead of read from a file."""
    settings = Config()
    # The parser behind Config reads "%" as the start of an interpolation.
    settings.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    settings.set_main_option("path_separator", "os")
    settings.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    return settings
