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

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from enum import StrEnum
from typing import ClassVar, Protocol

from aiohttp import web

from connectors.ids import ConversationId, MessageId
from connectors.messages import Choice, Inbound, Part, Person, Purpose, Stored


class Addresses(StrEnum):
    """What the addresses of a channel are."""

    OPAQUE = "opaque"  # ids that mean something to the platform only
    PHONES = "phones"  # telephone numbers: whoever writes from one has it


class TextUnit(StrEnum):
    """What a platform counts when it limits the length of a text."""

    CHARACTERS = "characters"  # Unicode code points
    UTF16 = "utf16"  # UTF-16 code units: an emoji is two
    UTF8 = "utf8"  # bytes: a Chinese character is three
    SMS_SEGMENTS = "sms_segments"  # what a carrier bills, by the rules of segments


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
class Manners:
    """What goes for messages we begin ourselves, answers and codes excepted.

    ``quiet``: from when until when, on China's clock, none is sent. ``per_day``: how many one
    person is sent in a day. ``opt_out``: people may refuse them by a word.
    """

    quiet: tuple[time, time] | None = None
    per_day: int | None = None
    opt_out: bool = False


NO_MANNERS = Manners()


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

    ``joins_turn``: all that is said in one turn goes as one message. ``accounts_for`` names the
    accounts that may carry a message to an address, the first to be tried in front: what one cannot
    send goes by the next.

    ``elsewhere`` gives the address of a page that shows the whole of a message. With it a message
    too long for one platform message is one all the same: its beginning, and where to read on.
    ``elsewhere_at_need``: only when the sends that are left do not carry all of it; what waits for
    one person is then joined, and the longest parts of it are cut.

    ``carries_shut``: for which purposes the channel may still have a way when the reply window is
    shut (a message by a template the person agreed to).

    ``same_people``: channels on which the same address, on the account of the same name, is the
    same person.

    ``queue``: where everybody who comes by this channel waits for an agent, if it has a queue of
    its own (connectors/conversation/skills.py).

    ``addresses``: what a person's address is. Phone numbers that exist are kept in E.164, whatever
    spelling the channel hands in. ``begins_from`` is the account from which we write to a number
    that never wrote to us (a code, say); empty while none is set up.
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
    addresses: Addresses = Addresses.OPAQUE
    begins_from: str = ""
    same_people: frozenset[str] = frozenset()
    reply_window: timedelta | None = None
    join_burst: timedelta = timedelta(0)
    queue: str = ""
    texts: str = "text"  # which variant of our texts suits: "text", "sms", "voice"
    joins_turn: bool = False
    manners: Manners = NO_MANNERS
    accounts_for: Callable[[str], tuple[str, ...]] | None = None
    elsewhere: Callable[[Stored], str] | None = None
    elsewhere_at_need: bool = False
    carries_shut: frozenset[Purpose] = frozenset()
    limits: Limits = NO_LIMITS
    account_limits: Mapping[str, Limits] = field(default_factory=dict)

    def limits_of(self, account: str) -> Limits:
        """The limits of one account: its own where it has some, else the channel's."""
        return self.account_limits.get(account, self.limits)


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
    """The message is safe. ``duplicate``: it was already, and nothing was stored again."""

    message_id: MessageId
    conversation_id: ConversationId
    seq: int
    duplicate: bool


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
