"""The settings of work orders: how long each may take (docs/desk.md)."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, Field


class Orders(BaseModel):
    """Deadlines of the local register. They are local rules: a city sets its own."""

    due_days: dict[str, int] = Field(
        default={"咨询": 3, "求助": 5, "投诉": 10, "举报": 15, "建议": 15, "表扬": 5},
        description="working days until an order is due, by 诉求类型",
    )
    urgent_days: int = Field(default=1, ge=0, description="working days for an urgent order")
    days_off: list[date] = Field(
        default=[], description="days the office is closed beside the country's holidays"
    )
    days_on: list[date] = Field(default=[], description="weekends and holidays it works")
