"""A complaint being taken: everything known of it, what was skipped, what is being changed.

The draft is the truth; it lives in Rasa's slot ``complaint`` as JSON. The slots of
``complaint_form`` are projected from it (:meth:`Draft.slots`), so that Rasa asks for what is open.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Self

from actions.complaint.record.party import (
    names_a_firm,
    names_only_a_kind,
    only_a_road,
    only_an_employer,
)
from actions.understanding.fields import AppealType, Urgency

WIDE = "wide"  # in a place's detail: only a region is told, which is asked about once
BUILDING = "building"  # the value of WIDE where only a building is told, and not of which estate
POINTED = "pointed"  # in a place's detail: a bare point on the map, "sent" or of a "photo"
ASKED_WHICH = "asked_which"  # in a party's detail: which one it is was asked, and not said
TELLS_WHOM = 40  # characters of a matter that says in its own words whom it is about
_OF_NOBODY = frozenset({AppealType.SUGGESTION, AppealType.CONSULT})
UNSAID = "-"  # a form slot's value when it is neither said nor to be asked


class Field(StrEnum):
    """What a complaint consists of; also the names of the form's slots, in the order asked."""

    MATTER = "matter"
    PLACE = "place"
    TIME = "time"
    SUBJECT = "subject"
    WANTED = "wanted"
    ENTERPRISE = "enterprise"
    CREDIT_CODE = "credit_code"
    NAME = "contact_name"
    PHONE = "contact_phone"


CONFIRMED = "confirmed"


class State(StrEnum):
    SAID = "said"
    SKIPPED = "skipped"  # asked, and the person would rather not say


class Privacy(StrEnum):
    """What was agreed for a report (举报); ``OPEN`` is the rule elsewhere."""

    OPEN = "open"
    CONFIDENTIAL = "confidential"
    ANONYMOUS = "anonymous"


class Step(StrEnum):
    """Where the talk stands beside the slot being asked for."""

    COLLECTING = "collecting"
    CHOOSING = "choosing"  # which field is to be changed?
    CHOOSING_MORE = "choosing_more"  # which of those that were not on the first list?
    CHANGING = "changing"  # the new value of Draft.changing?
    ADDING = "adding"  # "再补充一点": what?
    CANCELLING = "cancelling"  # really cancel?
    PLACING = "placing"  # was it where the photo was taken?
    SAME = "same"  # reported before: urge, add to that order, or a new one?


