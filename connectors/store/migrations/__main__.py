"""``python -m connectors.store.migrations "what changes"`` writes the next revision for review."""

from __future__ import annotations

import sys

from alembic import command
from alembic.script import ScriptDirectory

from connectors.store.migration import config
from connectors.store.open import upgrade_embedded
from connectors.store.sqlite import SqliteDatabase


def main() -> None:
    if len(sys.argv) != 2:
        raise SystemExit('usage: python -m connectors.store.migrations "what changes"')
    database = SqliteDatabase(None)
    settings = config()
    head = ScriptDirectory.from_config(settings).get_current_head()
    if head is not None:
        upgrade_embedded(database.connection)
    settings.attributes["connection"] = database.connection
    number = f"{int(head or 0) + 1:04d}"
    command.revision(settings, sys.argv[1], autogenerate=True, rev_id=number)
    database.let_go()
    print("now read it and run `make format`")  # noqa: T201


main()
