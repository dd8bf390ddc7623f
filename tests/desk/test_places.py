"""The place in the queue and the honest time: told at once, again when it has changed enough."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert

from connectors.channel import Capabilities
from connectors.clock import CHINA, FrozenClock
from connectors.conversation.skills import RULES, Facts, Skill, may_serve, rank_of, skill_of
from connectors.queue_words import place_words, worth_telling
from connectors.settings.desk import Desk
from connectors.store import messages as log
from connectors.store import owners
from connectors.store import waits as store
from connectors.store.conversations import Conversation
from connectors.store.desk_tables import conversation_waits
from connectors.texts import Texts
from tests.connectors.test_turns import only_conversation
from tests.desk.talks import at_their_desk, now, waits
from tests.house import House, house, the_texts

pytestmark = pytest.mark.usefixtures("by_hand")

TEN = datetime(2026, 11, 18, 10, 0, tzinfo=CHINA)


@pytest.mark.parametrize(
    ("facts", "skill"),
    [
        (Facts(), Skill.GENERAL),
        (Facts(asked="general"), Skill.GENERAL),
        (Facts(asked="dialect"), Skill.DIALECT),
        (Facts(asked="video", audience="enterprise"), Skill.VIDEO),
        (Facts(audience="enterprise"), Skill.ENTERPRISE),
        (Facts(of_channel="enterprise"), Skill.ENTERPRISE),
        (Facts(asked="general", audience="enterprise", care=True), Skill.ENTERPRISE),
        (Facts(care=True), Skill.ELDERLY),
        (Facts(asked="nonsense", reason="turn_failed"), Skill.GENERAL),
        (Facts(reason="safety", asked="general", audience="enterprise"), Skill.CRISIS),
        (Facts(asked="crisis"), Skill.CRISIS),
    ],
)
def test_the_queue_follows_from_the_table(facts: Facts, skill: Skill) -> None:
    assert skill_of(facts) is skill


def test_every_rule_decides_something() -> None:
    decided = {skill_of(f) for f in (Facts(), Facts(care=True), Facts(audience="enterprise"))}
    named = {skill_of(Facts(asked=one)) for one in Skill}
    assert decided | named == set(Skill)
    assert RULES[-1][1](Facts())


def test_danger_goes_before_the_returned_they_before_the_green_channel_and_it_before_all() -> None:
    ranks = [
        rank_of("crisis", "safety"),
        rank_of("general", "agent_lost"),
        rank_of("elderly", "asked"),
        rank_of("general", "asked"),
    ]
    assert ranks == sorted(set(ranks))
    assert rank_of(None, None) == ranks[-1]


def test_everybody_serves_who_is_in_danger() -> None:
    assert may_serve({"dialect"}, "crisis")
    assert may_serve(None, "video")
    assert may_serve({"general"}, None)
    assert not may_serve({"general"}, "video")


@pytest.mark.parametrize(
    ("told", "place", "minutes", "worth"),
    [
        ((5, 10), 5, 10, False),
        ((5, 10), 4, 9, False),
        ((5, 10), 3, 10, True),
        ((2, 3), 1, 3, True),
        ((5, 10), 5, 13, False),
        ((5, 10), 5, 14, True),
        ((5, None), 5, 9, False),
        ((5, 1), 5, 2, False),
        ((9, 10), 12, 10, True),  # others went before: told for worse, too
    ],
)
def test_what_has_hardly_changed_is_not_worth_a_message(
    told: tuple[int, int | None], place: int, minutes: int | None, worth: bool
) -> None:
    assert worth_telling(told, place, minutes) is worth


@pytest.mark.parametrize("variant", ["text", "sms", "voice"])
@pytest.mark.parametrize(
    "key",
    [
        "gateway_handoff_started",
        "gateway_handoff_waiting",
        "queue_moved",
        "queue_lost",
        "queue_gone",
        "gateway_transferred_queue",
    ],
)
def test_every_text_tells_place_and_time(key: str, variant: str) -> None:
    texts: Texts = the_texts()
    assert "3" in place_words(texts, key, variant, 4, 7)
    assert "7" in place_words(texts, key, variant, 4, 7)
    assert "下一位" in place_words(texts, key, variant, 1, None)
    assert "分钟" not in place_words(texts, key, variant, 4, None)
    assert "半小时" in place_words(texts, key, variant, 4, 45)
    if variant == "sms" and key != "gateway_handoff_waiting":  # one segment and a bit
        assert len(place_words(texts, key, variant, 12, 25)) <= 67


@pytest.mark.parametrize(
    ("seconds", "minutes"), [(5, 0), (20, 1), (61, 2), (600, 10), (601, 15), (1500, 25)]
)
def test_minutes_are_promised_upwards(seconds: float, minutes: int) -> None:
    assert store.rounded(seconds) == minutes


async def taken_before(h: House, talk: Conversation, waited: timedelta, place: int, n: int) -> None:
    """So many takes of late, each after that wait from that place."""

    def unit(conn: Connection) -> None:
        for back in range(n):
            ended = TEN - timedelta(minutes=back)
            conn.execute(
                insert(conversation_waits).values(
                    conversation_id=talk.id,
                    channel="portal",
                    skill="general",
                    reason="asked",
                    began_at=ended - waited,
                    place=place,
                    ended_at=ended,
                    outcome="taken",
                )
            )

    await h.database.transact(unit)


async def told(h: House, talk: Conversation) -> list[str]:
    said = await h.database.read(lambda conn: log.after(conn, talk.id, 0))
    return [m.text for m in said if "您" in m.text]


async def estimate(h: House, skill: str, place: int) -> int | None:
    return await h.database.read(lambda conn: store.minutes(conn, skill, place, TEN))


async def test_the_time_comes_from_the_latest_takes_of_the_queue(tmp_path: Path) -> None:
    async with house(tmp_path, clock=FrozenClock(TEN)) as h:
        talk = await waits(h, 1)
        assert await estimate(h, "general", 1) is None  # nobody was taken of late: nothing is said
        await taken_before(h, talk, timedelta(minutes=4), 2, 2)
        assert await estimate(h, "general", 1) is None
        await taken_before(h, talk, timedelta(minutes=4), 2, 1)
        assert await estimate(h, "general", 1) == 2
        assert await estimate(h, "general", 3) == 6
        assert await estimate(h, "enterprise", 1) is None  # another queue is another matter


async def test_who_waits_is_told_again_after_a_minute_and_only_when_it_changed(
    tmp_path: Path,
) -> None:
    clock = FrozenClock(TEN)
    async with house(tmp_path, clock=clock) as h:
        agent = await at_their_desk(h, "a1")
        room = h.gateway.desk.waiting
        first = await waits(h, 1)
        clock.advance(timedelta(seconds=1))
        second = await waits(h, 2)
        assert await room.tell_places() == 0
        clock.advance(timedelta(seconds=20))
        assert await room.tell_places() == 2  # nobody had told them anything
        await h.gateway.desk.service.take(agent, first.id)
        clock.advance(timedelta(seconds=59))
        assert await room.tell_places() == 0
        clock.advance(timedelta(seconds=1))
        assert await room.tell_places() == 1
        assert "您是下一位" in (await told(h, second))[-1]
        clock.advance(timedelta(minutes=2))
        assert await room.tell_places() == 0  # still the next one: nothing new


async def test_where_each_message_costs_the_place_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = FrozenClock(TEN)
    async with house(tmp_path, clock=clock) as h:
        office = h.gateway.desk.office
        object.__setattr__(office, "capabilities", lambda _: Capabilities(joins_turn=True))
        agent = await at_their_desk(h, "a1")
        first, second = await waits(h, 1), await waits(h, 2)
        clock.advance(timedelta(seconds=20))
        assert await h.gateway.desk.waiting.tell_places() == 2
        await h.gateway.desk.service.take(agent, first.id)
        clock.advance(timedelta(minutes=5))
        assert await h.gateway.desk.waiting.tell_places() == 0
        assert (await now(h, second)).owner.value == "waiting_for_agent"


async def test_who_moves_to_another_queue_keeps_the_time_they_have_waited(tmp_path: Path) -> None:
    clock = FrozenClock(TEN)
    async with house(tmp_path, clock=clock, desk=Desk()) as h:
        boss = await at_their_desk(h, "s1", role="supervisor")
        talk = await waits(h, 1)
        clock.advance(timedelta(minutes=5))
        late = await waits(h, 2, Skill.ENTERPRISE)
        await h.gateway.desk.service.transfer(boss, talk.id, "skill:enterprise")
        moved = await now(h, talk)
        assert moved.waiting_since == TEN
        place = await h.database.read(lambda conn: owners.queue_position(conn, moved))
        behind = await h.database.read(lambda conn: owners.queue_position(conn, late))
        assert (place, behind) == (1, 2)


async def test_whoever_has_the_page_in_its_care_mode_waits_for_those_who_help_the_elderly(
    tmp_path: Path,
) -> None:
    async with house(tmp_path) as h, h.page() as page:
        await page.socket.send_json({"type": "care", "on": True})
        await page.say("转人工", id="one")
        await page.wait("owner", owner="waiting_for_agent")
        async with asyncio.timeout(10):  # the page's mode and its words race to the desk
            while (talk := await only_conversation(h)).skill != "elderly":
                await asyncio.sleep(0.01)
        assert (talk.skill, talk.care) == ("elderly", True)


async def test_who_turns_the_care_mode_on_while_waiting_keeps_their_time(tmp_path: Path) -> None:
    clock = FrozenClock(TEN)
    async with house(tmp_path, clock=clock) as h:
        talk = await waits(h, 1)
        clock.advance(timedelta(minutes=1))
        at = clock.now()
        await h.database.transact(lambda conn: owners.set_care(conn, talk.id, True, at))
        moved = await now(h, talk)
        assert (moved.skill, moved.waiting_since) == ("elderly", TEN)
        assert moved.queue_rank < talk.queue_rank
