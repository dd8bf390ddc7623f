"""The circuit breaker: every cell of its table, and a life of it."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.delivery.accounts import Accounts
from connectors.delivery.backoff import backoff
from connectors.delivery.breaker import TRANSITIONS, Breaker, Event, Rests, State

RESTS = Rests(after=3, first=10, longest=35)


class Time:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def breaker(time: Time) -> Breaker:
    return Breaker(RESTS, time, spread=lambda: 0.5)


@pytest.mark.parametrize("cell", list(itertools.product(State, Event)))
def test_every_state_knows_every_event(cell: tuple[State, Event]) -> None:
    after = TRANSITIONS[cell]
    if cell[1] is Event.SUCCESS:
        assert after is State.CLOSED
    if cell[1] is Event.ONE_TOO_MANY:
        assert after is State.OPEN


def test_it_opens_after_failures_in_a_row_only() -> None:
    one = breaker(Time())
    for _ in range(5):
        one.failed()
        one.failed()
        one.succeeded()
    assert one.look() is State.CLOSED
    one.failed()
    one.failed()
    one.failed()
    assert one.look() is State.OPEN


def test_after_its_rest_it_probes_and_rests_twice_as_long_when_that_fails() -> None:
    time = Time()
    one = breaker(time)
    rests = []
    for _ in range(3):
        one.failed()
    for _ in range(4):
        rests.append(one.rest)
        time.now += one.rest
        assert one.look() is State.HALF_OPEN
        one.failed()
        assert one.look() is State.OPEN
    assert rests == [10, 20, 35, 35]
    time.now += one.rest
    one.look()
    one.succeeded()
    assert (one.look(), one.rest) == (State.CLOSED, 0)
    for _ in range(3):
        one.failed()
    assert one.rest == 10  # as if nothing had been


def test_failures_of_what_was_under_way_do_not_lengthen_the_rest() -> None:
    time = Time()
    one = breaker(time)
    for _ in range(16):
        one.failed()
    assert one.rest == 10


def test_half_open_there_is_room_for_one() -> None:
    time = Time()
    account = Accounts(Rests(after=1, first=10), lambda _: 8, time)["wire", "a"]
    assert account.room == 8
    account.failed("connection_failed")
    assert account.room == 0
    assert 8 <= account.rest <= 12
    time.now += 12
    assert account.room == 1
    account.under_way = 1
    assert account.room == 0
    account.under_way = 0
    account.succeeded()
    assert account.room == 8


def test_a_rest_asked_for_is_kept_and_a_shorter_one_does_not_end_it() -> None:
    time = Time()
    account = Accounts(Rests(), lambda _: 8, time)["wire", "a"]
    account.rest_for(10)
    account.rest_for(1)
    assert (account.room, account.rest) == (0, 10)
    time.now += 10
    assert account.room == 8


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_the_backoff_is_bounded_and_varies(attempt: int, spread: float) -> None:
    pause = backoff(attempt, spread).total_seconds()
    assert 0.8 <= pause <= 360
    if attempt <= 8:
        assert pause == pytest.approx(2 ** (attempt - 1) * (0.8 + 0.4 * spread), abs=1e-3)
