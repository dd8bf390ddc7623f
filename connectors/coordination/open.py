"""The coordinator the settings call for: Redis when named, else this process alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectors.coordination.coordinator import Coordinator
from connectors.coordination.in_process import InProcessCoordinator
from connectors.settings import Settings

if TYPE_CHECKING:
    from connectors.coordination.redis_leases import SpareLeases


def open_coordinator(settings: Settings, leases: SpareLeases) -> Coordinator:
    """Needs a running loop. A Redis that is away is no reason not to start: ``leases`` are in its
    place then."""
    if settings.redis_url is None:
        return InProcessCoordinator()
    from connectors.coordination.redis import RedisCoordinator

    return RedisCoordinator(settings.redis_url, leases=leases)
