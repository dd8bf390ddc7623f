"""The supervisor's board counts what happened, and only today."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection

from connectors.clock import SystemClock
from connectors.conversation.ownership import Owner
from connectors.desk.plots import TALL, drawn, side_by_side, stacked
from connectors.store import desk_lists, owners
from connectors.store.board import Asked, Board, board, waits_of
from tests.connectors.test_turns import only_conversation
from tests.desk.people import log_in, make_agent
from tests.desk.test_orders import file
from tests.house import House, Page, house
from tests.lines import heard


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


async def test_a_row_that_cannot_be_read_takes_the_board_from_nobody(tmp_path: Path) -> None:
    async with house(tmp_path) as h, h.page() as page:
        began = SystemClock().now() - timedelta(seconds=1)
        await page.say("路灯坏了", id="one")
        await page.say("转人工", id="two")
        await page.wait("owner", owner="waiting_for_agent")
        for change in (
            "conversations SET waiting_since = x'00'",
            "conversations SET waiting_since = 'soon'",
            "messages SET created_at = 'soon' WHERE external_id LIKE '%two'",
        ):
            await h.database.transact(
                partial(Connection.exec_driver_sql, statement=f"UPDATE {change}")
            )
            seen = await look(h, began, timedelta(minutes=1))
            assert (seen.conversations, seen.waiting, seen.longest) == (1, 1, None)
        assert sum(seen.by_hour) == 1


async def waits_unseen(h: House, page: Page) -> str:
    """Somebody waits for a person, and the row of their conversation is damaged."""
    await page.say("转人工", id="two")
    await page.wait("owner", owner="waiting_for_agent")
    talk = (await only_conversation(h)).id
    for column in ("unanswered_since", "waiting_since", "created_at"):
        statement = f"UPDATE conversations SET {column} = 'soon'"
        await h.database.transact(partial(Connection.exec_driver_sql, statement=statement))
    await make_agent(h, "s1", "supervisor")
    await log_in(h, "s1")
    return talk


async def test_who_waits_in_a_damaged_row_comes_back_into_the_queue(tmp_path: Path) -> None:
    async with house(tmp_path) as h, h.page() as page:
        talk = await waits_unseen(h, page)
        assert await h.database.read(desk_lists.unreadable) == [talk]
        with heard() as lines:
            assert await h.gateway.desk.mending.look() == 1
        told = [one["conversation_id"] for one in lines if one["event"] == "conversation.mended"]
        assert told == [talk]
        (row,) = await h.database.read(lambda conn: desk_lists.listed(conn, Owner.WAITING))
        assert row.conversation.id == talk
        assert row.conversation.waiting_since is not None
        assert row.conversation.unanswered_since is not None
        shown = await (await h.client.get("/desk/audit")).text()
        assert "修复对话" in shown
        assert await h.gateway.desk.mending.look() == 0


async def test_what_cannot_be_mended_is_on_the_board(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owners, "mend", lambda *_, **__: None)
    async with house(tmp_path) as h, h.page() as page:
        talk = await waits_unseen(h, page)
        assert await h.gateway.desk.mending.look() == 0
        shown = await (await h.client.get("/desk/board")).text()
        assert talk in shown
        assert "huiying doctor" in shown
        measured = await (await h.client.get("/metrics")).text()
        assert "huiying_conversations_unreadable 1.0" in measured


async def test_an_agent_has_no_board(tmp_path: Path) -> None:
    async with house(tmp_path) as h:
        await make_agent(h)
        await log_in(h)
        assert (await h.client.get("/desk/board")).status == 403


@pytest.mark.parametrize(
    ("asked", "answered", "callbacks", "middle", "p90"),
    [
        ([], 0, 0, None, None),
        ([Asked(9, "webchat", "taken", 10.0, 30.0)], 1, 0, 30.0, 30.0),
        (
            [Asked(9, "sms", "taken", 10.0, None), Asked(9, "sms", None, None, None)],
            1,
            0,
            None,
            None,
        ),
        ([Asked(9, "sms", "callback", None, None)], 0, 1, None, None),
        ([Asked(h, "webchat", "taken", 1.0, 10.0 * h) for h in range(1, 12)], 11, 0, 60.0, 100.0),
    ],
)
def test_waits_are_put_together(
    asked: list[Asked], answered: int, callbacks: int, middle: float | None, p90: float | None
) -> None:
    waits = waits_of(asked)
    assert (waits.asked, waits.answered, waits.callbacks) == (len(asked), answered, callbacks)
    assert (waits.first.median, waits.first.p90) == (middle, p90)
    assert sum(waits.asked_by_hour) == len(asked)
    assert sum(spread.count for _, spread in waits.first_of) == waits.first.count


@pytest.mark.parametrize(("most", "top"), [(0, 1), (1, 1), (3, 5), (10, 10), (11, 20), (260, 500)])
def test_a_plot_has_a_round_scale(most: int, top: int) -> None:
    plot = side_by_side([0, most])
    assert plot.top == top
    assert all(0 <= bar.height <= TALL for bar in plot.bars)


def test_a_line_is_cut_where_nothing_is_known() -> None:
    (pieces,) = drawn([1.0, 2.0, None, 4.0], least=0).lines
    assert [len(piece.split()) for piece in pieces] == [2, 1]


def test_stacked_bars_stand_on_one_another() -> None:
    lower, upper = stacked([2], [3]).bars
    assert lower.y + lower.height == TALL
    assert upper.y + upper.height == lower.y
