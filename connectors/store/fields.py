"""The fields of an order as an agent corrected them beside the talk, before it is filed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from connectors.store.desk_tables import conversation_fields as table


class FieldsChanged(Exception):
    """A colleague has changed the same field since the page was shown."""


@dataclass(frozen=True, slots=True)
class Corrected:
    """``version`` 0: nobody has corrected anything yet."""

    version: int
    fields: Mapping[str, str]


NOTHING = Corrected(0, {})


def of(conn: Connection, conversation_id: str) -> Corrected:
    row = conn.execute(select(table).where(table.c.conversation_id == conversation_id)).first()
    return Corrected(row.version, row.fields) if row is not None else NOTHING


def correct(
    conn: Connection,
    conversation_id: str,
    name: str,
    value: str,
    *,
    seen: int,
    shown: str | None,
    now: datetime,
    by: str,
) -> int:
    """Keeps one field; the new version. Raises :class:`FieldsChanged`.

    ``seen`` is the version of the page, ``shown`` the value it showed: two agents may correct two
    fields at once, but nobody writes over what they have not seen.
    """
    row = conn.execute(
        select(table).where(table.c.conversation_id == conversation_id).with_for_update()
    ).first()
    if row is None:
        conn.execute(
            insert(table).values(
                conversation_id=conversation_id,
                version=1,
                fields={name: value},
                updated_at=now,
                updated_by=by,
            )
        )
        return 1
    if row.version != seen and name in row.fields and row.fields[name] not in (shown, value):
        raise FieldsChanged(name)
    version: int = row.version + 1
    conn.execute(
        update(table)
        .where(table.c.conversation_id == conversation_id)
        .values(version=version, fields={**row.fields, name: value}, updated_at=now, updated_by=by)
    )
    return version


def forget(conn: Connection, conversation_id: str) -> None:
    """The order is filed: the next one begins afresh."""
    conn.execute(table.delete().where(table.c.conversation_id == conversation_id))
