"""The settings of work orders: how long each may take (docs/desk.md)."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Literal

from pydantic import Field

from connectors.settings.section import Section


class SlaRule(Section):
    """A time of its own for some orders; of several rules the first that fits decides."""

    category: str = Field(
        default="", description="the category, or the beginning of it, such as `城乡建设/市政设施`"
    )
    kind: str = Field(default="", description="诉求类型; empty: every one")
    urgency: Literal["", "normal", "urgent", "emergency"] = Field(
        default="", description="how urgent; empty: however"
    )
    hours: float | None = Field(default=None, gt=0, description="working hours it may take")
    days: int | None = Field(default=None, ge=0, description="or working days")


class Orders(Section):
    """Deadlines of the local register. They are local rules: a city sets its own."""

    due_days: dict[str, int] = Field(
        default={"咨询": 3, "求助": 5, "投诉": 10, "举报": 15, "建议": 15, "表扬": 5},
        description="working days until an order is due, by 诉求类型",
    )
    urgent_days: int = Field(default=1, ge=0, description="working days for an urgent order")
    sla: list[SlaRule] = Field(
        default=[
            SlaRule(urgency="emergency", hours=2),
            SlaRule(category="公用事业（水电气暖）", urgency="urgent", hours=4),
        ],
        description="times by category and urgency, before those above: a list of rules with "
        "`category`, `kind`, `urgency` and either `hours` or `days` of work",
    )
    duties: Path | None = Field(
        default=None,
        description="the list of duties (权责清单), a CSV file with the columns of "
        "actions/understanding/data/duties.csv; unset: that sample",
    )
    direct_from: float | None = Field(
        default=0.9,
        gt=0,
        le=1,
        description="how sure (0 to 1) a suggested unit must be for an order to go there at once "
        "(直派); null: a person dispatches each",
    )
    answer_within: timedelta = Field(
        default=timedelta(days=3),
        gt=timedelta(0),
        description="how long the question whether it is solved (回访) waits for its answer",
    )
    call_unanswered: Literal["none", "urgent", "all"] = Field(
        default="urgent",
        description="which orders a person calls about when no answer came: those that are urgent "
        "or carry a risk, all, or none; the others end as 未回复",
    )
    call_tries: int = Field(
        default=3, ge=1, description="calls in vain until an order ends as 联系不上"
    )
    days_off: list[date] = Field(
        default=[], description="days the office is closed beside the country's holidays"
    )
    days_on: list[date] = Field(default=[], description="weekends and holidays it works")
