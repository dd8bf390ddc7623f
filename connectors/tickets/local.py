"""Our own register as a ticket system: what is served to others by Open311 goes through here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection

from actions.work_orders import nodes as stations
from actions.work_orders import steps, way
from actions.work_orders.register import LocalRegister, RecordKind
from actions.work_orders.steps import Said
from actions.work_orders.tickets import (
    Change,
    ChangeKind,
    News,
    OrderRefused,
    Papers,
    Status,
    Taken,
    Unreachable,
)
from actions.work_orders.way import Step
from connectors.clock import Clock
from connectors.settings.tickets import PEERS
from connectors.store import order_work, work_orders
from connectors.store.database import Database, StoreUnavailable, ping
from connectors.store.order_work import Record, StepTaken
from connectors.store.tickets import Ticket
from connectors.store.work_orders import WorkOrder
from connectors.texts import Texts

PEER = PEERS  # who took a step, when whoever filed the order by Open311 did
_RECORDED = {
    ChangeKind.URGE: RecordKind.URGE,
    ChangeKind.SUPPLEMENT: RecordKind.SUPPLEMENT,
    ChangeKind.WITHDRAW: RecordKind.WITHDRAW,
}
_AFTER: Mapping[str, Status] = {
    Step.CHECK.value: Status.ACCEPTED,
    Step.DISPATCH.value: Status.DISPATCHED,
    Step.SIGN.value: Status.SIGNED,
    Step.RETURN.value: Status.RETURNED,
    Step.ANSWER.value: Status.ANSWERED,
    Step.APPROVE.value: Status.CLOSED,
    Step.REFUSE.value: Status.REFUSED,
    Step.SETTLE.value: Status.CLOSED,
    Step.REOPEN.value: Status.REOPENED,
    Step.ARCHIVE.value: Status.CLOSED,
    Status.REJECTED.value: Status.CLOSED,
}


@dataclass(frozen=True, slots=True)
class LocalTickets:
    """An order is in it as soon as it is filed, so its number is final at once."""

    register: LocalRegister
    database: Database
    clock: Clock
    texts: Texts

    @property
    def look_every(self) -> timedelta | None:
        return None

    async def file(self, order: WorkOrder, papers: Papers, *, again: bool) -> Taken:
        if await self._order(order.number) is None:
            raise OrderRefused("the register has no such order")
        return Taken(order.number)

    async def update(self, order: WorkOrder, change: Change) -> None:
        if change.kind in _RECORDED:
            kind = _RECORDED[change.kind]
            await self.register.add(
                order.number, kind, change.text, key=change.key[:80], conversation_id=None
            )
            return
        try:
            await self.database.transact(lambda conn: self._told(conn, order.number, change))
        except way.ForbiddenStep as error:
            raise OrderRefused(str(error)) from None
        except LookupError:
            raise OrderRefused("the register has no such order") from None
        except StoreUnavailable as error:
            raise Unreachable(str(error)) from None

    async def look(self, tickets: Sequence[Ticket]) -> Mapping[str, News]:
        def unit(conn: Connection) -> dict[str, News]:
            found = work_orders.by_numbers(conn, [one.number for one in tickets])
            return standings(conn, found)

        try:
            return await self.database.read(unit)
        except StoreUnavailable as error:
            raise Unreachable(str(error)) from None

    async def health(self) -> str | None:
        try:
            await self.database.transact(ping)
        except StoreUnavailable as error:
            return str(error)
        return None

    async def _order(self, number: str) -> WorkOrder | None:
        try:
            return await self.database.read(lambda conn: work_orders.by_number(conn, number))
        except StoreUnavailable as error:
            raise Unreachable(str(error)) from None

    def _told(self, conn: Connection, number: str, change: Change) -> None:
        """What the person said when another gateway asked whether it is solved."""
        order_work.hold(conn, number)
        order = work_orders.by_number(conn, number)
        if order is None:
            raise LookupError(number)
        now, here = self.clock.now(), way.station(order)
        said = change.text[: steps.NOTE_MOST]
        if change.kind is ChangeKind.REOPEN:
            if here == stations.HANDLED:
                return  # by an earlier try
            note = said or self.texts.say("follow_up_unsolved_note")
            if order.status == "closed":
                steps.reopen_closed(conn, order, note, actor=PEER, now=now)
            else:
                reason = Said(note=note)
                steps.take(conn, self.texts, number, Step.REOPEN, reason, actor=PEER, now=now)
        elif here == stations.ASKED:
            settled = Said(note=said, solved=change.solved, rating=change.rating)
            for step, what in ((Step.SETTLE, settled), (Step.ARCHIVE, Said())):
                steps.take(conn, self.texts, number, step, what, actor=PEER, now=now)
        elif change.rating is not None:
            steps.rate(conn, number, change.rating, now)


def standings(conn: Connection, orders: Sequence[WorkOrder]) -> dict[str, News]:
    """How orders of the register stand, as news, by their numbers."""
    taken = order_work.steps_of(conn, [order.number for order in orders])
    withdrawn = [order.number for order in orders if order.status == "withdrawn"]
    added = order_work.records_of(conn, withdrawn) if withdrawn else {}
    return {
        one.number: _standing(one, taken[one.number], added.get(one.number, [])) for one in orders
    }


def _standing(order: WorkOrder, taken: Sequence[StepTaken], added: Sequence[Record]) -> News:
    known = [(_AFTER[one.step], one.at) for one in taken if one.step in _AFTER]
    status, at = known[-1] if known else (Status.ACCEPTED, order.created_at)
    if order.status == "withdrawn":
        gone = [one.at for one in added if one.kind == RecordKind.WITHDRAW.value]
        status, at = Status.WITHDRAWN, max([at, *gone])
    handling = order.handling
    notes = [one.note for one in taken if one.step == Step.RETURN.value and one.note]
    return News(
        status,
        at,
        receipt=order.receipt,
        unit=handling.unit or "",
        helpers=handling.helpers,
        note=notes[-1] if notes and status is Status.RETURNED else "",
        answer=handling.answer or "",
        outcome=handling.outcome or "",
        due_at=order.filed.due_at,
    )
