"""The settings of our own mini-program (docs/wechat.md). Its accounts are those of wechat.mini."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from connectors.settings.section import Section


class MiniApp(Section):
    """The chat and the orders inside the mini-program."""

    session_life: timedelta = Field(
        default=timedelta(hours=2),
        ge=timedelta(minutes=5),
        le=timedelta(days=1),
        description="how long a log-in is good for; the app then logs in anew by itself",
    )
    logins_per_minute: int = Field(
        default=300, ge=1, description="log-ins from one address, which many telephones may share"
    )
