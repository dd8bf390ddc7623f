"""Where the person of an order can be written to: where they filed it, else at the phone they left.

Who files with us by Open311 leaves a phone nobody has proved. So little goes there by itself: the
question whether it is solved, which the service owes everybody (回访 100 %), and progress only if
whoever filed said that the person agreed to it. What is confidential never goes there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection

from connectors import phones
from connectors.store import conversations, opt_outs
from connectors.store.conversations import Conversation
from connectors.store.follow_up_tables import Why
from connectors.store.identity import holders
from connectors.store.turns import Account
from connectors.store.work_orders import EVERY_STEP, WorkOrder


class Notify(StrEnum):
    """What the phone of an order without a conversation is told."""

    STEPS = EVERY_STEP  # every step, as the person agreed
    CLOSING = "closing"  # that it is done, with the question; also where nothing is said
    CALLER = "caller"  # nothing: whoever filed it tells and asks its person


@dataclass(frozen=True, slots=True)
class Reach:
    """``account``: the channel and account that write to any phone, None while there is none.
    ``countries`` are those whose mobiles are written to; ``lapses``: silence after which a number
    may be somebody else's; ``private``: the kinds of order of which nothing goes to a phone nobody
    has proved."""

    account: Callable[[], Account | None]
    countries: Collection[str] = ("CN",)
    lapses: timedelta = timedelta(days=90)
    private: Collection[str] = ()

    def talk(self, conn: Connection, order: WorkOrder) -> Conversation | None:
        """Where it was filed."""
        filed_in = order.filed.conversation_id
        return conversations.get(conn, filed_in) if filed_in else None

    def to_tell(self, conn: Connection, order: WorkOrder, now: datetime) -> Conversation | None:
        """Where progress goes; None: nowhere, or nobody agreed to it."""
        if order.filed.conversation_id:
            return self.talk(conn, order)
        if order.filed.notify != Notify.STEPS:
            return None
        found = self.phone(conn, order, now)
        return found if isinstance(found, Conversation) else None

    def phone(self, conn: Connection, order: WorkOrder, now: datetime) -> Conversation | Why:
        """The conversation with the phone left on the order, found or made; else why not."""
        filed, account = order.filed, self.account()
        if not filed.contact_phone:
            return Why.NO_PHONE
        if filed.confidential or filed.anonymous or filed.risk or filed.kind in self.private:
            return Why.PRIVATE
        if account is None:
            return Why.NO_LINE
        number = phones.mobile(filed.contact_phone, self.countries).phone
        if number is None:
            return Why.NO_MOBILE
        if opt_outs.has(conn, account[0], number):
            return Why.REFUSED
        if holders.lapsed(conn, number, now, self.lapses):
            return Why.LAPSED
        return holders.at_phone(conn, *account, number, now)


NOWHERE = Reach(lambda: None)
