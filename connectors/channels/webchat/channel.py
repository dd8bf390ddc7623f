"""The web chat channel: HTTP routes and the push of new messages to open pages."""

from __future__ import annotations

import asyncio
from pathlib import Path

from aiohttp import web

from connectors.channel import Capabilities, Rendered, Sent
from connectors.channels.webchat.door import OpenDoor
from connectors.chat.session import RICH, SocketSession
from connectors.chat.upload import upload
from connectors.coordination.coordinator import Happening
from connectors.house import House
from connectors.json_answer import json_answer
from connectors.messages import Person
from connectors.origin import origin_allowed
from connectors.page_words import words_route

PAGE = Path(__file__).parent / "page"


class WebChat:
    name = "webchat"

    def __init__(self, house: House) -> None:
        self._house = house
        self._door = OpenDoor(house)
        self.capabilities = Capabilities(
            max_text=house.settings.webchat.max_text,
            max_choices=12,
            rich_parts=RICH,
            parts_together=True,
            typing=True,
            receipts=True,
            fetched=True,
        )
        self._sessions: set[SocketSession] = set()

    def routes(self) -> list[web.AbstractRouteDef]:
        return [
            web.get("/", self._page),
            web.get("/webchat/socket", self._socket),
            web.post("/webchat/files", self._files),
            words_route("/webchat/page/words.js", self._house.texts, "page_", "webchat_"),
            web.static("/webchat/page", PAGE),
        ]

    async def send(self, rendered: Rendered) -> Sent:
        """Tells open pages to look. A page that is not open finds the message when it returns,
        by its sequence number, so there is no failure to report here."""
        topic = f"conversation:{rendered.person.conversation_id}"
        await self._house.coordinator.publish(Happening(topic, "message"))
        return Sent()

    async def typing(self, person: Person) -> None:
        topic = f"conversation:{person.conversation_id}"
        await self._house.coordinator.publish(Happening(topic, "typing", {"on": True}))

    async def run(self) -> None:
        return

    async def close(self) -> None:
        await asyncio.gather(*(session.close() for session in self._sessions))

    async def _page(self, _request: web.Request) -> web.FileResponse:
        return web.FileResponse(PAGE / "index.html", headers={"Cache-Control": "no-cache"})

    async def _files(self, request: web.Request) -> web.StreamResponse:
        return self._foreign(request) or await upload(self._house, self._door, request)

    def _foreign(self, request: web.Request) -> web.Response | None:
        settings = self._house.settings
        if origin_allowed(request, settings.webchat.allowed_origins, settings.public_url):
            return None
        message = self._house.texts.say("webchat_forbidden_origin")
        return json_answer({"error": {"code": "forbidden_origin", "message": message}}, status=403)

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        if (refused := self._foreign(request)) is not None:
            return refused
        session = SocketSession(self._house, self._door, request)
        self._sessions.add(session)
        try:
            return await session.run()
        finally:
            self._sessions.discard(session)
