"""Whether a known incident is what somebody speaks of: by place and matter, never by one alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from actions.understanding.understand import Nlu, understand
from connectors.store.incidents import NewNotice, Notice

_NOT_ASKED = Nlu("nlu_fallback", 0.0)  # before Rasa has seen the message


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a matter: its region (GB/T 2260), its place and category, all its words."""

    words: str
    region: str | None = None
    place: str = ""
    category: tuple[str, ...] = ()


def first_known(
    text: str, now: datetime, home: str | None, notices: Sequence[Notice]
) -> Notice | None:
    """The first of the notices that a message just come is about."""
    if not notices:
        return None
    read = understand(text, _NOT_ASKED, now, home_region=home)
    place = read.fields.place
    facts = Facts(
        text,
        place.region if place else None,
        place.text if place else "",
        read.category.settled,
    )
    return first_about(facts, home, notices)


def first_about(facts: Facts, home: str | None, notices: Iterable[Notice]) -> Notice | None:
    return next((one for one in notices if is_about(one.said, facts, home)), None)


def is_about(notice: NewNotice, facts: Facts, home: str | None) -> bool:
    return _what(notice, facts) and _where(notice, facts, home)


def _what(notice: NewNotice, facts: Facts) -> bool:
    if any(word in facts.words for word in notice.words):
        return True
    wanted = notice.category
    return bool(wanted) and facts.category[: len(wanted)] == wanted


def _where(notice: NewNotice, facts: Facts, home: str | None) -> bool:
    """A named place is needed where the notice names some. Where nobody said a region, only what
    holds for the whole area served is meant."""
    region, told = notice.region, facts.region
    if notice.places:
        named = any(place in facts.words or place in facts.place for place in notice.places)
        return named and (not region or not told or _within(told, region) or _within(region, told))
    if region is None:
        return True
    if told is not None and told != home:
        return _within(told, region)
    return home is not None and _within(home, region)


def _within(code: str, other: str) -> bool:
    trunk = other[:2] if other.endswith("0000") else other[:4] if other.endswith("00") else other
    return code.startswith(trunk)
