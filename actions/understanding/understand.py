"""From a text to an understanding: the one path that the dialogue and the command line share."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from actions.understanding.danger.risk import assess_risk
from actions.understanding.fields import Alarm, AppealType, Fields, Place, Risk, Span, Urgency, When
from actions.understanding.matter import asides, category_tree
from actions.understanding.matter.appeal import Appeal, judge_appeal
from actions.understanding.matter.category import NOTHING, Category, categorise, often_said
from actions.understanding.matter.cleaning import clean_matter
from actions.understanding.matter.flags import find_flags
from actions.understanding.matter.wanted import find_wanted
from actions.understanding.meant import as_meant
from actions.understanding.missing import missing_fields
from actions.understanding.people.contact import find_id_number, find_name, find_phone
from actions.understanding.people.enterprise import (
    find_credit_code,
    find_enterprise,
    speaks_for_one,
)
from actions.understanding.people.subject import find_subject
from actions.understanding.places import gazetteer
from actions.understanding.places.place import find_places
from actions.understanding.pointed import NOTHING as NOTHING_POINTED
from actions.understanding.pointed import SURE, Pointed, Reading, filled
from actions.understanding.text.folding import fold
from actions.understanding.times.chosen import main_time
from actions.understanding.times.reading import BEIJING
from actions.understanding.times.times import find_times

AnySpan = TypeVar("AnySpan", bound=Span)

LONGEST = 20_000
"""Characters that are read; what a person writes beyond them is kept but not understood."""


@dataclass(frozen=True, slots=True)
class Nlu:
    """The intent classifier's answer; ``Nlu("nlu_fallback", 0, ())`` where there is none."""

    intent: str
    confidence: float
    ranking: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Understanding:
    """Everything a text was understood to say. Spans are offsets into the text as given."""

    intent: str
    intent_confidence: float
    appeal: Appeal
    category: Category
    fields: Fields
    risk: Risk
    missing: tuple[str, ...]
    now: datetime
    """When it was written: what lies after it has not happened yet."""

    @property
    def appeal_type(self) -> AppealType | None:
        """The kind of appeal, or None for talk without a matter."""
        return self.appeal.kind

    def to_json(self, line_id: object = None) -> dict[str, Any]:
        """The line ``huiying understand`` writes; ``line_id`` is given back as ``id``."""
        line: dict[str, Any] = {} if line_id is None else {"id": line_id}
        return line | {
            "intent": {"name": self.intent, "confidence": self.intent_confidence},
            "appeal_type": self.appeal.kind and self.appeal.kind.value,
            "category": list(self.category.path),
            "category_confidence": list(self.category.confidence),
            "group": category_tree.group_of(self.category.path[0]) if self.category.path else None,
            "fields": _fields_json(self.fields),
            "risk": {
                "emergency": self.risk.emergency,
                "threat": self.risk.threat,
                "despair": self.risk.despair,
                "alarm": [alarm.value for alarm in self.risk.alarm],
            },
            "missing": list(self.missing),
        }


def understand(
    text: str,
    nlu: Nlu,
    now: datetime,
    *,
    home_region: str | None = None,
    pointed: Pointed | None = None,
) -> Understanding:
    """Read one text.

    Args:
        text: as the person gave it, any length and spelling.
        nlu: what the intent classifier says of it.
        now: when it was written; naive is taken as Beijing time.
        home_region: GB/T 2260 code of the city served; settles names shared by several regions.
        pointed: what a language model points at in it, or in the text it is a part of.
    """
    folded = fold(text[:LONGEST])
    told = pointed.said_in(folded) if pointed is not None else NOTHING_POINTED
    times = find_times(folded, now)
    found, bounds = find_places(folded, home_region)
    places = [place for place in found if not any(_holds(time, place) for time in times)]
    meant = as_meant(folded, often_said)
    category = categorise(meant, places)
    if told.area and not category.settled:
        category = categorise(meant, places, within=told.area)
    appeal = judge_appeal(meant, nlu.ranking or ((nlu.intent, nlu.confidence),), category)
    if told.kind is not None and appeal.confidence < SURE:
        appeal = replace(appeal, kind=told.kind)
    wanted = find_wanted(folded, appeal.kind)
    flags = find_flags(folded, appeal.kind)
    # How long a thing has been so is its time where something went wrong, not in a question.
    happens = appeal.kind in (AppealType.COMPLAINT, AppealType.REPORT, AppealType.HELP)
    if appeal.kind is None:
        category = NOTHING
    risk = assess_risk(folded, nlu.ranking or ((nlu.intent, nlu.confidence),))
    emergency = appeal.kind is not None and Alarm.EMERGENCY in risk.alarm
    firm = speaks_for_one(folded, appeal.kind)
    fields = Fields(
        place=_as_given(places[0] if places else None, text),
        time=_as_given(main_time(folded, times, flags.duration if happens else None, now), text),
        subject=_as_given(find_subject(folded, appeal.kind, bounds, places), text),
        wanted=_as_given(wanted, text),
        name=_as_given(find_name(folded), text),
        phone=_as_given(find_phone(folded), text),
        id_number=_as_given(find_id_number(folded), text),
        enterprise=_as_given(find_enterprise(folded) if firm else None, text),
        credit_code=_as_given(find_credit_code(folded), text),
        for_enterprise=firm,
        matter=clean_matter(text) if appeal.kind else "",
        duration=_as_given(flags.duration, text),
        on_behalf=_as_given(flags.on_behalf, text),
        anonymous=_as_given(flags.anonymous, text),
        confidential=_as_given(flags.confidential, text),
        reported_before=_as_given(flags.reported_before, text),
        urgency=Urgency.EMERGENCY if emergency else flags.urgency,
        urgency_cue=_as_given(flags.urgency_cue, text),
        places=tuple(_given(place, text) for place in places),
        times=tuple(_given(when, text) for when in times),
    )
    if told.tells_something:
        fields = filled(fields, told, Reading(text, folded, now, home_region))
    return Understanding(
        nlu.intent,
        nlu.confidence,
        appeal,
        category,
        fields,
        risk,
        missing_fields(appeal.kind, category.needs, fields),
        now if now.tzinfo else now.replace(tzinfo=BEIJING),
    )


