"""Votes on answers, and the daily allowance of a language model, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection

from connectors.store import model_days, votes
from connectors.store.database import Database
from connectors.store.votes import Answered, Tally, Vote

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
DAY = date(2026, 11, 22)


def answered(entry: str, asked: str, conversation: str = "c_1") -> Answered:
    return Answered(conversation, asked, entry, f"{entry}#0", f"{entry}怎么办", "340104")


async def test_a_changed_vote_replaces_the_one_before(database: Database) -> None:
    def unit(conn: Connection) -> list[Tally]:
        votes.record(conn, NOW, answered("pass", "m_1"), Vote.UP)
        votes.record(conn, NOW, answered("pass", "m_1"), Vote.DOWN)
        votes.record(conn, NOW, answered("pass", "m_2"), Vote.UP)
        votes.record(conn, NOW, answered("card", "m_1"), Vote.UP)
        return votes.tallies(conn)

    assert await database.transact(unit) == [Tally("pass", 1, 1), Tally("card", 1, 0)]


async def test_questions_an_entry_did_not_help_with_are_listed_latest_first(
    database: Database,
) -> None:
    def unit(conn: Connection) -> list[tuple[str, str]]:
        votes.record(conn, NOW, answered("pass", "m_1"), Vote.DOWN)
        later = NOW + timedelta(minutes=1)
        votes.record(conn, later, answered("pass", "m_2"), Vote.UNSOLVED)
        votes.record(conn, later, answered("pass", "m_3"), Vote.UP)
        return [(c.question, c.vote) for c in votes.unhelped(conn, "pass")]

    assert await database.transact(unit) == [
        ("pass怎么办", "unsolved"),
        ("pass怎么办", "down"),
    ]


async def test_the_daily_allowance_is_one_for_all_and_begins_anew(
    database: Database, second: Database
) -> None:
    async def take(store: Database, tokens: int, day: date = DAY) -> bool:
        return await store.transact(lambda c: model_days.set_aside(c, day, tokens, 1000))

    assert await take(database, 600)
    assert not await take(second, 600)
    await second.transact(lambda c: model_days.add(c, DAY, -300))
    assert await take(second, 600)
    assert await database.read(lambda c: model_days.used(c, DAY)) == 900
    assert await take(database, 1000, DAY + timedelta(days=1))
    assert not await take(database, 1001, DAY + timedelta(days=2))
