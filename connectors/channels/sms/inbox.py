"""What comes in from people: whose it is, what it says, and whether anybody answers it."""

from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy import Connection

from connectors import logs, metrics, phones
from connectors.channels.sms import parts, robots
from connectors.channels.sms.driver import Arrived, Malformed
from connectors.channels.sms.encoding import decode
from connectors.channels.sms.parts import Whole
from connectors.channels.sms.routing import is_blocked
from connectors.house import House
from connectors.messages import Author, Inbound, Outbound, Text
from connectors.sanitize import printable
from connectors.store import conversations, messages, text_messages

log = logs.get(__name__)

HOUR, DAY = 3600.0, 86_400.0
TEXT_MOST = 20_000  # characters: 255 parts have fewer

_NEW_MOBILE = re.compile(r"(?:\+|00)?(?:86)?(1[3-9]\d{9})")
_SENDER = re.compile(r"[+]?[A-Za-z0-9*#._@-]{1,64}")


class Inbox:
    def __init__(self, house: House, channel: str) -> None:
        self._house = house
        self._channel = channel
        self._settings = house.settings.sms
        self._accounts = tuple(self._settings.accounts)

    async def take(self, account: str, arrived: Arrived) -> None:
        """Takes in a message or a part of one; when it returns, that is durable.

        Raises :class:`Malformed`: the sender is none.
        """
        address, machine = _whose(arrived.sender)
        if arrived.part is None:
            text = decode(arrived.content, arrived.charset, arrived.coding)
            await self._accept(account, address, machine, arrived.external_id, text)
            return
        now, part, transact = self._house.clock.now(), arrived.part, self._house.database.transact
        ready = await transact(lambda conn: parts.put(conn, account, address, arrived, now))
        if not ready:
            # What is claimed here and lost with the power is claimed again by the same name.
            ready = await transact(
                lambda conn: parts.completed(conn, account, address, part), durable=False
            )
        for whole in ready:
            await self._hand_on(whole)

    async def sweep(self) -> None:
        """Hands on what waited in vain for a part, and forgets what is over."""
        now = self._house.clock.now()
        before = now - self._settings.part_wait
        for whole in await self._house.database.transact(lambda conn: parts.overdue(conn, before)):
            log.info("sms.part_missing", account=whole.account, total=whole.total)
            await self._hand_on(whole)

        def forget(conn: Connection) -> None:
            parts.forget(conn, now)
            text_messages.forget_links(conn, now - timedelta(days=30))

        await self._house.database.transact(forget)

    async def _hand_on(self, whole: Whole) -> None:
        """A crash between the two makes it come again, and be known as a repeat."""
        _, machine = _whose(whole.address)
        await self._accept(whole.account, whole.address, machine, whole.external_id, whole.text)
        now = self._house.clock.now()
        await self._house.database.transact(lambda conn: parts.done(conn, whole, now))

    async def _accept(
        self, account: str, address: str, machine: bool, external_id: str, text: str
    ) -> None:
        text = printable(text)[:TEXT_MOST]
        why = "service" if machine else await self._why_silent(address, text)
        if len(self._accounts) > 1:
            await self._answer_by(account, address)
        accepted = await self._house.intake.accept(
            Inbound(
                channel=self._channel,
                account=account,
                address=address,
                external_id=f"{address}:{external_id}",
                parts=(Text(text),),
                received_at=self._house.clock.now(),
                silent=why is not None,
            )
        )
        if why is not None and not accepted.duplicate:
            metrics.inbound_total.labels(self._channel, f"silent_{why}").inc()
            log.info("inbound.not_answered", channel=self._channel, why=why)
            if why == "too_many":
                await self._say_enough(account, address)

    async def _why_silent(self, address: str, text: str) -> str | None:
        """Why nobody should answer this; None: somebody should."""
        if is_blocked(self._settings, address):
            return "blocked"
        if robots.is_automatic(text):
            return "automatic"
        if await self._is_ours(address, text):
            return "our_own"
        allow, settings = self._house.coordinator.allow, self._settings
        if not (
            await allow(f"sms-hour:{address}", settings.per_number_hour, HOUR)
            and await allow(f"sms-day:{address}", settings.per_number_day, DAY)
        ):
            return "too_many"
        return None

    async def _is_ours(self, address: str, text: str) -> bool:
        """Whether our own words come back; looked at closely only when they seem to."""
        if len(robots.folded(text)) < robots.LEAST:
            return False
        read, who = self._house.database.read, (self._channel, self._accounts, address)
        ours = await read(lambda conn: text_messages.ours_lately(conn, *who))
        if not robots.is_ours(text, ours, ()):
            return False
        theirs = await read(lambda conn: text_messages.theirs_lately(conn, *who))
        return robots.is_ours(text, ours, theirs)

    async def _answer_by(self, account: str, address: str) -> None:
        """One person, one conversation: it goes on at the account they wrote to last."""

        def unit(conn: Connection) -> list[str]:
            return text_messages.written_to(conn, self._channel, self._accounts, address)

        known = await self._house.database.read(unit)
        if known and account not in known:
            await self._house.database.transact(
                lambda conn: text_messages.move(
                    conn, self._channel, self._accounts, address, account
                )
            )

    async def _say_enough(self, account: str, address: str) -> None:
        """Tells somebody, once a day, that their messages are kept but not answered any more."""
        if not await self._house.coordinator.allow(f"sms-enough:{address}", 1, DAY):
            return
        words = self._house.texts.say("sms_too_many", "sms")
        now = self._house.clock.now()

        def unit(conn: Connection) -> None:
            talk = conversations.find(conn, self._channel, account, address)
            if talk is not None:
                messages.add(conn, talk, Outbound((Text(words),), Author.SYSTEM), now)

        await self._house.database.transact(unit)


def _whose(sender: str) -> tuple[str, bool]:
    """The sender as an address, and whether it is a machine's: the short number of a service."""
    number = phones.normal(sender)
    if number is not None:
        return number, False
    if new := _NEW_MOBILE.fullmatch(sender.strip().replace(" ", "")):  # given out since our plan
        return f"+86{new[1]}", False
    bare = sender.strip()
    if not _SENDER.fullmatch(bare):
        raise Malformed("the sender is no number and no name")
    return bare, True
