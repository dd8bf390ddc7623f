"""The settings of turns: how a conversation is taken (docs/architecture.md)."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from connectors.settings.section import Section


class Dialogue(Section):
    """How a conversation is taken turn by turn."""

    session_idle: timedelta = Field(
        default=timedelta(hours=12), description="silence after which a new session begins"
    )
    form_life: timedelta = Field(
        default=timedelta(days=14), description="for how long a form left open may be gone on with"
    )
    turn_timeout: float = Field(default=20.0, gt=0, description="seconds for one turn of the bot")
    notice_after: float = Field(
        default=4.0, gt=0, description="seconds until a waiting person is told we have it"
    )
    attempts: int = Field(default=3, ge=1, description="tries before a failing turn is given up")
    parallel: int = Field(default=32, ge=1, description="conversations in a turn at once")
