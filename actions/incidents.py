"""Whether a known incident is what somebody speaks of: by place and matter, never by one alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from actions.understanding.matter.outages import Outage, outages
from actions.understanding.text.folding import fold
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
    if outages(facts.words) & _failed(notice):  # 停水 to one is 水龙头一滴没有 to another
        return True
    wanted = notice.category
    return bool(wanted) and facts.category[: len(wanted)] == wanted


def _failed(notice: NewNotice) -> frozenset[Outage]:
    """What the notice says has failed or is closed."""
    return outages("，".join((*notice.words, *notice.category[1:], notice.text)))


def _where(notice: NewNotice, facts: Facts, home: str | None) -> bool:
    """A named place is needed where the notice names some. Where nobody said a region, only what
    holds for the whole area served is meant."""
    region, told = notice.region, facts.region
    if notice.places:
        said = (fold(facts.words), fold(facts.place))
        named = any(one in text for one in map(_called, notice.places) for text in said)
        return named and (not region or not told or _within(told, region) or _within(region, told))
    if region is None:
        return True
    if told is not None and told != home:
        return _within(told, region)
    return home is not None and _within(home, region)


_AROUND = re.compile(
    r"(?<=..)(?:片区|地区|区域|一带|沿线|全线|全段|周边|附近|及其?|部分|小区|社区|路段|段|等)+$"
)


@lru_cache(maxsize=1024)
def _called(place: str) -> str:
    """What people call a place of a notice: 四里河 for 四里河片区."""
    return _AROUND.sub("", fold(place).strip())


def _within(code: str, other: str) -> bool:
    trunk = other[:2] if other.endswith("0000") else other[:4] if other.endswith("00") else other
    return code.startswith(trunk)
