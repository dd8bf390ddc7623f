"""Accepting a message: once, in its place, whatever it holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, select, update

from connectors.conversation.ownership import Event
from connectors.ids import MessageId, TraceId
from connectors.messages import Attachment, Author, Location, Outbound, Picked, Text
from connectors.store import accepting, conversations, inbox, messages, owners
from connectors.store.database import Database
from connectors.store.schema import messages as messages_table
from tests.store.people import IDLE, NOON, conversation, inbound, write


async def test_a_first_message_makes_contact_conversation_and_place_one(database: Database) -> None:
    accepted = await write(database)
    assert (accepted.seq, accepted.duplicate) == (1, False)
    talk = await conversation(database, accepted.conversation_id)
    assert (talk.channel, talk.account, talk.address) == ("webchat", "default", "v1")
    assert talk.last_inbound_at == NOON
    contact = await database.read(lambda conn: conversations.contact(conn, talk.contact_id))
    assert (contact.audience, contact.verified_phone) == ("person", None)


async def test_what_was_accepted_is_read_back_as_it_was(database: Database) -> None:
    message = replace(
        inbound("𠮷野家门口 🚧 “井盖”\n第二行"),
        parts=(
            Text("𠮷野家门口 🚧 “井盖”\n第二行"),
            Location(31.82, 117.22, "市府广场"),
            Attachment("a_1", "image/jpeg", 1024, "照片.jpg"),
        ),
        picked=Picked(MessageId("m_0"), "k_1"),
    )
    accepted = await database.transact(
        lambda conn: accepting.accept(conn, message, NOON, IDLE, TraceId("t_1"))
    )
    stored = await database.read(lambda conn: messages.get(conn, accepted.message_id))
    assert stored is not None
    assert stored.parts == message.parts
    assert stored.picked == message.picked
    assert stored.created_at == NOON
    assert stored.author is Author.CITIZEN
    assert stored.trace_id == "t_1"
    assert stored.readable


async def test_a_repeat_gets_the_first_answer_and_stores_nothing(database: Database) -> None:
    first = await write(database, id="m1")
    await write(database, id="m2")
    again = await write(database, "其他话", id="m1", at=NOON + timedelta(days=2))
    assert again == replace(first, duplicate=True)
    talk = await conversation(database, first.conversation_id)
    assert talk.last_seq == 2
    assert talk.last_inbound_at == NOON
    assert talk.session == 1


async def test_the_same_id_on_another_account_is_another_message(database: Database) -> None:
    first = await write(database)
    other = replace(inbound(), account="second")
    accepted = await database.transact(lambda conn: accepting.accept(conn, other, NOON, IDLE))
    assert not accepted.duplicate
    assert accepted.conversation_id != first.conversation_id


async def test_silence_begins_a_new_session_but_not_before_its_time(database: Database) -> None:
    accepted = await write(database, id="m1")
    await write(database, id="m2", at=NOON + IDLE)
    assert (await conversation(database, accepted.conversation_id)).session == 1
    await write(database, id="m3", at=NOON + IDLE + IDLE + timedelta(seconds=1))
    assert (await conversation(database, accepted.conversation_id)).session == 2


async def test_a_session_never_ends_under_an_agents_hands(database: Database) -> None:
    accepted = await write(database, id="m1")
    await database.transact(
        lambda conn: owners.change_owner(
            conn, accepted.conversation_id, Event.HANDOFF, NOON, actor="bot", skill="general"
        )
    )
    await write(database, id="m2", at=NOON + timedelta(days=3))
    assert (await conversation(database, accepted.conversation_id)).session == 1


async def test_an_endless_platform_id_is_told_apart_by_its_whole_length(
    database: Database,
) -> None:
    long = "x" * 5000
    one = await write(database, id=long + "1")
    two = await write(database, id=long + "2")
    again = await write(database, id=long + "1")
    assert (one.duplicate, two.duplicate, again.duplicate) == (False, False, True)


async def test_an_address_too_long_to_keep_is_refused_before_anything_is_written(
    database: Database,
) -> None:
    with pytest.raises(ValueError, match="200 characters"):
        await write(database, person="x" * 200)
    assert await database.read(inbox.count_pending) == 0


async def test_half_a_surrogate_pair_does_not_poison_the_inbox(database: Database) -> None:
    accepted = await write(database, "坏字符\ud83d结束")
    stored = await database.read(lambda conn: inbox.pending(conn, accepted.conversation_id)[0])
    assert stored is not None
    assert stored.text == "坏字符\ud83d结束"


@pytest.mark.parametrize(
    "damage", ['{"not": "a list"}', '[{"kind": "unheard-of"}]', "[1, 2]", "not json"]
)
async def test_a_damaged_row_does_not_hide_the_conversation_around_it(
    database: Database, damage: str
) -> None:
    first = await write(database, "第一句", id="m1")
    await write(database, "第二句", id="m2")

    def harm(conn: Connection) -> None:
        if conn.dialect.name == "sqlite":
            conn.exec_driver_sql(
                "UPDATE messages SET parts = ? WHERE id = ?", (damage, first.message_id)
            )
        elif damage == "not json":
            pytest.skip("PostgreSQL keeps only JSON in a JSON column")
        else:
            conn.exec_driver_sql(
                "UPDATE messages SET parts = $1 WHERE id = $2", (damage, first.message_id)
            )

    await database.transact(harm)
    said = await database.read(lambda conn: messages.after(conn, first.conversation_id, 0))
    assert [(m.text, m.readable) for m in said] == [("", False), ("第二句", True)]
    pending = await database.read(lambda conn: inbox.pending(conn, first.conversation_id)[0])
    assert pending is not None
    assert pending.id == first.message_id


async def test_what_we_say_has_its_place_after_what_was_said(database: Database) -> None:
    accepted = await write(database)
    talk = await conversation(database, accepted.conversation_id)
    said = await database.transact(
        lambda conn: messages.add(conn, talk, Outbound((Text("已受理"),)), NOON)
    )
    assert said.seq == 2
    nulls = await database.read(
        lambda conn: conn.execute(
            select(messages_table.c.id).where(
                messages_table.c.choices.is_(None), messages_table.c.picked.is_(None)
            )
        ).all()
    )
    assert len(nulls) == 2  # no value is NULL, not the JSON word null


async def test_moments_without_a_time_zone_are_refused(database: Database) -> None:
    accepted = await write(database)
    naive = NOON.replace(tzinfo=None)

    def unit(conn: Connection) -> None:
        conn.execute(
            update(messages_table)
            .where(messages_table.c.id == accepted.message_id)
            .values(created_at=naive)
        )

    with pytest.raises(Exception, match="time zone"):
        await database.transact(unit)
