"""What waits in the outbox is measured by channel, and an empty queue is seen to be empty."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from sqlalchemy import Connection, update

from connectors import metrics
from connectors.delivery import queue_gauges
from connectors.store.database import Database
from connectors.store.schema import deliveries
from tests.delivery.office import Office, Wire, both


def shown(state: str, channel: str = "wire") -> float | None:
    return metrics.registry.get_sample_value(
        "huiying_outbox_depth", {"channel": channel, "state": state}
    )


def waits(channel: str = "wire") -> float | None:
    return metrics.registry.get_sample_value("huiying_outbox_waits_seconds", {"channel": channel})


@both
async def test_what_waits_and_what_was_given_up_is_shown_until_it_is_gone(
    database: Database,
) -> None:
    office = Office(database, Wire())  # sends nothing: it does not run
    await office.say("一", "二")
    office.clock.jump(timedelta(minutes=5))
    await queue_gauges.refresh(database, ["wire", "quiet"], office.clock)
    assert (shown("queued"), shown("dead"), shown("queued", "quiet")) == (2, 0, 0)
    waited = waits()
    assert waited is not None
    assert 299 < waited < 400
    assert waits("quiet") == 0
    for state, seen in (("dead", (0, 2)), ("sent", (0, 0))):
        await database.transact(
            partial(Connection.execute, statement=update(deliveries).values(state=state))
        )
        await queue_gauges.refresh(database, ["wire"], office.clock)
        assert (shown("queued"), shown("dead"), waits()) == (*seen, 0)
    assert shown("queued", "quiet") is None  # it was taken out of the configuration
