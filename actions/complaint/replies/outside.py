"""A matter that lies outside the city served: the person is told whose it is, and may still file it."""

from __future__ import annotations

import re

from actions.complaint.record.draft import Draft, Field
from actions.complaint.told import places_told
from actions.turn import Speaker
from actions.understanding.places import gazetteer
from actions.work_orders.direct import lies_outside


def tell(before: Draft | None, draft: Draft, home: str | None, speaker: Speaker) -> None:
    """Says so once, when the place becomes known. ``home``: the region served, GB/T 2260."""
    region = _region(draft)
    if region == _region(before) or not lies_outside(region, home):
        return
    if _only_a_name(draft.text(Field.PLACE), region):
        return
    city = next(iter(places_told.cities((region,))), "")
    if city:
        speaker.say("form_outside", city=city)


_CITY = re.compile("市$")
_NAMED_AFTER = re.compile(
    r"(?:新村|路|大道|街|巷|花园|小区|苑|城|大厦|广场|公寓|山庄|家园|饭店|酒店|小学|中学)"
)


def _only_a_name(place: str, region: str) -> bool:
    """Whether a place is only named after another city (铜陵新村, 南京路), as many are everywhere."""
    name = _CITY.sub("", gazetteer.name_of(region[:4] + "00") or "")
    rest = place.removeprefix(name)
    return bool(name) and rest != place and _NAMED_AFTER.match(rest) is not None


def _region(draft: Draft | None) -> str:
    place = draft.get(Field.PLACE) if draft is not None else None
    return place.detail.get("region", "") if place is not None else ""
