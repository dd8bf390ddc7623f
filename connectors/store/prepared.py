"""Statements of the hot path: written in SQLAlchemy Core, compiled once, run bare on SQLite.

Core spends some 70 µs on executing a compiled statement that SQLite itself runs in 10 (measured
with ``tests/bench/accept.py``). On PostgreSQL the network is what costs, so there a prepared
statement is run by Core like any other.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import (
    Connection,
    Delete,
    Insert,
    Select,
    Table,
    Update,
    bindparam,
    insert,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError

Statement = Select[Any] | Insert | Update | Delete


# A place in the statement: the name of the caller's value, how it is turned into what SQLite keeps,
# and, where there is no name, the constant that stands there.
_Place = tuple[str | None, Callable[[Any], Any] | None, Any]


class Prepared:
    """One statement with named parameters; what it returns must be plain text and numbers."""

    def __init__(self, statement: Statement) -> None:
        self._statement = statement
        self._sql = ""
        self._places: tuple[_Place, ...] = ()

    @classmethod
    def insert(cls, table: Table, *columns: str) -> Prepared:
        """Inserts one row; the values are named as the columns are."""
        return cls(insert(table).values({c: bindparam(c, type_=table.c[c].type) for c in columns}))

    def first(self, conn: Connection, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """The first row, or ``None``. Raises SQLAlchemy's errors, as Core does."""
        if conn.dialect.name != "sqlite":
            row = conn.execute(self._statement, values).first()
            return None if row is None else tuple(row)
        rows = self._execute(conn, values).fetchall()  # to the end: RETURNING finishes there
        return rows[0] if rows else None

    def run(self, conn: Connection, values: Mapping[str, Any]) -> None:
        if conn.dialect.name != "sqlite":
            conn.execute(self._statement, values)
        else:
            self._execute(conn, values)

    def _execute(self, conn: Connection, values: Mapping[str, Any]) -> sqlite3.Cursor:
        if not self._sql:
            self._compile(conn.dialect)
        raw = conn.connection.dbapi_connection
        assert isinstance(raw, sqlite3.Connection)
        bound = [
            constant
            if name is None
            else (values[name] if process is None else process(values[name]))
            for name, process, constant in self._places
        ]
        try:
            return raw.execute(self._sql, bound)
        except sqlite3.Error as error:
            raise DBAPIError.instance(
                self._sql, None, error, sqlite3.Error, hide_parameters=True, dialect=conn.dialect
            ) from error

    def _compile(self, dialect: Dialect) -> None:
        compiled = self._statement.compile(dialect=dialect)
        places: list[_Place] = []
        for name in compiled.positiontup or ():
            parameter = compiled.binds[name]
            process = parameter.type.dialect_impl(dialect).bind_processor(dialect)
            if parameter.required:
                places.append((name, process, None))
            else:
                value = parameter.effective_value
                places.append((None, None, value if process is None else process(value)))
        self._places = tuple(places)
        self._sql = str(compiled)