def warm_up() -> None:
    """Load every table now, so that the first message is as quick as the others."""
    gazetteer.tables()
    asides.warm_up()  # short texts have none
    understand("咨询一下", Nlu("nlu_fallback", 0.0), datetime(2026, 1, 1))  # noqa: DTZ001


def _holds(time: Span, place: Span) -> bool:
    """Whether what looks like a name is part of a time (入秋 of 从入秋到现在)."""
    return time.start <= place.start and place.end <= time.end


def _given(found: AnySpan, text: str) -> AnySpan:
    """The span with its text as the person spelt it."""
    said = text[found.start : found.end]
    return found if said == found.text else replace(found, text=said)


def _as_given(found: AnySpan | None, text: str) -> AnySpan | None:
    return None if found is None else _given(found, text)


def _span_json(found: Span) -> dict[str, Any]:
    return {
        "text": found.text,
        "start": found.start,
        "end": found.end,
        "confidence": round(found.confidence, 3),
    }


def _place_json(place: Place) -> dict[str, Any]:
    line: dict[str, Any] = {**_span_json(place), "region": place.region}
    if place.candidates:
        line["candidates"] = list(place.candidates)
    if place.name_end is not None:
        line["name"] = _stretch_json(place, place.start, place.name_end)
        line["parts"] = [
            {"kind": part.kind.value, **_stretch_json(place, part.start, part.end)}
            for part in place.parts
        ]
    return line


def _stretch_json(place: Place, start: int, end: int) -> dict[str, Any]:
    return {"text": place.cut(start, end), "start": start, "end": end}


def _time_json(when: When) -> dict[str, Any]:
    return {
        **_span_json(when),
        "from": when.begin and when.begin.isoformat(timespec="seconds"),
        "to": when.finish and when.finish.isoformat(timespec="seconds"),
        "recurrence": when.recurrence,
    }


def _fields_json(fields: Fields) -> dict[str, Any]:
    """The fields that are there; the yes-or-no ones are always there."""
    line: dict[str, Any] = {}
    if fields.place:
        line["place"] = _place_json(fields.place)
    if named := [place for place in fields.places if place.named]:
        line["places"] = [_place_json(place) for place in named]
    if fields.time:
        line["time"] = _time_json(fields.time)
    for key, found in (
        ("subject", fields.subject),
        ("wanted", fields.wanted),
        ("name", fields.name),
    ):
        if found:
            line[key] = _span_json(found)
    if fields.phone:
        line["phone"] = {
            **_span_json(fields.phone),
            "value": fields.phone.value,
            "valid": fields.phone.valid,
        }
    if fields.id_number:
        line["id_number"] = {**_span_json(fields.id_number), "valid": fields.id_number.valid}
    if fields.enterprise:
        line["enterprise"] = _span_json(fields.enterprise)
    if fields.credit_code:
        code = fields.credit_code
        line["credit_code"] = {**_span_json(code), "valid": code.valid}
    if fields.matter:
        line["matter"] = fields.matter
    if fields.duration:
        line["duration"] = {**_span_json(fields.duration), "days": fields.duration.days}
    line["on_behalf"] = fields.on_behalf is not None
    line["anonymous"] = fields.anonymous is not None
    line["confidential"] = fields.confidential is not None
    line["reported_before"] = fields.reported_before is not None
    line["urgency"] = fields.urgency.value
    return line