@dataclass(frozen=True, slots=True)
class Value:
    """One field's value. ``detail`` holds normal forms: region, from, to, recurrence, digits."""

    text: str
    state: State = State.SAID
    detail: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Draft:
    key: str
    kind: AppealType
    category: tuple[str, ...] = ()
    category_confidence: tuple[float, ...] = ()  # of each level, 0..1
    values: Mapping[Field, Value] = field(default_factory=dict)
    by_category: tuple[Field, ...] = ()  # what matters of this category need to be asked
    needed: tuple[Field, ...] = ()
    privacy: Privacy = Privacy.OPEN
    privacy_offered: bool = False
    for_enterprise: bool = False
    on_behalf: str | None = None
    consent: str | None = None  # of whom it is told for: yes, no, or unknown
    their_phone: str = ""
    urgency: Urgency = Urgency.NORMAL
    risk: tuple[str, ...] = ()
    duration: str | None = None
    reported_before: bool = False  # they say so; whether it is on our own books, repeats.py knows
    step: Step = Step.COLLECTING
    changing: Field | None = None
    last: Field | None = None  # the field answered last: what a bare "不对" is about
    refused: Field | None = None  # asked for, needed, and the person would rather not say
    passed: Field | None = None  # asked for, may be left out, and something else was told instead
    tries: int = 0  # answers in a row to the present question that were of no use
    confirmed: bool = False
    corrected: tuple[Field, ...] = ()  # told otherwise in the words of the matter
    others: tuple[str, ...] = ()  # matters told in the same breath, each to be an order of its own
    earlier: Mapping[str, str] = field(default_factory=dict)
    """The person's order about the same matter: its number, date and station."""
    place_before: str = ""  # of the order handed in just before
    files: Mapping[str, str] = field(default_factory=dict)  # ids of what was sent, with their media
    spot: Mapping[str, str] = field(default_factory=dict)  # where a photo was taken, to be asked
    compared: bool = False  # with the person's earlier orders
    seen: str = ""  # id of the message taken in last: a form validates some messages twice

    def get(self, name: Field) -> Value | None:
        return self.values.get(name)

    def text(self, name: Field) -> str:
        """The field's words; empty when unsaid or skipped."""
        value = self.values.get(name)
        return value.text if value is not None and value.state is State.SAID else ""

    def with_value(self, name: Field, value: Value) -> Draft:
        return replace(self, values={**self.values, name: value})

    def without(self, name: Field) -> Draft:
        return replace(self, values={k: v for k, v in self.values.items() if k is not name})

    def open_fields(self) -> tuple[Field, ...]:
        """What is needed and neither said nor skipped, in the order it is asked."""
        answered = set(self.values)
        if self.kind is AppealType.PRAISE and Field.PLACE in answered:
            answered.add(Field.SUBJECT)  # where it was tells whom it was about
        known_place = self.kind is AppealType.REPORT and Field.PLACE in answered
        if known_place or self.for_enterprise or len(self.text(Field.MATTER)) >= TELLS_WHOM:
            answered.add(Field.SUBJECT)
        asked = set(self.needed) - answered
        if self.names_only_a_kind():
            asked.add(Field.SUBJECT)
        whom = self.values.get(Field.SUBJECT)
        unknown = whom is not None and whom.state is State.SKIPPED
        if self.kind is AppealType.REPORT and unknown and Field.PLACE not in answered:
            asked.add(Field.PLACE)  # of whom nothing is known, where they are
        if self.which_city() or self.too_wide():
            asked.add(Field.PLACE)
        return tuple(name for name in Field if name in asked)

    def which_city(self) -> tuple[str, ...]:
        """The regions the place told may lie in, where that is still to be asked; GB/T 2260."""
        place = self.values.get(Field.PLACE)
        codes = place.detail.get("candidates", "") if place else ""
        return tuple(codes.split(",")) if codes else ()

    def too_wide(self) -> bool:
        """Whether only a region is told of a place that somebody must go and look at."""
        place = self.values.get(Field.PLACE)
        return Field.PLACE in self.needed and place is not None and WIDE in place.detail

    def names_only_a_kind(self) -> bool:
        """Whether of whom it is about only the kind is told (加油站, 超市), and neither a name nor a
        place that says which one; asked about once."""
        whom, place = self.values.get(Field.SUBJECT), self.text(Field.PLACE)
        if whom is None or ASKED_WHICH in whom.detail or self.for_enterprise:
            return False
        if self.kind in _OF_NOBODY and Field.SUBJECT not in self.needed:
            return False
        if place or Field.PLACE in self.needed:  # which tells which one it is, but of an employer
            if Field.SUBJECT not in self.needed or names_a_firm(place):
                return False
            if only_an_employer(whom.text, self.text(Field.MATTER)):
                return True
            if Field.PLACE not in self.needed or not only_a_road(place):
                return False
        return names_only_a_kind(whom.text, self.text(Field.MATTER))

    def asks_privacy(self) -> bool:
        """Whether it is time to offer confidentiality: a report that came with its contact."""
        ready = self.step is Step.COLLECTING and not self.open_fields() and not self.confirmed
        open_report = self.kind is AppealType.REPORT and self.privacy is Privacy.OPEN
        return ready and open_report and not self.privacy_offered and bool(self.text(Field.PHONE))

    def asks_consent(self) -> bool:
        """Whether it is time to ask if the person it is told for knows and agrees."""
        ready = self.step is Step.COLLECTING and not self.open_fields() and not self.confirmed
        told_for = self.on_behalf is not None and self.privacy is not Privacy.ANONYMOUS
        return ready and told_for and self.consent is None

    def next_slot(self) -> str | None:
        """The form slot to ask for now; None once everything is confirmed."""
        if self.step is Step.CHANGING and self.changing is not None:
            return self.changing.value
        if self.step is not Step.COLLECTING:
            return CONFIRMED
        asked = self.open_fields()
        if asked:
            return asked[0].value
        return None if self.confirmed else CONFIRMED

    def slots(self) -> dict[str, Any]:
        """The form's slots: None where something is to be asked, now or later."""
        open_fields = self.open_fields()
        slots: dict[str, Any] = {
            name.value: None if name in open_fields else self.text(name) or UNSAID for name in Field
        }
        if self.step is Step.CHANGING and self.changing is not None:
            slots[self.changing.value] = None
        slots[CONFIRMED] = True if self.confirmed else None
        return slots

    def to_json(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "kind": self.kind.value,
            "category": list(self.category),
            "category_confidence": list(self.category_confidence),
            "values": {
                name.value: {"text": v.text, "state": v.state.value, "detail": dict(v.detail)}
                for name, v in self.values.items()
            },
            "by_category": [name.value for name in self.by_category],
            "needed": [name.value for name in self.needed],
            "privacy": self.privacy.value,
            "privacy_offered": self.privacy_offered,
            "for_enterprise": self.for_enterprise,
            "on_behalf": self.on_behalf,
            "consent": self.consent,
            "their_phone": self.their_phone,
            "urgency": self.urgency.value,
            "risk": list(self.risk),
            "duration": self.duration,
            "reported_before": self.reported_before,
            "step": self.step.value,
            "changing": self.changing.value if self.changing else None,
            "last": self.last.value if self.last else None,
            "refused": self.refused.value if self.refused else None,
            "passed": self.passed.value if self.passed else None,
            "tries": self.tries,
            "confirmed": self.confirmed,
            "corrected": [name.value for name in self.corrected],
            "others": list(self.others),
            "earlier": dict(self.earlier),
            "place_before": self.place_before,
            "files": dict(self.files),
            "spot": dict(self.spot),
            "compared": self.compared,
            "seen": self.seen,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(
            key=data["key"],
            kind=AppealType(data["kind"]),
            category=tuple(data["category"]),
            category_confidence=tuple(data.get("category_confidence", ())),
            values={
                Field(name): Value(v["text"], State(v["state"]), v["detail"])
                for name, v in data["values"].items()
            },
            by_category=tuple(Field(name) for name in data["by_category"]),
            needed=tuple(Field(name) for name in data["needed"]),
            privacy=Privacy(data["privacy"]),
            privacy_offered=data["privacy_offered"],
            for_enterprise=data.get("for_enterprise", False),
            on_behalf=data["on_behalf"],
            consent=data.get("consent"),
            their_phone=data.get("their_phone", ""),
            urgency=Urgency(data["urgency"]),
            risk=tuple(data["risk"]),
            duration=data["duration"],
            reported_before=data.get("reported_before", False),
            step=Step(data["step"]),
            changing=Field(data["changing"]) if data["changing"] else None,
            last=Field(data["last"]) if data["last"] else None,
            refused=Field(data["refused"]) if data["refused"] else None,
            passed=Field(data["passed"]) if data.get("passed") else None,
            tries=data["tries"],
            confirmed=data["confirmed"],
            corrected=tuple(Field(name) for name in data.get("corrected", ())),
            others=tuple(data.get("others", ())),
            earlier=data.get("earlier", {}),
            place_before=data.get("place_before", ""),
            files=data.get("files", {}),
            spot=data.get("spot", {}),
            compared=data.get("compared", False),
            seen=data["seen"],
        )
