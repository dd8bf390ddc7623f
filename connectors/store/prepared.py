"""Statements of the hot path: written in SQLAlchemy Core, compiled once, run bare on SQLite.

Core spends some 70 µs on executing a compiled statement that SQLite itself runs in 10 (measured
with ``tests/bench/accept.py``). On PostgreSQL the network is what costs, so there a prepared
statement is run by Core like any other.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Delete, Insert, Select, Update
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError

Statement = Select[Any] | Insert | Update | Delete


@dataclass(frozen=True, slots=True)
class _Bind:
    """A place in the statement: filled by the caller's value of that name, or by a constant."""

    name: str
    process: Callable[[Any], Any] | None
    given: bool
    constant: Any

    def fill(self, values: Mapping[str, Any]) -> Any:
        if not self.given:
            return self.constant
        value = values[self.name]
        return value if self.process is None else self.process(value)


class Prepared:
    """One statement with named parameters; what it returns must be plain text and numbers."""

    def __init__(self, statement: Statement) -> None:
        self._statement = statement
        self._sql = ""
        self._binds: tuple[_Bind, ...] = ()

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
        try:
            return raw.execute(self._sql, [bind.fill(values) for bind in self._binds])
        except sqlite3.Error as error:
            raise DBAPIError.instance(
                self._sql, None, error, sqlite3.Error, hide_parameters=True, dialect=conn.dialect
            ) from error

    def _compile(self, dialect: Dialect) -> None:
        compiled = self._statement.compile(dialect=dialect)
        binds = []
        for name in compiled.positiontup or ():
            parameter = compiled.binds[name]
            process = parameter.type.dialect_impl(dialect).bind_processor(dialect)
            constant = parameter.effective_value
            if process is not None and not parameter.required:
                constant = process(constant)
            binds.append(_Bind(name, process, parameter.required, constant))
        self._binds = tuple(binds)
        self._sql = str(compiled)
