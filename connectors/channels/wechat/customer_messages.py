"""What the customer messages (客服消息) of mini-programs and official accounts share."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from connectors import logs
from connectors.channel import Capabilities, Limits, TextUnit
from connectors.channels.wechat import consent_events
from connectors.channels.wechat.api.wechat import Platform
from connectors.channels.wechat.arrivals import Happened, Said
from connectors.channels.wechat.composing import Composing
from connectors.channels.wechat.doings import QUIET
from connectors.channels.wechat.files import Files, downloads
from connectors.channels.wechat.hearing import Hearing
from connectors.channels.wechat.sending import SENDS, WINDOW, Sending
from connectors.channels.wechat.transfer import Transfer
from connectors.house import House
from connectors.ids import MessageId
from connectors.messages import Person, Purpose
from connectors.settings.wechat import WechatAccount

log = logs.get(__name__)

TEXT_MOST = 2000  # bytes of UTF-8 in one message; known at second hand


class CustomerMessages:
    """The accounts of one kind: who is heard, how they are sent to, what is shown meanwhile."""

    def __init__(
        self,
        house: House,
        name: str,
        platform: Platform,
        accounts: Mapping[str, WechatAccount],
        same_people: frozenset[str] = frozenset(),
        spoke: Callable[[MessageId], Awaitable[None]] | None = None,
    ) -> None:
        self._name = name
        self._same_people = same_people
        self.hearing = Hearing(house, name, same_people)
        self.sending = Sending(house, platform, accounts)
        self.composing = Composing(house, self.sending.typing)
        self.files = Files(house, name, self.hearing, downloads(self.sending.apis), spoke)
        self.transfer = Transfer(house, name)

    def capabilities(self, **more: Any) -> Capabilities:
        """What both kinds can show and do; ``more`` is what one of them can beyond that."""
        return Capabilities(
            max_text=TEXT_MOST,
            text_unit=TextUnit.UTF8,
            typing=True,
            rich_parts=frozenset({"attachment", "link"}),
            reply_window=WINDOW,
            joins_turn=True,
            elsewhere=self.sending.links.url,
            elsewhere_at_need=True,
            carries_shut=frozenset({Purpose.NOTICE}),
            limits=Limits(per_reply_window=SENDS),
            same_people=self._same_people,
            account_limits=self.sending.limits(),
            **more,
        )

    async def said(self, account: str, what: Said) -> MessageId | None:
        """Takes what a person said; the id of what may be answered at once, if anything may."""
        if not what.known:
            return await self.hearing.unreadable(account, what)
        if what.media is not None:
            return await self.files.take(account, what)
        accepted = await self.hearing.heard(account, what, what.parts, picked=what.picked)
        self.composing.after(accepted)
        return accepted.message_id

    async def happened(self, account: str, what: Happened) -> None:
        """Takes an event of no meaning of its own to the kind of account: a consent, or something
        to be counted."""
        if what.name in consent_events.NAMES:
            await consent_events.take(self.sending.subscriptions, account, what)
        elif what.name in QUIET:
            self.hearing.count("event")
        else:
            self.hearing.count("unknown_event")
            log.info("wechat.unknown_event", channel=self._name, name=what.name)

    async def typing(self, person: Person) -> None:
        await self.sending.typing(person)

    async def close(self) -> None:
        await self.composing.close()
        await self.files.close()
        await self.sending.close()
