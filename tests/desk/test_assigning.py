"""Who is offered whom: by skill, last agent and load, one at a time; who is gone keeps nobody."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.clock import CHINA, FrozenClock
from connectors.conversation.ownership import Owner
from connectors.conversation.skills import Skill
from connectors.desk.assigning import Assigner
from connectors.desk.choosing import Choosing
from connectors.desk.office import Refused
from connectors.messages import Author, Stored
from connectors.settings.desk import Desk
from connectors.store import messages, offers, presence
from connectors.store.agents import Agent
from connectors.store.conversations import Conversation
from connectors.store.presence import Present
from tests.desk.talks import at_their_desk, now, seen, waits
from tests.house import House, house

pytestmark = pytest.mark.usefixtures("by_hand")

TEN = datetime(2026, 11, 18, 10, 0, tzinfo=CHINA)
OFFERING = Desk(assign="offer")


@asynccontextmanager
async def desk(
    tmp_path: Path, settings: Desk = OFFERING
) -> AsyncIterator[tuple[House, FrozenClock]]:
    clock = FrozenClock(TEN)
    async with house(tmp_path, clock=clock, desk=settings) as h:
        yield h, clock


async def words(h: House, talk: Conversation) -> list[Stored]:
    return await h.database.read(lambda conn: messages.after(conn, talk.id, 0))


async def offered(h: House, talk: Conversation) -> str | None:
    """To whom a conversation is offered just now."""
    found = await h.database.read(lambda conn: offers.standing(conn, talk.id))
    return str(found[0].agent_id) if found else None


# Choosing ---------------------------------------------------------------------------------------


def present(name: str, **fields: Any) -> Present:
    given: dict[str, Any] = {
        "agent_id": name,
        "name": name,
        "role": "agent",
        "skills": None,
        "max_load": None,
        "seen_at": TEN,
        "ready": True,
        "missed": 0,
        "offered_at": None,
        "load": 0,
    }
    return Present(**(given | fields))


def waiting(skill: str = "general", **fields: Any) -> Conversation:
    given: dict[str, Any] = dict.fromkeys(Conversation.__dataclass_fields__)
    given |= {"owner": Owner.WAITING, "skill": skill, "waiting_since": TEN, "epoch": 1}
    return Conversation(**(given | fields))


CHOOSING = Choosing(6, timedelta(minutes=3), timedelta(seconds=45))
GENERAL = frozenset({"general"})


@pytest.mark.parametrize(
    ("talk", "staff", "chosen"),
    [
        (waiting(), [present("a"), present("b", load=2)], "a"),
        (waiting(), [present("a", load=2, max_load=10), present("b", load=1, max_load=3)], "a"),
        (waiting(last_agent_id="b"), [present("a"), present("b", load=5)], "b"),
        (waiting(last_agent_id="b"), [present("a"), present("b", load=6)], "a"),  # full
        (waiting("dialect"), [present("a", skills=GENERAL), present("b", load=5)], "b"),
        (waiting("dialect"), [present("a", skills=GENERAL)], None),
        (waiting("crisis"), [present("a", skills=GENERAL, load=9)], "a"),  # danger asks nobody
        (
            waiting("crisis"),
            [present("a", skills=GENERAL), present("b", skills=frozenset({"crisis"}), load=3)],
            "b",
        ),
        (waiting(), [present("a", ready=False)], None),
        (waiting(), [present("a", seen_at=TEN - timedelta(minutes=1))], None),
        (waiting(), [present("a", role="supervisor")], None),
        (waiting(), [present("a", role="supervisor", skills=GENERAL)], "a"),
        (
            waiting("dialect", waiting_since=TEN - timedelta(minutes=3)),
            [present("a", skills=GENERAL)],
            "a",
        ),  # waited too long for the right one
    ],
)
def test_the_agent_is_chosen_by_skill_last_time_and_load(
    talk: Conversation, staff: list[Present], chosen: str | None
) -> None:
    found = CHOOSING.choose(talk, staff, {}, set(), TEN)
    assert (found.agent_id if found else None) == chosen


def test_who_was_offered_it_less_often_goes_first_and_who_has_an_offer_not_at_all() -> None:
    staff = [present("a"), present("b", load=3), present("c", load=5)]
    assert CHOOSING.choose(waiting(), staff, {"a": 1}, set(), TEN) == staff[1]
    assert CHOOSING.choose(waiting(), staff, {"a": 1}, {"b"}, TEN) == staff[2]
    assert CHOOSING.choose(waiting(), staff, {"a": 1}, {"b", "c"}, TEN) is None
    assert CHOOSING.choose(waiting(), staff, {"a": 1, "b": 1, "c": 1}, set(), TEN) == staff[0]


# Offers -----------------------------------------------------------------------------------------


async def test_an_offer_not_taken_goes_to_the_next_and_who_misses_two_gets_no_more(
    tmp_path: Path,
) -> None:
    async with desk(tmp_path) as (h, clock):
        first, second = await at_their_desk(h, "a1"), await at_their_desk(h, "a2")
        talk = await waits(h, 1)
        assigner = h.gateway.desk.assigner
        order = []
        for _ in range(4):
            await assigner.look()
            order.append(await offered(h, talk))
            clock.advance(timedelta(seconds=20))
            await seen(h, first, second)
        assert order == [first.id, second.id, first.id, second.id]
        await assigner.look()
        assert await offered(h, talk) is None  # both missed two: nobody is bothered any longer
        await h.gateway.desk.service.set_ready(second, True)
        await assigner.look()
        assert await offered(h, talk) == second.id
        await h.gateway.desk.service.take(second, talk.id)
        assert (await now(h, talk)).agent_id == second.id
        assert await offered(h, talk) is None


async def test_an_offer_declined_goes_on_at_once_and_one_agent_has_one_at_a_time(
    tmp_path: Path,
) -> None:
    async with desk(tmp_path) as (h, clock):
        first, second = await at_their_desk(h, "a1"), await at_their_desk(h, "a2")
        talk = await waits(h, 1)
        clock.advance(timedelta(seconds=1))
        late = await waits(h, 2)
        assigner = h.gateway.desk.assigner
        await assigner.look()
        assert {await offered(h, talk), await offered(h, late)} == {first.id, second.id}
        later = await waits(h, 3)
        await assigner.look()
        assert await offered(h, later) is None  # both have one before them
        await h.gateway.desk.service.decline(first, talk.id)
        await assigner.look()
        assert await offered(h, talk) is None  # a2 is busy, a1 has declined: it waits for a2 …
        clock.advance(timedelta(seconds=20))
        await seen(h, first, second)
        await assigner.look()
        assert await offered(h, talk) == second.id


async def test_many_gateways_make_one_offer_of_a_talk_and_one_to_an_agent(tmp_path: Path) -> None:
    async with desk(tmp_path) as (h, _):
        staff = [await at_their_desk(h, f"a{n}") for n in range(5)]
        talks = [await waits(h, n) for n in range(8)]
        gateways = [Assigner(h.gateway.desk.office) for _ in range(4)]
        await asyncio.gather(*(one.look() for one in gateways for _ in range(3)))
        standing = await h.database.read(offers.standing)
        assert len(standing) == len({one.agent_id for one in standing}) == len(staff)
        assert len({one.conversation_id for one in standing}) == len(staff) < len(talks)


async def test_offer_taking_lapsing_and_declining_at_once_leave_one_holder(tmp_path: Path) -> None:
    async with desk(tmp_path) as (h, clock):
        staff = [await at_their_desk(h, f"a{n}", max_load=100) for n in range(3)]
        assigners = [Assigner(h.gateway.desk.office) for _ in range(2)]
        service = h.gateway.desk.service

        async def take(agent: Agent, talk: Conversation) -> bool:
            try:
                await service.take(agent, talk.id)
                await service.say(agent, talk.id, agent.login, f"{agent.login}-{talk.id}")
            except Refused:
                return False
            return True

        for number in range(40):
            talk = await waits(h, number)
            await assigners[0].look()
            clock.advance(timedelta(seconds=20))
            await seen(h, *staff)
            tries: list[Any] = [take(one, talk) for one in staff]
            others: list[Any] = [
                *(one.look() for one in assigners),
                service.decline(staff[number % 3], talk.id),
            ]
            found = await asyncio.gather(*tries, *others)
            assert found[:3].count(True) == 1
            after = await now(h, talk)
            assert after.owner is Owner.AGENT
            said = await words(h, talk)
            spoke = [m.agent_id for m in said if m.author is Author.AGENT]
            assert spoke == [after.agent_id]
            await service.hand_back(next(s for s in staff if s.id == after.agent_id), talk.id)
        assert await h.database.read(offers.standing) == []


# Pulling ----------------------------------------------------------------------------------------


async def test_one_takes_what_ones_queues_hold_until_ones_hands_are_full(tmp_path: Path) -> None:
    async with desk(tmp_path, Desk(max_load=2)) as (h, clock):
        agent = await at_their_desk(h, "a1", GENERAL)
        boss = await at_their_desk(h, "s1", role="supervisor")
        take = h.gateway.desk.service.take
        firm = await waits(h, 1, Skill.ENTERPRISE)
        with pytest.raises(Refused, match="desk_not_your_queue"):
            await take(agent, firm.id)
        for number in (2, 3):
            await take(agent, (await waits(h, number)).id)
        third = await waits(h, 4)
        with pytest.raises(Refused, match="desk_hands_full"):
            await take(agent, third.id)
        await take(agent, (await waits(h, 5, Skill.CRISIS)).id)  # danger does not ask
        await take(boss, third.id)
        other = await at_their_desk(h, "a2", GENERAL)
        clock.advance(timedelta(minutes=3))
        await take(other, firm.id)  # nobody of its own came: everybody may


async def test_two_takings_of_one_agent_at_once_do_not_pass_their_limit(tmp_path: Path) -> None:
    async with desk(tmp_path, Desk(max_load=1)) as (h, _):
        agent = await at_their_desk(h, "a1")
        talks = [await waits(h, number) for number in range(6)]
        take = h.gateway.desk.service.take
        found = await asyncio.gather(
            *(take(agent, one.id) for one in talks), return_exceptions=True
        )
        assert [one for one in found if one is None] == [None]
        assert all(one is None or isinstance(one, Refused) for one in found)
        assert await h.database.read(lambda conn: presence.load_of(conn, agent.id)) == 1


# Agents who are gone ----------------------------------------------------------------------------


async def test_the_talks_of_a_closed_laptop_wait_again_before_others_and_are_told(
    tmp_path: Path,
) -> None:
    async with desk(tmp_path, Desk()) as (h, clock):
        agent = await at_their_desk(h, "a1")
        talk = await waits(h, 1, Skill.ELDERLY)
        await h.gateway.desk.service.take(agent, talk.id)
        assigner = h.gateway.desk.assigner
        for _ in range(12):  # 108 seconds: more than it takes to trust what one sees
            clock.advance(timedelta(seconds=9))
            await seen(h, agent)
            await assigner.look()
        assert (await now(h, talk)).owner is Owner.AGENT
        queued = await waits(h, 2)
        for _ in range(11):
            clock.advance(timedelta(seconds=9))
            await assigner.look()
        lost = await now(h, talk)
        assert (lost.owner, lost.skill, lost.handoff_reason) == (
            Owner.WAITING,
            "elderly",
            "agent_lost",
        )
        assert lost.queue_rank < queued.queue_rank
        assert lost.last_agent_id == agent.id
        said = await h.database.read(lambda conn: messages.after(conn, talk.id, 0))
        assert "断线" in said[-1].text
        with pytest.raises(Refused):
            await h.gateway.desk.service.say(agent, talk.id, "我回来了", "c1")


@pytest.mark.parametrize("jump", [timedelta(hours=8), timedelta(hours=-8)])
async def test_a_start_or_a_jump_of_the_clock_takes_nobodys_talks(
    tmp_path: Path, jump: timedelta
) -> None:
    async with desk(tmp_path, Desk()) as (h, clock):
        agent = await at_their_desk(h, "a1")
        talk = await waits(h, 1)
        await h.gateway.desk.service.take(agent, talk.id)
        await seen(h, agent, at=clock.now() - timedelta(hours=1))  # the gateway was away that long
        assigner = h.gateway.desk.assigner
        await assigner.look()
        clock.advance(jump)
        await assigner.look()
        assert (await now(h, talk)).owner is Owner.AGENT
        for _ in range(4):
            clock.advance(timedelta(seconds=20))
            await seen(h, agent)
            await assigner.look()
        assert (await now(h, talk)).owner is Owner.AGENT
