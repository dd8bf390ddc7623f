"""The supervisor's board counts what happened, and only today."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from connectors.clock import CHINA, SystemClock
from connectors.store.board import HANDOFF, TAKE, WITHDRAW, Board, _waits, board
from tests.connectors.test_turns import only_conversation
from tests.desk.people import log_in, make_agent
from tests.desk.test_orders import file
from tests.house import House, house

TEN = datetime(2026, 11, 18, 10, 0, tzinfo=CHINA)


async def look(h: House, since: datetime, after: timedelta) -> Board:
    return await h.database.read(lambda conn: board(conn, since, since + after))


async def test_the_board_follows_a_day(tmp_path: Path) -> None:
    """On the real clock, as the ids are; what is to come is looked at from a later moment."""
    async with house(tmp_path) as h, h.page() as page:
        began = SystemClock().now() - timedelta(seconds=1)
        await page.say("路灯坏了", id="one")
        await page.hear("bot")
        seen = await look(h, began, timedelta(minutes=1))
        assert (seen.conversations, seen.contained, seen.waiting) == (1, 1, 0)
        assert seen.by_hour[0] == 1
        await page.say("转人工", id="two")
        await page.wait("owner", owner="waiting_for_agent")
        seen = await look(h, began, timedelta(minutes=2))
        assert (seen.contained, seen.waiting) == (0, 1)
        assert seen.longest is not None
        assert timedelta(seconds=100) < seen.longest < timedelta(minutes=2)
        agent = await make_agent(h, "s1", "supervisor")
        await h.gateway.desk.service.take(agent, (await only_conversation(h)).id)
        await file(h)
        seen = await look(h, began, timedelta(minutes=3))
        assert (seen.talking, seen.filed, seen.late) == (1, 1, 0)
        assert (seen.waits.asked, seen.waits.answered) == (1, 1)
        await log_in(h, "s1")
        shown = await (await h.client.get("/desk/board")).text()
        assert "1 / 1" in shown
        later = await look(h, began + timedelta(days=40), timedelta(hours=1))
        assert (later.conversations, later.filed, later.open, later.late) == (0, 0, 1, 1)


async def test_an_agent_has_no_board(tmp_path: Path) -> None:
    async with house(tmp_path) as h:
        await make_agent(h)
        await log_in(h)
        assert (await h.client.get("/desk/board")).status == 403


@pytest.mark.parametrize(
    ("trail", "asked", "answered", "median"),
    [
        ([], 0, 0, None),
        ([("a", HANDOFF, 0), ("a", TAKE, 10)], 1, 1, 10.0),
        ([("a", HANDOFF, 0), ("a", HANDOFF, 5), ("a", TAKE, 10)], 1, 1, 10.0),
        ([("a", HANDOFF, 0), ("a", WITHDRAW, 9), ("a", TAKE, 10)], 1, 0, None),
        ([("a", TAKE, 3)], 0, 0, None),
        ([("a", HANDOFF, 0), ("b", HANDOFF, 1), ("b", TAKE, 5), ("a", TAKE, 6)], 2, 2, 5.0),
    ],
)
def test_waits_pair_each_asking_with_its_answer(
    trail: list[tuple[str, str, int]], asked: int, answered: int, median: float | None
) -> None:
    waits = _waits((talk, event, TEN + timedelta(seconds=at)) for talk, event, at in trail)
    assert (waits.asked, waits.answered, waits.median) == (asked, answered, median)
