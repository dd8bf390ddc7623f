"""The settings of the web chat (docs/webchat.md)."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from connectors.settings.section import Section


class WebChat(Section):
    """The web chat page and its WebSocket."""

    allowed_origins: list[str] = Field(
        default=[], description="origins beside our own that may open the chat socket"
    )
    max_text: int = Field(default=4000, ge=200, le=20_000, description="characters in one message")
    messages_per_minute: int = Field(default=30, ge=1)
    sessions_per_minute: int = Field(default=60, ge=1, description="new sessions of one address")
    session_life: timedelta = timedelta(days=30)
