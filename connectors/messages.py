"""What people and Huiying say to each other, apart from any channel.

A message is a tuple of *parts* (text, citation, summary, …) and, when Huiying asks something that
has ready answers, *choices*. Channels turn platform bytes into :class:`Inbound`; the renderer turns
an :class:`Outbound` into what a channel can show.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError

from connectors.ids import AgentId, ContactId, ConversationId, MessageId, TraceId

NO_TRACE = TraceId("")


class Author(StrEnum):
    """Who speaks."""

    CITIZEN = "citizen"
    BOT = "bot"
    AGENT = "agent"
    SYSTEM = "system"  # notices of the house itself: received, queued, handed over


class Purpose(StrEnum):
    """Why we write: decides what may be sent when, and stands in the ledger of costs."""

    ANSWER = "answer"  # the person wrote, or an agent talks with them
    NOTICE = "notice"  # we begin: progress, follow-up, what had to come another way
    VERIFICATION = "verification"  # a code the person asked for elsewhere


@dataclass(frozen=True, slots=True)
class Text:
    text: str
    kind: Literal["text"] = "text"


@dataclass(frozen=True, slots=True)
class Citation:
    """A passage of the knowledge base, verbatim, with what an official needs to find it again."""

    title: str
    quote: str
    entry_id: str
    passage_id: str = ""
    issuer: str | None = None
    document: str | None = None
    document_number: str | None = None
    region: str | None = None
    region_name: str | None = None
    effective_from: str | None = None
    link: str | None = None
    sample: bool = False
    historical: bool = False
    text: str = ""
    kind: Literal["citation"] = "citation"


@dataclass(frozen=True, slots=True)
class FieldRow:
    key: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Fields:
    """A summary a person can check line by line."""

    title: str
    rows: tuple[FieldRow, ...]
    text: str = ""
    kind: Literal["fields"] = "fields"


@dataclass(frozen=True, slots=True)
class OrderCard:
    """A work order's receipt."""

    number: str
    title: str
    status: str
    text: str = ""
    kind: Literal["order"] = "order"


@dataclass(frozen=True, slots=True)
class ProgressNode:
    name: str
    state: Literal["done", "current", "todo"]
    at: str | None = None
    by: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """Parcel-style progress (快递式查询) of one work order."""

    number: str
    nodes: tuple[ProgressNode, ...]
    light: Literal["green", "yellow", "orange", "red"] | None = None
    text: str = ""
    kind: Literal["progress"] = "progress"


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    url: str
    kind: Literal["link"] = "link"


