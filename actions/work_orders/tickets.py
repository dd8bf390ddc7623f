"""The port to whoever works on orders: our own register, an Open311 server, a city's own system.

::

    TicketError
    ├── Unreachable     no answer, or none that is one: it is tried again, the system may rest
    ├── Busy            too much at once: it is tried again when the system says
    ├── Misconfigured   key, secret or address are wrong: it is tried again, somebody must act
    ├── OrderRefused    this order will not be taken as it is: the desk must act
    └── NotCarried      the system knows nothing of the kind: nobody need act
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar, Protocol

from connectors.store.tickets import Ticket
from connectors.store.work_orders import WorkOrder


class TicketError(Exception):
    """Why something did not reach a ticket system. The text says what it said; no personal data."""

    code: ClassVar[str]
    retry: ClassVar[bool] = True
    system_at_fault: ClassVar[bool] = True

    def __init__(self, detail: str = "", retry_after: timedelta | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.retry_after = retry_after


class Unreachable(TicketError):
    code = "unreachable"


class Busy(TicketError):
    code = "busy"
    system_at_fault = False


class Misconfigured(TicketError):
    code = "misconfigured"


class OrderRefused(TicketError):
    code = "refused"
    retry = False
    system_at_fault = False


class NotCarried(TicketError):
    code = "not_carried"
    retry = False
    system_at_fault = False


class ChangeKind(StrEnum):
    """What happens to an order on our side after it was filed."""

    URGE = "urge"
    SUPPLEMENT = "supplement"
    WITHDRAW = "withdraw"
    REOPEN = "reopen"
    FOLLOW_UP = "follow_up"


@dataclass(frozen=True, slots=True)
class Change:
    """One of them. ``key`` is the same at every try; ``rating`` is 1 to 5."""

    kind: ChangeKind
    key: str
    at: datetime
    text: str = ""
    solved: bool | None = None
    rating: int | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """The answer to filing: the order's number there, or a token for it, or neither yet."""

    receipt: str | None = None
    token: str | None = None


class Status(StrEnum):
    """What has happened to an order at its ticket system."""

    ACCEPTED = "accepted"  # 受理
    DISPATCHED = "dispatched"  # 派单, to ``unit``
    SIGNED = "signed"  # 签收, by ``unit``
    RETURNED = "returned"  # 退单: not its duty
    NOTED = "noted"  # something to be told of the handling, and no more
    ANSWERED = "answered"  # 答复
    REFUSED = "refused"  # the review sent the answer back
    CLOSED = "closed"  # 办结, with ``answer`` and ``outcome``
    REJECTED = "rejected"  # 不予受理, with the reason in ``note``
    REOPENED = "reopened"
    WITHDRAWN = "withdrawn"
    ARCHIVED = "archived"


@dataclass(frozen=True, slots=True)
class News:
    """What a ticket system says of an order. ``at``: when it happened there; ``helpers``: who helps
    the unit (协办)."""

    status: Status
    at: datetime
    receipt: str | None = None
    unit: str = ""
    helpers: tuple[str, ...] = ()
    note: str = ""
    answer: str = ""
    outcome: str = ""  # solved, partly, procedural; "" when it does not say
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class File:
    """An attachment, by a link that is signed and runs out."""

    name: str
    url: str
    media: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True)
class Papers:
    """What goes with an order: the talk it came from, and its attachments."""

    transcript: str | None = None
    files: tuple[File, ...] = ()


class TicketSystem(Protocol):
    """A system that works on orders. Every method raises :class:`TicketError` and nothing else."""

    @property
    def look_every(self) -> timedelta | None:
        """How often to ask how orders stand; None: it tells by itself."""
        ...

    async def file(self, order: WorkOrder, papers: Papers, *, again: bool) -> Taken:
        """Hands an order in; ``again``: it may be there already, by a try whose end is unknown."""
        ...

    async def update(self, order: WorkOrder, change: Change) -> None:
        """Tells what happened to an order it has taken."""
        ...

    async def look(self, tickets: Sequence[Ticket]) -> Mapping[str, News]:
        """How orders stand there, by our number; those it knows nothing new of may be left out."""
        ...

    async def health(self) -> str | None:
        """None when it is well, else why not."""
        ...
