"""Files or a place without words, outside a form: received, and asked what about."""

from __future__ import annotations

from rasa_sdk.events import SlotSet
from rasa_sdk.interfaces import Tracker

from actions import sent
from actions.base import TurnAction
from actions.complaint.replies.summary import count_files
from actions.turn import Button, Event, Speaker, Turn


class ReceiveFiles(TurnAction):
    """Kept for whatever the person says next; the same photo again is not told again."""

    action_name = "action_receive_files"

    async def act(self, turn: Turn, speaker: Speaker, tracker: Tracker) -> list[Event]:
        waiting = turn.slots.get("sent") or {}
        if not sent.is_new(turn, waiting.get("files", {})):
            speaker.effect({"effect": "silence"})
            return []
        buttons = [Button("button_complaint", "/complain")]
        filed = tracker.get_slot("last_order")
        if filed:
            buttons.insert(0, Button("button_add_to", "/supplement_order", {"number": filed}))
        if turn.files:
            what = count_files((one.media for one in turn.files), speaker.text)
            speaker.say("files_for_what", buttons, what=what)
        else:
            speaker.say("location_for_what", buttons)
        return [SlotSet("sent", sent.merged(turn))]
