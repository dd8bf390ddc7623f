"""What receipts do to a delivery. They come in any order, twice, too early, or for nothing of ours.

A state only moves along the table; what it has no cell for changes nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, insert, or_, select, update

from connectors.channel import SEND_ERRORS, ConnectionFailed, Receipt, ReceiptState
from connectors.store import deliveries as queue
from connectors.store.delivery_tables import pieces, routes, stray_receipts
from connectors.store.outbox import Delivery
from connectors.store.prepared import Prepared
from connectors.store.schema import deliveries
from connectors.store.turns import Account

KEEP_STRAYS = timedelta(days=3)

SENT, DELIVERED, SEEN, FAILED = ReceiptState

NEXT: dict[tuple[str, ReceiptState], str] = {
    ("queued", SENT): "sent",
    ("queued", DELIVERED): "delivered",
    ("queued", SEEN): "seen",
    ("queued", FAILED): "early",  # perhaps of a try we have not noted yet: kept until we have
    ("sent", DELIVERED): "delivered",
    ("sent", SEEN): "seen",
    ("sent", FAILED): "failed",
    ("delivered", SEEN): "seen",
    # Given up by us, and yet it got there.
    ("dead", SENT): "sent",
    ("dead", DELIVERED): "delivered",
    ("dead", SEEN): "seen",
    ("expired", SENT): "sent",
    ("expired", DELIVERED): "delivered",
    ("expired", SEEN): "seen",
}

_ORDER = ("failed", "sent", "delivered", "seen")  # of several pieces the one furthest back counts


@dataclass(frozen=True, slots=True)
class Applied:
    """``delivery`` is as it was before; None: the receipt names nothing of that account.

    ``state`` is the new one, None when nothing changed; ``failed`` means that the platform took the
    message and could not deliver it: the caller decides what happens to it.
    """

    delivery: Delivery | None
    state: str | None = None

    @property
    def failed(self) -> bool:
        return self.state == "failed"


def apply(conn: Connection, receipt: Receipt, now: datetime) -> Applied:
    """Moves the delivery a receipt names, or keeps the receipt until we know that delivery."""
    delivery, piece = _named(conn, receipt)
    if delivery is None:
        _keep(conn, receipt, now)
        return Applied(None)
    if piece is None:
        state = NEXT.get((delivery.state, receipt.state))
    else:
        state = _of_pieces(conn, delivery, piece, receipt, now)
    if state == "early":
        _keep(conn, receipt, now)
        return Applied(delivery)
    if state == "failed" and piece is None:  # the whole of it is to be sent again
        conn.execute(
            update(pieces).where(pieces.c.delivery_id == delivery.id).values(state="failed")
        )
    if state is not None and state != "failed":
        conn.execute(
            update(deliveries)
            .where(deliveries.c.id == delivery.id)
            .values(state=state, error_code=None, error_detail=None, updated_at=now)
        )
    return Applied(delivery, state)


def any_stray(conn: Connection, account: Account) -> bool:
    """Whether there is anything in the account's drawer: nearly always not."""
    return _any_stray.first(conn, {"in_channel": account[0], "in_account": account[1]}) is not None


_any_stray = Prepared(
    select(stray_receipts.c.id)
    .where(
        stray_receipts.c.channel == bindparam("in_channel"),
        stray_receipts.c.account == bindparam("in_account"),
    )
    .limit(1)
)


def take_strays(conn: Connection, account: Account, names: Collection[str]) -> list[Receipt]:
    """Receipts that came early for one of these names, taken out of the drawer."""
    same = (
        stray_receipts.c.channel == account[0],
        stray_receipts.c.account == account[1],
        stray_receipts.c.name.in_(names),
    )
    rows = conn.execute(select(stray_receipts).where(*same).order_by(stray_receipts.c.id)).all()
    if rows:
        conn.execute(delete(stray_receipts).where(*same))
    return [
        Receipt(
            account[0],
            account[1],
            ReceiptState(row.state),
            key=row.name if row.ours else None,
            provider_id=None if row.ours else row.name,
            error=_ERRORS.get(row.error_code, ConnectionFailed)(row.error_detail or ""),
        )
        for row in rows
    ]


