"""Every test that takes ``coordinators`` runs in one process and over a real Redis."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from connectors.coordination.coordinator import Coordinator
from connectors.coordination.in_process import InProcessCoordinator
from connectors.coordination.redis import RedisCoordinator
from tests.servers import RedisServer


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    server = RedisServer()
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture(params=["in_process", pytest.param("redis", marks=pytest.mark.redis)])
async def coordinators(
    request: pytest.FixtureRequest,
) -> AsyncIterator[tuple[Coordinator, Coordinator]]:
    """What two parts of a deployment hold: the same object in one process, two with Redis."""
    if request.param == "in_process":
        alone = InProcessCoordinator()
        yield alone, alone
        await alone.close()
        return
    server: RedisServer = request.getfixturevalue("redis")
    pair = RedisCoordinator(server.url), RedisCoordinator(server.url)
    yield pair
    for coordinator in pair:
        await coordinator.close()
