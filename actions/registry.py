"""Every action there is, under the names of ``bot/domain/actions.yml`` (a test holds them)."""

from __future__ import annotations

from actions.base import TurnAction
from actions.complaint.draft import CONFIRMED, Field
from actions.complaint.form import (
    AskComplaintSlot,
    OpenComplaint,
    SubmitComplaint,
    ValidateComplaintForm,
)
from actions.services import Services


def all_actions(services: Services) -> list[TurnAction]:
    """Fresh instances of all actions, sharing ``services``."""
    return [
        OpenComplaint(services),
        ValidateComplaintForm(services),
        SubmitComplaint(services),
        *(AskComplaintSlot(services, slot) for slot in (*Field, CONFIRMED)),
    ]