def forget_failures(conn: Connection, delivery: Delivery) -> None:
    """What came early and told of the failure of a try that is now known to have failed: it must
    not count against the next one."""
    named = or_(
        stray_receipts.c.name == delivery.id, stray_receipts.c.name.startswith(f"{delivery.id}.")
    )
    conn.execute(
        delete(stray_receipts).where(
            stray_receipts.c.channel == delivery.channel,
            stray_receipts.c.account == delivery.account,
            stray_receipts.c.ours,
            stray_receipts.c.state == FAILED.value,
            named,
        )
    )


def forget_old_strays(conn: Connection, now: datetime) -> int:
    return conn.execute(
        delete(stray_receipts).where(stray_receipts.c.at < now - KEEP_STRAYS)
    ).rowcount


_ERRORS = {error.code: error for error in SEND_ERRORS}


def _named(conn: Connection, receipt: Receipt) -> tuple[Delivery | None, int | None]:
    """The delivery and, where it was divided, the piece a receipt names."""
    if receipt.key is not None:
        delivery_id, _, number = receipt.key.partition(".")
        found = queue.find(conn, delivery_id)
        if found is None or not _carried(conn, found, receipt):
            return None, None
        return found, int(number) if number.isdecimal() else None
    row = conn.execute(
        select(pieces.c.delivery_id, pieces.c.piece)
        .where(
            pieces.c.channel == receipt.channel,
            pieces.c.account == receipt.account,
            pieces.c.provider_id == receipt.provider_id,
        )
        .order_by(pieces.c.sent_at.desc())
    ).first()
    return (queue.find(conn, row.delivery_id), int(row.piece)) if row is not None else (None, None)


def _carried(conn: Connection, delivery: Delivery, receipt: Receipt) -> bool:
    """Whether the account that tells has the delivery, or had it before another took over."""
    if delivery.channel != receipt.channel or delivery.account == receipt.account:
        return delivery.channel == receipt.channel
    had = select(routes.c.account).where(
        routes.c.delivery_id == delivery.id, routes.c.account == receipt.account
    )
    return conn.execute(had).first() is not None


def _of_pieces(
    conn: Connection, delivery: Delivery, piece: int, receipt: Receipt, now: datetime
) -> str | None:
    """The delivery's state after a receipt for one of its pieces, None when it stays."""
    rows = conn.execute(
        select(pieces.c.piece, pieces.c.state).where(pieces.c.delivery_id == delivery.id)
    )
    states: dict[int, str] = {row.piece: row.state for row in rows}
    after = NEXT.get((states.get(piece, "queued"), receipt.state))
    if after is None or after == "early":
        return after
    if piece in states:
        conn.execute(
            update(pieces)
            .where(pieces.c.delivery_id == delivery.id, pieces.c.piece == piece)
            .values(state=after)
        )
    else:  # it got there before we noted that it had left
        conn.execute(
            insert(pieces).values(
                delivery_id=delivery.id,
                piece=piece,
                channel=delivery.channel,
                account=delivery.account,
                state=after,
                sent_at=now,
            )
        )
    if delivery.state == "queued":
        return None  # others of its pieces are still to be sent
    least = min((states | {piece: after}).values(), key=_ORDER.index)
    return least if (delivery.state, ReceiptState(least)) in NEXT else None


def state_of_pieces(conn: Connection, delivery_id: str) -> str:
    """How far a delivery is whose pieces were all sent."""
    states = conn.execute(
        select(pieces.c.state).where(pieces.c.delivery_id == delivery_id)
    ).scalars()
    return min(states, key=_ORDER.index, default="sent")


def _keep(conn: Connection, receipt: Receipt, now: datetime) -> None:
    conn.execute(
        insert(stray_receipts).values(
            channel=receipt.channel,
            account=receipt.account,
            name=(receipt.key or receipt.provider_id or "")[:128],
            ours=receipt.key is not None,
            state=receipt.state.value,
            error_code=receipt.error.code if receipt.error else None,
            error_detail=receipt.error.detail if receipt.error else None,
            at=now,
        )
    )
