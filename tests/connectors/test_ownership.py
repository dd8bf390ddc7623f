"""The ownership table, every cell of it."""

from __future__ import annotations

import itertools

import pytest

from connectors.conversation.ownership import (
    TRANSITIONS,
    Event,
    ForbiddenTransition,
    Owner,
    next_owner,
)


@pytest.mark.parametrize(("owner", "event"), list(itertools.product(Owner, Event)))
def test_every_cell_of_the_table_moves_or_refuses(owner: Owner, event: Event) -> None:
    if (owner, event) in TRANSITIONS:
        assert next_owner(owner, event) is TRANSITIONS[owner, event]
    else:
        with pytest.raises(ForbiddenTransition) as refusal:
            next_owner(owner, event)
        assert (refusal.value.owner, refusal.value.event) == (owner, event)


def test_every_owner_can_be_left_and_reached() -> None:
    assert {owner for owner, _ in TRANSITIONS} == set(Owner)
    assert set(TRANSITIONS.values()) == set(Owner)


def test_an_agent_never_takes_from_an_agent() -> None:
    assert (Owner.AGENT, Event.TAKE) not in TRANSITIONS
