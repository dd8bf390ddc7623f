"""Long messages, part by part: kept in the store until all are there, in whatever order.

A handset numbers its long messages with a reference that is soon used again, and gateways repeat
parts under new ids. So parts are kept for a while after they were joined: the same bytes again are
a repeat, other bytes under the same number begin another message.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, func, insert, select, update

from connectors.channels.sms.driver import Arrived
from connectors.channels.sms.encoding import decode
from connectors.channels.sms.udh import PartOf
from connectors.store.sms_tables import sms_parts

REMEMBERED = timedelta(hours=1)  # a handset may use a reference again after that
_ASIDE = 1 << 30  # references of handsets are far below
GAP = "……"  # stands where a part is missing


@dataclass(frozen=True, slots=True)
class Whole:
    """All that has come of a long message. ``external_id`` names it, and the parts it was joined
    from: their first part's."""

    account: str
    address: str
    reference: int
    total: int
    external_id: str
    text: str


def put(
    conn: Connection, account: str, address: str, arrived: Arrived, now: datetime
) -> list[Whole]:
    """Keeps a part; the messages to hand on now: none, the one that is complete, or an older one
    whose reference is used again.

    Whatever is to be handed on is claimed as it is found: a part that comes while the others are
    being handed on is late, and a message of its own.
    """
    part = arrived.part
    assert part is not None
    same = _message(account, address, part.reference, part.total)
    rows = conn.execute(select(sms_parts).where(same)).all()
    known = next((row for row in rows if row.number == part.number), None)
    ready: list[Whole] = []
    if known is not None:
        content_again = bytes(known.content) == arrived.content
        if content_again and (known.joined_at is None or now - known.joined_at < REMEMBERED):
            return _again(conn, rows)  # a repeat, perhaps of the part that completed it
        ready += _set_aside(conn, account, address, part)
        conn.execute(delete(sms_parts).where(same))
        rows = []
    elif rows and rows[0].joined_at is not None and now - rows[0].joined_at >= REMEMBERED:
        conn.execute(delete(sms_parts).where(same))
        rows = []
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
    late = any(row.handed_as is not None or row.joined_at is not None for row in rows)
    waiting = [row for row in conn.execute(select(sms_parts).where(same)) if _waits(row)]
    if late or len(waiting) == part.total:
        ready.append(_claim(conn, waiting))
    return ready


def completed(conn: Connection, account: str, address: str, part: PartOf) -> list[Whole]:
    """The message of a part that was just kept, if it is complete: two gateways that are brought
    its last parts in the same moment do not see each other's, and each looks once more after."""
    same = _message(account, address, part.reference, part.total)
    rows = [row for row in conn.execute(select(sms_parts).where(same)) if _waits(row)]
    return [_claim(conn, rows)] if len(rows) == part.total else []


def overdue(conn: Connection, before: datetime) -> list[Whole]:
    """Messages with a part missing whose last part came before that moment; and those a crash kept
    from being handed on."""
    waiting = conn.execute(
        select(sms_parts.c.account, sms_parts.c.address, sms_parts.c.reference, sms_parts.c.total)
        .where(sms_parts.c.joined_at.is_(None))
        .group_by(
            sms_parts.c.account, sms_parts.c.address, sms_parts.c.reference, sms_parts.c.total
        )
        .having(func.max(sms_parts.c.received_at) <= before)
    ).all()
    found: list[Whole] = []
    for one in waiting:
        same = _message(one.account, one.address, one.reference, one.total)
        found += _unhanded(conn, conn.execute(select(sms_parts).where(same)).all())
    return found


def done(conn: Connection, whole: Whole, now: datetime) -> None:
    """The message was handed on, durably."""
    same = _message(whole.account, whole.address, whole.reference, whole.total)
    its = and_(sms_parts.c.handed_as == whole.external_id, sms_parts.c.joined_at.is_(None))
    conn.execute(update(sms_parts).where(same, its).values(joined_at=now))


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


def _waits(row: Row[Any]) -> bool:
    return row.joined_at is None and row.handed_as is None


def _again(conn: Connection, rows: Sequence[Row[Any]]) -> list[Whole]:
    """What was claimed and, for all we know, never handed on; and what is complete by now, its
    parts kept by two gateways at once."""
    waiting = sum(map(_waits, rows))
    claimed = [row for row in rows if not _waits(row)]
    return _unhanded(conn, rows if waiting == rows[0].total else claimed)


def _set_aside(conn: Connection, account: str, address: str, part: PartOf) -> list[Whole]:
    """What is not handed on yet goes under a number of its own until it is; claimed."""
    same = _message(account, address, part.reference, part.total)
    aside = _ASIDE + secrets.randbelow(_ASIDE)
    unhanded = and_(same, sms_parts.c.joined_at.is_(None))
    conn.execute(update(sms_parts).where(unhanded).values(reference=aside))
    moved = select(sms_parts).where(_message(account, address, aside, part.total))
    return _unhanded(conn, conn.execute(moved).all())


def _unhanded(conn: Connection, rows: Sequence[Row[Any]]) -> list[Whole]:
    """What of a message is not handed on: as it was claimed, and what waits, claimed now."""
    names = {row.handed_as for row in rows if row.handed_as and row.joined_at is None}
    found = [
        _joined([row for row in rows if row.handed_as == name], name) for name in sorted(names)
    ]
    waiting = [row for row in rows if _waits(row)]
    return [*found, _claim(conn, waiting)] if waiting else found


def _claim(conn: Connection, rows: Sequence[Row[Any]]) -> Whole:
    """Parts that are handed on together from now on, whatever comes after them."""
    first = min(rows, key=lambda row: row.number)
    same = _message(first.account, first.address, first.reference, first.total)
    taken = set(conn.execute(select(sms_parts.c.handed_as).where(same)).scalars())
    name = first.external_id  # of every part, at some gateways
    if name in taken:
        name = f"{name[:150]}#{first.number}"
    its = sms_parts.c.number.in_([row.number for row in rows])
    conn.execute(update(sms_parts).where(same, its).values(handed_as=name))
    return _joined(rows, name)


def _joined(rows: Sequence[Row[Any]], external_id: str) -> Whole:
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
        external_id,
        text,
    )


def _charset(arrived: Arrived) -> str:
    return f"{arrived.charset}/{arrived.coding}"[:32]


def _read(content: bytes, charset: str) -> str:
    name, _, coding = charset.partition("/")
    return decode(content, name, coding)
