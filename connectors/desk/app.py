"""The desk: its pages and its live socket, put together."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from aiohttp import web

from actions.work_orders.register import LocalRegister
from connectors.desk.access import Access
from connectors.desk.assigning import Assigner
from connectors.desk.board import BoardPage
from connectors.desk.calls import CallPages
from connectors.desk.entry_list import EntryListPages
from connectors.desk.fields import FieldPages, Prefill
from connectors.desk.files import FilePages
from connectors.desk.following_up import FollowingUp
from connectors.desk.handed_over import HandedOverPages
from connectors.desk.incidents import IncidentPages, SurgeWatch
from connectors.desk.knowledge import KnowledgePages
from connectors.desk.lights import Watch
from connectors.desk.live import Live
from connectors.desk.mending import Mending
from connectors.desk.noting import Noting
from connectors.desk.office import Office
from connectors.desk.order_service import OrderService
from connectors.desk.orders import OrderPages
from connectors.desk.pages import HERE, Pages
from connectors.desk.passwords import Passwords
from connectors.desk.presence import Attendance
from connectors.desk.queue import QueuePages
from connectors.desk.registering import Registering
from connectors.desk.rounds import Round
from connectors.desk.service import DeskService
from connectors.desk.shifts import ShiftPages
from connectors.desk.side import SidePanel
from connectors.desk.staff import StaffPages
from connectors.desk.talk import TalkPages
from connectors.desk.trail import TrailPages
from connectors.desk.undelivered import UndeliveredPages
from connectors.desk.waiting import WaitingRoom
from connectors.desk.walk_in import WalkIns
from connectors.page_words import words_route
from knowledge.answer import Answerer


class Desk:
    def __init__(
        self,
        office: Office,
        answerer: Answerer,
        register: LocalRegister,
        prefill: Prefill,
        categories: Sequence[tuple[str, ...]] = (),
    ) -> None:
        pages = Pages(office.texts, office.settings.desk)
        self.attendance = Attendance(office.database, office.clock)
        self._passwords = Passwords()
        access = Access(office, pages, self.attendance, self._passwords)
        self.office = office
        self.service = DeskService(office)
        self.waiting = WaitingRoom(office, register)
        self.assigner = Assigner(office)
        self.mending = Mending(office)
        self.watch = Watch(office)
        self.following_up = FollowingUp(office)
        self.surges = SurgeWatch(office)
        self._live = Live(office, access, pages, self.attendance)
        queue = QueuePages(office, access, pages)
        self._rooms = (
            access,
            Registering(office, access, pages, register, prefill),
            queue,
            FieldPages(office, access),
            SidePanel(office, access, pages, answerer, prefill),
            TalkPages(office, access, pages, self.service, queue, Noting(office)),
            WalkIns(office, access, pages, register, prefill),
            OrderPages(office, access, pages, OrderService(office)),
            CallPages(office, access, pages),
            BoardPage(office, access, pages),
            KnowledgePages(office, access, pages, answerer),
            EntryListPages(office, access, pages, answerer),
            StaffPages(office, access, pages, self.assigner, self._passwords),
            ShiftPages(office, access, pages),
            TrailPages(office, access, pages),
            UndeliveredPages(office, access, pages),
            HandedOverPages(office, access, pages),
            FilePages(office, access, pages),
            IncidentPages(office, access, pages, categories),
            self._live,
        )

    def routes(self) -> list[web.AbstractRouteDef]:
        rooms = (route for room in self._rooms for route in room.routes())
        words = words_route("/desk/static/words.js", self.office.texts, "desk_live_")
        return [*rooms, words, web.static("/desk/static", HERE / "static")]

    async def run(self) -> None:
        """What the desk does by itself, for ever."""
        rounds = (
            Round("assigning", 1.0, self.assigner.look),
            Round("waiting", 5.0, self.waiting.look),
            Round("places", 5.0, self.waiting.tell_places),
            Round("mending", 10.0, self.mending.look),
            Round("lights", 5.0, self.watch.look),
            Round("surges", 60.0, self.surges.look),
            Round("follow_ups", 600.0, self.following_up.look),
        )
        async with asyncio.TaskGroup() as group:
            group.create_task(self._live.run(), name="desk pages")
            group.create_task(self.attendance.run(), name="desk attendance")
            for one in rounds:
                group.create_task(one.run(self.office.coordinator), name=f"desk {one.name}")

    async def close(self) -> None:
        await self._live.close()
        self._passwords.close()
