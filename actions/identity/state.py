"""Where a verification stands: kept in Rasa's slot ``verify`` as JSON, with the form's slots."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from rasa_sdk.interfaces import Tracker

from actions.base import set_slots
from actions.turn import Event
from connectors.phones import Phone

FORM = "verify_form"
MOST_TRIES = 3  # messages in a row that give no number


class Slot(StrEnum):
    """The slots of ``verify_form``, in the order asked."""

    PHONE = "phone_to_verify"
    CODE = "phone_code"


@dataclass(frozen=True, slots=True)
class Verifying:
    """``proved``: the right code was given. ``seen``: the message taken in last."""

    phone: Phone | None = None
    proved: bool = False
    tries: int = 0
    seen: str = ""

    def next_slot(self) -> Slot | None:
        if self.phone is None:
            return Slot.PHONE
        return None if self.proved else Slot.CODE

    def to_json(self) -> dict[str, Any]:
        return {
            "phone": self.phone,
            "proved": self.proved,
            "tries": self.tries,
            "seen": self.seen,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(data["phone"], data["proved"], data["tries"], data["seen"])


def load(tracker: Tracker) -> Verifying | None:
    data = tracker.get_slot("verify")
    return Verifying.from_json(data) if data else None


def project(state: Verifying, *, requested: bool = True) -> list[Event]:
    """The events that put a verification into the tracker and the form's slots."""
    slots: dict[str, Any] = {
        Slot.PHONE.value: state.phone,
        Slot.CODE.value: "given" if state.proved else None,
        "verify": state.to_json(),
    }
    if requested:
        asked = state.next_slot()
        slots["requested_slot"] = asked.value if asked else None
    return set_slots(**slots)


def forget() -> list[Event]:
    """The events that end the verification."""
    return set_slots(**dict.fromkeys((*Slot, "verify", "requested_slot")))
