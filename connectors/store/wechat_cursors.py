"""How far the messages of a WeCom customer service account have been fetched."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, and_, insert, select, update
from sqlalchemy.sql.elements import ColumnElement

from connectors.store.wechat_tables import wechat_cursors


def get(conn: Connection, account: str, open_kfid: str) -> str:
    """Where to go on; empty: nothing was fetched yet."""
    found: str | None = conn.execute(
        select(wechat_cursors.c.cursor).where(_of(account, open_kfid))
    ).scalar_one_or_none()
    return found or ""


def known(conn: Connection, account: str) -> list[str]:
    """The account's ``open_kfid``s that something was fetched of."""
    rows = conn.execute(
        select(wechat_cursors.c.open_kfid)
        .where(wechat_cursors.c.account == account)
        .order_by(wechat_cursors.c.open_kfid)
    )
    return list(rows.scalars())


def note(conn: Connection, account: str, open_kfid: str, now: datetime) -> None:
    """There is something to fetch of an account that may be new."""
    known = conn.execute(select(wechat_cursors.c.cursor).where(_of(account, open_kfid))).first()
    if known is None:
        conn.execute(
            insert(wechat_cursors).values(
                account=account, open_kfid=open_kfid, cursor="", updated_at=now
            )
        )


def move(conn: Connection, account: str, open_kfid: str, cursor: str, now: datetime) -> None:
    """Everything up to ``cursor`` is safe."""
    moved = conn.execute(
        update(wechat_cursors).where(_of(account, open_kfid)).values(cursor=cursor, updated_at=now)
    ).rowcount
    if not moved:
        conn.execute(
            insert(wechat_cursors).values(
                account=account, open_kfid=open_kfid, cursor=cursor, updated_at=now
            )
        )


def _of(account: str, open_kfid: str) -> ColumnElement[bool]:
    return and_(wechat_cursors.c.account == account, wechat_cursors.c.open_kfid == open_kfid)
