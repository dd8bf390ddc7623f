"""Asking for a code and giving it: the store's functions, with the house's key and line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection

from actions.turn import Turn
from connectors import one_time_code
from connectors.clock import Clock
from connectors.ids import ConversationId
from connectors.phones import Phone
from connectors.settings.identity import Identity
from connectors.store.database import Database
from connectors.store.identity import codes, people
from connectors.store.identity.codes import Answered, Asker, Issued, Limited, OwnAlready
from connectors.store.turns import Account


@dataclass(frozen=True, slots=True)
class PhoneLine:
    """How a code reaches a phone. ``account``: the channel and account it goes out from, None while
    none is set up; ``sent`` wakes the outbox; ``key`` makes the codes."""

    key: bytes
    account: Callable[[], Account | None]
    sent: Callable[[], None]


NO_LINE = PhoneLine(b"", lambda: None, lambda: None)


@dataclass(frozen=True, slots=True)
class Verification:
    database: Database
    clock: Clock
    rules: Identity
    line: PhoneLine
    shown: str

    @property
    def available(self) -> bool:
        """Whether a code could be sent now."""
        return self.line.account() is not None

    async def ask(self, turn: Turn, phone: Phone) -> Issued | Limited | OwnAlready | None:
        """Sends a code; None when there is no line. A repeated turn sends none anew."""
        account = self.line.account()
        if account is None:
            return None
        asker, now = _asker(turn), self.clock.now()

        def unit(conn: Connection) -> Issued | Limited | OwnAlready:
            return codes.issue(conn, asker, phone, account, now, self.rules, self.shown)

        result = await self.database.transact(unit)
        if isinstance(result, Issued):
            self.line.sent()
        return result

    async def answer(self, turn: Turn, given: str) -> Answered:
        """Compares the digits given with the code asked for in this conversation."""
        asker, now = _asker(turn), self.clock.now()

        def matches(nonce: str, digits: str) -> bool:
            return one_time_code.matches(self.line.key, nonce, digits)

        return await self.database.transact(
            lambda conn: codes.answer(conn, asker, given, now, self.rules, matches)
        )

    async def waiting(self, turn: Turn) -> Phone | None:
        """The phone whose code was asked for in this conversation and is still good."""
        here, now = turn.conversation_id or "", self.clock.now()
        return await self.database.read(lambda conn: codes.waiting(conn, here, now))

    async def leave(self, turn: Turn) -> bool:
        """This address is a person of its own again; False when it was one already."""
        asker, now = _asker(turn), self.clock.now()
        return bool(
            await self.database.transact(
                lambda conn: people.leave(conn, asker.contact_id, now, asker.conversation_id)
            )
        )

    async def drop(self, turn: Turn) -> None:
        """What was sent is no good from now on."""
        asker = _asker(turn)
        await self.database.transact(lambda conn: codes.drop(conn, asker))


def _asker(turn: Turn) -> Asker:
    return Asker(ConversationId(turn.conversation_id or ""), turn.contact_id or "", turn.message_id)
