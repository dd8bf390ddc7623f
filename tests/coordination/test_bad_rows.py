"""A conversation whose row cannot be read: it is mended and given to a person, others go on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from connectors.conversation import leftovers
from connectors.conversation.ownership import Owner
from connectors.coordination.in_process import InProcessCoordinator
from connectors.ids import ConversationId
from connectors.store import conversations, desk_lists
from connectors.store.database import SqliteDatabase
from tests.coordination.gateways import Gateway
from tests.house import new_store
from tests.lines import heard


@pytest.fixture
async def gateway(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Gateway]:
    monkeypatch.setattr(leftovers, "EVERY", 0.1)
    store = new_store(tmp_path / "one.db")
    yield Gateway(store, InProcessCoordinator())
    await store.close()


async def damage(gateway: Gateway, talk: ConversationId, change: str) -> None:
    """Writes what no code of ours writes; SQLite takes any value in any column."""
    assert isinstance(gateway.database, SqliteDatabase)
    connection = gateway.database.connection
    connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
    await gateway.database.transact(
        lambda conn: conn.exec_driver_sql(
            f"UPDATE conversations SET {change} WHERE id = ?", (talk,)
        )
    )
    connection.exec_driver_sql("PRAGMA ignore_check_constraints = OFF")


@pytest.mark.parametrize(
    "change",
    [
        "last_inbound_at = 'yesterday'",
        "waiting_since = x'00'",
        "created_at = ''",
        "owner = 'nobody'",
    ],
)
async def test_a_conversation_that_cannot_be_read_gets_an_apology_and_a_person(
    gateway: Gateway, change: str
) -> None:
    talk = await gateway.accept("broken", "你好")
    other = await gateway.accept("whole", "你好")
    await damage(gateway, talk, change)
    async with gateway.running():
        assert [one.text for one in await gateway.answers(other)] == ["回声：你好"]
        (apology,) = await gateway.answers(talk)
        assert "对不起" in apology.text
    mended = await gateway.database.read(lambda conn: conversations.get(conn, talk))
    assert mended is not None
    assert mended.owner is Owner.WAITING
    again = await gateway.accept("broken", "还在吗")
    assert again == talk


async def test_one_row_that_cannot_be_read_does_not_hide_the_others_from_the_desk(
    gateway: Gateway,
) -> None:
    talks = [await gateway.accept(f"p{n}", "你好") for n in range(3)]
    await damage(gateway, talks[1], "waiting_since = 'soon'")
    with heard() as logged:
        rows = await gateway.database.read(lambda conn: desk_lists.listed(conn, Owner.BOT))
    assert {row.conversation.id for row in rows} == {talks[0], talks[2]}
    assert [line["conversation_id"] for line in logged] == [talks[1]]
