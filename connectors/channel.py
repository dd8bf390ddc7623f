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

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import ClassVar, Protocol

from aiohttp import web

from connectors.ids import ConversationId, MessageId
from connectors.messages import Choice, Inbound, Part, Person, Stored


class TextUnit(StrEnum):
    """What a platform counts when it limits the length of a text."""

    CHARACTERS = "characters"  # Unicode code points
    UTF16 = "utf16"  # UTF-16 code units: an emoji is two
    UTF8 = "utf8"  # bytes: a Chinese character is three
    SMS_SEGMENTS = "sms_segments"  # what a carrier bills, by the rules of delivery/segments


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one account may send. The outbox waits for its turn; it never drops for a limit.

    ``per_second``: platform messages a second, evenly spaced, over all gateways together.
    ``per_day``: platform messages in a calendar day of China; the rest waits for midnight.
    ``per_reply_window``: platform messages after each message of the person; once used up, what
    follows falls back to another address or waits until the person writes again.
    """

    per_second: float | None = None
    per_day: int | None = None
    per_reply_window: int | None = None


NO_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a channel can show and do; the renderer and the worker ask this, never a name.

    ``max_text`` is the most text of one platform message, counted in ``text_unit``; ``signature``
    is what the channel will add to each message and therefore counts too. ``max_choices`` is how
    many buttons one message may carry (0: choices become numbered text). ``rich_parts`` names the
    part kinds shown as they are; all others are turned into text. ``parts_together``: one platform
    message may carry several parts. ``reply_window`` is how long after a person's message we may
    still write. ``may_begin``: we may write to somebody who has not written first, so the channel
    is a place to fall back to. ``join_burst`` joins quick messages of one person into one turn.
    """

    max_text: int = 2000
    text_unit: TextUnit = TextUnit.CHARACTERS
    signature: str = ""
    max_choices: int = 0
    rich_parts: frozenset[str] = frozenset()
    parts_together: bool = False
    markdown: bool = False
    emoji: bool = True
    typing: bool = False
    receipts: bool = False
    voice: bool = False
    may_begin: bool = False
    reply_window: timedelta | None = None
    join_burst: timedelta = timedelta(0)
    texts: str = "text"  # which variant of our texts suits: "text", "sms", "voice"
    limits: Limits = NO_LIMITS
    account_limits: Mapping[str, Limits] = field(default_factory=dict)

    def limits_of(self, account: str) -> Limits:
        """The limits of one account: its own where it has some, else the channel's."""
        return self.account_limits.get(account, self.limits)


@dataclass(frozen=True, slots=True)
class Rendered:
    """One platform message: a piece of one of our messages, cut and shaped to the channel.

    ``piece`` counts from 0 to ``pieces`` - 1. ``choices`` are those to show as buttons (on the last
    piece only; choices that had to become text are in ``parts``).
    """

    person: Person
    message: Stored
    parts: tuple[Part, ...]
    delivery_id: str
    choices: tuple[Choice, ...] = ()
    piece: int = 0
    pieces: int = 1

    @property
    def key(self) -> str:
        """The same at every try of this piece, and of no other: for a platform that knows repeats
        by a key of ours."""
        return self.delivery_id if self.pieces == 1 else f"{self.delivery_id}.{self.piece}"


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
