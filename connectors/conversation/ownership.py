"""Who answers in a conversation: a table of state × event → state, and nothing else.

Every change bumps the conversation's epoch. A turn of the bot commits only under the epoch it
began with, so once a person has taken over, a late answer of the bot is dropped.
"""

from __future__ import annotations

from enum import StrEnum


class Owner(StrEnum):
    BOT = "bot"
    WAITING = "waiting_for_agent"
    AGENT = "agent"
    CLOSED = "closed"


class Event(StrEnum):
    HANDOFF = "handoff"  # asked for, offered and accepted, or forced by safety
    TAKE = "take"  # an agent takes the conversation
    TRANSFER = "transfer"  # the agent, or a supervisor, passes it to another agent
    HAND_BACK = "hand_back"  # the agent returns it to the bot
    WITHDRAW = "withdraw"  # the person no longer waits, or nobody came
    CLOSE = "close"
    REOPEN = "reopen"  # the person writes again


class ForbiddenTransition(Exception):
    """This event means nothing in this state; the store is unchanged."""

    def __init__(self, owner: Owner, event: Event) -> None:
        super().__init__(f"{event.value} is not possible while {owner.value}")
        self.owner = owner
        self.event = event


TRANSITIONS: dict[tuple[Owner, Event], Owner] = {
    (Owner.BOT, Event.HANDOFF): Owner.WAITING,
    (Owner.BOT, Event.TAKE): Owner.AGENT,
    (Owner.BOT, Event.CLOSE): Owner.CLOSED,
    (Owner.WAITING, Event.TAKE): Owner.AGENT,
    (Owner.WAITING, Event.HANDOFF): Owner.WAITING,  # moved to a more urgent queue
    (Owner.WAITING, Event.WITHDRAW): Owner.BOT,
    (Owner.WAITING, Event.CLOSE): Owner.CLOSED,
    (Owner.AGENT, Event.HAND_BACK): Owner.BOT,
    (Owner.AGENT, Event.HANDOFF): Owner.WAITING,  # passed on to another queue
    (Owner.AGENT, Event.TRANSFER): Owner.AGENT,
    (Owner.AGENT, Event.CLOSE): Owner.CLOSED,
    (Owner.CLOSED, Event.REOPEN): Owner.BOT,
    (Owner.CLOSED, Event.HANDOFF): Owner.WAITING,
}


def next_owner(owner: Owner, event: Event) -> Owner:
    """The owner after ``event``. Raises :class:`ForbiddenTransition` for an empty cell."""
    try:
        return TRANSITIONS[owner, event]
    except KeyError:
        raise ForbiddenTransition(owner, event) from None
