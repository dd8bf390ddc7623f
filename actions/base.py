"""The shape all actions share: read the turn, speak, return events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from rasa_sdk.events import ActionExecuted, SlotSet, UserUttered
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker
from rasa_sdk.types import DomainDict

from actions import sent
from actions.services import Services
from actions.turn import Event, Speaker, Turn


class TurnAction(Action):
    """An action with its services. Subclasses give :attr:`action_name` and :meth:`act`."""

    action_name: ClassVar[str]
    reads: ClassVar[bool] = False
    """Whether the action reads what the message tells: a model may then be asked to point at it."""

    def __init__(self, services: Services) -> None:
        self.services = services

    def name(self) -> str:
        return self.action_name

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[Event]:
        turn = Turn.of(tracker, self.services.clock)
        if self.reads and self.services.pointing is not None:
            turn = await self.services.pointing.with_pointed(turn)
        speaker = Speaker(dispatcher, self.services.texts, turn.variant)
        events = await self.act(turn, speaker, tracker)
        return [*events, *_kept_for_later(turn, events)]

    async def act(self, turn: Turn, speaker: Speaker, tracker: Tracker) -> list[Event]:
        raise NotImplementedError


def _kept_for_later(turn: Turn, events: list[Event]) -> list[Event]:
    """What was sent while no complaint was being taken waits for one, and for an addition."""
    if not (turn.files or turn.location) or turn.slots.get("complaint"):
        return []
    if any(event.get("name") in ("complaint", "sent") for event in events):
        return []
    return [SlotSet("sent", sent.merged(turn))]


def set_slots(**slots: Any) -> list[Event]:
    """Events that set slots, in the order given."""
    return [SlotSet(name, value) for name, value in slots.items()]


def heard_as(
    intent: str,
    text: str,
    turn: Turn,
    tracker: Tracker,
    *,
    entities: Mapping[str, str] | None = None,
) -> list[Event]:
    """Events that take this message anew, with its metadata, for what it was meant as: a button
    called by its place, a follow-up that sounded like a complaint."""
    data: dict[str, Any] = {
        "intent": {"name": intent, "confidence": 1.0},
        "entities": [{"entity": name, "value": value} for name, value in (entities or {}).items()],
        "text": text,
    }
    event: Event = UserUttered(text=text, parse_data=data)
    event["metadata"] = (tracker.latest_message or {}).get("metadata") or {}
    event["message_id"] = turn.message_id
    event["input_channel"] = turn.channel
    return [ActionExecuted("action_listen"), event]
