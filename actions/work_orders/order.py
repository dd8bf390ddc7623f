"""From a complaint that was confirmed to the work order that is handed in."""

from __future__ import annotations

from datetime import datetime

from actions.complaint.record.draft import Draft, Field, Privacy
from actions.turn import Turn
from connectors.store.work_orders import NewWorkOrder


def new_work_order(
    draft: Draft, turn: Turn, title: str, told_for: str | None = None
) -> NewWorkOrder:
    """The order of a confirmed draft; ``turn`` is the message that confirmed it, ``told_for`` what
    is noted of the person it is told for."""
    time, place = draft.get(Field.TIME), draft.get(Field.PLACE)
    anonymous = draft.privacy is Privacy.ANONYMOUS
    return NewWorkOrder(
        key=draft.key,
        channel=turn.channel,
        kind=draft.kind.value,
        title=title,
        content=draft.text(Field.MATTER),
        category=draft.category,
        category_confidence=draft.category_confidence,
        conversation_id=turn.conversation_id,
        contact_id=None if anonymous else turn.contact_id,
        caller_phone=None if anonymous else turn.verified_phone,
        contact_name=draft.text(Field.NAME) or None,
        contact_phone=draft.text(Field.PHONE) or None,
        confidential=draft.privacy is not Privacy.OPEN,
        anonymous=anonymous,
        on_behalf=told_for if draft.on_behalf else None,
        time_text=draft.text(Field.TIME) or None,
        time_from=_moment(time.detail.get("from")) if time else None,
        time_to=_moment(time.detail.get("to")) if time else None,
        recurrence=time.detail.get("recurrence") if time else None,
        place_text=draft.text(Field.PLACE) or None,
        place_region=place.detail.get("region") if place else None,
        latitude=_degrees(place.detail.get("latitude")) if place else None,
        longitude=_degrees(place.detail.get("longitude")) if place else None,
        attachments=tuple(draft.files),
        subject=draft.text(Field.SUBJECT) or None,
        enterprise=draft.text(Field.ENTERPRISE) or None,
        credit_code=draft.text(Field.CREDIT_CODE) or None,
        duration=draft.duration,
        reported_before=draft.reported_before,
        wanted=draft.text(Field.WANTED) or None,
        urgency=draft.urgency.value,
        risk=draft.risk,
    )


def _degrees(text: str | None) -> float | None:
    return float(text) if text else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
