"""The Channel port: what a channel promises, what it can show, and how sending can fail.

A channel is one folder under ``connectors/channels`` and one line in ``registry``. It turns the
platform's bytes into :class:`~connectors.messages.Inbound`, hands them to ``Intake`` and only then
acknowledges; and it sends one rendered message at a time, raising exactly one of the errors below.

    SendError
     ├── ConnectionFailed     no answer, a time-out, a 5xx: try again
     ├── Throttled            the platform asks us to slow down: try again after `retry_after`
     ├── WindowClosed         the platform's reply window or quota is used up: fall back
     ├── RecipientRefused     the person blocked, left or opted out: stop, tell the desk
     ├── ContentRefused       the platform will not carry this text: stop, tell the desk
     └── MisconfiguredAccount key, permission or template wrong: stop, tell the operator
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Protocol

from aiohttp import web

from connectors.ids import ConversationId, MessageId
from connectors.messages import Inbound, Part, Person, Stored


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a channel can show and do; the renderer and the worker ask this, never a name.

    ``max_text`` is in characters of one message, ``max_choices`` how many buttons one message may
    carry (0: choices become numbered text). ``rich_parts`` names the part kinds shown as they are;
    all others are turned into text. ``reply_window`` is how long after a person's message we may
    still write. ``join_burst`` joins quick messages of one person into one turn.
    """

    max_text: int = 2000
    max_choices: int = 0
    rich_parts: frozenset[str] = frozenset()
    markdown: bool = False
    typing: bool = False
    receipts: bool = False
    voice: bool = False
    reply_window: timedelta | None = None
    join_burst: timedelta = timedelta(0)
    texts: str = "text"  # which variant of our texts suits: "text", "sms", "voice"


@dataclass(frozen=True, slots=True)
class Rendered:
    """One message cut and shaped to what the channel can carry."""

    person: Person
    message: Stored
    parts: tuple[Part, ...]
    delivery_id: str


@dataclass(frozen=True, slots=True)
class Sent:
    """The platform took it. ``provider_id`` is what its receipts will name, if it gives any."""

    provider_id: str | None = None


class SendError(Exception):
    """Why a message did not leave. ``retry``: whether the outbox tries again by itself."""

    retry: ClassVar[bool] = False
    log: ClassVar[bool] = True
    code: ClassVar[str] = "send_error"

    def __init__(self, detail: str, *, retry_after: timedelta | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.retry_after = retry_after


class ConnectionFailed(SendError):
    retry = True
    code = "connection_failed"


class Throttled(SendError):
    retry = True
    log = False
    code = "throttled"


class WindowClosed(SendError):
    code = "window_closed"


class RecipientRefused(SendError):
    log = False
    code = "recipient_refused"


class ContentRefused(SendError):
    code = "content_refused"


class MisconfiguredAccount(SendError):
    code = "misconfigured_account"


SEND_ERRORS: tuple[type[SendError], ...] = (
    ConnectionFailed,
    Throttled,
    WindowClosed,
    RecipientRefused,
    ContentRefused,
    MisconfiguredAccount,
)


@dataclass(frozen=True, slots=True)
class Accepted:
    """The message is safe. ``duplicate``: it was already, and nothing was stored again."""

    message_id: MessageId
    conversation_id: ConversationId
    seq: int
    duplicate: bool


class Intake(Protocol):
    """Where a channel hands its messages in; when it returns, the message is durable."""

    async def accept(self, inbound: Inbound) -> Accepted: ...


class Channel(Protocol):
    """One way to reach people."""

    name: str
    capabilities: Capabilities

    def routes(self) -> list[web.AbstractRouteDef]:
        """The HTTP routes of this channel."""
        ...

    async def send(self, rendered: Rendered) -> Sent:
        """Sends one message. Raises one of :data:`SEND_ERRORS` and nothing else."""
        ...

    async def typing(self, person: Person) -> None:
        """Shows that an answer is being prepared, where the platform can."""
        ...

    async def close(self) -> None:
        """Lets go of sockets and sessions; called once, after the workers have drained."""
        ...
