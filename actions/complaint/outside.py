"""A matter that lies outside the city served: the person is told whose it is, and may still file it."""

from __future__ import annotations

from actions.complaint import places_told
from actions.complaint.draft import Draft, Field
from actions.turn import Speaker
from actions.work_orders.direct import lies_outside


def tell(before: Draft | None, draft: Draft, home: str | None, speaker: Speaker) -> None:
    """Says so once, when the place becomes known. ``home``: the region served, GB/T 2260."""
    region = _region(draft)
    if region == _region(before) or not lies_outside(region, home):
        return
    city = next(iter(places_told.cities((region,))), "")
    if city:
        speaker.say("form_outside", city=city)


def _region(draft: Draft | None) -> str:
    place = draft.get(Field.PLACE) if draft is not None else None
    return place.detail.get("region", "") if place is not None else ""
