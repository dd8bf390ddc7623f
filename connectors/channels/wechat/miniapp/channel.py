"""The channel of the mini-program's own chat: the socket, and what the app asks beside it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from connectors.channel import Capabilities, Rendered, Sent
from connectors.channels.wechat.api.wechat import Platform
from connectors.channels.wechat.miniapp.aloud import ReadAloud
from connectors.channels.wechat.miniapp.door import SignedInDoor
from connectors.channels.wechat.miniapp.login import Login
from connectors.channels.wechat.miniapp.notices import Notices
from connectors.channels.wechat.miniapp.orders import OwnOrders
from connectors.channels.wechat.miniapp.tokens import SealedTokens
from connectors.channels.wechat.sending import Sending
from connectors.chat.door import Entered
from connectors.chat.files import take_file
from connectors.chat.session import RICH, SocketSession
from connectors.coordination.coordinator import Happening
from connectors.house import House
from connectors.json_answer import json_answer
from connectors.messages import Person, Purpose
from connectors.speech.server import Speech
from connectors.webhooks import Refused

Act = Callable[[web.Request, Entered], Awaitable[dict[str, Any] | web.Response]]


class WechatMiniapp:
    """People are known by their openid on a mini-program of ours, as in its customer messages."""

    name = "wechat_miniapp"

    def __init__(self, house: House) -> None:
        self._house = house
        tokens = SealedTokens(house.signing_key, house.settings.miniapp.session_life)
        self._tokens = tokens
        self._sending = Sending(house, Platform.MINI, house.settings.wechat.mini)
        self._door = SignedInDoor(house, self.name, tokens)
        self._login = Login(house, self.name, self._sending.apis, tokens)
        self._orders = OwnOrders(house, self.name)
        self._speech = Speech(house.settings.speech)
        self._aloud = ReadAloud(house, self.name, self._speech)
        self._notices = Notices(house, self._sending.subscriptions, self._sending.apis)
        self.capabilities = Capabilities(
            max_text=house.settings.webchat.max_text,
            max_choices=12,
            rich_parts=RICH,
            parts_together=True,
            typing=True,
            receipts=True,
            fetched=True,
            same_people=frozenset({"wechat_mini"}),
        )
        self._sessions: set[SocketSession] = set()

    def routes(self) -> list[web.AbstractRouteDef]:
        return [
            web.post("/miniapp/session", self._log_in),
            web.get("/miniapp/socket", self._socket),
            web.post("/miniapp/attachments", self._signed(self._file)),
            web.get("/miniapp/speech/{message}", self._signed(self._aloud.read)),
            web.post("/miniapp/subscriptions", self._signed(self._notices.answered)),
            web.get("/miniapp/orders", self._signed(self._list)),
            web.get("/miniapp/orders/{number}", self._signed(self._show)),
            web.post("/miniapp/orders/{number}/follow-up", self._signed(self._judge)),
        ]

    async def send(self, rendered: Rendered) -> Sent:
        """Tells open apps to look; one that is closed finds the message when it is back, and of
        what we begin ourselves its person is told by WeChat too, once they agreed to that."""
        topic = f"conversation:{rendered.person.conversation_id}"
        await self._house.coordinator.publish(Happening(topic, "message"))
        if rendered.purpose is Purpose.NOTICE and rendered.piece == 0:
            await self._notices.tell(rendered)
        return Sent()

    async def typing(self, person: Person) -> None:
        topic = f"conversation:{person.conversation_id}"
        await self._house.coordinator.publish(Happening(topic, "typing", {"on": True}))

    async def run(self) -> None:
        return

    async def close(self) -> None:
        await asyncio.gather(*(session.close() for session in self._sessions))
        await self._sending.close()
        await self._speech.close()

    # Requests ----------------------------------------------------------------------------------

    async def _log_in(self, request: web.Request) -> web.Response:
        try:
            account, token = await self._login.answer(request)
        except Refused as refused:
            return refused.response(self.name)
        settings = self._house.settings
        return _private(
            {
                "token": token,
                "expires_in": int(settings.miniapp.session_life.total_seconds()),
                "city": settings.city,
                "max_text": settings.webchat.max_text,
                "max_bytes": settings.attachments.largest,
                "speech": self._speech.speaks,
                "listening": self._speech.listens,
                "notices": self._notices.offered(account),
            }
        )

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        session = SocketSession(self._house, self._door, request)
        self._sessions.add(session)
        try:
            return await session.run()
        finally:
            self._sessions.discard(session)

    def _signed(self, act: Act) -> Callable[[web.Request], Awaitable[web.Response]]:
        """A request of somebody who has logged in, answered in JSON."""

        async def answer(request: web.Request) -> web.Response:
            try:
                done = await act(request, await self._door.bearer(request))
            except Refused as refused:
                return refused.response(self.name)
            return done if isinstance(done, web.Response) else _private(done)

        return answer

    async def _list(self, _request: web.Request, who: Entered) -> dict[str, Any]:
        return await self._orders.listed(who)

    async def _show(self, request: web.Request, who: Entered) -> dict[str, Any]:
        return await self._orders.shown(who, request.match_info["number"])

    async def _judge(self, request: web.Request, who: Entered) -> dict[str, Any]:
        return await self._orders.judged(who, request.match_info["number"], request)

    async def _file(self, request: web.Request, who: Entered) -> dict[str, Any]:
        accepted = await take_file(self._house, self.name, who, request, self._speech)
        return {"message_id": accepted.message_id, "seq": accepted.seq}


def _private(answer: dict[str, Any]) -> web.Response:
    return json_answer(answer, headers={"Cache-Control": "no-store"})
