"""The typed fields of a complaint.

Every span is a stretch of the text as the person gave it: ``span.text == text[span.start:span.end]``
and nothing in ``text`` is rewritten. Normal forms (a date, a dialled number) stand beside it.
Confidence is 0..1 and ordinal: good for "ask again or not", not a calibrated probability.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class AppealType(StrEnum):
    """The six kinds of appeal a 12345 hotline registers (诉求类型)."""

    CONSULT = "咨询"
    HELP = "求助"
    COMPLAINT = "投诉"
    REPORT = "举报"
    SUGGESTION = "建议"
    PRAISE = "表扬"


class Urgency(StrEnum):
    """How fast a person must look: ``emergency`` is life and limb, ``urgent`` is today."""

    NORMAL = "normal"
    URGENT = "urgent"
    EMERGENCY = "emergency"


class Alarm(StrEnum):
    """What the safety layer must put before a person at once."""

    EMERGENCY = "emergency"
    THREAT = "threat"
    DESPAIR = "despair"


@dataclass(frozen=True, slots=True)
class Span:
    """A verbatim stretch ``text[start:end]`` of the text as given."""

    text: str
    start: int
    end: int
    confidence: float


class PartKind(StrEnum):
    """What a part of a place names."""

    REGION = "region"
    TOWN = "town"
    ROAD = "road"
    SITE = "site"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Part:
    """One name, or one number, ``text[start:end]`` within a place."""

    kind: PartKind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Place(Span):
    """Where it happened. ``region`` is a GB/T 2260 code (six digits) or None when unsure."""

    region: str | None = None
    candidates: tuple[str, ...] = ()
    """Codes a bare, ambiguous name (鼓楼区) may mean; empty when ``region`` is settled."""
    named: bool = True
    """False for deictic places (我家楼下), which say where only to whoever stands there."""
    name_end: int | None = None
    """Where the name ends that the place begins with: of 望江西路88号门口 before 门口. None where it
    has none."""
    parts: tuple[Part, ...] = ()
    """What the place names, from the first to the last."""

    def cut(self, start: int, end: int) -> str:
        """What stands from one offset of the text to another, both within the place."""
        return self.text[start - self.start : end - self.start]


@dataclass(frozen=True, slots=True)
class When(Span):
    """When it happened, inclusive and zoned; what recurs has its latest occasion.

    ``recurrence`` is daily, weekdays, weekends, weekly, monthly, yearly or irregular.
    """

    begin: datetime | None = None
    finish: datetime | None = None
    recurrence: str | None = None


@dataclass(frozen=True, slots=True)
class Phone(Span):
    """A telephone number; ``value`` holds the digits to dial, without +86 and separators."""

    value: str = ""
    valid: bool = True


@dataclass(frozen=True, slots=True)
class IdNumber(Span):
    """A resident identity number (GB 11643); ``valid`` is the mod 11-2 and birth date check."""

    value: str = ""
    valid: bool = True


@dataclass(frozen=True, slots=True)
class CreditCode(Span):
    """A unified social credit code; ``valid`` is its form and check character (GB 32100)."""

    value: str = ""
    valid: bool = True


@dataclass(frozen=True, slots=True)
class Duration(Span):
    """How long it has gone on. ``days`` is approximate (a month is 30, a year 365)."""

    days: float | None = None


@dataclass(frozen=True, slots=True)
class Fields:
    """What was found; None where the text does not say it."""

    place: Place | None = None
    time: When | None = None
    subject: Span | None = None
    wanted: Span | None = None
    name: Span | None = None
    phone: Phone | None = None
    id_number: IdNumber | None = None
    enterprise: Span | None = None
    """The registered name of the writer's own business."""
    credit_code: CreditCode | None = None
    for_enterprise: bool = False
    matter: str = ""
    duration: Duration | None = None
    on_behalf: Span | None = None
    anonymous: Span | None = None
    confidential: Span | None = None
    reported_before: Span | None = None
    urgency: Urgency = Urgency.NORMAL
    urgency_cue: Span | None = None
    places: tuple[Place, ...] = ()
    """Every place named, best first; ``place`` is ``places[0]``."""
    times: tuple[When, ...] = ()
    """Every time named, in the order of the text."""


@dataclass(frozen=True, slots=True)
class Risk:
    """Safety scores 0..1 and those that reached their alarm threshold."""

    emergency: float = 0.0
    threat: float = 0.0
    despair: float = 0.0
    alarm: tuple[Alarm, ...] = ()


def span(text: str, start: int, end: int, confidence: float) -> Span:
    """Cut ``text[start:end]`` into a span."""
    return Span(text[start:end], start, end, round(confidence, 3))
