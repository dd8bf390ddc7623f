"""Who may go now: claims due deliveries of an account within its pace, its day and its windows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from connectors.channel import NO_MANNERS, Capabilities, Limits, SendError, WindowClosed
from connectors.clock import in_china
from connectors.delivery.manners import hindrance
from connectors.store import holding, outbox, reply_windows, turns
from connectors.store.outbox import Delivery
from connectors.store.turns import Account, Turns

CLAIM = timedelta(seconds=30)  # more than sending may take
AHEAD = timedelta(seconds=0.5)  # how far ahead turns are taken, so that none is missed


@dataclass(frozen=True, slots=True)
class Cleared:
    """Claimed deliveries with their moments, those that may not be sent and why, and until when the
    account has no further turn."""

    go: tuple[tuple[Delivery, datetime], ...] = ()
    shut: tuple[tuple[Delivery, SendError], ...] = ()
    rest_until: datetime | None = None


def clear(
    conn: Connection,
    account: Account,
    due: Sequence[Delivery],
    capabilities: Capabilities,
    now: datetime,
) -> Cleared:
    """Claims as many of the account's due deliveries as may go within :data:`AHEAD`."""
    limits = capabilities.limits_of(account[1])
    shut: list[tuple[Delivery, SendError]] = []
    free: list[Delivery] = []
    for delivery in due:
        hindered = hindrance(conn, delivery, capabilities.manners, now)
        if hindered is not None and hindered.until is not None:
            holding.hold(conn, delivery.id, hindered.until, hindered.why, now)
        elif hindered is not None and hindered.error is not None:
            shut.append((delivery, hindered.error))
        elif sends_left(conn, delivery, capabilities, limits, now) == 0 and not may_go_shut(
            delivery, capabilities
        ):
            shut.append((delivery, WindowClosed("the reply window is shut")))
        else:
            free.append(delivery)
    taken = take_turns(conn, account, len(free), limits, now)
    go = []
    for delivery, at in zip(free, taken.at, strict=False):
        if outbox.claim(conn, delivery, at + CLAIM, now):
            go.append((replace(delivery, attempts=delivery.attempts + 1), at))
    return Cleared(tuple(go), tuple(shut), taken.rest_until)


def take_turns(
    conn: Connection, account: Account, wanted: int, limits: Limits, now: datetime
) -> Turns:
    """Moments at which the account may send its next messages."""
    if wanted == 0 or (limits.per_second is None and limits.per_day is None):
        return Turns((now,) * wanted)
    today = in_china(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return turns.take_turns(
        conn,
        account,
        wanted,
        now,
        interval=timedelta(seconds=1 / limits.per_second) if limits.per_second else None,
        per_day=limits.per_day,
        today=today.date(),
        tomorrow_at=today + timedelta(days=1),
        ahead=AHEAD,
    )


def sends_left(
    conn: Connection,
    delivery: Delivery,
    capabilities: Capabilities,
    limits: Limits,
    now: datetime,
) -> int | None:
    """How many sends the platform's rules leave us to this person; None: as many as we like, 0:
    none until they write again."""
    if capabilities.reply_window is None and limits.per_reply_window is None:
        return None
    window = reply_windows.window(conn, delivery.conversation_id)
    return window.left(capabilities.reply_window, limits.per_reply_window, now)


def may_go_shut(delivery: Delivery, capabilities: Capabilities) -> bool:
    """Whether the channel may have a way for this although the window is shut."""
    return delivery.purpose in {purpose.value for purpose in capabilities.carries_shut}


def release_reopened(conn: Connection, now: datetime) -> int:
    """Lets go on what was held back and whose person has written since."""
    held = holding.reopened(conn)
    if held:
        holding.release(conn, held, now)
    return len(held)


def never_holds_back(capabilities: Capabilities, account: str) -> bool:
    """Whether the channel has no pace, no day's end, no window and no manners to mind."""
    limits = capabilities.limits_of(account)
    bounds = (limits.per_second, limits.per_day, limits.per_reply_window, capabilities.reply_window)
    return all(bound is None for bound in bounds) and capabilities.manners == NO_MANNERS


def claim_all(conn: Connection, due: Sequence[Delivery], now: datetime) -> Cleared:
    """Claims deliveries that no rule of a channel holds back."""
    return Cleared(
        tuple(
            (replace(delivery, attempts=delivery.attempts + 1), now)
            for delivery in due
            if outbox.claim(conn, delivery, now + CLAIM, now)
        )
    )
