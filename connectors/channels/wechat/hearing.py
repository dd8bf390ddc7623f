"""What people say on WeChat, handed to the house; and what we say of ourselves without a turn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from connectors import logs, metrics
from connectors.channel import Accepted
from connectors.channels.wechat.arrivals import Happened, Said
from connectors.clock import in_china
from connectors.conversation.ownership import Owner
from connectors.house import House
from connectors.ids import MessageId
from connectors.messages import Author, Inbound, Outbound, Part, Picked, Text
from connectors.store import conversations, messages
from connectors.store.conversations import Conversation
from connectors.store.identity.platforms import known_as

log = logs.get(__name__)


class Hearing:
    """The people of one channel."""

    def __init__(self, house: House, channel: str, elsewhere: frozenset[str] = frozenset()) -> None:
        """``elsewhere``: channels on which an address is the same person."""
        self._house = house
        self._channel = channel
        self._elsewhere = elsewhere

    async def heard(
        self,
        account: str,
        said: Said | Happened,
        parts: tuple[Part, ...],
        *,
        picked: Picked | None = None,
        silent: bool = False,
        suffix: str = "",
    ) -> Accepted:
        """Hands in what a person said. ``suffix`` tells several things of one push apart."""
        return await self._house.intake.accept(
            Inbound(
                channel=self._channel,
                account=account,
                address=said.person,
                external_id=said.external_id + suffix,
                parts=parts,
                received_at=self._house.clock.now(),
                picked=picked,
                silent=silent,
            )
        )

    async def unreadable(self, account: str, said: Said) -> MessageId:
        """A kind nobody knows: it stands in the log that there was one, and the person is told."""
        self.count("unknown_type")
        log.info("wechat.unknown_type", channel=self._channel, kind=said.kind)
        note = self._house.texts.say("wechat_unknown_kind")
        accepted = await self.heard(account, said, (Text(note),), silent=True)
        await self.say(
            account,
            said.person,
            "wechat_cannot_read",
            name=said.external_id,
            in_reply_to=accepted.message_id,
        )
        return accepted.message_id

    async def is_with_agent(self, account: str, person: str) -> bool:
        """Whether an agent talks with this person."""

        def unit(conn: Connection) -> bool:
            talk = conversations.find(conn, self._channel, account, person)
            return talk is not None and talk.owner is Owner.AGENT

        return await self._house.database.read(unit)

    async def greet(
        self,
        account: str,
        what: Happened,
        first: Callable[[Connection, Conversation, datetime], None],
    ) -> None:
        """Greets who came in: once a day, and not in the middle of a talk."""
        now, idle = self._house.clock.now(), self._house.settings.dialogue.session_idle

        def unit(conn: Connection) -> bool:
            talk = conversations.find(conn, self._channel, account, what.person)
            if talk is None or talk.last_inbound_at is None or now - talk.last_inbound_at > idle:
                return True
            first(conn, talk, now)
            return False

        if await self._house.database.transact(unit):
            day = f"{what.person}:{in_china(now):%Y%m%d}"
            await self.say(account, what.person, "wechat_welcome", name=day, first=first)

    async def say(
        self,
        account: str,
        person: str,
        key: str,
        *,
        name: str,
        in_reply_to: MessageId | None = None,
        first: Callable[[Connection, Conversation, datetime], None] | None = None,
        values: Mapping[str, str] | None = None,
    ) -> None:
        """Says a text of ours, once for each ``name``; ``first`` runs in the same transaction."""
        words = self._house.texts.say(
            key, self._channel, city=self._house.settings.city, **(values or {})
        )
        now = self._house.clock.now()

        def unit(conn: Connection) -> None:
            talk = conversations.find(conn, self._channel, account, person)
            if talk is None:
                known = known_as(conn, self._elsewhere, account, person)
                conversations.make(conn, self._channel, account, person, now, known)
                talk = conversations.find(conn, self._channel, account, person)
            assert talk is not None
            if talk.owner is Owner.AGENT:  # they see it themselves, and speak for themselves
                return
            if first is not None:
                first(conn, talk, now)
            messages.add(
                conn,
                talk,
                Outbound((Text(words),), Author.BOT),
                now,
                in_reply_to=in_reply_to,
                dedup_key=f"{self._channel}\x1f{account}\x1f{key}\x1f{name}"[:300],
            )

        try:
            await self._house.database.transact(unit)
        except IntegrityError:  # somebody was quicker; the unit run again finds theirs
            await self._house.database.transact(unit)
        self._house.spoken()

    def count(self, result: str) -> None:
        metrics.inbound_total.labels(self._channel, result).inc()
