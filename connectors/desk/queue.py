"""The lists at the left of the desk: who waits, whom the agent has, what is owed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from aiohttp import web
from sqlalchemy import Connection

from connectors.conversation.ownership import Owner
from connectors.desk.lights import light
from connectors.desk.room import Room
from connectors.store import callbacks, desk_lists, mentions, offers, presence
from connectors.store.agents import Agent
from connectors.store.callbacks import Callback

WAITING_MOST = 100
OTHERS_MOST = 50
BOT_MOST, CLOSED_MOST = 30, 10
OWED_MOST = 20


class QueuePages(Room):
    def routes(self) -> list[web.AbstractRouteDef]:
        return [web.get("/desk/queue", self._queue)]

    async def _queue(self, request: web.Request) -> web.Response:
        session = await self._access.session(request)
        return self._pages.show(
            "queue.html",
            session=session,
            lists=await self.lists(session.agent),
            current=request.query.get("open", ""),
        )

    async def lists(self, agent: Agent) -> dict[str, Any]:
        """All an agent may see at the left: what is offered to them, theirs, who waits for them."""
        now = self._office.clock.now()
        supervisor = agent.role == "supervisor"
        skills = None if supervisor else agent.skills
        overdue = now - self._office.settings.desk.overflow_after

        def unit(conn: Connection) -> dict[str, Any]:
            offer = offers.to(conn, agent.id)
            waiting = desk_lists.listed(
                conn, Owner.WAITING, WAITING_MOST, skills=skills, overdue=overdue
            )
            many = len(waiting) == WAITING_MOST
            owed = callbacks.still_owed(conn, OWED_MOST)
            return {
                "offer": offer,
                "offered": desk_lists.one(conn, offer.conversation_id) if offer else None,
                "mine": desk_lists.listed(conn, Owner.AGENT, agent_id=agent.id),
                "waiting": waiting,
                "count": desk_lists.count_waiting(conn, skills, overdue) if many else len(waiting),
                "others": [
                    row
                    for row in desk_lists.listed(conn, Owner.AGENT, OTHERS_MOST)
                    if row.conversation.agent_id != agent.id
                ]
                if supervisor
                else [],
                "bot": desk_lists.listed(conn, Owner.BOT, BOT_MOST),
                "closed": desk_lists.listed(conn, Owner.CLOSED, CLOSED_MOST),
                "owed": [(one, self._light(one, now)) for one in owed],
                "mentions": mentions.waiting_for(conn, agent.id),
                "ready": presence.is_ready(conn, agent.id),
            }

        return await self._office.database.read(unit)

    def _light(self, one: Callback, now: datetime) -> str:
        return light(self._office.settings.desk, one.promised_at, one.due_at, now)
