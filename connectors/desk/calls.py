"""待人工回访: whose orders are done, and whom no message reaches; a person calls and notes it."""

from __future__ import annotations

from typing import NoReturn

from aiohttp import web
from sqlalchemy import Connection

from actions.work_orders import steps
from actions.work_orders.steps import Said
from actions.work_orders.way import Step
from connectors.desk.room import WORKERS, Room
from connectors.phones import masked
from connectors.store import audit, follow_ups
from connectors.store.follow_up_tables import Way, Why

SHOWN = 200


class CallPages(Room):
    def routes(self) -> list[web.AbstractRouteDef]:
        return [
            web.get("/desk/calls", self._list),
            web.post("/desk/calls/{number}", self._in_vain),
        ]

    async def _list(self, request: web.Request) -> web.Response:
        session = await self._access.session(request, *WORKERS)
        found = await self._office.database.read(lambda conn: follow_ups.calls(conn, SHOWN))
        return self._pages.show(
            "calls.html",
            session=session,
            calls=found,
            whys={why: self._office.texts.say(f"follow_up_why_{why}") for why in Why},
            masked_phone=masked,
            most=SHOWN,
            tries=self._office.settings.orders.call_tries,
        )

    async def _in_vain(self, request: web.Request) -> NoReturn:
        """Nobody answered the call; after the last one the order ends as 联系不上."""
        session = await self._access.acting(request, *WORKERS)
        number, office = request.match_info["number"], self._office
        agent, now, most = session.agent.id, office.clock.now(), office.settings.orders.call_tries

        def unit(conn: Connection) -> None:
            open_now = follow_ups.latest(conn, number)
            if open_now is None or open_now.ended_at is not None or open_now.way is not Way.CALL:
                return  # somebody else has settled it meanwhile
            count = follow_ups.tried(conn, number, now)
            audit.record(
                conn, now, actor=agent, event="follow_up.called", number=number, tries=count
            )
            if count >= most:
                note = office.texts.say("follow_up_unreached", tries=str(count))
                for step, said in ((Step.SETTLE, Said(note=note)), (Step.ARCHIVE, Said())):
                    steps.take(conn, office.texts, number, step, said, actor=agent, now=now)

        await office.database.transact(unit)
        raise web.HTTPSeeOther("/desk/calls")
