"""How a look-up ends: with what it was for."""

from __future__ import annotations

from rasa_sdk.interfaces import Tracker

from actions import sent
from actions.base import TurnAction, set_slots
from actions.complaint import state as complaint_state
from actions.complaint.replies import repeats
from actions.orders import progress
from actions.orders.lookup import Lookup, Task
from actions.orders.state import load
from actions.turn import Event, Speaker, Turn
from actions.work_orders.register import RecordKind
from connectors.store.work_orders import WorkOrder

_RECORDS = {
    Task.URGE: RecordKind.URGE,
    Task.SUPPLEMENT: RecordKind.SUPPLEMENT,
    Task.WITHDRAW: RecordKind.WITHDRAW,
}


class FinishOrder(TurnAction):
    """Do what the look-up was for; then come back to a complaint that was left open."""

    action_name = "action_finish_order"

    async def act(self, turn: Turn, speaker: Speaker, tracker: Tracker) -> list[Event]:
        lookup = load(tracker)
        events: list[Event] = []
        if lookup is not None and lookup.number and lookup.secret and lookup.next_slot() is None:
            await self._do(lookup, lookup.number, lookup.secret, turn, speaker)
            events = set_slots(last_order=lookup.number)
            if lookup.task is Task.SUPPLEMENT:
                events += set_slots(sent=None)
        draft = complaint_state.load(tracker)
        if draft is not None:
            if draft.seen != turn.message_id:
                speaker.say("form_resumes")
            events += complaint_state.resume(turn, draft)
        return events

    async def _do(
        self, lookup: Lookup, order_number: str, secret: str, turn: Turn, speaker: Speaker
    ) -> None:
        register = self.services.work_orders
        order = await register.look_up(order_number, secret, turn.conversation_id)
        if not isinstance(order, WorkOrder):  # cannot be: the form has just checked it
            speaker.say("lookup_given_up")
            speaker.effect({"effect": "handoff", "skill": "general", "reason": "lookup"})
            return
        if lookup.task is Task.PROGRESS:
            here = turn.conversation_id == order.filed.conversation_id
            progress.show(order, turn.now, speaker, here=here)
            return
        if order.status != "open":
            speaker.say(f"order_is_{order.status}", number=order.receipt)
            return
        adds = lookup.task is Task.SUPPLEMENT
        files = tuple(one.id for one in sent.files(turn)) if adds else ()
        done = await register.add(
            order.number,
            _RECORDS[lookup.task],
            lookup.detail or turn.text,
            key=f"{order.number}:{turn.message_id}"[:80],
            conversation_id=turn.conversation_id,
            files=files,
        )
        speaker.say(f"order_{_RECORDS[lookup.task]}_done", number=order.receipt, times=done.times)
        if lookup.task is not Task.WITHDRAW:
            await repeats.ask_for_dossier(self.services, order.number, speaker)
