"""Two gateways, one store: whoever comes second sees what the first one did."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable

import pytest
from sqlalchemy import Connection, Table, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from connectors.conversation.ownership import Event, ForbiddenTransition, Owner
from connectors.ids import new_id
from connectors.messages import Outbound, Text
from connectors.store import (
    agents,
    conversations,
    deliveries,
    messages,
    outbox,
    owners,
    work_orders,
)
from connectors.store.database import Database
from connectors.store.schema import contacts
from connectors.store.schema import conversations as conversations_table
from connectors.store.schema import messages as messages_table
from tests.store.people import IDLE, NOON, conversation, write


def count(table: Table) -> Callable[[Connection], int]:
    return lambda conn: conn.execute(select(func.count()).select_from(table)).scalar_one()


async def test_a_message_a_platform_sends_many_times_at_once_is_stored_once(
    database: Database, second: Database
) -> None:
    accepted = await asyncio.gather(
        *(write(database if n % 2 else second, id="m1") for n in range(24))
    )
    assert Counter(one.duplicate for one in accepted) == {False: 1, True: 23}
    assert len({(one.message_id, one.conversation_id, one.seq) for one in accepted}) == 1
    assert await database.read(count(messages_table)) == 1


async def test_first_messages_that_race_make_one_conversation_and_no_stray_contact(
    database: Database, second: Database
) -> None:
    accepted = await asyncio.gather(
        *(write(database if n % 2 else second, id=f"m{n}") for n in range(24))
    )
    assert len({one.conversation_id for one in accepted}) == 1
    assert await database.read(count(conversations_table)) == 1
    assert await database.read(count(contacts)) == 1


async def test_places_have_no_gaps_and_no_repeats_however_many_write(
    database: Database, second: Database
) -> None:
    first = await write(database, person="p0", id="first")
    talk = await conversation(database, first.conversation_id)

    async def we_say(n: int) -> int:
        store = second if n % 2 else database
        said = await store.transact(
            lambda conn: messages.add(conn, talk, Outbound((Text(f"第{n}句"),)), NOON)
        )
        return said.seq

    async def they_say(n: int) -> int:
        return (await write(database if n % 2 else second, person="p0", id=f"m{n}")).seq

    seqs = await asyncio.gather(
        *(we_say(n) for n in range(15)),
        *(they_say(n) for n in range(15)),
        *(they_say(n) for n in range(5)),  # repeats take no place
    )
    assert sorted(set(seqs)) == list(range(2, 32))
    said = await database.read(lambda conn: messages.after(conn, talk.id, 0))
    assert [message.seq for message in said] == list(range(1, 32))
    assert (await conversation(database, talk.id)).last_seq == 31


async def test_a_unit_that_fails_leaves_no_gap(database: Database) -> None:
    first = await write(database, id="m1")

    class Oops(Exception):
        pass

    def unit(conn: Connection) -> None:
        conversations.next_seq(conn, first.conversation_id)
        raise Oops

    with pytest.raises(Oops):
        await database.transact(unit)
    assert (await write(database, id="m2")).seq == 2


async def test_of_two_agents_who_take_at_once_exactly_one_wins(
    database: Database, second: Database
) -> None:
    accepted = await write(database)

    def hire(conn: Connection) -> list[agents.Agent]:
        return [agents.add(conn, f"a{n}", f"{n}号座席", "x", "agent", NOON) for n in range(4)]

    everybody = await database.transact(hire)
    await database.transact(
        lambda conn: owners.change_owner(
            conn, accepted.conversation_id, Event.HANDOFF, NOON, actor="bot", skill="general"
        )
    )

    async def take(n: int) -> str:
        agent = everybody[n]

        def unit(conn: Connection) -> None:
            owners.change_owner(
                conn,
                accepted.conversation_id,
                Event.TAKE,
                NOON,
                actor=agent.id,
                agent_id=agent.id,
            )

        await (second if n % 2 else database).transact(unit)
        return agent.id

    results = await asyncio.gather(*(take(n) for n in range(4)), return_exceptions=True)
    winners = [result for result in results if isinstance(result, str)]
    losers = [result for result in results if isinstance(result, ForbiddenTransition)]
    assert (len(winners), len(losers)) == (1, 3)
    talk = await conversation(database, accepted.conversation_id)
    assert (talk.owner, talk.agent_id, talk.epoch) == (Owner.AGENT, winners[0], 2)


async def test_a_turn_does_not_commit_over_an_agent_who_came_in_between(
    database: Database, second: Database
) -> None:
    """The epoch that was read must still hold at the commit, even where nothing was locked."""
    accepted = await write(database)
    talk = await conversation(database, accepted.conversation_id)
    runs = 0

    def commit_turn(conn: Connection) -> bool:
        nonlocal runs
        runs += 1
        seen = conversations.get(conn, talk.id)
        assert seen is not None
        if conn.dialect.name == "postgresql":
            conn.exec_driver_sql("SELECT pg_sleep(0.4)")
        if seen.epoch != talk.epoch:
            return False
        messages.add(conn, seen, Outbound((Text("机器人的回答"),)), NOON)
        return True

    def take(conn: Connection) -> str:
        owners.change_owner(conn, talk.id, Event.TAKE, NOON, actor="a")
        return conn.dialect.name

    turn = asyncio.create_task(database.transact(commit_turn))
    await asyncio.sleep(0.1)
    dialect = await second.transact(take)
    said_by_bot = await turn
    said = await database.read(lambda conn: messages.after(conn, talk.id, 0))
    if dialect == "postgresql":  # the agent came in the middle: the turn ran again and saw it
        assert (said_by_bot, len(said), runs) == (False, 1, 2)
    else:  # SQLite has one writer: the turn was over before the agent came
        assert (said_by_bot, len(said), runs) == (True, 2, 1)
    assert (await conversation(database, talk.id)).owner is Owner.AGENT


async def test_a_delivery_is_claimed_by_one_sender_only(
    database: Database, second: Database
) -> None:
    accepted = await write(database)
    talk = await conversation(database, accepted.conversation_id)
    await database.transact(lambda conn: messages.add(conn, talk, Outbound((Text("好"),)), NOON))
    (due,) = await database.read(lambda conn: deliveries.listed(conn, ["queued"]))

    async def claim(n: int) -> bool:
        return await (second if n % 2 else database).transact(
            lambda conn: outbox.claim(conn, due, NOON + IDLE, NOON)
        )

    assert Counter(await asyncio.gather(*(claim(n) for n in range(8)))) == {True: 1, False: 7}


async def test_a_days_serial_numbers_are_given_once_each(
    database: Database, second: Database
) -> None:
    async def one(n: int) -> int:
        return await (second if n % 2 else database).transact(
            lambda conn: work_orders.next_serial(conn, NOON.date())
        )

    assert sorted(await asyncio.gather(*(one(n) for n in range(20)))) == list(range(1, 21))


async def test_a_form_filed_twice_at_once_is_one_order(
    database: Database, second: Database
) -> None:
    order = work_orders.NewWorkOrder("form-1", "webchat", "投诉", "路灯", "路灯坏了")

    def unit(conn: Connection) -> str:
        if filed := work_orders.by_key(conn, order.key):
            return filed.number
        number = f"N{work_orders.next_serial(conn, NOON.date())}"
        nodes = (work_orders.Node("受理登记", "current", NOON),)
        return work_orders.add(conn, NOON, number, order, nodes, None).number

    numbers = await asyncio.gather(
        *((second if n % 2 else database).transact(unit) for n in range(8))
    )
    assert len(set(numbers)) == 1


async def test_a_unique_row_that_really_is_there_still_raises(database: Database) -> None:
    await write(database)
    runs = 0

    def unit(conn: Connection) -> None:
        nonlocal runs
        runs += 1
        conn.execute(insert(contacts).values(id="p_same", created_at=NOON))

    await database.transact(unit)
    with pytest.raises(IntegrityError):
        await database.transact(unit)
    assert runs <= 3


async def test_reads_see_one_unchanging_view(database: Database, second: Database) -> None:
    """A page that is drawn while a message arrives shows it everywhere or nowhere."""
    accepted = await write(database, id="m1")
    done = asyncio.Event()

    async def keep_writing() -> None:
        n = 2
        while not done.is_set():
            await write(second, id=f"m{n}")
            n += 1

    def look(conn: Connection) -> tuple[int, int]:
        talk = conversations.get(conn, accepted.conversation_id)
        said = messages.after(conn, accepted.conversation_id, 0, limit=100_000)
        assert talk is not None
        return talk.last_seq, len(said)

    writer = asyncio.create_task(keep_writing())
    try:
        for _ in range(30):
            last, total = await database.read(look)
            assert last == total
            await asyncio.sleep(0.002)
    finally:
        done.set()
        await writer


async def test_a_read_that_writes_is_stopped(database: Database) -> None:
    accepted = await write(database)

    def unit(conn: Connection) -> None:
        conn.execute(
            update(conversations_table)
            .where(conversations_table.c.id == accepted.conversation_id)
            .values(last_seq=99)
        )

    with pytest.raises(Exception, match=r"(?i)read-?only"):
        await database.read(unit)
    assert (await conversation(database, accepted.conversation_id)).last_seq == 1


async def test_messages_of_different_people_do_not_wait_for_each_other_for_ever(
    database: Database, second: Database
) -> None:
    async with asyncio.timeout(30):
        accepted = await asyncio.gather(
            *(
                write(database if n % 2 else second, person=f"v{n % 40}", id=f"m{n}")
                for n in range(400)
            )
        )
    assert len({one.conversation_id for one in accepted}) == 40
    assert Counter(one.seq for one in accepted) == dict.fromkeys(range(1, 11), 40)


def test_the_id_of_a_message_grows_with_time() -> None:
    first = new_id("m")
    time.sleep(0.002)
    assert first < new_id("m")
    assert len({new_id("m") for _ in range(10_000)}) == 10_000
