"""The register: where every order is entered, found again and added to, whoever works on it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from sqlalchemy import Connection

from actions.work_orders import nodes, number
from actions.work_orders.deadlines import Deadlines
from actions.work_orders.direct import Direct
from connectors import logs
from connectors.clock import Clock, in_china
from connectors.settings.tickets import LOCAL, Tickets
from connectors.store import tickets
from connectors.store import work_orders as store
from connectors.store.database import Database
from connectors.store.tickets import Ticket
from connectors.store.work_orders import NewWorkOrder, WorkOrder

log = logs.get(__name__)

GUESSES_PER_HOUR = 10  # wrong digits for one number by anybody, or by one conversation for any
GUESS_WINDOW = timedelta(hours=1)
CODE_DIGITS = 6
MOST_TOKENS = 12  # words of a text that may be a ticket system's number
_TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{3,63}")
_DIGIT = re.compile(r"[0-9]").search


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
    """The register, as far as the dialogue needs it."""

    async def file(self, order: NewWorkOrder) -> WorkOrder:
        """Hand an order in; the same key again gives the same order."""
        ...

    async def look_up(
        self, order_number: str, secret: str, conversation_id: str | None
    ) -> WorkOrder | Refusal:
        """The order, if ``secret`` is its phone's last four digits or its query code."""
        ...

    async def called(self, text: str) -> tuple[str, str] | None:
        """The order whose number at its ticket system stands in the text: our number of it, and
        the other one as it is written there."""
        ...

    async def add(
        self,
        order_number: str,
        kind: RecordKind,
        text: str,
        *,
        key: str,
        conversation_id: str | None,
        files: tuple[str, ...] = (),
    ) -> Recorded:
        """Add to an order already looked up; the same key again changes nothing."""
        ...

    async def change_phone(
        self, order_number: str, phone: str, note: str, *, key: str, conversation_id: str | None
    ) -> None:
        """Put another number to call in place of an order's, with a note to whoever works on it;
        the same key again changes nothing."""
        ...


class LocalRegister:
    """The register in our own store. Where no ticket system is connected, the desk works on its
    orders; else it mirrors what was handed over."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        new_code: Callable[[int], str],
        office: str,
        deadlines: Deadlines,
        systems: Tickets | None = None,
        home: str | None = None,
        direct: Direct | None = None,
        complete: Callable[[NewWorkOrder], NewWorkOrder] = lambda order: order,
    ) -> None:
        """``new_code(n)`` makes ``n`` random digits; ``office`` is named as the first station's.

        ``systems`` says which ticket system works on an order; without it, and for those it names
        ``local``, the register itself does. ``home`` is the region of orders that name none.
        ``direct`` sends sure ones of ours to their unit at once; without it a person does.
        ``complete`` adds the unit whose duty an order seems to be.
        """
        self._database = database
        self._clock = clock
        self._new_code = new_code
        self._office = office
        self._deadlines = deadlines
        self._systems = systems or Tickets()
        self._home = home
        self._direct = direct
        self._complete = complete

    async def file(self, order: NewWorkOrder) -> WorkOrder:
        now = self._clock.now()
        trace_id = logs.trace_id()
        filed = await self._database.transact(
            lambda conn: self.enter(conn, order, now, trace_id=trace_id)
        )
        log.info("order.filed", number=filed.number)  # from the message's trace to the order
        return filed

    def enter(
        self,
        conn: Connection,
        order: NewWorkOrder,
        now: datetime,
        *,
        ours: bool = False,
        trace_id: str | None = None,
    ) -> WorkOrder:
        """Files an order as part of a larger transaction.

        It is final at once where our register works on it; else it waits to be handed over, its
        number provisional until then. ``ours``: nobody else's business, such as calling back.
        ``trace_id``: of the message it came of.
        """
        filed = store.by_key(conn, order.key)
        if filed is not None:
            return filed
        day = in_china(now).date()
        given = number.compose(day, store.next_serial(conn, day))
        code = None if order.contact_phone else self._new_code(CODE_DIGITS)
        known = self._complete(order)
        due = replace(known, due_at=known.due_at or self._deadlines.of(conn, known, now))
        entered = store.add(conn, now, given, due, nodes.at_start(now, self._office), code)
        region = order.place_region or self._home
        system = LOCAL if ours else self._systems.system_of(region, order.channel)
        if system == LOCAL:
            if self._direct is None or ours:
                return entered
            return self._direct.dispatched(conn, entered, now)
        tickets.hand_over(conn, given, system, now, trace_id)
        return replace(entered, ticket=Ticket(given, system))

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
            # Another Huiying may have given the number of one of ours to another order of ours.
            named = [ticket.number for ticket in tickets.with_receipt(conn, order_number)]
            known = (store.by_number(conn, one) for one in (order_number, *named))
            order = next((one for one in known if one and secret in _secrets(one)), None)
            store.note_check(
                conn, now, order_number, passed=order is not None, conversation_id=conversation_id
            )
            return order or Refusal.UNKNOWN_OR_WRONG

        return await self._database.transact(unit)

    async def called(self, text: str) -> tuple[str, str] | None:
        said = [one for one in _TOKEN.findall(unicodedata.normalize("NFKC", text)) if _DIGIT(one)]
        forms = {form: one for one in said for form in (one, one.upper(), one.rstrip("./-_"))}

        def unit(conn: Connection) -> tuple[str, str] | None:
            for form in sorted(forms)[:MOST_TOKENS]:
                if found := tickets.with_receipt(conn, form):
                    return found[0].number, forms[form]
            return None

        return await self._database.read(unit) if forms else None

    async def add(
        self,
        order_number: str,
        kind: RecordKind,
        text: str,
        *,
        key: str,
        conversation_id: str | None,
        files: tuple[str, ...] = (),
    ) -> Recorded:
        now = self._clock.now()
        trace_id = logs.trace_id()

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
            if fresh and files:
                store.attach(conn, order_number, files)
            if fresh and kind is RecordKind.WITHDRAW:
                store.set_status(conn, order_number, "withdrawn")
            if fresh:
                tickets.tell(conn, order_number, kind.value, now, text=text, trace_id=trace_id)
            return Recorded(store.count_records(conn, order_number, kind), fresh)

        return await self._database.transact(unit)

    async def change_phone(
        self, order_number: str, phone: str, note: str, *, key: str, conversation_id: str | None
    ) -> None:
        now = self._clock.now()
        trace_id = logs.trace_id()
        kind = RecordKind.SUPPLEMENT

        def unit(conn: Connection) -> None:
            if not store.add_record(
                conn,
                now,
                order_number,
                kind=kind,
                text=note,
                key=key,
                conversation_id=conversation_id,
            ):
                return
            store.set_phone(conn, order_number, phone)
            tickets.tell(conn, order_number, kind.value, now, text=note, trace_id=trace_id)

        await self._database.transact(unit)


def _secrets(order: WorkOrder) -> tuple[str, ...]:
    phone = order.filed.contact_phone
    if phone:
        return (phone[-4:],)
    return (order.query_code,) if order.query_code else ()
