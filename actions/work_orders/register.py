"""Handing in work orders and hearing back: the port, and the local register behind it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from sqlalchemy import Connection

from actions.work_orders import nodes, number
from actions.work_orders.deadlines import Deadlines
from connectors.clock import Clock, in_china
from connectors.store import work_orders as store
from connectors.store.database import Database
from connectors.store.work_orders import NewWorkOrder, WorkOrder

GUESSES_PER_HOUR = 10  # wrong digits for one number by anybody, or by one conversation for any
GUESS_WINDOW = timedelta(hours=1)
CODE_DIGITS = 6


class RecordKind(StrEnum):
    """What a person may add to an order already filed."""

    URGE = "urge"
    SUPPLEMENT = "supplement"
    WITHDRAW = "withdraw"


class Refusal(StrEnum):
    """Why an order may not be shown or touched. Never told apart towards the person."""

    UNKNOWN_OR_WRONG = "unknown_or_wrong"
    TOO_MANY_GUESSES = "too_many_guesses"


@dataclass(frozen=True, slots=True)
class Recorded:
    """An addition that is in the register. ``times`` counts additions of its kind."""

    times: int
    fresh: bool


class WorkOrders(Protocol):
    """A city's ticket system, as far as the dialogue needs it."""

    async def file(self, order: NewWorkOrder) -> WorkOrder:
        """Hand an order in; the same key again gives the same order."""
        ...

    async def look_up(
        self, order_number: str, secret: str, conversation_id: str | None
    ) -> WorkOrder | Refusal:
        """The order, if ``secret`` is its phone's last four digits or its query code."""
        ...

    async def add(
        self,
        order_number: str,
        kind: RecordKind,
        text: str,
        *,
        key: str,
        conversation_id: str | None,
    ) -> Recorded:
        """Add to an order already looked up; the same key again changes nothing."""
        ...


class LocalRegister:
    """The register kept in our own store: the default where no ticket system is connected."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        new_code: Callable[[int], str],
        office: str,
        deadlines: Deadlines,
    ) -> None:
        """``new_code(n)`` makes ``n`` random digits; ``office`` is named as the first station's."""
        self._database = database
        self._clock = clock
        self._new_code = new_code
        self._office = office
        self._deadlines = deadlines

    async def file(self, order: NewWorkOrder) -> WorkOrder:
        now = self._clock.now()
        return await self._database.transact(lambda conn: self.enter(conn, order, now))

    def enter(self, conn: Connection, order: NewWorkOrder, now: datetime) -> WorkOrder:
        """Files an order as part of a larger transaction."""
        filed = store.by_key(conn, order.key)
        if filed is not None:
            return filed
        day = in_china(now).date()
        given = number.compose(day, store.next_serial(conn, day))
        code = None if order.contact_phone else self._new_code(CODE_DIGITS)
        due = replace(order, due_at=order.due_at or self._deadlines.of(order, now))
        return store.add(conn, now, given, due, nodes.at_start(now, self._office), code)

    async def look_up(
        self, order_number: str, secret: str, conversation_id: str | None
    ) -> WorkOrder | Refusal:
        now = self._clock.now()

        def unit(conn: Connection) -> WorkOrder | Refusal:
            guesses = store.failed_checks(
                conn, now - GUESS_WINDOW, number=order_number, conversation_id=conversation_id
            )
            if guesses >= GUESSES_PER_HOUR:
                return Refusal.TOO_MANY_GUESSES
            order = store.by_number(conn, order_number)
            passed = order is not None and secret in _secrets(order)
            store.note_check(
                conn, now, order_number, passed=passed, conversation_id=conversation_id
            )
            return order if order is not None and passed else Refusal.UNKNOWN_OR_WRONG

        return await self._database.transact(unit)

    async def add(
        self,
        order_number: str,
        kind: RecordKind,
        text: str,
        *,
        key: str,
        conversation_id: str | None,
    ) -> Recorded:
        now = self._clock.now()

        def unit(conn: Connection) -> Recorded:
            fresh = store.add_record(
                conn,
                now,
                order_number,
                kind=kind,
                text=text,
                key=key,
                conversation_id=conversation_id,
            )
            if fresh and kind is RecordKind.WITHDRAW:
                store.set_status(conn, order_number, "withdrawn")
            return Recorded(store.count_records(conn, order_number, kind), fresh)

        return await self._database.transact(unit)


def _secrets(order: WorkOrder) -> tuple[str, ...]:
    phone = order.filed.contact_phone
    if phone:
        return (phone[-4:],)
    return (order.query_code,) if order.query_code else ()
