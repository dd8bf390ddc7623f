"""A complaint left half told is not lost with its session: the person is asked, once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from actions.identity.moving import speaks_of_it
from connectors.clock import FrozenClock
from connectors.conversation.dialogue import TurnReply, TurnRequest
from connectors.messages import Choice
from connectors.store.identity import open_forms
from tests.connectors.test_turns import only_conversation
from tests.house import ScriptedDialogue, house, reply

DRAFT = {"kind": "投诉", "said": "路灯坏了"}


async def answer(request: TurnRequest) -> TurnReply:
    state = {"complaint": DRAFT, "active_form": "complaint_form"}
    return replace(reply(f"回声：{request.text}"), state=state if "投诉" in request.text else {})


@pytest.mark.parametrize(("days", "asked"), [(7, True), (15, False)])
async def test_a_form_abandoned_for_a_week_is_asked_about_once(
    tmp_path: Path, days: int, asked: bool
) -> None:
    clock = FrozenClock(datetime(2026, 3, 2, 4, tzinfo=UTC))
    dialogue = ScriptedDialogue(answer)
    async with house(tmp_path, dialogue, clock=clock) as h, h.page() as page:
        await page.say("我要投诉", id="one")
        await page.hear("bot")
        clock.advance(timedelta(days=days))
        await page.say("在吗", id="two")
        assert await page.hear("bot") == "回声：在吗"
        if asked:
            assert "3月2日有一份没填完的投诉" in await page.hear("bot")
        await page.say("几点上班", id="three")
        assert await page.hear("bot") == "回声：几点上班"  # not asked again
        talk = await only_conversation(h)
        found = await h.database.read(
            lambda conn: open_forms.find(
                conn, talk.id, talk.contact_id, clock.now(), timedelta(days=14)
            )
        )
        assert (found is not None) is asked


async def choices(request: TurnRequest) -> TurnReply:
    said = await answer(request)
    if request.text != "在吗":
        return said
    ready = (Choice("k1", "咨询政策", "/ask_policy"),)
    return replace(said, outbounds=(replace(said.outbounds[0], choices=ready),))


async def test_a_form_nobody_was_asked_about_waits_for_the_next_session_too(tmp_path: Path) -> None:
    clock = FrozenClock(datetime(2026, 3, 2, 4, tzinfo=UTC))
    async with house(tmp_path, ScriptedDialogue(choices), clock=clock) as h, h.page() as page:
        await page.say("我要投诉", id="one")
        await page.hear("bot")
        clock.advance(timedelta(days=1))
        await page.say("在吗", id="two")  # answered with a choice: no second question beside it
        await page.hear("bot")
        clock.advance(timedelta(days=5))
        await page.say("几点上班", id="three")
        assert await page.hear("bot") == "回声：几点上班"
        assert "有一份没填完的投诉" in await page.hear("bot")


async def test_a_form_that_was_ended_is_not_asked_about(tmp_path: Path) -> None:
    clock = FrozenClock(datetime(2026, 3, 2, 4, tzinfo=UTC))
    async with house(tmp_path, ScriptedDialogue(answer), clock=clock) as h, h.page() as page:
        await page.say("我要投诉", id="one")
        await page.hear("bot")
        await page.say("算了", id="two")
        await page.hear("bot")
        clock.advance(timedelta(days=3))
        for n, words in enumerate(("在吗", "再问一下")):
            await page.say(words, id=f"n{n}")
            assert await page.hear("bot") == f"回声：{words}"


@pytest.mark.parametrize(
    "said",
    [
        "你好 我昨天说的那个车库的事",
        "接着说昨天那个",
        "昨天没说完 是淮河路那家老王牛肉馆",
        "上次登记了一半的",
        "继续填",
    ],
)
def test_who_points_back_at_it_goes_on_with_it(said: str) -> None:
    assert speaks_of_it(said)


@pytest.mark.parametrize(
    "said",
    [
        "昨天小区停水了",
        "昨天下午物业把车锁了",
        "上周刚修好的路又挖开了",
        "工地继续施工到半夜",
        "他说的那个价格是假的",
    ],
)
def test_who_tells_what_happened_before_tells_a_matter(said: str) -> None:
    assert not speaks_of_it(said)
