"""The knowledge editor's list of all entries, and places looked up by their names."""

from __future__ import annotations

import asyncio
from urllib.parse import urlencode

from aiohttp import web

from connectors.clock import in_china
from connectors.desk.access import Access
from connectors.desk.knowledge import EDITORS
from connectors.desk.office import Office
from connectors.desk.pages import Pages
from connectors.desk.room import Room
from connectors.sanitize import whole_number
from knowledge.answer import Answerer
from knowledge.published.listing import Listing, Sought, Status
from knowledge.regions import gazetteer
from knowledge.sources.values import region_of, words_of_region

PAGE = 50  # entries
WORDS_MOST = 100  # characters


class EntryListPages(Room):
    def __init__(self, office: Office, access: Access, pages: Pages, answerer: Answerer) -> None:
        super().__init__(office, access, pages)
        self._listing = Listing(answerer.base.folder)

    def routes(self) -> list[web.AbstractRouteDef]:
        return [
            web.get("/desk/knowledge/entries", self._entries),
            web.get("/desk/knowledge/places", self._places),
        ]

    async def _entries(self, request: web.Request) -> web.Response:
        session = await self._access.session(request, *EDITORS)
        today = in_china(self._office.clock.now()).date()
        asked = {key: request.query.get(key, "").strip()[:WORDS_MOST] for key in _ASKED}
        problem, region = "", ""
        try:
            region = region_of(asked["region"])
        except ValueError as error:
            problem = str(error)
        status = Status(asked["status"]) if asked["status"] in set(Status) else None
        sought = Sought(asked["q"], status, region, asked["keeper"], asked["topic"])
        known = await asyncio.to_thread(self._listing.look, sought, today)
        found = known.found if not problem else ()
        pages = max(1, -(-len(found) // PAGE))
        page = min(max(1, whole_number(request.query.get("page", "")) or 1), pages)
        return self._pages.show(
            "entries.html",
            session=session,
            asked=asked,
            problem=problem,
            found=found[(page - 1) * PAGE : page * PAGE],
            count=len(found),
            of=known.count,
            first=(page - 1) * PAGE + 1,
            page=page,
            pages=pages,
            link=lambda number: "?" + urlencode({**_given(asked), "page": number}),
            standing=lambda one: one.status(today).value,
            place=words_of_region,
            keepers=known.keepers,
            topics=known.topics,
        )

    async def _places(self, request: web.Request) -> web.Response:
        await self._access.session(request, *EDITORS)
        name = request.query.get("q", "").strip()[:WORDS_MOST]
        codes = await asyncio.to_thread(gazetteer().search, name)
        return web.json_response([words_of_region(code) for code in codes])


_ASKED = ("q", "status", "region", "keeper", "topic")


def _given(asked: dict[str, str]) -> dict[str, str]:
    return {key: value for key, value in asked.items() if value}
