"""What we begin ourselves is held to manners: never at night, never too often, never unwanted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import Connection, func, select

from connectors.channel import Manners, RecipientRefused, SendError
from connectors.clock import in_china
from connectors.messages import Purpose
from connectors.store import conversations, opt_outs
from connectors.store.outbox import Delivery
from connectors.store.schema import deliveries

AWAKE = timedelta(minutes=30)  # after somebody wrote to us, no hour is quiet for them


@dataclass(frozen=True, slots=True)
class Hindrance:
    """``error``: it is not to be sent at all. Else it waits ``until`` then, or for the person to
    write."""

    why: str
    until: datetime | None = None
    error: SendError | None = None


def hindrance(
    conn: Connection, delivery: Delivery, manners: Manners, now: datetime
) -> Hindrance | None:
    """Why a message we begin may not go now; None for what answers, and for what may go."""
    if delivery.purpose != Purpose.NOTICE.value:
        return None
    talk = conversations.get(conn, delivery.conversation_id)
    if talk is None:
        return None
    if manners.opt_out and opt_outs.has(conn, delivery.channel, talk.address):
        return Hindrance("opted out", error=RecipientRefused("the person has opted out"))
    written = talk.last_inbound_at
    if written is None or now - written > AWAKE:
        until = quiet_until(manners, now)
        if until is not None:
            return Hindrance(f"quiet hours until {in_china(until):%H:%M}", until)
    if manners.per_day is not None and _begun_today(conn, delivery, now) >= manners.per_day:
        return Hindrance("enough for today", _midnight(now) + timedelta(days=1))
    return None


def quiet_until(manners: Manners, now: datetime) -> datetime | None:
    """When the quiet hours end in which ``now`` lies; None when it lies in none."""
    if manners.quiet is None or manners.quiet[0] == manners.quiet[1]:
        return None
    (begin, end), here = manners.quiet, in_china(now)
    if not _within(begin, end, here.time()):
        return None
    ends = here.replace(hour=end.hour, minute=end.minute, second=0, microsecond=0)
    return ends if ends > here else ends + timedelta(days=1)


def _within(begin: time, end: time, clock: time) -> bool:
    if begin < end:
        return begin <= clock < end
    return clock >= begin or clock < end


def _midnight(now: datetime) -> datetime:
    return in_china(now).replace(hour=0, minute=0, second=0, microsecond=0)


def _begun_today(conn: Connection, delivery: Delivery, now: datetime) -> int:
    """How many messages begun by us have left for that person since midnight."""
    return int(
        conn.execute(
            select(func.count())
            .select_from(deliveries)
            .where(
                deliveries.c.conversation_id == delivery.conversation_id,
                deliveries.c.purpose == Purpose.NOTICE.value,
                deliveries.c.sent_at >= _midnight(now),
                deliveries.c.id != delivery.id,
            )
        ).scalar_one()
    )
