"""Files and a place that came before anybody said what about: kept in the slot ``sent``.

``{"files": {id: media}, "spots": {id: [latitude, longitude]}, "location": [lat, lon, label]}``.
Whatever opens a complaint takes them along; so does an addition to an order.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from actions.turn import SentFile, Spot, Turn


def merged(turn: Turn) -> dict[str, Any]:
    """What waits, with what came in this message; each file once."""
    kept: dict[str, Any] = turn.slots.get("sent") or {}
    spots = {f.id: [f.taken_at.latitude, f.taken_at.longitude] for f in turn.files if f.taken_at}
    found = {
        "files": {**kept.get("files", {}), **{f.id: f.media for f in turn.files}},
        "spots": {**kept.get("spots", {}), **spots},
        "location": kept.get("location"),
    }
    if turn.location is not None:
        where = turn.location
        found["location"] = [where.latitude, where.longitude, where.label]
    return found


def files(turn: Turn) -> tuple[SentFile, ...]:
    """The files that wait and those of this message, in the order they came."""
    kept = merged(turn)
    return tuple(
        SentFile(one, media, _spot(kept["spots"].get(one))) for one, media in kept["files"].items()
    )


def location(turn: Turn) -> Spot | None:
    return _spot(merged(turn)["location"])


def is_new(turn: Turn, known: Mapping[str, str]) -> bool:
    """Whether the message holds a place, or a file that is not known yet."""
    return turn.location is not None or any(one.id not in known for one in turn.files)


def _spot(value: Any) -> Spot | None:
    return Spot(value[0], value[1], *value[2:3]) if value else None
