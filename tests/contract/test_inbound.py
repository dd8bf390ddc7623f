"""What every channel does with what comes in: genuine, repeated, forged, broken, too much."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from connectors import metrics
from connectors.store.database import StoreUnavailable
from tests.contract.stand import Stand, each_case, each_channel
from tests.contract.subject import MARKER, PERSON, Attack, Line

FIRST = Line("first")
WORDS = "伪造的话"


def refused_so_far(channel: str) -> float:
    """How many requests of the channel were counted under another name than taken."""
    return sum(
        sample.value
        for metric in metrics.inbound_total.collect()
        for sample in metric.samples
        if sample.name.endswith("_total")
        and sample.labels["channel"] == channel
        and sample.labels["result"] not in ("accepted", "duplicate")
    )


@each_channel
async def test_a_genuine_message_is_taken_understood_and_answered(stand: Stand) -> None:
    answer = await stand.subject.say(FIRST)
    assert answer.taken
    await stand.until_heard(f"回声：{FIRST.text}")
    assert await stand.said() == [FIRST.text]
    (request,) = stand.dialogue.requests
    assert (request.text, request.metadata["channel"]) == (FIRST.text, stand.subject.name)


@each_channel
async def test_what_is_acknowledged_is_in_the_store_already(stand: Stand) -> None:
    release = asyncio.Event()

    async def waits(request: object) -> object:
        await release.wait()
        raise AssertionError

    stand.dialogue.turn_taker = waits  # type: ignore[assignment]
    assert (await stand.subject.say(FIRST)).taken
    assert await stand.said() == [FIRST.text]


@each_channel
async def test_a_repeat_is_told_the_same_and_answered_once(stand: Stand) -> None:
    first = await stand.subject.say(FIRST)
    await stand.until_heard(f"回声：{FIRST.text}")
    for _ in range(3):
        again = await stand.subject.say(FIRST)
        assert again.taken
        assert again.told.replace("true", "false") == first.told
    await stand.subject.say(Line("second", "还有一句"))
    await stand.until_heard(f"回声：{FIRST.text}", "回声：还有一句")
    assert len(stand.dialogue.requests) == 2


@each_channel
async def test_repeats_that_race_are_one_message(stand: Stand) -> None:
    said = await asyncio.gather(*(stand.subject.say(FIRST) for _ in range(8)))
    assert all(answer.taken for answer in said)
    await stand.until_heard(f"回声：{FIRST.text}")
    assert await stand.said() == [FIRST.text]


@each_channel
async def test_a_late_repeat_between_newer_messages_changes_no_order(stand: Stand) -> None:
    lines = [Line(f"id{n}", f"第{n}句") for n in (1, 3, 2)]
    for line in lines:
        await stand.subject.say(line)
        await stand.subject.say(lines[0])
    await stand.until_heard("回声：第1句", "回声：第3句", "回声：第2句")
    assert await stand.said() == ["第1句", "第3句", "第2句"]


@each_channel
async def test_many_people_at_once_are_each_answered_in_order(stand: Stand) -> None:
    people = [f"person{n}" for n in range(6)]

    async def talks(person: str) -> None:
        for n in range(4):
            line = Line(f"{n}", f"{person}的第{n}句", person)
            assert (await stand.subject.say(line)).taken

    await asyncio.gather(*(talks(person) for person in people))
    for person in people:
        expected = [f"回声：{person}的第{n}句" for n in range(4)]
        await stand.until_heard(*expected, person=person, together=True)


@each_channel
async def test_the_same_id_from_two_people_is_two_messages(stand: Stand) -> None:
    one, two = Line("1", "甲说的", "person-a"), Line("1", "乙说的", "person-b")
    for line in (one, two):
        assert (await stand.subject.say(line)).taken
        await stand.until_heard(f"回声：{line.text}", person=line.person)


@each_case("forged", "stale")
async def test_what_is_not_genuine_leaves_nothing_and_learns_nothing(
    stand: Stand, case: Attack
) -> None:
    await stand.subject.say(FIRST)
    await stand.until_heard(f"回声：{FIRST.text}")
    before = await stand.stored()
    answer = await case(stand.subject, Line("evil", WORDS))
    assert not answer.taken
    assert MARKER not in answer.told
    await asyncio.sleep(0.05)
    assert await stand.stored() == before
    await stand.subject.say(Line("second", "还有一句"))
    await stand.until_heard(f"回声：{FIRST.text}", "回声：还有一句")


@each_case("replayed")
async def test_the_same_bytes_again_are_one_message(stand: Stand, case: Attack) -> None:
    await case(stand.subject, FIRST)
    await stand.until_heard(f"回声：{FIRST.text}")
    assert await stand.said() == [FIRST.text]


@each_case("malformed", "oversized", "unknown")
async def test_what_cannot_be_understood_is_refused_with_a_reason_and_counted(
    stand: Stand, case: Attack
) -> None:
    counted = refused_so_far(stand.subject.name)
    answer = await case(stand.subject, replace(FIRST, id="odd"))
    assert not answer.taken
    assert answer.code
    assert answer.status < 500
    assert PERSON not in answer.told
    assert await stand.said() == []
    if answer.code not in ("closed", "too_large"):
        assert refused_so_far(stand.subject.name) > counted
    assert (await stand.subject.say(FIRST)).taken
    await stand.until(lambda: _echoed(stand, FIRST))
    assert stand.dialogue.requests[-1].text == FIRST.text


async def _echoed(stand: Stand, line: Line) -> bool:
    return f"回声：{line.text}" in await stand.subject.heard()


@each_case("unending")
async def test_one_who_never_ends_keeps_nobody_waiting(stand: Stand, case: Attack) -> None:
    for _ in range(20):
        await case(stand.subject, FIRST)
    async with asyncio.timeout(3):
        assert (await stand.subject.say(FIRST)).taken
        await stand.until_heard(f"回声：{FIRST.text}")


@each_channel
async def test_what_cannot_be_stored_is_not_acknowledged_and_comes_again(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as full:

        async def no_room(unit: object) -> object:
            raise StoreUnavailable("the disk is full")

        full.setattr(stand.house.database, "transact", no_room)
        answer = await stand.subject.say(FIRST)
        assert not answer.taken
        assert answer.code == "store_unavailable"
    assert (await stand.subject.say(FIRST)).taken
    await stand.until_heard(f"回声：{FIRST.text}")
    assert await stand.said() == [FIRST.text]
