"""MP4, QuickTime and their kin: how long, and without what they tell beside picture and sound.

A file is a tree of boxes (ISO/IEC 14496-12). Boxes that describe (``udta``, ``meta``, ``uuid``)
are made into ``free`` ones of the same size, so nothing in the file moves.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from connectors.attachments.refused import AttachmentRefused, Reason

Place = tuple[float, float]

_DESCRIBES = frozenset({b"udta", b"meta", b"uuid"})
_HOLDS = frozenset({b"moov", b"trak", b"mdia", b"minf", b"moof", b"traf"})
_MOST_BOXES = 20_000
# ISO 6709, as phones write it: +31.8206+117.2272+030.000/
_ISO_6709 = re.compile(rb"([+-]\d{2}\.\d+)([+-]\d{3}\.\d+)")


@dataclass(frozen=True, slots=True)
class Film:
    """``media`` is audio when there is no picture. ``place`` is where it says it was taken."""

    data: bytes
    media: str
    seconds: float
    place: Place | None


def clean_boxes(data: bytes) -> Film:
    """Raises :class:`AttachmentRefused` for what is no whole film."""
    kept = bytearray(data)
    handlers: set[bytes] = set()
    seconds: float | None = None
    place: Place | None = None
    for kind, start, body, end in _walk(data, 0, len(data), [0]):
        if kind in _DESCRIBES:
            place = place or _place_in(data[body:end])
            kept[start + 4 : start + 8] = b"free"
            kept[body:end] = bytes(end - body)
        elif kind == b"hdlr" and end - body >= 12:
            handlers.add(data[body + 8 : body + 12])
        elif kind == b"mvhd":
            seconds = _seconds(data[body:end])
    if seconds is None or not handlers & {b"vide", b"soun"}:
        raise AttachmentRefused(Reason.DAMAGED)
    brand = data[8:12] if data[4:8] == b"ftyp" else b"qt  "
    form = "quicktime" if brand == b"qt  " else "3gpp" if brand.startswith(b"3g") else "mp4"
    if b"vide" in handlers:
        return Film(bytes(kept), f"video/{form}", seconds, place)
    return Film(bytes(kept), "audio/3gpp" if form == "3gpp" else "audio/mp4", seconds, place)


def _walk(
    data: bytes, at: int, end: int, count: list[int]
) -> Iterator[tuple[bytes, int, int, int]]:
    """Every box as kind, start, beginning of its content, end."""
    while at + 8 <= end:
        count[0] += 1
        if count[0] > _MOST_BOXES:
            raise AttachmentRefused(Reason.DAMAGED)
        size, kind = struct.unpack_from(">I4s", data, at)
        body = at + 8
        if size == 1 and body + 8 <= end:
            (size,) = struct.unpack_from(">Q", data, body)
            body += 8
        stop = end if size == 0 else at + size
        if stop < body or stop > end:
            if kind == b"mdat":  # a recording cut off; what describes it decides
                return
            raise AttachmentRefused(Reason.DAMAGED)
        yield kind, at, body, stop
        if kind in _HOLDS:
            yield from _walk(data, body, stop, count)
        at = stop


def _seconds(header: bytes) -> float:
    try:
        if header[0] == 1:
            scale, length = struct.unpack_from(">IQ", header, 20)
        else:
            scale, length = struct.unpack_from(">II", header, 12)
    except (struct.error, IndexError):
        raise AttachmentRefused(Reason.DAMAGED) from None
    return float(length / scale) if scale else 0.0


def _place_in(description: bytes) -> Place | None:
    found = _ISO_6709.search(description)
    if found is None:
        return None
    latitude, longitude = float(found[1]), float(found[2])
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None
