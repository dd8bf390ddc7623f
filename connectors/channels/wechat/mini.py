"""The channel of mini-programs: customer messages (客服消息) people write inside one."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

from connectors.channel import Rendered, Sent
from connectors.channels.wechat.api.wechat import Platform
from connectors.channels.wechat.arrivals import Happened
from connectors.channels.wechat.customer_messages import CustomerMessages
from connectors.channels.wechat.receiving import Answer, Arrival, Receiving
from connectors.channels.wechat.sending import LINK_PICTURE
from connectors.channels.wechat.transfer import TRANSFER, TRANSFER_WITHIN
from connectors.house import House
from connectors.ids import MessageId
from connectors.messages import Person

SAME_PEOPLE = frozenset({"wechat_miniapp"})  # the chat of our own inside the mini-program


class WechatMini:
    name = "wechat_mini"

    def __init__(self, house: House) -> None:
        self._house = house
        self._accounts = accounts = house.settings.wechat.mini
        self._messages = CustomerMessages(house, self.name, Platform.MINI, accounts, SAME_PEOPLE)
        self._receiving = Receiving(house, self.name, accounts, self._take, self._respond)
        self.capabilities = self._messages.capabilities()

    def routes(self) -> list[web.AbstractRouteDef]:
        return [
            *self._receiving.routes("/wechat/mini/{account}"),
            web.get(LINK_PICTURE, _link_picture),
        ]

    async def send(self, rendered: Rendered) -> Sent:
        return await self._messages.sending.send(rendered)

    async def typing(self, person: Person) -> None:
        await self._messages.typing(person)

    async def run(self) -> None:
        await self._messages.files.run()

    async def close(self) -> None:
        await self._messages.close()

    async def _take(self, arrival: Arrival) -> MessageId | None:
        account, what = arrival.account, arrival.what
        if not isinstance(what, Happened):
            return await self._messages.said(account, what)
        if what.name == "user_enter_tempsession" and what.person:
            await self._messages.hearing.greet(account, what, self._messages.sending.came_in)
        else:
            await self._messages.happened(account, what)
        return None

    async def _respond(self, arrival: Arrival, message_id: MessageId | None) -> Answer | None:
        """All that can be said in a mini-program's own request: let WeChat's agents take over."""
        account = self._accounts[arrival.account]
        if account.agents != "wechat" or message_id is None:
            return None
        until = arrival.at + TRANSFER_WITHIN
        if not await self._messages.transfer.wanted(arrival, message_id, until):
            return None
        return Answer(arrival.reply(TRANSFER, self._house.clock.now()))


async def _link_picture(_request: web.Request) -> web.FileResponse:
    headers = {"Cache-Control": "public, max-age=86400"}
    return web.FileResponse(Path(__file__).with_name("link.png"), headers=headers)
