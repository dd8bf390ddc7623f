"""Statements of the hot path: written in SQLAlchemy Core, compiled once, run bare on SQLite.

Core spends some 70 µs on executing a compiled statement that SQLite itself runs in 10, and about as
much on building it anew each time (measured with ``tests/bench/accept.py`` and ``echo.py``). On
PostgreSQL the network is what costs, so there a prepared statement is run by Core like any other.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
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


class Prepared:
    """One statement with named parameters. Its rows are plain tuples, of Python's types, in the
    order of what it selects or returns."""

    def __init__(self, statement: Statement) -> None:
        self._statement = statement
        self._sql = ""
        self._constants: dict[str, Any] = {}  # values that are the statement's own
        # Picks the values, in the order of their places.
        self._pick: Callable[[Mapping[str, Any]], tuple[Any, ...]] = _no_values
        self._processes: tuple[tuple[int, Callable[[Any], Any]], ...] = ()  # by place
        self._readers: tuple[tuple[int, Callable[[Any], Any]], ...] = ()
        self.columns: tuple[str, ...] = tuple(c.key for c in _results(statement))
        """The names of a row's values."""

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
        return self._read(rows[0]) if rows else None

    def all(self, conn: Connection, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        if conn.dialect.name != "sqlite":
            return [tuple(row) for row in conn.execute(self._statement, values)]
        return [self._read(row) for row in self._execute(conn, values)]

    def run(self, conn: Connection, values: Mapping[str, Any]) -> int:
        """How many rows it changed."""
        if conn.dialect.name != "sqlite":
            return conn.execute(self._statement, values).rowcount
        return self._execute(conn, values).rowcount

    def named(self, row: tuple[Any, ...]) -> dict[str, Any]:
        """A row's values by their names."""
        return dict(zip(self.columns, row, strict=True))

    def _read(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        if not self._readers:
            return row
        read = list(row)
        for place, reader in self._readers:
            read[place] = reader(read[place])
        return tuple(read)

    def _execute(self, conn: Connection, values: Mapping[str, Any]) -> sqlite3.Cursor:
        if not self._sql:
            self._compile(conn.dialect)
        raw = conn.connection.dbapi_connection
        assert isinstance(raw, sqlite3.Connection)
        bound = list(self._pick({**self._constants, **values} if self._constants else values))
        for place, process in self._processes:
            bound[place] = process(bound[place])
        try:
            return raw.execute(self._sql, bound)
        except sqlite3.Error as error:
            raise DBAPIError.instance(
                self._sql, None, error, sqlite3.Error, hide_parameters=True, dialect=conn.dialect
            ) from error

    def _compile(self, dialect: Dialect) -> None:
        compiled = self._statement.compile(dialect=dialect)
        names = compiled.positiontup or ()
        processes = []
        for place, name in enumerate(names):
            parameter = compiled.binds[name]
            process = parameter.type.dialect_impl(dialect).bind_processor(dialect)
            if not parameter.required:
                value = parameter.effective_value
                self._constants[name] = value if process is None else process(value)
            elif process is not None:
                processes.append((place, process))
        self._pick = _picker(names)
        self._processes = tuple(processes)
        readers = (
            column.type.dialect_impl(dialect).result_processor(dialect, None)
            for column in _results(self._statement)
        )
        self._readers = tuple((n, reader) for n, reader in enumerate(readers) if reader is not None)
        self._sql = str(compiled)


def _no_values(_values: Mapping[str, Any]) -> tuple[Any, ...]:
    return ()


def _picker(names: Sequence[str]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    """Picks the values of these names, in this order: in C where there are several."""
    if not names:
        return _no_values
    if len(names) == 1:
        return lambda values: (values[names[0]],)
    return itemgetter(*names)


def _results(statement: Statement) -> list[Any]:
    """The columns of the rows a statement gives."""
    if isinstance(statement, Select):
        return list(statement.selected_columns)
    return list(statement.exported_columns)
