"""The supervisor's board: how the service goes today, kept fresh by the page."""

from __future__ import annotations

from datetime import datetime, time

from aiohttp import web

from connectors.clock import CHINA, in_china
from connectors.desk.access import Access
from connectors.desk.office import Office
from connectors.desk.pages import Pages
from connectors.store.board import board

TALLEST = 120  # pixels of the chart's highest bar


class BoardPage:
    def __init__(self, office: Office, access: Access, pages: Pages) -> None:
        self._office = office
        self._access = access
        self._pages = pages

    def routes(self) -> list[web.AbstractRouteDef]:
        return [web.get("/desk/board", self._board)]

    async def _board(self, request: web.Request) -> web.Response:
        session = await self._access.session(request, "supervisor")
        now = self._office.clock.now()
        since = datetime.combine(in_china(now).date(), time(), CHINA)
        shown = await self._office.database.read(lambda conn: board(conn, since, now))
        most = max(max(shown.by_hour), 1)
        return self._pages.show(
            "board.html",
            session=session,
            board=shown,
            bars=[(hour, n, round(TALLEST * n / most)) for hour, n in enumerate(shown.by_hour)],
            tallest=TALLEST,
            at=now,
        )
