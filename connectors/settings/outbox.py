"""The settings of the outbox (docs/operate.md)."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from connectors.settings.section import Section


class Outbox(Section):
    """How what we say is sent on its way."""

    parallel: int = Field(default=16, ge=1, description="sends under way at once on one account")
    patience: timedelta = Field(
        default=timedelta(days=1), description="how long a platform out of order is tried again"
    )
    hold: timedelta = Field(
        default=timedelta(days=2),
        description="how long a message waits for the person to write, once the reply window shut",
    )
    send_timeout: float = Field(default=20.0, gt=0, le=25, description="seconds for one message")
    rest_after: int = Field(default=5, ge=1, description="failures in a row until an account rests")
    first_rest: float = Field(default=15.0, gt=0, description="seconds of an account's first rest")
    longest_rest: float = Field(default=300.0, gt=0)
