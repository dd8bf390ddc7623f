"""The identifiers that travel between rooms, each its own type."""

from __future__ import annotations

import uuid
from typing import NewType

ContactId = NewType("ContactId", str)
ConversationId = NewType("ConversationId", str)
MessageId = NewType("MessageId", str)
AgentId = NewType("AgentId", str)
TraceId = NewType("TraceId", str)


def new_id(prefix: str) -> str:
    """A fresh identifier such as ``m_3f2a…``: the prefix names the kind, the rest is random."""
    return f"{prefix}_{uuid.uuid4().hex}"
