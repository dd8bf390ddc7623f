"""Buildings, entrances and flats told after the place they are in: 7栋; 503 of 5栋."""

from __future__ import annotations

import re

_EDGE = "，,。.;；:： \n"
_BUILDING = re.compile(
    r"(?:楼栋号?|楼号|房号|门牌号?|单元号?|是|在|就|我家|住)*(?P<rest>(?:[0-9a-zA-Z一二三四五六七八九十]+(?:期|区|栋|幢|号楼|楼|单元|层|室|座|排|户|号))*[0-9a-zA-Z一二三四五六七八九十]+(?:栋|幢|号楼|单元|层|室|座|排|户|楼)(?:[0-9]{3,4}(?![0-9]))?)(?:的|呢|吧)*"
)
_WITH_FLATS = re.compile(r"(?:[0-9一二三四五六七八九十]+(?:栋|幢|座|单元|号楼)|号院)$")
_FLAT = re.compile(r"(?:是|在|我家|住|就)*(?P<rest>[0-9]{3,4})(?:的|吧)?")


def building(text: str) -> str:
    """The building, entrance or flat that is all a message says (2栋, 3单元501室); else empty."""
    found = _BUILDING.fullmatch(text.strip(_EDGE))
    return found["rest"] if found else ""


def flat(place: str, text: str) -> str:
    """The number of a flat that is all a message says, where ``place`` is a building (503 of 5栋)."""
    found = _FLAT.fullmatch(text.strip(_EDGE)) if _WITH_FLATS.search(place) else None
    return found["rest"] if found else ""


def with_building(place: str, building: str) -> str:
    """The place with what is said of its building; what it ends in is not said twice (5栋, 5栋503)."""
    ends = (n for n in range(len(building), 0, -1) if place.endswith(building[:n]))
    return place + building[next(ends, 0) :]
