"""Nobody waits for nothing: who has waited too long, or in vain, is promised a callback (漏话回拨).

The promise is a work order, the message that gives its number, and the conversation's return to the
bot, in one transaction, and only if nobody has taken the conversation meanwhile. Whoever is in
danger keeps waiting: no form may take the place of a person there.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from actions.work_orders.register import LocalRegister
from connectors import logs
from connectors.clock import in_china
from connectors.conversation.ownership import Event, Owner
from connectors.conversation.skills import Skill
from connectors.desk.office import Office
from connectors.messages import Author, Outbound, Text
from connectors.phones import shown
from connectors.queue_words import worth_telling
from connectors.store import callbacks, conversations, desk_lists, messages, owners, plans, waits
from connectors.store.conversations import Conversation
from connectors.store.desk_lists import DeskRow
from connectors.store.work_orders import NewWorkOrder
from connectors.worktime import OfficeHours

log = logs.get(__name__)

AT_ONCE = 200  # conversations in one look; the next look sees the rest
TELL_EVERY = timedelta(minutes=1)
UNTOLD = timedelta(seconds=20)  # somebody who was told nothing yet, by then is
QUOTED = 5  # of the person's last messages, in the order
QUOTE_MOST = 1000  # characters


class WaitingRoom:
    def __init__(self, office: Office, register: LocalRegister) -> None:
        self._office = office
        self._register = register
        self._settings = office.settings.desk

    async def look(self) -> int:
        """Promises a callback to everybody whose time has come; how many there were."""
        now = self._office.clock.now()

        def unit(conn: Connection) -> tuple[list[DeskRow], OfficeHours]:
            return (
                desk_lists.listed(conn, Owner.WAITING, AT_ONCE),
                plans.office_hours(conn, self._office.settings),
            )

        waiting, hours = await self._office.database.read(unit)
        closed = not hours.is_open(now)
        promised = 0
        for row in waiting:
            conversation = row.conversation
            if conversation.skill == Skill.CRISIS or conversation.waiting_since is None:
                continue
            if closed or now - conversation.waiting_since >= self._settings.wait_most:
                promised += await self._promise(conversation, hours, now, closed=closed)
        return promised

    async def tell_places(self) -> int:
        """Tells those whose place or time has changed enough; how many. Not more than once a
        minute, and where each message costs or is counted, only once in all."""
        now = self._office.clock.now()

        def unit(conn: Connection) -> list[Conversation]:
            rows = desk_lists.listed(conn, Owner.WAITING, AT_ONCE)
            return [c for row in rows if self._moved(conn, c := row.conversation, now)]

        moved = await self._office.database.read(unit)
        return sum([await self._tell_place(one, now) for one in moved])

    def _moved(self, conn: Connection, conversation: Conversation, now: datetime) -> bool:
        """Whether there is something new to tell somebody about their waiting."""
        wait = waits.open_of(conn, conversation.id)
        if wait is None:
            return False
        if wait.told_at is None or wait.told_place is None:
            return now - wait.began_at >= UNTOLD
        able = self._office.capabilities(conversation.channel)
        counted = able.limits_of(conversation.account).per_reply_window is not None
        if able.joins_turn or counted or now - wait.told_at < TELL_EVERY:
            return False
        place = owners.queue_position(conn, conversation)
        minutes = waits.minutes(conn, wait.skill, place, now)
        return worth_telling((wait.told_place, wait.told_minutes), place, minutes)

    async def _tell_place(self, seen: Conversation, now: datetime) -> bool:
        def unit(conn: Connection) -> Conversation | None:
            conversation = conversations.hold(conn, seen.id)
            if conversation.owner is not Owner.WAITING or conversation.epoch != seen.epoch:
                return None
            if not self._moved(conn, conversation, now):
                return None  # another gateway has told it
            self._office.say_place(conn, conversation, "queue_moved", now)
            return conversation

        told = await self._office.database.transact(unit)
        if told is None:
            return False
        self._office.sender.wake()
        await self._office.tell(told, "message")
        return True

    async def _promise(
        self, seen: Conversation, hours: OfficeHours, now: datetime, *, closed: bool
    ) -> bool:
        due = hours.after(hours.opens_next(now) or now, self._settings.callback_within)

        def unit(conn: Connection) -> Conversation | None:
            conversation = conversations.hold(conn, seen.id)
            if conversation.owner is not Owner.WAITING or conversation.epoch != seen.epoch:
                return None
            order = self._register.enter(conn, self._order(conn, conversation), now, ours=True)
            callbacks.promise(conn, order.number, conversation.id, now, due)
            after = owners.change_owner(
                conn, conversation.id, Event.WITHDRAW, now, actor="desk", reason=waits.CALLBACK
            )
            words = self._words(
                conversation.channel,
                order.number,
                hours.opens_next(now) if closed else None,
                closed=closed,
            )
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

    def _words(self, channel: str, number: str, opening: datetime | None, *, closed: bool) -> str:
        say = self._office.texts.say
        if not closed:
            return say("callback_promised", channel, number=number)
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
