"""The identifiers that travel between rooms, each its own type."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from typing import NewType

_POOL = 256  # random parts got from the system at once: asking it each time costs as much as a row

ContactId = NewType("ContactId", str)
ConversationId = NewType("ConversationId", str)
MessageId = NewType("MessageId", str)
AgentId = NewType("AgentId", str)
TraceId = NewType("TraceId", str)


def new_id(prefix: str) -> str:
    """A fresh identifier such as ``m_019a…``: a prefix for the kind, 48 bits of the time in
    milliseconds, 80 random bits. Identifiers made one after the other sort together, so an index
    grows at its end and a commit writes fewer pages.
    """
    while True:
        try:
            chance = _random_parts.pop()
        except IndexError:
            fresh = os.urandom(10 * _POOL).hex()
            _random_parts.extend(fresh[at : at + 20] for at in range(0, len(fresh), 20))
        else:
            return f"{prefix}_{time.time_ns() // 1_000_000:012x}{chance}"


_random_parts: list[str] = []  # each is given out once: ``pop`` is atomic
os.register_at_fork(after_in_child=_random_parts.clear)


def made_at(identifier: str) -> datetime:
    """When an identifier was made."""
    _, _, digits = identifier.partition("_")
    return datetime.fromtimestamp(int(digits[:12], 16) / 1000, UTC)


def first_id(prefix: str, moment: datetime) -> str:
    """What every identifier made since ``moment`` sorts after: an index of ids is one of times."""
    return f"{prefix}_{int(moment.timestamp() * 1000):012x}"
