"""Who gets whom: talks of agents who are gone wait again, offers lapse and go on to the next one.

Any number of gateways may do this at once: each change is one transaction that looks at the
conversation's owner and epoch again, and two unique indexes keep offers single.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from connectors import logs
from connectors.conversation.ownership import Event, Owner
from connectors.conversation.skills import Skill
from connectors.coordination.coordinator import Happening
from connectors.desk.choosing import Choosing
from connectors.desk.office import Office
from connectors.store import conversations, desk_lists, offers, owners, presence
from connectors.store.conversations import Conversation
from connectors.store.offers import Offer
from connectors.store.presence import Present

log = logs.get(__name__)

AT_ONCE = 200  # conversations in one look; the next look sees the rest


class Assigner:
    def __init__(self, office: Office) -> None:
        desk = office.settings.desk
        self._office = office
        self._settings = desk
        # Whoever may lose their talks soon is offered nothing new.
        self._choosing = Choosing(desk.max_load, desk.overflow_after, desk.lost_after / 2)
        self._looked_at: datetime | None = None
        self._trusted_from: datetime | None = None

    async def look(self) -> None:
        """One round."""
        now = self._office.clock.now()
        if self._may_judge(now):
            await self._return_the_lost(now)
        await self._lapse(now)
        if self._settings.assign == "offer":
            await self._offer(now)

    # Agents who are gone ------------------------------------------------------------------------

    def _may_judge(self, now: datetime) -> bool:
        """Not right after a start, a pause or a jump of the clock: nobody could have been seen."""
        before, self._looked_at = self._looked_at, now
        lost_after = self._settings.lost_after
        if before is None or not timedelta(0) <= now - before < lost_after / 2:
            self._trusted_from = now + lost_after
        return self._trusted_from is not None and now >= self._trusted_from

    async def _return_the_lost(self, now: datetime) -> None:
        before = now - self._settings.lost_after
        lost = await self._office.database.read(
            lambda conn: presence.held_by_the_lost(conn, before, AT_ONCE)
        )
        for conversation_id, agent_id in lost:
            await self.give_back(conversation_id, agent_id, "agent_lost", "queue_lost")

    async def give_back(self, conversation_id: str, agent_id: str, reason: str, key: str) -> bool:
        """The talk waits again, before others, and its person is told; False when the agent does
        not hold it any longer."""
        office = self._office
        now = office.clock.now()

        def unit(conn: Connection) -> Conversation | None:
            held = conversations.hold(conn, conversation_id)
            if held.owner is not Owner.AGENT or held.agent_id != agent_id:
                return None
            if reason == "agent_lost" and not presence.is_lost(
                conn, agent_id, now - self._settings.lost_after
            ):
                return None  # back in the meantime
            after = owners.change_owner(
                conn,
                conversation_id,
                Event.HANDOFF,
                now,
                actor="desk",
                skill=held.skill or Skill.GENERAL,
                reason=reason,
            )
            office.say_place(conn, after, key, now)
            return after

        after = await office.database.transact(unit)
        if after is None:
            return False
        log.info("desk.talk_returned", conversation_id=conversation_id, reason=reason)
        office.sender.wake()
        await office.tell(after, "message")
        await office.tell(after, "owner", owner=after.owner.value)
        return True

    # Offers --------------------------------------------------------------------------------------

    async def _lapse(self, now: datetime) -> None:
        most = self._settings.missed_most

        def unit(conn: Connection) -> list[tuple[Offer, bool]]:
            return [
                (one, presence.note_missed(conn, one.agent_id, most))
                for one in offers.lapse(conn, now)
            ]

        if not await self._office.database.read(offers.standing):
            return
        for offer, paused in await self._office.database.transact(unit):
            await self._personal(offer.agent_id, "offer-over", offer.conversation_id)
            if paused:
                await self._personal(offer.agent_id, "paused", offer.conversation_id)

    async def _offer(self, now: datetime) -> None:
        def look(conn: Connection) -> tuple[list[Conversation], list[Present], list[Offer]]:
            waiting = desk_lists.listed(conn, Owner.WAITING, AT_ONCE)
            return (
                [row.conversation for row in waiting],
                presence.everybody(conn) if waiting else [],
                offers.standing(conn),
            )

        waiting, present, standing = await self._office.database.read(look)
        busy = {str(one.agent_id) for one in standing}
        offered = {one.conversation_id for one in standing}
        there = {one.agent_id: one for one in present}
        for conversation in waiting:
            if conversation.id in offered:
                continue
            times = await self._times(conversation)
            chosen = self._choosing.choose(conversation, there.values(), times, busy, now)
            if chosen is not None and await self._make(conversation, chosen, now):
                busy.add(chosen.agent_id)
                there[chosen.agent_id] = replace(chosen, load=chosen.load + 1)

    async def _times(self, conversation: Conversation) -> Mapping[str, int]:
        return await self._office.database.read(
            lambda conn: offers.times(conn, conversation.id, conversation.epoch)
        )

    async def _make(self, conversation: Conversation, agent: Present, now: datetime) -> bool:
        expires = now + self._settings.offer_for

        def unit(conn: Connection) -> bool:
            held = conversations.hold(conn, conversation.id)
            if held.owner is not Owner.WAITING or held.epoch != conversation.epoch:
                return False
            if offers.standing(conn, held.id) or offers.to(conn, agent.agent_id):
                return False
            offers.make(conn, held.id, held.epoch, agent.agent_id, now, expires)
            return True

        try:
            made = await self._office.database.transact(unit)
        except IntegrityError:  # another gateway was quicker
            return False
        if made:
            await self._personal(
                agent.agent_id, "offer", conversation.id, until=expires.isoformat()
            )
        return made

    async def _personal(self, agent_id: str, kind: str, conversation_id: str, **data: str) -> None:
        """Tells one agent's pages."""
        await self._office.coordinator.publish(
            Happening("desk", kind, {"to": agent_id, "conversation_id": conversation_id, **data})
        )
