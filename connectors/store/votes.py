"""Whether an answer helped: one vote of a person on an answer, which they may change."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, case, delete, func, insert, select

from connectors.store.answer_tables import knowledge_votes


class Vote(StrEnum):
    """``UNSOLVED``: said in words after the answer; ``UP`` and ``DOWN``: by its buttons."""

    UP = "up"
    DOWN = "down"
    UNSOLVED = "unsolved"


@dataclass(frozen=True, slots=True)
class Answered:
    """Which answer a vote is about: a passage of an entry, shown for the message ``asked_id``."""

    conversation_id: str
    asked_id: str
    entry_id: str
    passage_id: str
    question: str
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """How an entry's answers fared. ``down`` counts those said to have solved nothing too."""

    entry_id: str
    up: int
    down: int


@dataclass(frozen=True, slots=True)
class Complaint:
    """A question whose answer did not help."""

    at: datetime
    question: str
    passage_id: str
    vote: str


def record(conn: Connection, now: datetime, answered: Answered, vote: Vote) -> None:
    """Notes a vote; one given before on the same answer is replaced."""
    conn.execute(
        delete(knowledge_votes).where(
            knowledge_votes.c.conversation_id == answered.conversation_id,
            knowledge_votes.c.asked_id == answered.asked_id,
            knowledge_votes.c.entry_id == answered.entry_id,
        )
    )
    conn.execute(
        insert(knowledge_votes).values(
            at=now,
            conversation_id=answered.conversation_id,
            asked_id=answered.asked_id,
            entry_id=answered.entry_id,
            passage_id=answered.passage_id,
            question=answered.question,
            region=answered.region,
            vote=vote.value,
        )
    )


def tallies(
    conn: Connection, entries: Collection[str] | None = None, limit: int = 500
) -> list[Tally]:
    """Votes by entry, those with the most that did not help first."""
    helped = func.sum(_is(Vote.UP))
    failed = func.sum(_is(Vote.DOWN) + _is(Vote.UNSOLVED))
    query = (
        select(knowledge_votes.c.entry_id, helped.label("up"), failed.label("down"))
        .group_by(knowledge_votes.c.entry_id)
        .order_by(failed.desc(), knowledge_votes.c.entry_id)
        .limit(limit)
    )
    if entries is not None:
        query = query.where(knowledge_votes.c.entry_id.in_(entries))
    return [Tally(row.entry_id, int(row.up), int(row.down)) for row in conn.execute(query)]


def failed(conn: Connection, limit: int = 1000) -> dict[str, str]:
    """Questions whose answer did not help, each with the entry that was shown last."""
    rows = conn.execute(
        select(knowledge_votes.c.question, knowledge_votes.c.entry_id)
        .where(knowledge_votes.c.vote != Vote.UP.value)
        .order_by(knowledge_votes.c.at.desc(), knowledge_votes.c.id.desc())
        .limit(limit)
    )
    return {row.question: row.entry_id for row in reversed(list(rows))}


def unhelped(conn: Connection, entry_id: str, limit: int = 50) -> list[Complaint]:
    """The latest questions an entry did not help with."""
    rows = conn.execute(
        select(knowledge_votes)
        .where(knowledge_votes.c.entry_id == entry_id, knowledge_votes.c.vote != Vote.UP.value)
        .order_by(knowledge_votes.c.at.desc(), knowledge_votes.c.id.desc())
        .limit(limit)
    )
    return [Complaint(row.at, row.question, row.passage_id, row.vote) for row in rows]


def _is(vote: Vote) -> ColumnElement[int]:
    return case((knowledge_votes.c.vote == vote.value, 1), else_=0)
