"""What WeCom's ``sync_msg`` brings, out of its fields: what somebody said, or what happened.

A person is known by the account they wrote to (``open_kfid``) and their id at the company
(``external_userid``): both together are their address.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from enum import IntEnum

from connectors.channels.wechat.api.answers import Said as Fields
from connectors.channels.wechat.api.answers import number, word
from connectors.channels.wechat.arrivals import TEXT_MOST, Media, MediaKind, Said, picked_of
from connectors.channels.wechat.gcj02 import to_wgs84
from connectors.messages import Link, Location, Part, Text
from connectors.sanitize import printable

_ID = re.compile(r"[A-Za-z0-9_-]{1,60}")
_MEDIA_ID = re.compile(r"[A-Za-z0-9_.@-]{1,256}")
_FILES = {
    "image": MediaKind.IMAGE,
    "voice": MediaKind.VOICE,
    "video": MediaKind.VIDEO,
    "file": MediaKind.FILE,
}


class Origin(IntEnum):
    """Who a message is of."""

    PERSON = 3
    EVENT = 4
    SERVICER = 5  # one of the company's people, in WeCom


@dataclass(frozen=True, slots=True)
class Spoken:
    """What somebody said, and when by the platform's clock (Unix seconds). ``servicer``: who it was
    of the company; empty: the person."""

    said: Said
    at: int
    servicer: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """What happened to the conversation with ``person`` (their address)."""

    name: str
    person: str
    at: int
    fields: Fields


def address(open_kfid: str, person: str) -> str:
    return f"{open_kfid}:{person}"


def parted(person: str) -> tuple[str, str]:
    """The account and the id of an address. Raises ``ValueError`` when it is none."""
    open_kfid, colon, user = person.partition(":")
    if not colon or not _ID.fullmatch(open_kfid) or not _ID.fullmatch(user):
        raise ValueError("no address of WeCom's customer service")
    return open_kfid, user


def read(message: Fields) -> Spoken | Event | None:
    """What one message says; None for what cannot be told whose it is."""
    if word(message, "msgtype") == "event" or number(message, "origin") == Origin.EVENT:
        return _event(message)
    person, msgid = _person(message), word(message, "msgid")
    if not person or not msgid:
        return None
    kind = word(message, "msgtype")
    content = message.get(kind)
    fields = content if isinstance(content, dict) else {}
    servicer = ""
    if number(message, "origin") == Origin.SERVICER:
        servicer = word(message, "servicer_userid") or "?"
    said = _said(person, f"{person}:{msgid}", kind, fields)
    return Spoken(said, number(message, "send_time"), servicer)


def _person(fields: Fields) -> str:
    made = address(word(fields, "open_kfid"), word(fields, "external_userid"))
    try:
        parted(made)
    except ValueError:
        return ""
    return made


def _event(message: Fields) -> Event | None:
    told = message.get("event")
    fields: Fields = told if isinstance(told, dict) else {}
    person, name = _person(fields) or _person(message), word(fields, "event_type")
    if not person or not name:
        return None
    return Event(name[:64], person, number(message, "send_time"), fields)


def _said(person: str, msgid: str, kind: str, fields: Fields) -> Said:
    if kind == "text":
        parts = _text(word(fields, "content"))
        picked = picked_of(word(fields, "menu_id"))
        return Said(person, msgid, kind, parts, picked, known=bool(parts))
    if kind in _FILES:
        media_id = word(fields, "media_id")
        if not _MEDIA_ID.fullmatch(media_id):
            return Said(person, msgid, kind, known=False)
        return Said(person, msgid, kind, (), None, Media(_FILES[kind], media_id))
    parts = _shown(kind, fields)
    return Said(person, msgid, kind[:40], parts, known=bool(parts))


def _shown(kind: str, fields: Fields) -> tuple[Part, ...]:
    match kind:
        case "location":
            return _place(fields)
        case "link":
            title, url = printable(word(fields, "title"))[:200], printable(word(fields, "url"))
            about = _text(word(fields, "desc"))
            if url.startswith(("http://", "https://")) and len(url) <= 2000:
                return (Link(title, url), *about)
            return (*_text(title), *about)
        case "miniprogram":
            return _text(word(fields, "title"))
        case _:
            return ()


def _place(fields: Fields) -> tuple[Part, ...]:
    latitude, longitude = fields.get("latitude"), fields.get("longitude")
    label = printable(f"{word(fields, 'name')} {word(fields, 'address')}".strip())[:200]
    if not isinstance(latitude, int | float) or not isinstance(longitude, int | float):
        return _text(label)
    if not (math.isfinite(latitude + longitude) and abs(latitude) <= 90 and abs(longitude) <= 180):
        return _text(label)
    north, east = to_wgs84(float(latitude), float(longitude))
    return (Location(round(north, 6), round(east, 6), label),)


def _text(text: str) -> tuple[Part, ...]:
    shown = printable(text)[:TEXT_MOST]
    return (Text(shown),) if shown else ()
