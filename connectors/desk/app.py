"""The desk: its pages and its live socket, put together."""

from __future__ import annotations

from aiohttp import web

from actions.work_orders.register import LocalRegister
from connectors.desk.access import Access
from connectors.desk.board import BoardPage
from connectors.desk.knowledge import KnowledgePages
from connectors.desk.live import Live
from connectors.desk.office import Office
from connectors.desk.order_service import OrderService
from connectors.desk.orders import OrderPages
from connectors.desk.pages import HERE, Pages
from connectors.desk.registering import Prefill, Registering
from connectors.desk.service import DeskService
from connectors.desk.side import SidePanel
from connectors.desk.talk import TalkPages
from connectors.desk.undelivered import UndeliveredPages
from connectors.desk.waiting import WaitingRoom
from knowledge.answer import Answerer


class Desk:
    def __init__(
        self, office: Office, answerer: Answerer, register: LocalRegister, prefill: Prefill
    ) -> None:
        pages = Pages(office.texts)
        access = Access(office, pages)
        self.office = office
        self.service = DeskService(office)
        self.waiting = WaitingRoom(office, register)
        self._live = Live(office, access)
        self._rooms = (
            access,
            Registering(office, access, pages, register, prefill),
            TalkPages(office, access, pages, self.service),
            SidePanel(office, access, pages, answerer),
            OrderPages(office, access, pages, OrderService(office)),
            BoardPage(office, access, pages),
            KnowledgePages(office, access, pages, answerer),
            UndeliveredPages(office, access, pages),
            self._live,
        )

    def routes(self) -> list[web.AbstractRouteDef]:
        static = web.static("/desk/static", HERE / "static")
        return [*(route for room in self._rooms for route in room.routes()), static]

    async def close(self) -> None:
        await self._live.close()
