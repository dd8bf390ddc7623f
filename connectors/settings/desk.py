"""The settings of the desk: when agents are there (docs/desk.md)."""

from __future__ import annotations

from datetime import timedelta

from pydantic import BaseModel, Field, field_validator

from connectors.worktime import OfficeHours, WorkCalendar


class Desk(BaseModel):
    """When agents are there, and how long a person waits for one."""

    hours: dict[str, list[str]] = Field(
        default={},
        description="when agents answer, e.g. {mon-fri: ['08:30-12:00', '14:00-17:30']} with "
        "`sat` and `holiday` as needed; empty: day and night",
    )
    wait_most: timedelta = Field(
        default=timedelta(minutes=10),
        description="waiting for an agent, after which a callback is promised and filed",
    )

    @field_validator("hours")
    @classmethod
    def _readable(cls, value: dict[str, list[str]]) -> dict[str, list[str]]:
        OfficeHours(value, WorkCalendar())
        return value
