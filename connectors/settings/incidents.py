"""The settings of surge alerts (docs/incidents.md)."""

from __future__ import annotations

from pydantic import Field

from connectors.settings.section import Section


class Incidents(Section):
    """When many like orders in an hour put an alert before a supervisor."""

    surge_factor: float = Field(
        default=3.0, ge=1, description="times the usual rate of an area and category"
    )
    surge_least: int = Field(default=10, ge=2, description="orders in an hour, whatever is usual")
    surge_days: int = Field(
        default=28, ge=1, le=365, description="days before, from which the usual rate is taken"
    )
