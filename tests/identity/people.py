"""Somebody at an address, and somebody at a phone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from connectors import one_time_code
from connectors.channel import Accepted
from connectors.ids import ContactId, ConversationId
from connectors.phones import Phone
from connectors.settings.identity import Identity
from connectors.store import accepting, conversations
from connectors.store.database import Database
from connectors.store.identity import codes, holders, people
from connectors.store.identity.codes import Answered, Asker, Issued, Limited, OwnAlready
from connectors.store.identity.people import Person
from connectors.store.identity_tables import phone_codes
from connectors.store.work_orders import NewWorkOrder, Node, add
from tests.store.people import IDLE, NOON, inbound

KEY = b"the house's key"
RULES = Identity()
LINE = ("text", "main")
PHONE = Phone("+8613800001234")
OTHER = Phone("+8613900005678")


@dataclass(frozen=True)
class Known:
    contact: ContactId
    talk: ConversationId

    def asks(self, message_id: str) -> Asker:
        return Asker(self.talk, self.contact, message_id)


async def known(database: Database, accepted: Accepted) -> Known:
    found = await database.read(lambda conn: conversations.get(conn, accepted.conversation_id))
    assert found is not None
    return Known(found.contact_id, found.id)


async def visitor(database: Database, address: str = "v1", at: datetime = NOON) -> Known:
    """Somebody who writes from a page, known by nothing else."""
    message = inbound(person=address, id=f"first-{at.timestamp()}")
    accepted = await database.transact(lambda conn: accepting.accept(conn, message, at, IDLE))
    return await known(database, accepted)


async def texter(
    database: Database,
    phone: Phone = PHONE,
    at: datetime = NOON,
    line: tuple[str, str] = LINE,
    lapses: timedelta = RULES.phone_lapses,
) -> Known:
    """Somebody who writes from a phone."""
    message = replace(
        inbound(person=phone, id=f"first-{at.timestamp()}"), channel=line[0], account=line[1]
    )

    def unit(conn: Connection) -> Accepted:
        holders.arrive(conn, *line, phone, at, lapses)
        return accepting.accept(conn, message, at, IDLE)

    return await known(database, await database.transact(unit))


async def ask(
    database: Database,
    asker: Asker,
    phone: Phone = PHONE,
    at: datetime = NOON,
    rules: Identity = RULES,
) -> Issued | Limited | OwnAlready:
    return await database.transact(
        lambda conn: codes.issue(conn, asker, phone, LINE, at, rules, "（不显示）")
    )


async def sent_code(database: Database, phone: Phone = PHONE) -> str:
    """The code that is good for the phone now, as it would be sent."""

    def unit(conn: Connection) -> str:
        nonce: str = conn.execute(
            select(phone_codes.c.nonce).where(
                phone_codes.c.phone == phone, phone_codes.c.state == "active"
            )
        ).scalar_one()
        return nonce

    return one_time_code.code_of(KEY, await database.read(unit))


async def give(
    database: Database, asker: Asker, code: str, at: datetime = NOON, rules: Identity = RULES
) -> Answered:
    return await database.transact(
        lambda conn: codes.answer(
            conn, asker, code, at, rules, lambda n, given: one_time_code.matches(KEY, n, given)
        )
    )


async def prove(
    database: Database, who: Known, phone: Phone = PHONE, at: datetime = NOON, n: int = 1
) -> Answered:
    """The whole way: a code is asked for and given."""
    assert isinstance(await ask(database, who.asks(f"ask{n}{who.talk}"), phone, at), Issued)
    code = await sent_code(database, phone)
    return await give(database, who.asks(f"give{n}{who.talk}"), code, at)


async def person_of(database: Database, contact: str) -> Person:
    return await database.read(lambda conn: people.person_of(conn, contact))


async def phone_of(database: Database, contact: str) -> str | None:
    return (await database.read(lambda conn: conversations.contact(conn, contact))).verified_phone


async def files(database: Database, who: Known, number: str) -> None:
    """Somebody files an order in their conversation."""
    order = NewWorkOrder(
        key=number,
        channel="x",
        kind="投诉",
        title="路灯",
        content="路灯坏了",
        conversation_id=who.talk,
        contact_id=who.contact,
        contact_phone="13800001234",
    )

    def unit(conn: Connection) -> None:
        add(conn, NOON, number, order, (Node("受理登记", "done", NOON),), None)

    await database.transact(unit)


def wrong(code: str) -> str:
    """Six digits that are not the code."""
    return f"{(int(code) + 1) % 10**6:06d}"
