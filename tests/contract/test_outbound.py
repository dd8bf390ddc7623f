"""What every channel does with what we say: in order, once, and each trouble by its right name."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from connectors.channel import WindowClosed
from connectors.conversation.dialogue import TurnReply, TurnRequest
from connectors.delivery import failures
from connectors.messages import Author
from tests.contract.stand import Stand, each_case, each_channel
from tests.contract.subject import Line, PeerError
from tests.house import reply

LATER = timedelta(minutes=20)  # more than any pause between two tries


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next try comes when the test lets time pass, however slow the machine is."""
    monkeypatch.setattr(failures, "backoff", lambda attempt: LATER / 2)


async def three_lines(request: TurnRequest) -> TurnReply:
    """Three messages, on a channel too that joins what one author says in a turn."""
    one, two, three = reply(*(f"{request.text}{n}" for n in "一二三")).outbounds
    return TurnReply((one, replace(two, author=Author.SYSTEM), three))


@each_channel
async def test_several_messages_arrive_once_and_in_order(stand: Stand) -> None:
    stand.dialogue.turn_taker = three_lines
    assert (await stand.subject.say(Line("a", "甲"))).taken
    await stand.until_heard("甲一", "甲二", "甲三")
    assert (await stand.subject.say(Line("b", "乙"))).taken
    await stand.until_heard("甲一", "甲二", "甲三", "乙一", "乙二", "乙三")
    await stand.until_states(*["sent"] * 6)


@pytest.mark.usefixtures("patient")
@each_case("peer_errors")
async def test_each_trouble_of_the_platform_has_its_name_and_its_consequence(
    stand: Stand, case: PeerError
) -> None:
    stand.dialogue.turn_taker = three_lines
    stand.peer.script.append(case.behaviour)
    await stand.subject.say(Line("1", "答"))
    retried = case.error.retry or case.error is WindowClosed
    if not retried:
        await stand.until_states("dead", "sent", "sent")
        await stand.until_heard("答二", "答三")
    else:
        await stand.until(lambda: failed_once(stand))
        found = await stand.deliveries()
        assert [one.state for one in found] == ["queued", "queued", "queued"]
        assert await stand.subject.heard() == []
        await recovered(stand, case)
        await stand.until_states("sent", "sent", "sent")
        await stand.until_heard("答一", "答二", "答三")
    first = (await stand.deliveries())[0]
    assert retried or first.error_code == case.error.code


async def failed_once(stand: Stand) -> bool:
    return any(one.error_code is not None for one in await stand.deliveries())


async def recovered(stand: Stand, case: PeerError) -> None:
    failed = next(one for one in await stand.deliveries() if one.error_code is not None)
    assert failed.error_code == case.error.code
    if case.error is WindowClosed:  # waits for the person, not for the time
        stand.dialogue.turn_taker = nothing
        await stand.subject.say(Line("2", "还在吗"))
    else:
        stand.later(LATER)


async def nothing(request: TurnRequest) -> TurnReply:
    return TurnReply(())


@pytest.mark.usefixtures("patient")
@each_case("peer_errors")
async def test_a_repeat_of_ours_can_be_known_by_its_key(stand: Stand, case: PeerError) -> None:
    if not case.error.retry:
        return
    stand.peer.script.append(case.behaviour)
    await stand.subject.say(Line("1", "在吗"))
    await stand.until(lambda: failed_once(stand))
    stand.later(LATER)
    await stand.until_states("sent")
    first, second = stand.peer.received
    assert stand.subject.key_of(first) == stand.subject.key_of(second)


@each_channel
async def test_a_platform_that_hangs_for_one_person_answers_the_others(stand: Stand) -> None:
    if "peer_errors" in stand.subject.excused:
        return
    stand.peer.script.append(stand.subject.hold_back())
    await stand.subject.say(Line("1", "卡住的"))

    async def under_way() -> bool:
        return len(stand.peer.received) == 1

    await stand.until(under_way)
    other = Line("1", "顺利的", "person-b")
    await stand.subject.say(other)
    await stand.until_heard("回声：顺利的", person="person-b")
