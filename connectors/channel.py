"""The Channel port: what a channel promises, what it can show, and how sending can fail.

A channel is one folder under ``connectors/channels`` and one line in ``registry``. It turns the
platform's bytes into :class:`~connectors.messages.Inbound`, hands them to ``Intake`` and only then
acknowledges; and it sends one rendered message at a time, raising exactly one of the errors below.

    SendError                tried again?  then                              told
     ├── ConnectionFailed     yes           another way, or given up          desk
     ├── Throttled            yes, later    the account rests                 nobody
     ├── WindowClosed         when it opens another address, or waits for it  desk, in the end
     ├── RecipientRefused     no            given up                          desk
     ├── ContentRefused       no            given up                          desk, operator
     └── MisconfiguredAccount no            given up; the account rests       desk, operator
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import ClassVar, Protocol

from aiohttp import web

from connectors.capabilities import NO_LIMITS as NO_LIMITS
from connectors.capabilities import NO_MANNERS as NO_MANNERS
from connectors.capabilities import Addresses as Addresses
from connectors.capabilities import Capabilities as Capabilities
from connectors.capabilities import Limits as Limits
from connectors.capabilities import Manners as Manners
from connectors.capabilities import TextUnit as TextUnit
from connectors.ids import ConversationId, MessageId, TraceId
from connectors.messages import Choice, Inbound, Part, Person, Purpose, Stored


@dataclass(frozen=True, slots=True)
class Rendered:
    """One platform message: a piece of one of our messages, cut and shaped to the channel.

    ``piece`` counts from 0 to ``pieces`` - 1. ``choices`` are those to show as buttons (on the last
    piece only; choices that had to become text are in ``parts``). ``shut``: the reply window is
    shut, and ``parts`` are all of the message, whatever their length. ``joined`` are later messages
    that the pieces carry too; choices are then those of the last one.
    """

    person: Person
    message: Stored
    parts: tuple[Part, ...]
    delivery_id: str
    choices: tuple[Choice, ...] = ()
    piece: int = 0
    pieces: int = 1
    purpose: Purpose = Purpose.ANSWER
    shut: bool = False
    joined: tuple[Stored, ...] = ()

    @property
    def asks(self) -> Stored:
        """The message the choices belong to."""
        return self.joined[-1] if self.joined else self.message

    @property
    def key(self) -> str:
        """The same at every try of this piece, and of no other: for a platform that knows repeats
        by a key of ours."""
        return self.delivery_id if self.pieces == 1 else f"{self.delivery_id}.{self.piece}"


@dataclass(frozen=True, slots=True)
class Sent:
    """The platform took it. ``provider_id`` is what its receipts will name, if it gives any.
    ``free``: it does not count among the sends of the reply window."""

    provider_id: str | None = None
    free: bool = False


class SendError(Exception):
    """Why a message did not leave.

    ``retry``: the outbox tries again by itself. ``log``: an operator should see it each time.
    ``falls_back``: another address of the person may be used instead. ``other_account``: another
    account of the same channel may carry it. ``account_at_fault``: the
    next message of this account will fail the same way, so the account rests. ``detail`` is for
    operators: what the platform said, without the person's data.
    """

    retry: ClassVar[bool] = False
    log: ClassVar[bool] = True
    falls_back: ClassVar[bool] = False
    other_account: ClassVar[bool] = False
    account_at_fault: ClassVar[bool] = False
    code: ClassVar[str] = "send_error"

    def __init__(self, detail: str, *, retry_after: timedelta | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.retry_after = retry_after


class ConnectionFailed(SendError):
    """No answer, a time-out, a 5xx, an answer that is not the platform's."""

    retry = True
    falls_back = True
    other_account = True
    account_at_fault = True
    code = "connection_failed"


class Throttled(SendError):
    """The platform asks us to slow down; ``retry_after`` is for how long, if it said.

    ``this_person``: the limit is of one person's, so the account need not rest.
    """

    retry = True
    log = False
    code = "throttled"

    def __init__(
        self, detail: str, *, retry_after: timedelta | None = None, this_person: bool = False
    ) -> None:
        super().__init__(detail, retry_after=retry_after)
        self.this_person = this_person


class WindowClosed(SendError):
    """The platform's reply window or quota for this person is used up."""

    log = False
    falls_back = True
    code = "window_closed"


class RecipientRefused(SendError):
    """The person blocked us, left, opted out, or there is no such address."""

    log = False
    code = "recipient_refused"


class ContentRefused(SendError):
    """The platform will not carry this text."""

    other_account = True
    code = "content_refused"


class MisconfiguredAccount(SendError):
    """A key, a permission, a template or an address of the account is wrong."""

    other_account = True
    account_at_fault = True
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
    """The message is safe. ``duplicate``: it was already, and nothing was stored again; all the
    rest, its trace too, is then that of the message it repeats."""

    message_id: MessageId
    conversation_id: ConversationId
    seq: int
    duplicate: bool
    trace_id: TraceId


class Intake(Protocol):
    """Where a channel hands its messages in; when it returns, the message is durable."""

    async def accept(self, inbound: Inbound) -> Accepted: ...


class ReceiptState(StrEnum):
    """What a platform can tell of a message it has taken."""

    SENT = "sent"  # on its way: the carrier has it
    DELIVERED = "delivered"
    SEEN = "seen"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a message. It is named by our ``key`` (see :class:`Rendered`), where the
    platform gives it back, else by the platform's ``provider_id``.

    ``error`` says how it failed, and with that whether it is sent again.
    """

    channel: str
    account: str
    state: ReceiptState
    key: str | None = None
    provider_id: str | None = None
    error: SendError | None = None


class Receipts(Protocol):
    """Where a channel hands receipts in; they may come in any order, twice, or too early."""

    async def record(self, receipt: Receipt) -> bool:
        """Applies the receipt, durably; False when it names no message of that account (it is
        kept for a while, in case it came before we knew the platform's id)."""
        ...


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

    async def run(self) -> None:
        """Work of its own beside requests, until cancelled; most channels have none and return."""
        ...

    async def close(self) -> None:
        """Lets go of sockets and sessions; called once, after the workers have drained."""
        ...
