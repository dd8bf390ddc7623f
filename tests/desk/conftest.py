"""What tests of the desk share."""

from __future__ import annotations

import asyncio

import pytest

from connectors.coordination.coordinator import Coordinator
from connectors.desk.rounds import Round


@pytest.fixture
def by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """The desk does nothing by itself: a test looks when it wants to, however slow the machine."""

    async def never(_self: Round, _coordinator: Coordinator) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(Round, "run", never)
