"""What somebody else points at in a text, taken as far as it stands there.

A language model says which words tell where, when, who. It is a second reader, not a writer: every
value must be a stretch of the text, or is dropped; a kind or an area counts only with such words to
show for it. What a stretch means (a region, a date) is read off it by the same rules as any text,
and what the rules are sure of they keep. Numbers to call and identity numbers are never pointed at:
rules read them exactly, and they are put aside before a text leaves.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict

from actions.understanding.fields import AppealType, Fields, Part, Place, Span, When, span
from actions.understanding.places.place import find_places
from actions.understanding.text.folding import fold
from actions.understanding.times.times import find_times

POINTED = 0.6
"""The confidence of what was pointed at: it is asked about no more, and corrected like the rest."""
SURE = 0.7
"""Of what the rules found, from which on it stays where something else is pointed at."""
LONGEST = 120  # characters of a value; a longer one is no stretch that names something
_NAME = re.compile(r"[一-鿿·]{1,8}")
_CLOSED = ("kind", "area")


def _stretch(value: Any) -> str:
    return value.strip() if isinstance(value, str) and len(value) <= LONGEST else ""


def _kind(value: Any) -> AppealType | None:
    return AppealType(value) if isinstance(value, str) and value in set(AppealType) else None


Stretch = Annotated[str, BeforeValidator(_stretch)]


class Pointed(BaseModel):
    """The fields of a text as stretches of it; empty where it does not say. ``kind`` and ``area``
    (a first level of the category tree) are chosen from closed lists, each by its words."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    place: Stretch = ""
    time: Stretch = ""
    subject: Stretch = ""
    wanted: Stretch = ""
    name: Stretch = ""
    on_behalf: Stretch = ""
    reported_before: Stretch = ""
    kind: Annotated[AppealType | None, BeforeValidator(_kind)] = None
    kind_words: Stretch = ""
    area: Stretch = ""
    area_words: Stretch = ""

    def said_in(self, text: str) -> Pointed:
        """Without what does not stand in the text."""
        folded = fold(text)
        there: dict[str, Any] = {
            name: value if value and fold(value) in folded else ""
            for name, value in self.model_dump(exclude=set(_CLOSED)).items()
        }
        there["kind"] = self.kind if there["kind_words"] else None
        there["area"] = self.area if there["area_words"] else ""
        return Pointed(**there)

    @property
    def tells_something(self) -> bool:
        return self != NOTHING


NOTHING = Pointed()


@dataclass(frozen=True, slots=True)
class Reading:
    """How a stretch is read: the text as given and folded, its moment, and the city served."""

    given: str
    folded: str
    now: datetime
    home: str | None

    def find(self, stretch: str) -> Span | None:
        """Where a stretch stands first."""
        start = self.folded.find(fold(stretch)) if stretch else -1
        return span(self.given, start, start + len(stretch), POINTED) if start >= 0 else None


def filled(fields: Fields, pointed: Pointed, reading: Reading) -> Fields:
    """The fields with what was pointed at, where the rules found nothing or are not sure."""
    place = _place(fields, reading.find(pointed.place), reading)
    others = tuple(one for one in fields.places if place is None or not _meet(one, place))
    name = reading.find(pointed.name) if _NAME.fullmatch(pointed.name) else None
    return replace(
        fields,
        place=place,
        places=(place, *others) if place else fields.places,
        time=_time(fields.time, reading.find(pointed.time), reading),
        subject=_surer(fields.subject, reading.find(pointed.subject)),
        wanted=fields.wanted or reading.find(pointed.wanted),
        name=fields.name or name,
        on_behalf=fields.on_behalf or reading.find(pointed.on_behalf),
        reported_before=fields.reported_before or reading.find(pointed.reported_before),
    )


Found = TypeVar("Found", bound=Span)


def _surer(found: Found | None, other: Found | None) -> Found | None:
    if found is None or other is None:
        return found or other
    return found if found.confidence >= SURE else other


def _meet(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _holds(one: Span, other: Span) -> bool:
    return one.start <= other.start and other.end <= one.end


def _place(fields: Fields, at: Span | None, reading: Reading) -> Place | None:
    """Of several places the one pointed at; one the rules did not see is read where it stands."""
    if at is None:
        return fields.place
    known = [one for one in fields.places if _meet(one, at)]
    whole = next((one for one in known if _holds(one, at)), None)
    if whole is not None:
        return whole
    inside, _ = find_places(fold(at.text), reading.home)
    if not inside and not known and fields.place is not None and fields.place.confidence >= SURE:
        return fields.place
    if inside and inside[0].start == 0 and inside[0].end == len(at.text):
        return _moved(inside[0], at)
    regions = [one for one in (*inside, *known) if one.region or one.candidates]
    return Place(
        at.text,
        at.start,
        at.end,
        POINTED,
        region=regions[0].region if regions else None,
        candidates=regions[0].candidates if regions else (),
    )


def _moved(place: Place, at: Span) -> Place:
    """A place found in a stretch, as one of the text the stretch stands in."""
    by = at.start
    return replace(
        place,
        text=at.text,
        start=at.start,
        end=at.end,
        name_end=None if place.name_end is None else place.name_end + by,
        parts=tuple(Part(one.kind, one.start + by, one.end + by) for one in place.parts),
    )


def _time(known: When | None, at: Span | None, reading: Reading) -> When | None:
    """What is pointed at as a time, where the rules found none or only a part of it, with the
    moment that can be read off it."""
    if at is None or (known is not None and not _holds(at, known)):
        return known
    read = next(iter(find_times(fold(at.text), reading.now)), known)
    if read is None:
        return When(at.text, at.start, at.end, POINTED)
    return When(at.text, at.start, at.end, POINTED, read.begin, read.finish, read.recurrence)
