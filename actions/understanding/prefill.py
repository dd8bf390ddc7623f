"""What a conversation was understood to say, as the fields of an order an agent will look over."""

from __future__ import annotations

from datetime import datetime

from actions.understanding.fields import AppealType
from actions.understanding.understand import Nlu, understand
from connectors.store.work_orders import NewWorkOrder

TITLE_MOST = 30  # characters
NOT_ASKED = Nlu("nlu_fallback", 0.0)  # the desk does not ask Rasa


def prefill(text: str, now: datetime, home_region: str | None) -> NewWorkOrder:
    """An order without key or channel; the agent corrects what is wrong before filing it."""
    read = understand(text, NOT_ASKED, now, home_region=home_region)
    fields, kind = read.fields, read.appeal_type or AppealType.HELP
    matter = fields.matter or text.strip()
    return NewWorkOrder(
        key="",
        channel="",
        kind=kind.value,
        title=(read.category.settled[-1] if read.category.path else matter)[:TITLE_MOST],
        content=matter,
        category=read.category.settled,
        category_confidence=read.category.confidence,
        contact_name=fields.name.text if fields.name else None,
        contact_phone=fields.phone.value if fields.phone and fields.phone.valid else None,
        confidential=fields.confidential is not None,
        time_text=fields.time.text if fields.time else None,
        time_from=fields.time.begin if fields.time else None,
        time_to=fields.time.finish if fields.time else None,
        recurrence=fields.time.recurrence if fields.time else None,
        place_text=fields.place.text if fields.place else None,
        place_region=fields.place.region if fields.place else None,
        subject=fields.subject.text if fields.subject else None,
        wanted=fields.wanted.text if fields.wanted else None,
        urgency=fields.urgency.value,
        risk=tuple(alarm.value for alarm in read.risk.alarm),
    )