@dataclass(frozen=True, slots=True)
class Location:
    """A place sent by the person's device: WGS-84 degrees, and the label the device gave it."""

    latitude: float
    longitude: float
    label: str = ""
    kind: Literal["location"] = "location"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A kept file: ``media`` is its sniffed type (``image/jpeg``), ``size`` in bytes.

    ``latitude`` and ``longitude`` (WGS-84 degrees): where the file said it was taken, before that
    was stripped from it; for offering to the person, no longer than until they have answered.
    """

    attachment_id: str
    media: str
    size: int
    name: str = ""
    latitude: float | None = None
    longitude: float | None = None
    kind: Literal["attachment"] = "attachment"


@dataclass(frozen=True, slots=True)
class OneTimeCode:
    """A code that proves whose phone it is. The store keeps only what it is made from; the outbox
    fills in ``code`` and ``text``, the sentence that says it, for the moment of sending."""

    nonce: str
    minutes: int  # how long it is good for
    code: str = ""
    text: str = ""
    kind: Literal["code"] = "code"


Part = Text | Citation | Fields | OrderCard | Progress | Link | Location | Attachment | OneTimeCode


@dataclass(frozen=True, slots=True)
class Choice:
    """A ready answer. ``payload`` is what the dialogue receives when it is chosen."""

    id: str
    label: str
    payload: str


@dataclass(frozen=True, slots=True)
class Picked:
    """A choice tapped on an earlier message of ours."""

    message_id: MessageId
    choice_id: str


@dataclass(frozen=True, slots=True)
class Inbound:
    """A message as a channel received it, before it is stored.

    ``external_id`` is the platform's own id: unique within (channel, account), it is what makes a
    repeat recognisable. ``address`` is the person on that account: an openid, a phone number, a
    visitor id. ``silent``: kept and shown on the desk, never answered (another robot wrote it).
    ``care``: it came from a page in its care mode (关怀模式), which a new conversation takes over.
    """

    channel: str
    account: str
    address: str
    external_id: str
    parts: tuple[Part, ...]
    received_at: datetime
    picked: Picked | None = None
    silent: bool = False
    care: bool = False

    @property
    def text(self) -> str:
        return plain_text(self.parts)


@dataclass(frozen=True, slots=True)
class Outbound:
    """Something to be said to a person, before it has a place in the conversation."""

    parts: tuple[Part, ...]
    author: Author = Author.BOT
    choices: tuple[Choice, ...] = ()
    agent_id: AgentId | None = None
    purpose: Purpose = Purpose.ANSWER


@dataclass(frozen=True, slots=True)
class Stored:
    """A message with its place in a conversation."""

    id: MessageId
    conversation_id: ConversationId
    seq: int
    author: Author
    parts: tuple[Part, ...]
    created_at: datetime
    choices: tuple[Choice, ...] = ()
    picked: Picked | None = None
    agent_id: AgentId | None = None
    external_id: str | None = None
    trace_id: TraceId = NO_TRACE
    attempts: int = 0
    in_reply_to: MessageId | None = None
    readable: bool = True

    @property
    def text(self) -> str:
        return plain_text(self.parts)


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a message goes to, on the account they wrote to."""

    contact_id: ContactId
    conversation_id: ConversationId
    channel: str
    account: str
    address: str


def plain_text(parts: Sequence[Part]) -> str:
    """The words of a message; parts without words of their own give their plain form."""
    return "\n".join(word for part in parts if (word := _words(part)))


def _words(part: Part) -> str:
    match part:
        case Text() | Fields() | OrderCard() | Progress() | OneTimeCode():
            return part.text
        case Citation():
            return part.text or part.quote
        case Link():
            return f"{part.label} {part.url}".strip()
        case Location():
            return part.label
        case Attachment():
            return ""


_parts: TypeAdapter[tuple[Part, ...]] = TypeAdapter(
    tuple[Annotated[Part, Field(discriminator="kind")], ...]
)
_choices: TypeAdapter[tuple[Choice, ...]] = TypeAdapter(tuple[Choice, ...])
_part: TypeAdapter[Part] = TypeAdapter(Annotated[Part, Field(discriminator="kind")])


def parts_to_json(parts: Sequence[Part]) -> list[dict[str, Any]]:
    dumped: list[dict[str, Any]] = _parts.dump_python(tuple(parts), mode="json", exclude_none=True)
    return dumped


def parts_from_json(data: object) -> tuple[Part, ...]:
    """Parts out of their stored form. Raises ``ValueError`` when the form is not ours."""
    try:
        return _parts.validate_python(data)
    except ValidationError as error:
        raise ValueError(f"not message parts: {error.error_count()} errors") from error


def part_from_json(data: object) -> Part:
    """One part, as an action gives it. Raises ``ValueError`` when the form is not ours."""
    try:
        return _part.validate_python(data)
    except ValidationError as error:
        raise ValueError(f"not a message part: {error.error_count()} errors") from error


def choices_to_json(choices: Sequence[Choice]) -> list[dict[str, Any]]:
    dumped: list[dict[str, Any]] = _choices.dump_python(tuple(choices), mode="json")
    return dumped


def choices_from_json(data: object) -> tuple[Choice, ...]:
    return _choices.validate_python(data or ())
