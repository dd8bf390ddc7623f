"""The channel of official accounts (公众号)."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from aiohttp import web

from connectors.channel import Rendered, Sent
from connectors.channels.wechat.api.wechat import Platform
from connectors.channels.wechat.arrivals import Happened, Said
from connectors.channels.wechat.customer_messages import CustomerMessages
from connectors.channels.wechat.doings import Meant, meant
from connectors.channels.wechat.passive import Passive
from connectors.channels.wechat.receiving import Answer, Arrival, Receiving
from connectors.channels.wechat.shaping import CHOICES_MOST
from connectors.channels.wechat.transfer import TRANSFER
from connectors.channels.wechat.voice import Voice, spoken_to
from connectors.house import House
from connectors.ids import MessageId
from connectors.messages import Person, Text, plain_text


class WechatOfficial:
    name = "wechat_official"

    def __init__(self, house: House) -> None:
        self._house = house
        self._accounts = accounts = house.settings.wechat.official
        self._messages = CustomerMessages(
            house, self.name, Platform.OFFICIAL, accounts, spoke=spoken_to(house)
        )
        self._hearing = self._messages.hearing
        self._sending = self._messages.sending
        self._voice = Voice(house, self._hearing, self._sending)
        self._passive = Passive(self.name, house.coordinator, house.clock, house.signing_key)
        self._receiving = Receiving(house, self.name, accounts, self._take, self._respond)
        self.capabilities = self._messages.capabilities(
            max_choices=CHOICES_MOST,
            account_choices={name: 0 for name, one in accounts.items() if not one.menus},
        )

    def routes(self) -> list[web.AbstractRouteDef]:
        return self._receiving.routes("/wechat/official/{account}")

    async def typing(self, person: Person) -> None:
        await self._messages.typing(person)

    async def run(self) -> None:
        await asyncio.gather(self._passive.run(), self._messages.files.run())

    async def close(self) -> None:
        await self._voice.close()
        await self._messages.close()

    # In ----------------------------------------------------------------------------------------

    async def _take(self, arrival: Arrival) -> MessageId | None:
        account, what = arrival.account, arrival.what
        if isinstance(what, Happened):
            return await self._happened(account, what)
        asked = await self._voice.asked(account, what, what.parts)
        return asked or await self._messages.said(account, what)

    async def _respond(self, arrival: Arrival, message_id: MessageId | None) -> Answer | None:
        """The answer to a message in the request that brought it, if it comes in time."""
        account, what, clock = self._accounts[arrival.account], arrival.what, self._house.clock
        until = arrival.at + timedelta(seconds=account.passive_within)
        waits = account.passive or account.agents == "wechat"
        if message_id is None and waits and isinstance(what, Said):
            message_id = await self._messages.files.arrived(what, until)
        if message_id is None:
            return None
        if await self._hearing.is_with_agent(arrival.account, what.person):
            return None  # their answers belong to no request
        theirs = account.agents == "wechat" and isinstance(what, Said)
        if theirs and await self._messages.transfer.wanted(arrival, message_id, until):
            return Answer(arrival.reply(TRANSFER, clock.now()))
        content = await self._passive.answer(message_id, until) if account.passive else None
        if content is None:
            return None

        async def written() -> None:
            await self._passive.written(message_id)

        return Answer(arrival.reply("text", clock.now(), Content=content), written)

    async def _happened(self, account: str, what: Happened) -> MessageId | None:
        doing = meant(what, self._accounts[account])
        if doing is not None:
            return await self._done(account, what, doing)
        await self._messages.happened(account, what)
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
        words = (Text(doing.words),)
        if (asked := await self._voice.asked(account, what, words)) is not None:
            return asked
        accepted = await self._hearing.heard(account, what, words)
        return accepted.message_id

    # Out ---------------------------------------------------------------------------------------

    async def send(self, rendered: Rendered) -> Sent:
        sent = await self._send(rendered)
        if self._accounts[rendered.person.account].voice_replies:
            self._voice.after(rendered, sent)
        return sent

    async def _send(self, rendered: Rendered) -> Sent:
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
