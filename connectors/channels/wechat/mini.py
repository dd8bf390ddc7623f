"""The channel of mini-programs: customer messages (客服消息) people write inside one."""

from __future__ import annotations

from aiohttp import web

from connectors import logs
from connectors.channel import Capabilities, Limits, Rendered, Sent, TextUnit
from connectors.channels.wechat import consent_events
from connectors.channels.wechat.api.wechat import Platform
from connectors.channels.wechat.arrivals import Happened
from connectors.channels.wechat.composing import Composing
from connectors.channels.wechat.doings import QUIET
from connectors.channels.wechat.files import Files, downloads
from connectors.channels.wechat.hearing import Hearing
from connectors.channels.wechat.receiving import Answer, Arrival, Receiving
from connectors.channels.wechat.sending import SENDS, WINDOW, Sending
from connectors.channels.wechat.transfer import TRANSFER, TRANSFER_WITHIN, Transfer
from connectors.house import House
from connectors.ids import MessageId
from connectors.messages import Person, Purpose

log = logs.get(__name__)

TEXT_MOST = 2000  # bytes of UTF-8 in one message; known at second hand
SAME_PEOPLE = frozenset({"wechat_miniapp"})  # the chat of our own inside the mini-program


class WechatMini:
    name = "wechat_mini"

    def __init__(self, house: House) -> None:
        self._house = house
        self._accounts = accounts = house.settings.wechat.mini
        self._hearing = Hearing(house, self.name, SAME_PEOPLE)
        self._receiving = Receiving(house, self.name, accounts, self._take, self._respond)
        self._sending = Sending(house, Platform.MINI, accounts)
        self._composing = Composing(house, self._sending.typing)
        self._files = Files(house, self.name, self._hearing, downloads(self._sending.apis))
        self._transfer = Transfer(house, self.name)
        self.capabilities = Capabilities(
            max_text=TEXT_MOST,
            text_unit=TextUnit.UTF8,
            typing=True,
            rich_parts=frozenset({"attachment", "link"}),
            reply_window=WINDOW,
            joins_turn=True,
            elsewhere=self._sending.links.url,
            elsewhere_at_need=True,
            carries_shut=frozenset({Purpose.NOTICE}),
            limits=Limits(per_reply_window=SENDS),
            same_people=SAME_PEOPLE,
            account_limits=self._sending.limits(),
        )

    def routes(self) -> list[web.AbstractRouteDef]:
        return self._receiving.routes("/wechat/mini/{account}")

    async def send(self, rendered: Rendered) -> Sent:
        return await self._sending.send(rendered)

    async def typing(self, person: Person) -> None:
        await self._sending.typing(person)

    async def run(self) -> None:
        await self._files.run()

    async def close(self) -> None:
        await self._composing.close()
        await self._sending.close()

    async def _take(self, arrival: Arrival) -> MessageId | None:
        account, what = arrival.account, arrival.what
        if isinstance(what, Happened):
            await self._happened(account, what)
            return None
        if not what.known:
            return await self._hearing.unreadable(account, what)
        if what.media is not None:
            return await self._files.take(account, what)
        accepted = await self._hearing.heard(account, what, what.parts, picked=what.picked)
        self._composing.after(accepted)
        return accepted.message_id

    async def _respond(self, arrival: Arrival, message_id: MessageId | None) -> Answer | None:
        """All that can be said in a mini-program's own request: let WeChat's agents take over."""
        account = self._accounts[arrival.account]
        if account.agents != "wechat" or message_id is None:
            return None
        until = arrival.at + TRANSFER_WITHIN
        if not await self._transfer.wanted(arrival, message_id, until):
            return None
        return Answer(arrival.reply(TRANSFER, self._house.clock.now()))

    async def _happened(self, account: str, what: Happened) -> None:
        match what.name:
            case "user_enter_tempsession" if what.person:
                await self._hearing.greet(account, what, self._sending.came_in)
            case name if name in consent_events.NAMES:
                await consent_events.take(self._sending.subscriptions, account, what)
            case name if name in QUIET:
                self._hearing.count("event")
            case _:
                self._hearing.count("unknown_event")
                log.info("wechat.unknown_event", channel=self.name, name=what.name)
