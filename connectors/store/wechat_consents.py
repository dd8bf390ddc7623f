"""What a person agreed to be sent by subscription messages (订阅消息).

A one-time consent is for one message; the platform adds them up. A long-term one, open to
government services, holds until it is taken back. The platform's own count is what decides: ours
only saves calls that would be refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, and_, insert, select, update
from sqlalchemy.sql.elements import ColumnElement

from connectors.store.wechat_tables import EVENT_MOST, wechat_consents

LEFT_MOST = 100  # one-time consents kept of one person; more were never used


class Change(StrEnum):
    """What an event, or a refused send, tells of a consent."""

    ONCE = "once"  # agreed to one message more
    ALWAYS = "always"  # agreed until taken back
    NEVER = "never"  # refused, or taken back


@dataclass(frozen=True, slots=True)
class Agreed:
    """Who may be sent what: ``account`` is ours, ``template`` the platform's id."""

    account: str
    openid: str
    template: str


def may_send(conn: Connection, about: Agreed) -> bool:
    """Whether the person agreed, as far as we know."""
    row = conn.execute(
        select(wechat_consents.c.times, wechat_consents.c.always).where(_of(about))
    ).first()
    return row is not None and (row.always or row.times > 0)


def change(conn: Connection, about: Agreed, what: Change, event: str, now: datetime) -> None:
    """Notes what an event tells. ``event`` is what it is known by: the same again changes
    nothing; empty: it is no event, and always counts."""
    known = conn.execute(select(wechat_consents).where(_of(about)).with_for_update()).first()
    name = event[:EVENT_MOST] or None
    if known is not None and name is not None and known.last_event == name:
        return
    left = known.times if known is not None else 0
    match what:
        case Change.ONCE:
            values = {"times": min(LEFT_MOST, left + 1)}
        case Change.ALWAYS:
            values = {"always": True}
        case Change.NEVER:
            values = {"times": 0, "always": False}
    stamped = values | {"updated_at": now} | ({"last_event": name} if name else {})
    if known is None:
        key = {"account": about.account, "openid": about.openid, "template": about.template}
        conn.execute(insert(wechat_consents).values(**key, **stamped))
    else:
        conn.execute(update(wechat_consents).where(_of(about)).values(**stamped))


def spend(conn: Connection, about: Agreed, now: datetime) -> None:
    """A message went out: a one-time consent is used up, a long-term one is not."""
    conn.execute(
        update(wechat_consents)
        .where(
            _of(about),
            wechat_consents.c.times > 0,
            wechat_consents.c.always.is_(False),
        )
        .values(times=wechat_consents.c.times - 1, updated_at=now)
    )


def _of(about: Agreed) -> ColumnElement[bool]:
    return and_(
        wechat_consents.c.account == about.account,
        wechat_consents.c.openid == about.openid,
        wechat_consents.c.template == about.template,
    )
