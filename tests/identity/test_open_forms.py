"""A form half told is held by one conversation at any time, and never lost on its way."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from connectors.conversation.ownership import Event
from connectors.ids import MessageId
from connectors.store import conversations, inbox, owners
from connectors.store.database import Database
from connectors.store.identity import open_forms
from connectors.store.identity.open_forms import Busy, OpenForm, Taken
from connectors.store.identity_tables import open_forms as table
from tests.identity.people import Known, prove, texter, visitor
from tests.store.people import IDLE, NOON, conversation, write

DRAFT = {"kind": "投诉", "said": "路灯坏了"}
SOON = NOON + timedelta(minutes=10)


async def keep(
    database: Database, who: Known, draft: dict[str, Any] | None, at: datetime = NOON
) -> None:
    session = (await conversation(database, who.talk)).session
    await database.transact(lambda conn: open_forms.keep(conn, who.talk, session, draft, at))


async def find(database: Database, who: Known, at: datetime = SOON) -> OpenForm | None:
    return await database.read(lambda conn: open_forms.find(conn, who.talk, who.contact, at, IDLE))


async def take(
    database: Database, who: Known, message: str = "m1", at: datetime = SOON
) -> Taken | Busy | None:
    return await database.transact(
        lambda conn: open_forms.take(conn, who.talk, who.contact, MessageId(message), at, IDLE)
    )


async def handled(database: Database, *people: Known) -> None:
    """All that was said has had its turn."""

    def unit(conn: Connection) -> None:
        for who in people:
            for message in inbox.pending(conn, who.talk, 10):
                inbox.mark(conn, message.id, "handled")

    await database.transact(unit)


async def two_addresses(database: Database) -> tuple[Known, Known]:
    by_text, page = await texter(database), await visitor(database)
    await prove(database, page)
    await handled(database, by_text, page)
    return page, by_text


async def test_a_form_is_found_on_the_persons_other_address(database: Database) -> None:
    page, by_text = await two_addresses(database)
    stranger = await visitor(database, "stranger")
    await keep(database, page, DRAFT)
    found = await find(database, by_text)
    assert found is not None
    assert (found.conversation_id, found.channel, found.draft) == (page.talk, "webchat", DRAFT)
    assert found.elsewhere
    assert await find(database, stranger) is None
    assert await find(database, page) is None  # it is going on there just now


async def test_a_form_taken_over_ends_the_session_it_came_from(database: Database) -> None:
    page, by_text = await two_addresses(database)
    await keep(database, page, DRAFT)
    before = (await conversation(database, page.talk)).session
    assert await take(database, by_text) == Taken(DRAFT, page.talk)
    assert (await conversation(database, page.talk)).session == before + 1
    assert await find(database, page) is not None  # and could be taken back


async def test_a_repeated_turn_takes_the_same_form_again(database: Database) -> None:
    page, by_text = await two_addresses(database)
    await keep(database, page, DRAFT)
    await take(database, by_text, "m1")
    session = (await conversation(database, page.talk)).session
    assert await take(database, by_text, "m1") == Taken(DRAFT, None)
    assert (await conversation(database, page.talk)).session == session


async def test_a_form_taken_by_a_turn_that_failed_is_still_there(database: Database) -> None:
    page, by_text = await two_addresses(database)
    await keep(database, page, DRAFT)
    await take(database, by_text, "m1")
    await keep(database, by_text, None)  # the next turn's dialogue knows nothing of it
    assert await take(database, by_text, "m2") == Taken(DRAFT, None)
    await keep(database, by_text, DRAFT | {"more": "1"})  # now the dialogue has it
    await keep(database, by_text, None)  # and has filed it
    assert await find(database, by_text) is None
    assert await find(database, page) is None


async def test_while_something_is_being_answered_there_nothing_is_moved(
    database: Database,
) -> None:
    page, by_text = await two_addresses(database)
    await keep(database, page, DRAFT)
    await write(database, "还有楼道灯", person="v1", id="late", at=SOON)
    assert await take(database, by_text) == Busy()
    assert (await conversation(database, page.talk)).session == 1
    await handled(database, page)
    assert await take(database, by_text, "m2") == Taken(DRAFT, page.talk)


async def test_an_old_form_and_one_in_an_agents_hands_are_left(database: Database) -> None:
    page, by_text = await two_addresses(database)
    await keep(database, page, DRAFT)
    assert await find(database, by_text, NOON + IDLE) is None
    await database.transact(
        lambda conn: owners.change_owner(
            conn, page.talk, Event.HANDOFF, NOON, actor="bot", skill="general"
        )
    )
    assert await find(database, by_text) is None


async def test_a_form_of_an_earlier_session_is_forgotten(database: Database) -> None:
    page, by_text = await two_addresses(database)
    await keep(database, page, DRAFT)
    await database.transact(lambda conn: conversations.new_session(conn, page.talk))
    assert await find(database, by_text) is None
    await keep(database, page, None)
    assert await database.read(lambda conn: conn.execute(select(table)).all()) == []


async def test_a_form_of_an_earlier_session_is_gone_on_with_from_the_first_message(
    database: Database,
) -> None:
    page, _ = await two_addresses(database)
    await keep(database, page, DRAFT)
    await database.transact(lambda conn: conversations.new_session(conn, page.talk))
    found = await find(database, page)
    assert found is not None
    assert not found.elsewhere
    taken = await take(database, page, "tomorrow")
    assert isinstance(taken, Taken)
    assert taken.draft == DRAFT


async def test_of_two_channels_that_take_it_at_once_one_gets_it(
    database: Database, second: Database
) -> None:
    page, by_text = await two_addresses(database)
    by_call = await texter(database, line=("call", "main"))
    await handled(database, by_call)
    await keep(database, page, DRAFT)
    results = await asyncio.gather(
        take(database, by_text, "t1"), take(second, by_call, "c1"), return_exceptions=True
    )
    # The second one finds it at the first one's, where it may be taken from there: never doubled.
    assert not [one for one in results if isinstance(one, Exception)]
    rows = await database.read(lambda conn: conn.execute(select(table)).all())
    assert len(rows) == 1
    assert rows[0].draft == DRAFT


async def test_a_message_that_comes_while_it_is_taken_is_answered_afresh_or_stops_it(
    database: Database, second: Database
) -> None:
    page, by_text = await two_addresses(database)
    for n in range(8):
        await keep(database, page, DRAFT, SOON)
        taken, accepted = await asyncio.gather(
            take(database, by_text, f"m{n}"),
            write(second, "又一句", person="v1", id=f"x{n}", at=SOON),
        )
        assert accepted.conversation_id == page.talk
        rows = await database.read(lambda conn: conn.execute(select(table)).all())
        holder = by_text if isinstance(taken, Taken) else page
        assert [row.conversation_id for row in rows] == [holder.talk]
        await handled(database, page)
        if isinstance(taken, Taken):
            await keep(database, by_text, DRAFT, SOON)
            await keep(database, by_text, None, SOON)
