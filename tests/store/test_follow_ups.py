"""Follow-ups as the store keeps them, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from actions.work_orders import nodes
from connectors.delivery.fallback import MOVED
from connectors.messages import Author, Choice, Outbound, Purpose, Text
from connectors.store import conversations, follow_ups, messages, order_work, outbox, work_orders
from connectors.store import deliveries as sending
from connectors.store.database import Database
from connectors.store.follow_up_tables import Result, Way, Why
from connectors.store.follow_up_tables import follow_ups as table
from connectors.store.follow_ups import Counts
from connectors.store.schema import deliveries
from connectors.store.work_orders import NewWorkOrder
from tests.store.people import NOON, write

BEFORE = NOON + timedelta(days=1)


def filed(conn: Connection, number: str, urgency: str = "normal") -> None:
    """An order that stands at 回访."""
    way = nodes.moved(nodes.at_start(NOON, "12345"), nodes.ASKED, NOON, "12345", None, {})
    new = NewWorkOrder(
        key=number,
        channel="open311",
        kind="求助",
        title="路灯",
        content="路灯坏了",
        contact_phone="13800001234",
        urgency=urgency,
    )
    work_orders.add(conn, NOON, number, new, way, None)


async def test_who_must_be_called_stands_there_until_it_is_over(database: Database) -> None:
    def unit(conn: Connection) -> None:
        for number, urgency in (("HY1", "normal"), ("HY2", "urgent"), ("HY3", "normal")):
            filed(conn, number, urgency)
        assert sorted(follow_ups.not_begun(conn, nodes.ASKED, 9)) == ["HY1", "HY2", "HY3"]
        for number in ("HY1", "HY2"):
            follow_ups.begin(conn, number, NOON, Way.CALL, why=Why.NO_LINE)
        assert follow_ups.not_begun(conn, nodes.ASKED, 9) == ["HY3"]
        assert [one.follow_up.number for one in follow_ups.calls(conn)] == ["HY2", "HY1"]
        assert [follow_ups.tried(conn, number, NOON) for number in ("HY1", "HY1", "HY3")] == [
            1,
            2,
            0,
        ]
        order_work.set_handling(conn, "HY2", {"status": "withdrawn"})
        assert follow_ups.any_over(conn)
        follow_ups.end_over(conn, NOON)
        assert not follow_ups.any_over(conn)
        follow_ups.end(conn, "HY1", Result.UNANSWERED, "house", NOON)
        assert (follow_ups.count_calls(conn), follow_ups.calls(conn)) == (0, [])
        follow_ups.answer_late(conn, "HY1", Result.UNSOLVED, "citizen", NOON)
        assert follow_ups.counted(conn, NOON) == Counts(begun=1, unsolved=1)
        assert follow_ups.counted(conn, BEFORE) == Counts()

    await database.transact(unit)


async def test_an_order_is_asked_about_once_at_a_time(database: Database) -> None:
    def unit(conn: Connection) -> None:
        filed(conn, "HY1")
        follow_ups.begin(conn, "HY1", NOON, Way.CALLER)
        follow_ups.begin(conn, "HY1", NOON, Way.CALL, why=Why.NO_PHONE)  # reopened meanwhile
        latest = follow_ups.latest(conn, "HY1")
        assert latest is not None
        assert (latest.way, latest.why, latest.ended_at) == (Way.CALL, Why.NO_PHONE, None)
        assert follow_ups.counted(conn, NOON).begun == 1

    await database.transact(unit)
    with pytest.raises(IntegrityError):
        await database.transact(
            lambda conn: conn.execute(
                table.insert().values(number="HY1", began_at=NOON, way="call")
            )
        )


async def test_a_question_is_looked_at_when_it_was_sent_long_ago_or_will_not_arrive(
    database: Database,
) -> None:
    here = (await write(database, person="one")).conversation_id
    there = (await write(database, person="two")).conversation_id

    def unit(conn: Connection) -> None:
        talk, other = conversations.get(conn, here), conversations.get(conn, there)
        assert talk is not None
        assert other is not None
        question = Outbound((Text("解决了吗"),), Author.SYSTEM, purpose=Purpose.NOTICE)
        said = messages.add(conn, talk, question, NOON)
        filed(conn, "HY1")
        follow_ups.begin(conn, "HY1", NOON, Way.MESSAGE, conversation_id=here, message_id=said.id)
        assert follow_ups.to_look_at(conn, BEFORE, 9) == [], "it waits to be sent"
        sent = sending.delivery_of(
            conn.execute(deliveries.select().where(deliveries.c.message_id == said.id)).one()
        )
        sending.mark_sent(conn, sent, "sent", None, NOON + timedelta(hours=2))
        assert follow_ups.to_look_at(conn, NOON + timedelta(hours=1), 9) == []
        (found,) = follow_ups.to_look_at(conn, BEFORE, 9)
        assert (found.state, found.channel) == ("sent", talk.channel)
        outbox.give_up(conn, sent.id, "moved", "window_closed", "", NOON)
        (found,) = follow_ups.to_look_at(conn, NOON, 9)
        assert follow_ups.moved_to(conn, said.id, MOVED) is None
        again = messages.add(conn, other, question, NOON, dedup_key=f"{MOVED}{sent.id}")
        assert follow_ups.moved_to(conn, said.id, MOVED) == (there, again.id)
        follow_ups.asked_at(conn, found.follow_up, there, again.id)
        assert [one.number for one in follow_ups.asked_in(conn, there)] == ["HY1"]
        assert follow_ups.asked_in(conn, here) == []
        follow_ups.to_call(conn, replace(found.follow_up), Why.UNDELIVERED)
        assert follow_ups.to_look_at(conn, BEFORE, 9) == []
        assert follow_ups.count_calls(conn) == 1

    await database.transact(unit)


async def test_a_notice_offers_choices_once_it_has_gone_out(database: Database) -> None:
    here = (await write(database)).conversation_id

    def unit(conn: Connection) -> None:
        talk = conversations.get(conn, here)
        assert talk is not None
        asked = Outbound((Text("要查吗"),), choices=(Choice("a", "查", "/a"),))
        messages.add(conn, talk, asked, NOON)
        question = Outbound(
            (Text("解决了吗"),),
            Author.SYSTEM,
            (Choice("b", "解决了", "/b"),),
            purpose=Purpose.NOTICE,
        )
        said = messages.add(conn, talk, question, NOON)
        messages.add(conn, talk, Outbound((Text("收到"),), Author.SYSTEM), NOON)

        def offered() -> list[str]:
            offer = messages.latest_offer(conn, here, 99)
            return [one.id for one in offer.choices] if offer else []

        assert offered() == ["a"], "nobody has seen the question yet"
        sent = sending.delivery_of(
            conn.execute(deliveries.select().where(deliveries.c.message_id == said.id)).one()
        )
        sending.mark_sent(conn, sent, "sent", None, NOON)
        assert offered() == ["b"]

    await database.transact(unit)
