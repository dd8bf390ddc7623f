"""The frames of the chat socket, checked at the edge. See ``docs/webchat.md`` for the protocol."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from connectors.clock import in_china
from connectors.messages import Author, Stored, parts_to_json
from connectors.sanitize import INTEGER_MOST

LABEL_MOST = 300  # characters of the name a map gives a place
MAX_FRAME = 256 * 1024  # bytes; 20,000 characters, escaped, fit and are refused with a reason

_ID = Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")


class _Frame(BaseModel):
    model_config = ConfigDict(extra="ignore")


class Hello(_Frame):
    """The first frame: who is there and what they have seen (``last_seq``)."""

    type: Literal["hello"]
    token: str | None = Field(default=None, max_length=200)
    last_seq: int = Field(default=0, ge=0, le=INTEGER_MOST)


class Say(_Frame):
    """A message; ``id`` is made by the page and makes a repeat recognisable."""

    type: Literal["message"]
    id: str = _ID
    text: str


class Choose(_Frame):
    type: Literal["choose"]
    id: str = _ID
    message_id: str = _ID
    choice: str = _ID


class Place(_Frame):
    """A place pointed to on the page's map; the door knows which map that is."""

    type: Literal["location"]
    id: str = _ID
    latitude: float = Field(ge=-90, le=90, allow_inf_nan=False)
    longitude: float = Field(ge=-180, le=180, allow_inf_nan=False)
    label: str = Field(default="", max_length=LABEL_MOST)


class Seen(_Frame):
    type: Literal["seen"]
    seq: int = Field(ge=0, le=INTEGER_MOST)


class Typing(_Frame):
    type: Literal["typing"]


class Care(_Frame):
    """The page shows everything large and simple (关怀模式), or no longer."""

    type: Literal["care"]
    on: bool


class Ping(_Frame):
    type: Literal["ping"]


ClientFrame = Hello | Say | Choose | Place | Seen | Typing | Care | Ping
_frame: TypeAdapter[ClientFrame] = TypeAdapter(Annotated[ClientFrame, Field(discriminator="type")])


class BadFrame(Exception):
    """The bytes are no frame of the protocol."""


def parse(data: str | bytes) -> ClientFrame:
    """One frame. Raises :class:`BadFrame` with the reason, without what was in it."""
    try:
        return _frame.validate_json(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BadFrame(f"{where or 'frame'}: {first['msg']}") from error


_FROM = {Author.CITIZEN: "me", Author.BOT: "bot", Author.AGENT: "agent", Author.SYSTEM: "system"}


def message_frame(message: Stored, link: Callable[[str, bool], str]) -> dict[str, Any]:
    """A message of the conversation as the page shows it; ``link`` gives the address, for a while,
    of a kept file by its id, or (True) of the small picture of a photo."""
    frame: dict[str, Any] = {
        "id": message.id,
        "seq": message.seq,
        "from": _FROM[message.author],
        "at": in_china(message.created_at).isoformat(timespec="seconds"),
        "parts": [_shown(part, link) for part in parts_to_json(message.parts)],
    }
    if message.choices:
        frame["choices"] = [{"id": c.id, "label": c.label} for c in message.choices]
    if message.author is Author.CITIZEN and message.external_id:
        frame["client_id"] = message.external_id.rsplit(":", 1)[-1]
    return {"type": "message", "message": frame}


def _shown(part: dict[str, Any], link: Callable[[str, bool], str]) -> dict[str, Any]:
    if part["kind"] != "attachment":
        return part
    shown = {**part, "url": link(part["attachment_id"], False)}
    if part["media"].startswith("image/"):
        shown["small"] = link(part["attachment_id"], True)
    for private in ("latitude", "longitude"):
        shown.pop(private, None)
    return shown
