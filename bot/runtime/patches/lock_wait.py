"""A message that waits for its conversation's lock looks again after 50 ms, not 1 s."""

from __future__ import annotations

from typing import Any

WAIT_SECONDS = 0.05


def install() -> None:
    from rasa.core.lock_store import LockStore

    original = LockStore._acquire_lock

    async def _acquire_lock(
        self: LockStore, conversation_id: str, ticket: int, wait_time_in_seconds: float
    ) -> Any:
        wait = min(wait_time_in_seconds, WAIT_SECONDS)
        return await original(self, conversation_id, ticket, wait)

    LockStore._acquire_lock = _acquire_lock
