"""What WeChat brings, out of its fields: what a person says, or what happened.

Fields come as WeChat's XML and JSON have them, a number here as text and there as a number, a list
of one as the one itself. What a person says is known by MsgId, what happened by who, when, what and
which key: that is what the platform says its repeats are to be known by. Nothing is trusted to be
of the right kind.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from connectors.channels.wechat.gcj02 import to_wgs84
from connectors.channels.wechat.xml import Fields, Value
from connectors.ids import MessageId
from connectors.messages import Link, Location, Part, Picked, Text
from connectors.sanitize import printable, storable

TEXT_MOST = 4000  # characters; the platform's own limit is lower

# What the platform writes in place of a sticker and the like.
_UNSUPPORTED = re.compile(r"收到不支持的消息类型")

_PERSON = re.compile(r"[A-Za-z0-9_-]{1,64}")
_MEDIA_ID = re.compile(r"[A-Za-z0-9_-]{1,256}")
_MENU_ID = re.compile(r"(m_[0-9a-f]{1,38})\.([A-Za-z0-9_:-]{1,40})")


class Malformed(ValueError):
    """A field without which nothing can be done is missing or of the wrong kind."""


class MediaKind(StrEnum):
    IMAGE = "image"
    VOICE = "voice"
    VIDEO = "video"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Media:
    """A file the platform keeps for three days under this id."""

    kind: MediaKind
    media_id: str


@dataclass(frozen=True, slots=True)
class Said:
    """What a person said. With ``media`` there is a file to fetch; ``parts`` may then be empty.

    ``known``: whether it is of a kind we can show; else it is only noted that there was one.
    """

    person: str
    external_id: str
    kind: str
    parts: tuple[Part, ...] = ()
    picked: Picked | None = None
    media: Media | None = None
    known: bool = True


@dataclass(frozen=True, slots=True)
class Happened:
    """An event. ``person`` is empty where the platform names none; ``key`` is its EventKey."""

    person: str
    external_id: str
    name: str
    key: str
    fields: Fields

    @property
    def as_message(self) -> MessageId:
        """What it is called where something answers it as if it were a message."""
        return MessageId("e_" + hashlib.sha256(self.external_id.encode()).hexdigest()[:36])


def read(fields: Fields) -> Said | Happened:
    """What a genuine push says. Raises :class:`Malformed`."""
    kind = word(fields, "MsgType").lower()
    if not kind:
        raise Malformed("MsgType is missing")
    return _event(fields) if kind == "event" else _said(fields, kind)


def word(fields: Fields, name: str) -> str:
    """A field as text; empty where there is none, or one of another kind."""
    value = fields.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return storable(str(value))


def each(fields: Fields, name: str) -> list[Fields]:
    """A field as a list of objects, whether there is none, one or a list of them."""
    value = fields.get(name)
    many: list[Value] = value if isinstance(value, list) else [value]
    return [one for one in many if isinstance(one, dict)]


# What a person says -----------------------------------------------------------------------------


def _said(fields: Fields, kind: str) -> Said:
    person = word(fields, "FromUserName")
    if not _PERSON.fullmatch(person):
        raise Malformed("FromUserName is missing or no openid")
    made = _parts(fields, kind)
    external_id = f"{person}:{word(fields, 'MsgId') or _without_id(fields)}"
    if made is None or made == ((), None):
        return Said(person, external_id, kind[:40], known=False)
    parts, media = made
    picked = picked_of(word(fields, "bizmsgmenuid")) if kind == "text" else None
    return Said(person, external_id, kind, parts, picked, media)


def _parts(fields: Fields, kind: str) -> tuple[tuple[Part, ...], Media | None] | None:
    """The parts and the file of a message; None for a kind nobody knows."""
    match kind:
        case "text":
            text = word(fields, "Content")
            return None if _UNSUPPORTED.search(text) else (_text(text), None)
        case "image":
            return (), _media(MediaKind.IMAGE, fields)
        case "voice":
            return _text(word(fields, "Recognition")), _media(MediaKind.VOICE, fields)
        case "video" | "shortvideo":
            return (), _media(MediaKind.VIDEO, fields)
        case "location":
            return (_place(fields),), None
        case "link":
            return _link(fields), None
        case "miniprogrampage":
            return _text(word(fields, "Title")), None
        case _:
            return None


def _text(text: str) -> tuple[Part, ...]:
    shown = printable(text)[:TEXT_MOST]
    return (Text(shown),) if shown else ()


def _media(kind: MediaKind, fields: Fields) -> Media:
    media_id = word(fields, "MediaId")
    if not _MEDIA_ID.fullmatch(media_id):
        raise Malformed("MediaId is missing or none")
    return Media(kind, media_id)


def _place(fields: Fields) -> Location:
    try:
        latitude, longitude = float(word(fields, "Location_X")), float(word(fields, "Location_Y"))
    except ValueError:
        raise Malformed("Location_X or Location_Y is no number") from None
    if not (math.isfinite(latitude + longitude) and abs(latitude) <= 90 and abs(longitude) <= 180):
        raise Malformed("Location_X and Location_Y are off the globe")
    north, east = to_wgs84(latitude, longitude)
    return Location(round(north, 6), round(east, 6), printable(word(fields, "Label"))[:200])


def _link(fields: Fields) -> tuple[Part, ...]:
    title, url = printable(word(fields, "Title"))[:200], printable(word(fields, "Url"))
    about = _text(word(fields, "Description"))
    try:
        safe = urlsplit(url).scheme in ("http", "https") and len(url) <= 2000
    except ValueError:
        safe = False
    return (Link(title, url), *about) if safe else (*_text(title), *about)


def menu_id(message_id: MessageId, choice_id: str) -> str:
    """What a choice is called in a menu of WeChat's, and comes back as when it is tapped."""
    return f"{message_id}.{choice_id}"


def picked_of(menu: str) -> Picked | None:
    """The choice a menu's id stands for; None for what is none of ours."""
    found = _MENU_ID.fullmatch(menu)
    return Picked(MessageId(found[1]), found[2]) if found else None


def _without_id(fields: Fields) -> str:
    """A message without MsgId is known by all that is in it."""
    told = json.dumps(fields, sort_keys=True, ensure_ascii=True, default=str)
    return hashlib.sha256(told.encode()).hexdigest()[:32]


# What happened ----------------------------------------------------------------------------------


def _event(fields: Fields) -> Happened:
    name = word(fields, "Event")
    if not name:
        raise Malformed("Event is missing")
    person = word(fields, "FromUserName")
    if person and not _PERSON.fullmatch(person):
        raise Malformed("FromUserName is no openid")
    key = word(fields, "EventKey")
    told = ":".join((person, word(fields, "CreateTime"), name, key))
    return Happened(person, told, name.lower()[:64], key, fields)
