"""Nobody waits for nothing: who has waited too long, or in vain, is promised a callback (漏话回拨).

The promise is a work order, the message that gives its number, and the conversation's return to the
bot, in one transaction, and only if nobody has taken the conversation meanwhile. Whoever is in
danger keeps waiting: no form may take the place of a person there.
"""

from __future__ import annotations

import asyncio
from datetime import datetime

from sqlalchemy import Connection

from actions.work_orders.register import LocalRegister
from connectors import logs
from connectors.clock import in_china
from connectors.conversation.ownership import Event, Owner
from connectors.desk.office import Office
from connectors.messages import Author, Outbound, Text
from connectors.phones import shown
from connectors.store import conversations, desk_lists, messages
from connectors.store.conversations import Conversation
from connectors.store.database import StoreUnavailable
from connectors.store.work_orders import NewWorkOrder
from connectors.worktime import OfficeHours, WorkCalendar

log = logs.get(__name__)

LOOK_EVERY = 5.0  # seconds
AT_ONCE = 200  # conversations in one look; the next look sees the rest
QUOTED = 5  # of the person's last messages, in the order
QUOTE_MOST = 1000  # characters
CRISIS = "crisis"
CALLBACK = "callback"  # the audit's reason


class WaitingRoom:
    def __init__(self, office: Office, register: LocalRegister) -> None:
        self._office = office
        self._register = register
        self._limit = office.settings.desk.wait_most
        orders = office.settings.orders
        calendar = WorkCalendar(orders.days_off, orders.days_on)
        self._hours = OfficeHours(office.settings.desk.hours, calendar)

    async def run(self) -> None:
        """Looks every few seconds, for ever; one gateway at a time."""
        while True:
            try:
                async with self._office.coordinator.lease("desk:waiting") as held:
                    if held:
                        await self.look()
            except StoreUnavailable as error:
                log.error("store.unavailable", reason=str(error))
            except Exception:
                log.exception("waiting.failed")
            await asyncio.sleep(LOOK_EVERY)

    async def look(self) -> int:
        """Promises a callback to everybody whose time has come; how many there were."""
        now = self._office.clock.now()
        closed = not self._hours.is_open(now)
        waiting = await self._office.database.read(
            lambda conn: desk_lists.listed(conn, Owner.WAITING, AT_ONCE)
        )
        promised = 0
        for row in waiting:
            conversation = row.conversation
            if conversation.skill == CRISIS or conversation.waiting_since is None:
                continue
            if closed or now - conversation.waiting_since >= self._limit:
                promised += await self._promise(conversation, now, closed=closed)
        return promised

    async def _promise(self, seen: Conversation, now: datetime, *, closed: bool) -> bool:
        def unit(conn: Connection) -> Conversation | None:
            conversation = conversations.hold(conn, seen.id)
            if conversation.owner is not Owner.WAITING or conversation.epoch != seen.epoch:
                return None
            order = self._register.enter(conn, self._order(conn, conversation), now)
            after = conversations.change_owner(
                conn, conversation.id, Event.WITHDRAW, now, actor="desk", reason=CALLBACK
            )
            words = self._words(conversation.channel, order.number, now, closed=closed)
            messages.add(conn, after, Outbound((Text(words),), Author.SYSTEM), now)
            return after

        after = await self._office.database.transact(unit)
        if after is None:
            return False
        log.info("waiting.callback", conversation_id=after.id, closed=closed)
        self._office.sender.wake()
        await self._office.tell(after, "message")
        await self._office.tell(after, "owner", owner=after.owner.value)
        return True

    def _order(self, conn: Connection, conversation: Conversation) -> NewWorkOrder:
        contact = conversations.contact(conn, conversation.contact_id)
        latest = messages.after(conn, conversation.id, 0, 4 * QUOTED, newest=True)
        said = [m.text for m in latest if m.author is Author.CITIZEN and m.text.strip()]
        say = self._office.texts.say
        quoted = "\n".join(said[-QUOTED:])[-QUOTE_MOST:]
        return NewWorkOrder(
            key=f"callback:{conversation.id}:{conversation.epoch}",
            channel=conversation.channel,
            kind=say("callback_kind"),
            title=say("callback_title"),
            content=say("callback_content", said=quoted),
            conversation_id=conversation.id,
            contact_id=conversation.contact_id,
            contact_phone=shown(contact.verified_phone) if contact.verified_phone else None,
            urgency="urgent",
        )

    def _words(self, channel: str, number: str, now: datetime, *, closed: bool) -> str:
        say = self._office.texts.say
        if not closed:
            return say("callback_promised", channel, number=number)
        opening = self._hours.opens_next(now)
        if opening is None:
            opens = say("callback_opens_unknown")
        else:
            local = in_china(opening)
            opens = say(
                "callback_opens",
                month=local.month,
                day=local.day,
                hour=local.hour,
                minute=local.minute,
            )
        return say("callback_closed", channel, number=number, opens=opens)
