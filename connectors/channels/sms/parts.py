"""Long messages, part by part: kept in the store until all are there, in whatever order.

A handset numbers its long messages with a reference that is soon used again, and gateways repeat
parts under new ids. So parts are kept for a while after they were joined: the same bytes again are
a repeat, other bytes under the same number begin another message.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, func, insert, select, update

from connectors.channels.sms.driver import Arrived
from connectors.channels.sms.encoding import decode
from connectors.store.sms_tables import sms_parts

REMEMBERED = timedelta(hours=1)  # a handset may use a reference again after that
_ASIDE = 1 << 30  # references of handsets are far below
GAP = "……"  # stands where a part is missing


@dataclass(frozen=True, slots=True)
class Whole:
    """All that has come of a long message. ``external_id`` names it: its first part's."""

    account: str
    address: str
    reference: int
    total: int
    external_id: str
    text: str


def put(
    conn: Connection, account: str, address: str, arrived: Arrived, now: datetime
) -> list[Whole]:
    """Keeps a part; the messages that can be handed on now: none, the one that is complete, or an
    older one whose reference is used again."""
    part = arrived.part
    assert part is not None
    same = _message(account, address, part.reference, part.total)
    rows = conn.execute(select(sms_parts).where(same)).all()
    known = next((row for row in rows if row.number == part.number), None)
    ready: list[Whole] = []
    if known is not None:
        content_again = bytes(known.content) == arrived.content
        if content_again and (known.joined_at is None or now - known.joined_at < REMEMBERED):
            return _complete(rows, part.total)  # a repeat, perhaps of the part that completed it
        if known.joined_at is None:  # kept, under a number of its own, until it is handed on
            aside = _ASIDE + secrets.randbelow(_ASIDE)
            conn.execute(update(sms_parts).where(same).values(reference=aside))
            ready.append(replace(_joined(rows), reference=aside))
        conn.execute(delete(sms_parts).where(same))
        rows = []
    elif rows and rows[0].joined_at is not None and now - rows[0].joined_at >= REMEMBERED:
        conn.execute(delete(sms_parts).where(same))
        rows = []
    late = bool(rows) and rows[0].joined_at is not None  # the others were handed on without it
    conn.execute(
        insert(sms_parts).values(
            account=account,
            address=address,
            reference=part.reference,
            total=part.total,
            number=part.number,
            content=arrived.content,
            charset=_charset(arrived),
            external_id=arrived.external_id,
            received_at=now,
        )
    )
    fresh = conn.execute(select(sms_parts).where(same, sms_parts.c.joined_at.is_(None))).all()
    if late:
        ready.append(_joined(fresh))
    else:
        ready += _complete(fresh, part.total)
    return ready


def overdue(conn: Connection, before: datetime) -> list[Whole]:
    """Messages with a part missing whose last part came before that moment; and complete ones a
    crash kept from being handed on."""
    waiting = conn.execute(
        select(sms_parts.c.account, sms_parts.c.address, sms_parts.c.reference, sms_parts.c.total)
        .where(sms_parts.c.joined_at.is_(None))
        .group_by(
            sms_parts.c.account, sms_parts.c.address, sms_parts.c.reference, sms_parts.c.total
        )
        .having(func.max(sms_parts.c.received_at) <= before)
    ).all()
    found = []
    for one in waiting:
        same = _message(one.account, one.address, one.reference, one.total)
        rows = conn.execute(select(sms_parts).where(same, sms_parts.c.joined_at.is_(None))).all()
        found.append(_joined(rows))
    return found


def done(conn: Connection, whole: Whole, now: datetime) -> None:
    """The message was handed on, durably."""
    same = _message(whole.account, whole.address, whole.reference, whole.total)
    conn.execute(
        update(sms_parts).where(same, sms_parts.c.joined_at.is_(None)).values(joined_at=now)
    )


def forget(conn: Connection, now: datetime) -> int:
    """Lets go of parts that no repeat can concern any more."""
    return conn.execute(
        delete(sms_parts).where(sms_parts.c.joined_at < now - 2 * REMEMBERED)
    ).rowcount


def _message(account: str, address: str, reference: int, total: int) -> ColumnElement[bool]:
    return and_(
        sms_parts.c.account == account,
        sms_parts.c.address == address,
        sms_parts.c.reference == reference,
        sms_parts.c.total == total,
    )


def _complete(rows: Sequence[Row[Any]], total: int) -> list[Whole]:
    fresh = [row for row in rows if row.joined_at is None]
    return [_joined(fresh)] if len(fresh) == total else []


def _joined(rows: Sequence[Row[Any]]) -> Whole:
    """The parts in their order. Bytes of one charset are joined before they are read, because a
    character may be divided between two parts."""
    parts = sorted(rows, key=lambda row: row.number)
    first = parts[0]
    text, run, charset, last = "", b"", first.charset, 0
    for row in [*parts, None]:
        gap = row is not None and row.number != last + 1
        if row is None or gap or row.charset != charset:
            text += _read(run, charset)
            run = b""
        if row is None:
            break
        text += GAP if gap else ""
        run += bytes(row.content)
        charset, last = row.charset, row.number
    if last != first.total:
        text += GAP
    return Whole(
        first.account,
        first.address,
        first.reference,
        first.total,
        first.external_id,
        text,
    )


def _charset(arrived: Arrived) -> str:
    return f"{arrived.charset}/{arrived.coding}"[:32]


def _read(content: bytes, charset: str) -> str:
    name, _, coding = charset.partition("/")
    return decode(content, name, coding)
