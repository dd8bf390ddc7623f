"""The frames of the chat socket, checked at the edge. See ``docs/webchat.md`` for the protocol."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from connectors.clock import in_china
from connectors.messages import Author, Stored, parts_to_json

MAX_FRAME = 256 * 1024  # bytes; 20,000 characters, escaped, fit and are refused with a reason

_ID = Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")


class _Frame(BaseModel):
    model_config = ConfigDict(extra="ignore")


class Hello(_Frame):
    """The first frame: who is there and what they have seen (``last_seq``)."""

    type: Literal["hello"]
    token: str | None = Field(default=None, max_length=200)
    last_seq: int = Field(default=0, ge=0)


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


class Seen(_Frame):
    type: Literal["seen"]
    seq: int = Field(ge=0)


class Typing(_Frame):
    type: Literal["typing"]


class Ping(_Frame):
    type: Literal["ping"]


ClientFrame = Annotated[Hello | Say | Choose | Seen | Typing | Ping, Field(discriminator="type")]
_frame: TypeAdapter[Hello | Say | Choose | Seen | Typing | Ping] = TypeAdapter(ClientFrame)


class BadFrame(Exception):
    """The bytes are no frame of the protocol."""


def parse(data: str | bytes) -> Hello | Say | Choose | Seen | Typing | Ping:
    """One frame. Raises :class:`BadFrame` with the reason, without what was in it."""
    try:
        return _frame.validate_json(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BadFrame(f"{where or 'frame'}: {first['msg']}") from error


_FROM = {Author.CITIZEN: "me", Author.BOT: "bot", Author.AGENT: "agent", Author.SYSTEM: "system"}


def message_frame(message: Stored) -> dict[str, Any]:
    """A message of the conversation as the page shows it."""
    frame: dict[str, Any] = {
        "id": message.id,
        "seq": message.seq,
        "from": _FROM[message.author],
        "at": in_china(message.created_at).isoformat(timespec="seconds"),
        "parts": parts_to_json(message.parts),
    }
    if message.choices:
        frame["choices"] = [{"id": c.id, "label": c.label} for c in message.choices]
    if message.author is Author.CITIZEN and message.external_id:
        frame["client_id"] = message.external_id.rsplit(":", 1)[-1]
    return {"type": "message", "message": frame}
