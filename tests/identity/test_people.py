"""Contacts become one person and come apart again, each with what is theirs."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, select

from connectors.channel import Accepted
from connectors.conversation.ownership import Owner
from connectors.phones import Phone
from connectors.store import accepting, conversations, deliveries
from connectors.store.database import Database
from connectors.store.errors import StoreUnavailable
from connectors.store.identity import holders, people
from connectors.store.identity.people import CannotLink, How, Link
from connectors.store.identity_tables import phones
from connectors.store.privacy import find
from connectors.store.privacy.erase import Marks, erase
from connectors.store.privacy.export import export
from connectors.store.schema import audit
from connectors.store.schema import contacts as contacts_table
from connectors.store.schema import conversations as conversations_table
from tests.identity.people import (
    LINE,
    OTHER,
    PHONE,
    RULES,
    Known,
    files,
    person_of,
    phone_of,
    prove,
    texter,
    visitor,
)
from tests.store.people import IDLE, NOON, conversation, inbound, write

DAY = timedelta(days=1)
MARKS = Marks("（已删除）", "＊＊＊")


async def joined(database: Database, one: Known, other: Known) -> Link | None:
    return await database.transact(
        lambda conn: people.link(
            conn, one.contact, other.contact, NOON, how=How.OPERATOR, actor="cli"
        )
    )


async def parted(database: Database, link_id: str) -> Link:
    return await database.transact(lambda conn: people.unlink(conn, link_id, NOON, actor="cli"))


async def snapshot(database: Database) -> str:
    """All that says who has which conversation, message, order and phone."""

    def unit(conn: Connection) -> list[list[str]]:
        tables = (
            select(conversations_table.c.id, conversations_table.c.contact_id),
            select(phones.c.phone, phones.c.contact_id),
            select(contacts_table.c.id, contacts_table.c.verified_phone),
        )
        return [sorted(str(tuple(row)) for row in conn.execute(query)) for query in tables]

    return json.dumps(await database.read(unit))


async def test_who_writes_from_a_phone_has_it_on_every_channel(database: Database) -> None:
    by_text = await texter(database)
    by_call = await texter(database, line=("call", "main"))
    assert by_text.contact == by_call.contact
    assert by_text.talk != by_call.talk
    assert await phone_of(database, by_text.contact) == PHONE
    assert (await texter(database, at=NOON + DAY)).talk == by_text.talk


async def test_the_younger_joins_the_elder_and_both_are_one_person(database: Database) -> None:
    elder = await texter(database, at=NOON)
    younger = await visitor(database, at=NOON + DAY)
    made = await joined(database, younger, elder)
    assert made is not None
    assert (made.source, made.target) == (younger.contact, elder.contact)
    person = await person_of(database, younger.contact)
    assert person == await person_of(database, elder.contact)
    assert person.root == elder.contact
    assert await phone_of(database, younger.contact) == PHONE
    assert await joined(database, elder, younger) is None


async def test_taken_apart_each_has_exactly_what_was_theirs(database: Database) -> None:
    elder, younger = await texter(database), await visitor(database, at=NOON + DAY)
    before = await snapshot(database)
    made = await joined(database, elder, younger)
    assert made is not None
    assert await snapshot(database) != before
    undone = await parted(database, made.id)
    assert (undone.undone_at, undone.undone_by) == (NOON, "cli")
    assert await snapshot(database) == before
    assert (await person_of(database, younger.contact)).members == (younger.contact,)


async def test_what_came_in_between_stays_with_the_address_it_came_on(database: Database) -> None:
    elder, younger = await texter(database), await visitor(database, at=NOON + DAY)
    await files(database, elder, "O1")
    made = await joined(database, elder, younger)
    assert made is not None
    await files(database, younger, "O2")
    again = await write(database, "又坏了", person="v1", id="between", at=NOON + 2 * DAY)
    for who in (elder, younger):
        found = await database.read(lambda conn, who=who: find.by_contact(conn, who.contact))
        assert found.orders == ("O1", "O2")
    await parted(database, made.id)
    assert again.conversation_id == younger.talk
    by_page = await database.read(lambda conn: find.by_contact(conn, younger.contact))
    by_text = await database.read(lambda conn: find.by_contact(conn, elder.contact))
    assert (by_page.orders, by_text.orders) == (("O2",), ("O1",))
    data = await database.read(lambda conn: export(conn, by_page))
    assert {row["conversation_id"] for row in data["messages"]} == {younger.talk}


async def test_links_come_apart_in_any_order(database: Database) -> None:
    first = await texter(database)
    second = await visitor(database, "v2", NOON + DAY)
    third = await visitor(database, "v3", NOON + 2 * DAY)
    inner = await joined(database, second, third)
    outer = await joined(database, first, third)  # the elder takes in both
    assert inner is not None
    assert outer is not None
    assert set((await person_of(database, third.contact)).members) == {
        first.contact,
        second.contact,
        third.contact,
    }
    assert await phone_of(database, third.contact) == PHONE
    await parted(database, inner.id)
    assert (await person_of(database, third.contact)).members == (third.contact,)
    assert await phone_of(database, third.contact) is None
    assert await phone_of(database, second.contact) == PHONE
    await parted(database, outer.id)
    assert await phone_of(database, second.contact) is None


async def test_who_leaves_is_alone_and_the_others_are_as_before(database: Database) -> None:
    first = await texter(database)
    second = await visitor(database, "v2", NOON + DAY)
    third = await visitor(database, "v3", NOON + 2 * DAY)
    await joined(database, first, second)
    await joined(database, first, third)
    left = await database.transact(lambda conn: people.leave(conn, third.contact, NOON, third.talk))
    assert left == 1
    assert (await person_of(database, third.contact)).members == (third.contact,)
    assert await phone_of(database, third.contact) is None
    assert len((await person_of(database, first.contact)).members) == 2
    assert await phone_of(database, second.contact) == PHONE
    again = await database.transact(
        lambda conn: people.leave(conn, third.contact, NOON, third.talk)
    )
    assert again == 0


async def test_a_link_is_undone_once_and_one_that_never_was_is_named(database: Database) -> None:
    elder, younger = await texter(database), await visitor(database)
    made = await joined(database, elder, younger)
    assert made is not None
    await parted(database, made.id)
    with pytest.raises(CannotLink, match="already"):
        await parted(database, made.id)
    with pytest.raises(CannotLink, match="no link"):
        await parted(database, "l_none")
    with pytest.raises(CannotLink, match="no contact"):
        await joined(database, elder, Known("p_none", younger.talk))  # type: ignore[arg-type]


async def test_the_trail_says_who_linked_and_parted_what(database: Database) -> None:
    elder, younger = await texter(database), await visitor(database)
    made = await joined(database, elder, younger)
    assert made is not None
    await parted(database, made.id)
    rows = await database.read(lambda conn: conn.execute(select(audit)).all())
    told = [(row.event, row.actor, row.detail["link"]) for row in rows if "link" in row.detail]
    assert told == [("contact.linked", "cli", made.id), ("contact.unlinked", "cli", made.id)]
    assert "1380000" not in str([row.detail for row in rows])


async def test_an_erased_person_is_gone_on_all_addresses_and_stays_linked_for_good(
    database: Database,
) -> None:
    elder, younger = await texter(database), await visitor(database)
    other = await visitor(database, "bystander")
    assert (await prove(database, younger)).joined
    links = await database.read(
        lambda conn: people.links_of(conn, people.person_of(conn, elder.contact))
    )
    found = await database.read(lambda conn: find.by_phone(conn, "13800001234"))
    assert set(found.contacts) == {elder.contact, younger.contact}
    await database.transact(lambda conn: erase(conn, found, NOON, MARKS, actor="test"))
    for who in (elder, younger):
        assert (await conversation(database, who.talk)).address.startswith("erased:")
        assert await phone_of(database, who.contact) is None
    assert (await conversation(database, other.talk)).address == "bystander"
    left = json.dumps(
        await database.read(lambda conn: [list(map(str, r)) for r in conn.execute(select(phones))])
    )
    assert "1380000" not in left
    with pytest.raises(CannotLink, match="erased"):
        await parted(database, links[0].id)
    with pytest.raises(CannotLink, match="erased"):
        await joined(database, elder, other)
    newcomer = await texter(database, at=NOON + DAY)  # writes again from the same phone
    assert newcomer.contact not in (elder.contact, younger.contact)


async def test_a_number_given_to_somebody_else_brings_nothing_of_its_former_holder(
    database: Database,
) -> None:
    former, page = await texter(database), await visitor(database)
    await prove(database, page)
    later = NOON + RULES.phone_lapses
    holder = await texter(database, at=later)
    assert holder.talk != former.talk
    assert (await person_of(database, holder.contact)).members == (holder.contact,)
    assert await phone_of(database, page.contact) is None
    assert (await conversation(database, former.talk)).owner is Owner.CLOSED
    queued = await database.read(lambda conn: deliveries.listed(conn, ["queued"]))
    talks = {one.conversation_id for one in queued}
    addresses = {(await conversation(database, talk)).address for talk in talks}
    assert PHONE not in addresses


async def test_a_number_somebody_keeps_writing_from_does_not_lapse(database: Database) -> None:
    first = await texter(database)
    for month in range(1, 8):
        assert (await texter(database, at=NOON + month * timedelta(days=30))).talk == first.talk


async def at_once(
    first: Database, other: Database, *units: Callable[[Connection], object]
) -> list[object]:
    """Runs the units at the same moment, by turns on one gateway and the other; one that a busy
    store puts off ("not now") is tried again, as its callers do."""

    async def run(gateway: Database, unit: Callable[[Connection], object]) -> object:
        for _ in range(9):
            with contextlib.suppress(StoreUnavailable):
                return await gateway.transact(unit)
        return await gateway.transact(unit)

    gateways = [first, other]
    return await asyncio.gather(
        *(run(gateways[n % 2], unit) for n, unit in enumerate(units)), return_exceptions=True
    )


async def test_a_hundred_first_messages_of_one_phone_at_once_are_one_person(
    database: Database, second: Database
) -> None:
    def unit(n: int) -> Callable[[Connection], Accepted]:
        line = (("text", "call")[n % 2], "main")
        message = inbound(person=PHONE, id=str(n))

        def run(conn: Connection) -> Accepted:
            holders.arrive(conn, *line, PHONE, NOON, RULES.phone_lapses)
            return accepting.accept(
                conn, replace(message, channel=line[0], account=line[1]), NOON, IDLE
            )

        return run

    results = await at_once(database, second, *(unit(n) for n in range(40)))
    assert not [one for one in results if isinstance(one, Exception)]
    talks = {one.conversation_id for one in results if isinstance(one, Accepted)}
    assert len(talks) == 2
    contacts = {(await conversation(database, talk)).contact_id for talk in talks}
    assert len(contacts) == 1


async def test_links_made_at_once_in_all_directions_make_one_tree(
    database: Database, second: Database
) -> None:
    everybody = [await visitor(database, f"v{n}") for n in range(5)]
    pairs = [(a, b) for a in everybody for b in everybody if a is not b]

    def unit(pair: tuple[Known, Known]) -> Callable[[Connection], object]:
        one, other = pair
        return lambda conn: people.link(
            conn, one.contact, other.contact, NOON, how=How.OPERATOR, actor="cli"
        )

    results = await at_once(database, second, *map(unit, pairs))
    assert not [one for one in results if isinstance(one, Exception)]
    assert len([one for one in results if one is not None]) == len(everybody) - 1
    persons = [await person_of(database, who.contact) for who in everybody]
    assert len({person.root for person in persons}) == 1
    assert {frozenset(person.members) for person in persons} == {
        frozenset(who.contact for who in everybody)
    }


async def test_a_link_parted_twice_at_once_is_parted_once(
    database: Database, second: Database
) -> None:
    made = await joined(database, await texter(database), await visitor(database))
    assert made is not None
    results = await at_once(
        database,
        second,
        *[lambda conn: people.unlink(conn, made.id, NOON, actor="cli")] * 6,
    )
    assert len([one for one in results if isinstance(one, Link)]) == 1
    assert len([one for one in results if isinstance(one, CannotLink)]) == 5


async def test_several_phones_are_one_persons_and_the_latest_stands_for_them(
    database: Database,
) -> None:
    page = await visitor(database)
    await prove(database, page, PHONE)
    await prove(database, page, OTHER, NOON + DAY, n=2)
    assert await phone_of(database, page.contact) == OTHER
    assert (await texter(database, Phone(PHONE), NOON + DAY)).contact in (
        await person_of(database, page.contact)
    ).members


async def test_a_message_of_ours_falls_back_to_the_persons_other_address(
    database: Database,
) -> None:
    by_text, page = await texter(database), await visitor(database)
    assert await database.read(lambda conn: deliveries.other_conversations(conn, page.talk)) == []
    await joined(database, by_text, page)
    assert await database.read(lambda conn: deliveries.other_conversations(conn, page.talk)) == [
        by_text.talk
    ]
    assert await database.read(lambda conn: conversations.find(conn, *LINE, PHONE)) is not None
