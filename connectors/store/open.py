"""Opens the store the settings name, its schema brought up to date or refused with the reason."""

from __future__ import annotations

from sqlalchemy import Connection

from connectors.settings import Settings
from connectors.store import work_orders as work_orders  # declares its tables on the catalogue
from connectors.store.database import Database, PostgresDatabase, SqliteDatabase
from connectors.store.metadata import metadata

FILE = "huiying.db"


async def open_database(settings: Settings) -> Database:
    """The embedded store is made and migrated on the spot; PostgreSQL must be at our revision."""
    if settings.database_url is None:
        embedded = SqliteDatabase(settings.data_dir / FILE)
        _create(embedded.connection)
        return embedded
    server = PostgresDatabase(settings.database_url)
    await server.run_migration(_create)
    return server


def _create(connection: Connection) -> None:
    metadata.create_all(connection)
