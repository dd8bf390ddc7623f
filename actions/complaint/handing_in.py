"""A confirmed complaint becomes an order, once; the next matter of the same breath follows."""

from __future__ import annotations

from rasa_sdk.interfaces import Tracker

from actions import payloads
from actions.base import TurnAction, set_slots
from actions.complaint.next_matter import next_matter
from actions.complaint.record.draft import Draft, Field, Privacy, Value
from actions.complaint.replies import known_incident, summary
from actions.complaint.replies.questions import KEY
from actions.complaint.state import clear, load, resume
from actions.orders.progress import EVERY_STEP
from actions.turn import Button, Event, Speaker, Turn
from actions.understanding.fields import AppealType
from actions.work_orders.linking import linked
from actions.work_orders.order import new_work_order
from connectors.store.work_orders import WorkOrder


class SubmitComplaint(TurnAction):
    """Hand the complaint in and say its number. Once per form instance, however often called."""

    action_name = "action_submit_complaint"

    async def act(self, turn: Turn, speaker: Speaker, tracker: Tracker) -> list[Event]:
        draft = load(tracker)
        if draft is None or not draft.confirmed:  # cancelled inside the form
            return []
        told_for = summary.told_for(draft, speaker.text)
        new = new_work_order(
            _with_corrections(draft, speaker), turn, summary.title(draft, speaker.text), told_for
        )
        new = await linked(self.services.database, new, turn.now, turn.contact_id)
        order = await self.services.work_orders.file(new)
        if turn.conversation_id:
            await known_incident.note_insisted(self.services, turn.conversation_id)
        filed = "provisional" if order.provisional else "filed"
        code = order.query_code or ""
        key = f"order_{filed}_code" if code and turn.plain else f"order_{filed}"
        status = "status_provisional" if order.provisional else "status_received"
        speaker.show(
            {
                "part": "order",
                "number": order.receipt,
                "title": order.filed.title,
                "status": speaker.text(status),
            },
            speaker.text(key, number=order.receipt, code=code),
        )
        if code and not turn.plain:  # a card shows the number only
            speaker.say("order_code", code=code)
        region = self.services.settings.region
        following = next_matter(draft, turn, region, speaker)
        follows = resume(turn, following) if following else []
        if not follows:
            self._say_what_follows(draft, order, turn, speaker)
        person = {
            "name": draft.text(Field.NAME),
            "phone": draft.text(Field.PHONE),
            "place": draft.text(Field.PLACE),
        }
        keep = draft.privacy is not Privacy.ANONYMOUS
        return [
            *clear(),
            *set_slots(
                last_order=order.number,
                person=person if keep else tracker.get_slot("person"),
            ),
            *follows,
        ]

    def _say_what_follows(
        self, draft: Draft, order: WorkOrder, turn: Turn, speaker: Speaker
    ) -> None:
        """The way the order goes from here, and how much of it shall be told."""
        buttons = [Button("button_progress", "/query_progress")]
        if not turn.plain:
            payload = payloads.compose("query_progress", f"{EVERY_STEP}:{order.number}")
            buttons.append(Button("button_every_step", payload))
        unit = order.handling.unit
        if unit:  # sure enough to have gone there at once (直派)
            speaker.say("order_next_dispatched", buttons, unit=unit)
        else:
            speaker.say(_what_follows(draft), buttons)


def _with_corrections(draft: Draft, speaker: Speaker) -> Draft:
    """The words of the matter stay as told; what was put right since stands under them."""
    lines = [
        speaker.text("order_corrected", field=speaker.text(f"label_{name}"), value=draft.text(name))
        for name in draft.corrected
        if draft.text(name)
    ]
    words = "\n".join([draft.text(Field.MATTER), *lines])
    return draft.with_value(Field.MATTER, Value(words)) if lines else draft


def _what_follows(draft: Draft) -> str:
    """The key of what is said of the way an order goes from here."""
    if draft.kind in (AppealType.SUGGESTION, AppealType.PRAISE):
        return f"order_next_{KEY[draft.kind]}"
    return "order_next" if draft.text(Field.PHONE) else "order_next_no_phone"
