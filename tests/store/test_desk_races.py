"""Two gateways at one desk at the same moment, on both databases: one offer, one holder."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any, cast

import pytest
from sqlalchemy import Connection, select

from actions.work_orders.news import Teller
from actions.work_orders.reach import NOWHERE
from connectors.channel import Capabilities
from connectors.clock import FrozenClock
from connectors.conversation.ownership import Event, Owner
from connectors.coordination.in_process import InProcessCoordinator
from connectors.delivery.sender import Sender
from connectors.desk.assigning import Assigner
from connectors.desk.lights import Watch
from connectors.desk.office import Office, Refused
from connectors.desk.service import DeskService
from connectors.settings import Settings
from connectors.settings.desk import Desk
from connectors.store import agents, conversations, offers, owners, plans, presence
from connectors.store.agents import Agent, AgentChanged
from connectors.store.conversations import Conversation
from connectors.store.database import Database
from connectors.store.desk_tables import deadline_events
from connectors.store.plans import PlanChanged
from tests.house import the_texts
from tests.store.people import NOON, conversation, write


class NoSender:
    """Nothing leaves in these tests."""

    def wake(self) -> None:
        pass


def office(database: Database, clock: FrozenClock, desk: Desk) -> Office:
    return Office(
        database,
        InProcessCoordinator(),
        clock,
        the_texts(),
        Settings(desk=desk),
        cast(Sender, NoSender()),
        lambda _: Capabilities(),
        file_links=cast(Any, None),
        teller=Teller(the_texts(), NOWHERE),
    )


async def somebody_waits(database: Database, number: int) -> Conversation:
    await write(database, person=f"visitor-{number}")

    def unit(conn: Connection) -> Conversation:
        found = conversations.find(conn, "webchat", "default", f"visitor-{number}")
        assert found is not None
        return owners.change_owner(
            conn, found.id, Event.HANDOFF, NOON, actor="test", skill="general", reason="asked"
        )

    return await database.transact(unit)


async def hired(database: Database, count: int) -> list[Agent]:
    def unit(conn: Connection) -> list[Agent]:
        made = [agents.add(conn, f"a{n}", f"{n}号", "x", "agent", NOON) for n in range(count)]
        presence.beat(conn, [one.id for one in made], NOON)
        return made

    return await database.transact(unit)


async def all_at_once(*work: Coroutine[Any, Any, Any]) -> list[Any]:
    """What each returns or, where refused, raises; nothing else may be raised."""
    found = await asyncio.gather(*work, return_exceptions=True)
    for one in found:
        assert not isinstance(one, BaseException) or isinstance(
            one, Refused | PlanChanged | AgentChanged
        ), repr(one)
    return found


async def test_two_gateways_make_one_offer_of_a_talk_and_one_to_an_agent(
    database: Database, second: Database
) -> None:
    clock, desk = FrozenClock(NOON), Desk(assign="offer")
    gateways = [Assigner(office(one, clock, desk)) for one in (database, second)]
    await hired(database, 4)
    for number in range(6):
        await somebody_waits(database, number)
    for _ in range(3):
        await all_at_once(*(one.look() for one in gateways))
        standing = await database.read(offers.standing)
        assert len(standing) == 4
        assert len({one.agent_id for one in standing}) == 4
        assert len({one.conversation_id for one in standing}) == 4


async def test_taking_offering_and_passing_on_at_once_leave_one_holder(
    database: Database, second: Database
) -> None:
    clock, desk = FrozenClock(NOON), Desk(assign="offer", max_load=100)
    offices = [office(one, clock, desk) for one in (database, second)]
    assigners, services = [Assigner(one) for one in offices], [DeskService(one) for one in offices]
    staff = await hired(database, 3)
    for number in range(8):
        talk = await somebody_waits(database, number)
        await assigners[0].look()
        found = await all_at_once(
            *(services[n % 2].take(one, talk.id) for n, one in enumerate(staff)),
            *(one.look() for one in assigners),
            services[1].decline(staff[0], talk.id),
        )
        assert found[:3].count(None) == 1
        held = await conversation(database, talk.id)
        assert held.owner is Owner.AGENT
        assert held.agent_id == staff[found[:3].index(None)].id


async def test_one_agent_at_two_gateways_does_not_pass_their_limit(
    database: Database, second: Database
) -> None:
    clock, desk = FrozenClock(NOON), Desk(max_load=2)
    services = [DeskService(office(one, clock, desk)) for one in (database, second)]
    (agent,) = await hired(database, 1)
    talks = [await somebody_waits(database, number) for number in range(6)]
    await all_at_once(*(services[n % 2].take(agent, one.id) for n, one in enumerate(talks)))
    assert await database.read(lambda conn: presence.load_of(conn, agent.id)) == 2


async def test_each_light_is_noted_once_by_two_gateways(
    database: Database, second: Database
) -> None:
    clock = FrozenClock(NOON)
    for number in range(3):
        await somebody_waits(database, number)
    clock.advance(timedelta(minutes=5))
    watches = [Watch(office(one, clock, Desk())) for one in (database, second)]
    found = await all_at_once(*(one.look() for one in watches for _ in range(2)))
    assert sum(found) == 3
    lights = await database.read(
        lambda conn: conn.execute(select(deadline_events.c.light)).scalars().all()
    )
    assert lights == ["red"] * 3


@pytest.mark.parametrize("which", ["plan", "account"])
async def test_of_two_supervisors_who_save_at_once_one_is_told(
    database: Database, second: Database, which: str
) -> None:
    (agent,) = await hired(database, 1)

    def save(by: str) -> Callable[[Connection], object]:
        if which == "plan":
            return lambda conn: plans.save(conn, "hours", 0, {"shifts": {}}, NOON, by)
        return lambda conn: agents.change(
            conn, agent.id, 0, name=by, role="agent", skills=None, max_load=None, active=True
        )

    found = await all_at_once(database.transact(save("one")), second.transact(save("other")))
    assert sum(isinstance(one, PlanChanged | AgentChanged) for one in found) == 1
