"""What Alembic runs for every command: over the connection it is handed, never one of its own."""

from __future__ import annotations

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection

from connectors.store.tables import metadata
from connectors.store.types import Moment


def render(kind: str, item: object, imports: AutogenContext) -> str | Literal[False]:
    """How a revision writes our own column type."""
    if kind == "type" and isinstance(item, Moment):
        imports.imports.add("from connectors.store.types import Moment")
        return "Moment()"
    return False


connection: Connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    # SQLite cannot alter most of a table in place: Alembic copies it.
    render_as_batch=connection.dialect.name == "sqlite",
    render_item=render,
)
with context.begin_transaction():
    context.run_migrations()
