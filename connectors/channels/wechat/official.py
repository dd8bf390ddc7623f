"""The channel of official accounts (公众号)."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from aiohttp import web

from connectors import logs
from connectors.channel import Capabilities, Limits, Rendered, Sent, TextUnit
from connectors.channels.wechat import consent_events
from connectors.channels.wechat.api.wechat import Platform
from connectors.channels.wechat.arrivals import Happened, Said
from connectors.channels.wechat.composing import Composing
from connectors.channels.wechat.doings import QUIET, Meant, meant
from connectors.channels.wechat.files import Files, downloads
from connectors.channels.wechat.hearing import Hearing
from connectors.channels.wechat.passive import Passive
from connectors.channels.wechat.receiving import Answer, Arrival, Receiving
from connectors.channels.wechat.sending import SENDS, WINDOW, Sending
from connectors.channels.wechat.shaping import CHOICES_MOST
from connectors.channels.wechat.transfer import TRANSFER, Transfer
from connectors.house import House
from connectors.ids import MessageId
from connectors.messages import Person, Purpose, Text, plain_text

log = logs.get(__name__)

TEXT_MOST = 2000  # bytes of UTF-8 in one message


class WechatOfficial:
    name = "wechat_official"

    def __init__(self, house: House) -> None:
        self._house = house
        self._accounts = accounts = house.settings.wechat.official
        self._hearing = Hearing(house, self.name)
        self._passive = Passive(self.name, house.coordinator, house.clock, house.signing_key)
        self._receiving = Receiving(house, self.name, accounts, self._take, self._respond)
        self._sending = Sending(house, Platform.OFFICIAL, accounts)
        self._composing = Composing(house, self._sending.typing)
        self._files = Files(house, self.name, self._hearing, downloads(self._sending.apis))
        self._transfer = Transfer(house, self.name)
        self.capabilities = Capabilities(
            max_text=TEXT_MOST,
            text_unit=TextUnit.UTF8,
            typing=True,
            max_choices=CHOICES_MOST,
            rich_parts=frozenset({"attachment", "link"}),
            reply_window=WINDOW,
            joins_turn=True,
            elsewhere=self._sending.links.url,
            elsewhere_at_need=True,
            carries_shut=frozenset({Purpose.NOTICE}),
            limits=Limits(per_reply_window=SENDS),
            account_limits=self._sending.limits(),
        )

    def routes(self) -> list[web.AbstractRouteDef]:
        return self._receiving.routes("/wechat/official/{account}")

    async def typing(self, person: Person) -> None:
        await self._sending.typing(person)

    async def run(self) -> None:
        await asyncio.gather(self._passive.run(), self._files.run())

    async def close(self) -> None:
        await self._composing.close()
        await self._sending.close()

    # In ----------------------------------------------------------------------------------------

    async def _take(self, arrival: Arrival) -> MessageId | None:
        account, what = arrival.account, arrival.what
        if isinstance(what, Happened):
            return await self._happened(account, what)
        if not what.known:
            return await self._hearing.unreadable(account, what)
        if what.media is not None:
            return await self._files.take(account, what)
        accepted = await self._hearing.heard(account, what, what.parts, picked=what.picked)
        self._composing.after(accepted)
        return accepted.message_id

    async def _respond(self, arrival: Arrival, message_id: MessageId | None) -> Answer | None:
        """The answer to a message in the request that brought it, if it comes in time."""
        account, what, clock = self._accounts[arrival.account], arrival.what, self._house.clock
        until = arrival.at + timedelta(seconds=account.passive_within)
        waits = account.passive or account.agents == "wechat"
        if message_id is None and waits and isinstance(what, Said):
            message_id = await self._files.arrived(what, until)
        if message_id is None:
            return None
        if await self._hearing.is_with_agent(arrival.account, what.person):
            return None  # their answers belong to no request
        theirs = account.agents == "wechat" and isinstance(what, Said)
        if theirs and await self._transfer.wanted(arrival, message_id, until):
            return Answer(arrival.reply(TRANSFER, clock.now()))
        content = await self._passive.answer(message_id, until) if account.passive else None
        if content is None:
            return None

        async def written() -> None:
            await self._passive.written(message_id)

        return Answer(arrival.reply("text", clock.now(), Content=content), written)

    async def _happened(self, account: str, what: Happened) -> MessageId | None:
        if what.name in consent_events.NAMES:
            await consent_events.take(self._sending.subscriptions, account, what)
            return None
        doing = meant(what, self._accounts[account])
        if doing is not None:
            return await self._done(account, what, doing)
        if what.name in QUIET:
            self._hearing.count("event")
            return None
        self._hearing.count("unknown_event")
        log.info("wechat.unknown_event", channel=self.name, name=what.name)
        return None

    async def _done(self, account: str, what: Happened, doing: Meant) -> MessageId:
        """Greets, or takes the words a doing stands for; the id of what may be answered."""
        greeted = what.as_message
        if doing.greet:
            await self._hearing.say(
                account,
                what.person,
                "wechat_welcome",
                name=what.external_id,
                in_reply_to=None if doing.words else greeted,
                first=self._sending.came_in,
            )
        if not doing.words:
            return greeted
        accepted = await self._hearing.heard(account, what, (Text(doing.words),))
        return accepted.message_id

    # Out ---------------------------------------------------------------------------------------

    async def send(self, rendered: Rendered) -> Sent:
        asked = rendered.message.in_reply_to
        account = self._accounts.get(rendered.person.account)
        if asked is not None and account is not None and account.passive:
            if rendered.piece == 0 and _is_text(rendered):
                await self._sending.open_links(rendered)
                if await self._passive.hand_over(asked, plain_text(rendered.parts)):
                    return Sent(free=True)
            else:
                await self._passive.decline(asked)
        return await self._sending.send(rendered)


def _is_text(rendered: Rendered) -> bool:
    return not rendered.choices and all(isinstance(part, Text) for part in rendered.parts)
