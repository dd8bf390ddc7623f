"""An account's turns: evenly spaced, within its day, over all gateways together."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection

from connectors.channel import Limits
from connectors.delivery.clearance import AHEAD, take_turns
from connectors.store.database import Database
from connectors.store.turns import Turns
from tests.delivery.office import both

NOON = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)  # noon in China
ACCOUNT = ("wire", "a")


def turns(conn: Connection, wanted: int, limits: Limits, now: datetime) -> Turns:
    return take_turns(conn, ACCOUNT, wanted, limits, now)


async def test_without_limits_everybody_goes_at_once(database: Database) -> None:
    taken = await database.transact(lambda conn: turns(conn, 5, Limits(), NOON))
    assert taken == Turns((NOON,) * 5)


@both
async def test_turns_are_evenly_spaced_and_go_on_where_the_last_ended(database: Database) -> None:
    pace = Limits(per_second=10)
    step = timedelta(seconds=0.1)
    first = await database.transact(lambda conn: turns(conn, 3, pace, NOON))
    assert first.at == (NOON, NOON + step, NOON + 2 * step)
    assert first.rest_until is None
    later = NOON + timedelta(seconds=0.05)
    second = await database.transact(lambda conn: turns(conn, 2, pace, later))
    assert second.at == (NOON + 3 * step, NOON + 4 * step)


async def test_over_a_minute_no_turn_is_lost_and_none_too_many_is_given(
    database: Database,
) -> None:
    """A sender that comes for more when told to gets the account's rate exactly."""
    pace, now = Limits(per_second=30), NOON
    given: list[datetime] = []
    while now < NOON + timedelta(seconds=60):
        taken = await database.transact(lambda conn, now=now: turns(conn, 64, pace, now))  # type: ignore[misc]
        given += taken.at
        assert taken.rest_until is not None
        now = max(taken.rest_until, now) + timedelta(milliseconds=7)  # never quite punctual
    within = [at for at in given if at < NOON + timedelta(seconds=60)]
    assert abs(len(within) - 1800) <= 1
    gaps = {round((b - a).total_seconds(), 4) for a, b in itertools.pairwise(given)}
    assert gaps == {0.0333}


async def test_turns_are_not_taken_far_ahead(database: Database) -> None:
    pace = Limits(per_second=2)
    taken = await database.transact(lambda conn: turns(conn, 64, pace, NOON))
    assert all(at <= NOON + AHEAD for at in taken.at)
    assert taken.rest_until is not None
    assert NOON < taken.rest_until < taken.at[-1] + timedelta(seconds=0.5)


async def test_turns_missed_while_idle_are_not_made_up_for(database: Database) -> None:
    pace = Limits(per_second=10)
    await database.transact(lambda conn: turns(conn, 1, pace, NOON))
    later = NOON + timedelta(hours=1)
    taken = await database.transact(lambda conn: turns(conn, 3, pace, later))
    assert taken.at[0] == later
    assert taken.at[2] == later + timedelta(seconds=0.2)


@both
async def test_a_day_has_its_number_and_ends_at_midnight_in_china(database: Database) -> None:
    quota = Limits(per_day=5)
    first = await database.transact(lambda conn: turns(conn, 3, quota, NOON))
    assert (len(first.at), first.rest_until) == (3, None)
    second = await database.transact(lambda conn: turns(conn, 3, quota, NOON))
    midnight = datetime(2026, 3, 1, 16, 0, tzinfo=UTC)
    assert (len(second.at), second.rest_until) == (2, midnight)
    before = midnight - timedelta(seconds=1)
    assert (await database.transact(lambda conn: turns(conn, 3, quota, before))).at == ()
    assert len((await database.transact(lambda conn: turns(conn, 3, quota, midnight))).at) == 3


@pytest.mark.parametrize("back", [timedelta(seconds=5), timedelta(hours=1), timedelta(days=40)])
async def test_a_clock_that_went_back_stops_nobody(database: Database, back: timedelta) -> None:
    pace = Limits(per_second=10)
    await database.transact(lambda conn: turns(conn, 3, pace, NOON))
    taken = await database.transact(lambda conn: turns(conn, 3, pace, NOON - back))
    assert taken.at[0] == NOON - back
