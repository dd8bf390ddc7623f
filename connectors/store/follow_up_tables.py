"""The table of follow-ups (回访): one row each time an order's work is done.

``message``: asked where they can be written to. ``caller``: whoever filed it for them by Open311
asks. ``call``: a person has to call; ``why`` says what kept us from writing.
"""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, String, Table

from connectors.store.metadata import metadata, partial_index
from connectors.store.types import Moment


class Way(StrEnum):
    MESSAGE = "message"
    CALLER = "caller"
    CALL = "call"


class Why(StrEnum):
    """Why a person has to call."""

    NO_PHONE = "no_phone"  # none was left
    NO_MOBILE = "no_mobile"  # none that can be written to
    NO_LINE = "no_line"  # nothing is set up that could write to it
    PRIVATE = "private"  # confidential, a report, a risk: not for a phone nobody has proved
    REFUSED = "refused"  # its holder wants no messages
    LAPSED = "lapsed"  # it may be somebody else's by now
    UNDELIVERED = "undelivered"
    UNSEEN = "unseen"  # the question stands on a page nobody has opened again
    UNANSWERED = "unanswered"


class Result(StrEnum):
    SOLVED = "solved"
    UNSOLVED = "unsolved"
    UNANSWERED = "unanswered"  # asked, and nothing came back in time
    UNREACHED = "unreached"  # called in vain
    OVERTAKEN = "overtaken"  # the order went on meanwhile: nothing to ask any more


follow_ups = Table(
    "follow_ups",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("number", ForeignKey("work_orders.number"), nullable=False, index=True),
    Column("began_at", Moment, nullable=False, index=True),
    Column("way", String(8), nullable=False),
    Column("why", String(12)),
    # Where it was asked, by which message; none while nobody was written to.
    Column("conversation_id", ForeignKey("conversations.id"), index=True),
    Column("message_id", ForeignKey("messages.id")),
    Column("tries", Integer, nullable=False, server_default="0"),  # calls in vain
    Column("tried_at", Moment),
    Column("ended_at", Moment),
    Column("result", String(12)),
    Column("ended_by", String(64)),
    CheckConstraint("way IN ('message', 'caller', 'call')", name="way"),
    CheckConstraint(
        "result IN ('solved', 'unsolved', 'unanswered', 'unreached', 'overtaken')", name="result"
    ),
)
still_open = follow_ups.c.ended_at.is_(None)
partial_index(
    "ix_follow_ups_open",
    follow_ups.c.number,
    unique=True,
    where=still_open,
)
