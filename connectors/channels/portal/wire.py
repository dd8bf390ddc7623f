"""The JSON of the portal channel, checked at the edge (``docs/channels/portal.md``)."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Base64Bytes, BaseModel, ConfigDict, Field, model_validator

from connectors.channel import Rendered
from connectors.clock import in_china
from connectors.json_codec import dump_bytes
from connectors.messages import parts_to_json, plain_text
from connectors.posted import parsed

_ID = Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._:@+-]+$")


class _Form(BaseModel):
    model_config = ConfigDict(extra="ignore")


class Choice(_Form):
    """A choice tapped under a message of ours."""

    message_id: str = _ID
    id: str = _ID


class Place(_Form):
    """WGS-84 degrees, and what the device calls the place."""

    latitude: float = Field(ge=-90, le=90, allow_inf_nan=False)
    longitude: float = Field(ge=-180, le=180, allow_inf_nan=False)
    label: str = Field(default="", max_length=200)


class File(_Form):
    """A file: its ``content``, in Base64, which we keep; or a ``url`` where it stays with the
    portal: we keep the link, we never fetch it."""

    url: str | None = Field(default=None, max_length=2000, pattern=r"^https?://[!-~]+$")
    content: Base64Bytes | None = None
    name: str = Field(default="", max_length=200)

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.url is None) == (self.content is None):
            raise ValueError("give either url or content")
        return self


class Message(_Form):
    """What a person wrote. ``id`` is the portal's, unique for that person: a repeat is one message.

    ``from`` is how the portal calls the person.
    """

    type: Literal["message"]
    id: str = _ID
    sender: str = Field(alias="from", min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._:@+-]+$")
    text: str = ""
    choice: Choice | None = None
    location: Place | None = None
    attachments: list[File] = Field(default=[], max_length=9)


class Told(_Form):
    """What became of a message of ours. ``code``: why it failed, as ``SendError.code``."""

    key: str = Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_.]+$")
    state: Literal["sent", "delivered", "seen", "failed"]
    code: str = Field(default="", max_length=32)
    detail: str = Field(default="", max_length=500)


class Receipts(_Form):
    receipts: list[Told] = Field(max_length=200)


class _Typed(_Form):
    type: str = "message"


def type_of(body: bytes) -> str:
    """The type a body gives itself. Raises :class:`Malformed`."""
    return parsed(_Typed, body).type


def message(body: bytes) -> Message:
    return parsed(Message, body)


def receipts(body: bytes) -> Receipts:
    return parsed(Receipts, body)


def outbound(rendered: Rendered) -> bytes:
    """A message of ours as it is posted to the portal."""
    said = rendered.message
    body = {
        "type": "message",
        "key": rendered.key,
        "message_id": said.id,
        "in_reply_to": said.in_reply_to,
        "to": rendered.person.address,
        "from": said.author.value,
        "seq": said.seq,
        "at": in_china(said.created_at).isoformat(timespec="seconds"),
        "text": plain_text(rendered.parts),
        "parts": parts_to_json(rendered.parts),
        "choices": [{"id": choice.id, "label": choice.label} for choice in rendered.choices],
    }
    return dump_bytes(body)
