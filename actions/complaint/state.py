"""The complaint being taken, between the tracker and the actions: loaded, put back, ended."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.interfaces import Tracker

from actions.base import set_slots
from actions.complaint.record.draft import CONFIRMED, Draft, Field, Privacy, Value
from actions.complaint.told import contacts_told, contents
from actions.complaint.told.intake import Understand
from actions.services import Services
from actions.turn import Event, Turn
from actions.understanding.fields import AppealType, When
from actions.understanding.matter.cleaning import clean_matter
from actions.understanding.understand import Nlu, Understanding, understand

FORM = "complaint_form"
SHORT_TEXT = 60  # characters
LEAST_CORE = 2
SURE = 0.4  # of the first level of the category
SURE_OF_KIND = 0.6  # of a few words read as praise or a suggestion
_NO_GRIEVANCE = frozenset({AppealType.PRAISE, AppealType.SUGGESTION})
NOT_HEARD = Nlu("nlu_fallback", 0.0)


def resume(turn: Turn, draft: Draft, phone: str | None = None) -> list[Event]:
    """The events that bring back a form left open: this message was not said to it.

    ``phone``: proved to be the person's in the meantime.
    """
    draft = with_person(replace(draft, seen=turn.message_id), None, phone)
    return [*project(draft, turn, requested=False), SlotSet("hush", None), FollowupAction(FORM)]


def load(tracker: Tracker) -> Draft | None:
    data = tracker.get_slot("complaint")
    return Draft.from_json(data) if data else None


def project(draft: Draft, turn: Turn, *, requested: bool = True) -> list[Event]:
    """The events that put a draft into the tracker and the form's slots.

    Slots that stay as they are get no event: a conversation's cost grows with its events.
    """
    changed = {k: v for k, v in draft.slots().items() if turn.slots.get(k) != v}
    slots: dict[str, Any] = {**changed, "complaint": draft.to_json()}
    if requested:
        slots["requested_slot"] = draft.next_slot()
    return set_slots(**slots)


def clear() -> list[Event]:
    """The events that end a form and forget its draft."""
    names = [*(name.value for name in Field), CONFIRMED, "complaint", "hush", "requested_slot"]
    return [SlotSet(name, None) for name in names]


def _sure(read: Understanding) -> bool:
    confidence = read.category.confidence
    return read.appeal_type is not None and bool(confidence) and confidence[0] >= SURE


def understander(services: Services, turn: Turn) -> Understand:
    """Understand texts as this turn's: its intent, its moment, this deployment's region.

    In a short text (包河区滨湖家园3栋停水两天了，电话…) the address outweighs what is the matter: where
    kind and category are unsure, they are read off what stands beside it.
    """
    intent, confidence = turn.best_intent()
    nlu = Nlu(intent, confidence, turn.ranking)

    home = services.settings.region

    def read(text: str) -> Understanding:
        whole = understand(text, nlu, turn.now, home_region=home, pointed=turn.pointed)
        fields = contents.with_firms(text, contacts_told.own_contact(text, whole.fields))
        whole = replace(whole, fields=fields)
        if len(text) > SHORT_TEXT or _sure(whole):
            return whole
        core = contents.besides(text, whole.fields)
        if len(core) < LEAST_CORE or core == text:
            return whole
        alone = understand(core, NOT_HEARD, turn.now, home_region=home)
        if alone.appeal_type is None or not _sure(alone):
            return whole
        matter = whole.fields.matter or clean_matter(text)
        fields = replace(whole.fields, matter=matter)
        if fields.time is None and fields.duration is not None:
            lasts = fields.duration
            time = When(lasts.text, lasts.start, lasts.end, lasts.confidence)
            fields = replace(fields, time=time)
        appeal = alone.appeal
        unsure = appeal.confidence < SURE_OF_KIND and whole.appeal.kind is not appeal.kind
        if appeal.kind in _NO_GRIEVANCE and unsure:
            appeal = replace(appeal, kind=AppealType.COMPLAINT)  # 她低保停 is hardly praise
        return replace(whole, appeal=appeal, category=alone.category, fields=fields)

    return read


def with_person(draft: Draft, person: dict[str, str] | None, phone: str | None) -> Draft:
    """Take over name and phone given earlier, and the phone the channel has verified."""
    if draft.privacy is Privacy.ANONYMOUS:
        return draft
    known = person or {}
    draft = replace(draft, place_before=known.get("place") or draft.place_before)
    for name, text in ((Field.NAME, known.get("name")), (Field.PHONE, known.get("phone") or phone)):
        if text and draft.get(name) is None:
            draft = draft.with_value(name, Value(text))
    return draft
