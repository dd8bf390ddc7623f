"""Looking after the questions whether an order is solved (回访), so that none is left hanging.

A question that cannot be delivered, or stands on a page nobody opened again, goes to the phone left
on the order, else to the list of those a person calls. One that was delivered and not answered in
time ends: called about where the matter is grave, else archived as 未回复. Nobody is asked twice by
the same way, and nobody is reminded.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from actions.work_orders import nodes, steps, way
from connectors import logs
from connectors.delivery.fallback import MOVED
from connectors.desk.office import Office
from connectors.store import follow_ups, order_work, work_orders
from connectors.store.conversations import Conversation
from connectors.store.follow_up_tables import Result, Way, Why
from connectors.store.follow_ups import Sending
from connectors.store.work_orders import WorkOrder

log = logs.get(__name__)

AT_ONCE = 200  # looked at in one transaction
GONE = ("dead", "expired")


class FollowingUp:
    def __init__(self, office: Office) -> None:
        self._office = office
        self._rules = office.settings.orders

    async def look(self) -> int:
        """One look at all open questions; how many went on."""
        now = self._office.clock.now()
        before, done = now - self._rules.answer_within, 0
        while True:

            def unit(conn: Connection) -> list[Conversation | None]:
                begun = follow_ups.not_begun(conn, nodes.ASKED, AT_ONCE)
                told = [self._begun(conn, number, now) for number in begun]
                follow_ups.end_over(conn, now)
                found = follow_ups.to_look_at(conn, before, AT_ONCE)
                return told + [self._gone_on(conn, one, now) for one in found]

            if not await self._office.database.read(
                lambda conn: (
                    follow_ups.not_begun(conn, nodes.ASKED, 1)
                    or follow_ups.any_over(conn)
                    or follow_ups.to_look_at(conn, before, 1)
                )
            ):
                return done
            told = await self._office.database.transact(unit)
            for talk in {one.id: one for one in told if one is not None}.values():
                await self._office.tell(talk, "message")
            self._office.sender.wake()
            done += len(told)
            log.info("follow_ups.looked", went_on=len(told))
            if len(told) < AT_ONCE:
                return done

    def _begun(self, conn: Connection, number: str, now: datetime) -> Conversation | None:
        """An order that came to its follow-up before those were kept: who filed it in a
        conversation was asked there then."""
        order = self._held(conn, number)
        if order is None:
            return None
        talk = order.filed.conversation_id
        if talk:
            follow_ups.begin(conn, number, now, Way.MESSAGE, conversation_id=talk)
            return None
        return self._office.teller.ask(conn, order, order.handling.outcome or "", now)

    def _gone_on(self, conn: Connection, sending: Sending, now: datetime) -> Conversation | None:
        """What becomes of a question that will not be answered as it stands."""
        asked = sending.follow_up
        order = self._held(conn, asked.number)
        if order is None:
            follow_ups.end(conn, asked.number, Result.OVERTAKEN, steps.HOUSE, now)
            return None
        if sending.state == "moved" and asked.message_id is not None:
            there = follow_ups.moved_to(conn, asked.message_id, MOVED)
            if there is not None:
                follow_ups.asked_at(conn, asked, *there)
                return None
        if sending.state in (*GONE, "moved"):
            return self._office.teller.ask_by_phone(conn, order, asked, Why.UNDELIVERED, now)
        if self._unseen(sending) and order.filed.contact_phone:
            return self._office.teller.ask_by_phone(conn, order, asked, Why.UNSEEN, now)
        if self._grave(order):
            follow_ups.to_call(conn, asked, Why.UNANSWERED)
        else:
            steps.unanswered(conn, self._office.texts, order.number, now)
        return None

    def _held(self, conn: Connection, number: str) -> WorkOrder | None:
        """The order, which nobody else changes; None when it stands elsewhere by now."""
        order_work.hold(conn, number)
        order = work_orders.by_number(conn, number)
        here = order is not None and way.station(order) == nodes.ASKED
        return order if here else None

    def _unseen(self, sending: Sending) -> bool:
        channel = sending.channel
        return bool(
            channel and self._office.capabilities(channel).fetched and sending.state == "sent"
        )

    def _grave(self, order: WorkOrder) -> bool:
        which = self._rules.call_unanswered
        grave = order.filed.urgency != "normal" or bool(order.filed.risk)
        return which == "all" or (which == "urgent" and grave)
