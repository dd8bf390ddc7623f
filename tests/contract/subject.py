"""What the harness must know of a channel to try everything on it.

A new channel writes one :class:`Subject` beside the others in ``subjects/`` and adds it to the list
there. It says how its platform knocks at our door, genuinely and otherwise, what the platform's
side looks like when we send, and in tables which attacks and which errors there are. A table that
stays empty needs an excuse in ``excused``, which is printed with the tests.
"""

from __future__ import annotations

import contextlib
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar

from connectors.channel import ReceiptState, SendError
from tests.contract.peer import Behaviour, Peer, Received
from tests.house import House

# Planted in what people say and are called: none of it may ever stand in a log.
PHONE = "13800001234"
ID_NUMBER = "11010519491231002X"
MARKER = "暗号翠竹园小区北门"
PERSON = "someone-privately"


@dataclass(frozen=True, slots=True)
class Line:
    """One message as a person says it; ``id`` is what the platform calls it."""

    id: str
    text: str = f"路灯坏了，{MARKER}，电话{PHONE}，证号{ID_NUMBER}"
    person: str = PERSON


@dataclass(frozen=True, slots=True)
class Answer:
    """What the platform (or the page) was told.

    ``taken``: it may consider the message handed over. ``code`` and ``status``: of a refusal, where
    there is such a thing. ``told``: everything it was told, to see that a repeat is told the same
    and a forger nothing.
    """

    taken: bool
    code: str = ""
    status: int = 200
    told: str = ""


@dataclass(frozen=True, slots=True)
class PeerError:
    """The platform misbehaves so; the channel must call it that."""

    behaviour: Behaviour
    error: type[SendError]


Attack = Callable[[Any, Line], Awaitable[Answer]]
"""A named try to get a message in: a method of the subject, and the line to be said."""


class Subject(ABC):
    """One channel on the stand. The harness makes a fresh one for each test."""

    name: ClassVar[str]
    title: ClassVar[str] = ""  # where a channel stands here several times, once a driver
    secrets: ClassVar[tuple[str, ...]] = ()  # must never stand in a log either

    # Attempts that must leave no message behind.
    forged: ClassVar[Mapping[str, Attack]] = {}
    stale: ClassVar[Mapping[str, Attack]] = {}
    malformed: ClassVar[Mapping[str, Attack]] = {}
    oversized: ClassVar[Mapping[str, Attack]] = {}
    unknown: ClassVar[Mapping[str, Attack]] = {}
    # The same bytes again: at most one message.
    replayed: ClassVar[Mapping[str, Attack]] = {}
    # Begins to knock and never ends; returns once it is under way.
    unending: ClassVar[Mapping[str, Attack]] = {}
    # What goes wrong on the other side when we send.
    peer_errors: ClassVar[Mapping[str, PeerError]] = {}
    # Receipts of the platform, if it gives any.
    receipts: ClassVar[tuple[ReceiptState, ...]] = ()
    forged_receipts: ClassVar[Mapping[str, Attack]] = {}
    # How long a stuck platform is waited for.
    patience: ClassVar[timedelta] = timedelta(seconds=1)

    excused: ClassVar[Mapping[str, str]] = {}

    def __init__(self, house: House, peer: Peer) -> None:
        self.house = house
        self.peer = peer

    @classmethod
    @abstractmethod
    def settings(cls, peer: Peer) -> dict[str, Any]:
        """The gateway's settings with which the channel talks to ``peer``."""

    @contextlib.asynccontextmanager
    async def present(self) -> AsyncIterator[None]:
        """Whatever must be open while the test runs."""
        yield

    @abstractmethod
    async def say(self, line: Line) -> Answer:
        """The platform brings one genuine message, as it does."""

    @abstractmethod
    async def heard(self, person: str = PERSON) -> list[str]:
        """The texts the person was shown of us so far, in order, repeats and all."""

    @property
    @abstractmethod
    def address(self) -> tuple[str, str]:
        """Account and address under which :data:`PERSON` is known to us."""

    async def tell(self, key: str, state: ReceiptState) -> Answer:
        """The platform brings a genuine receipt for the message we sent under ``key``."""
        raise NotImplementedError(f"{self.name} gives no receipts")

    def key_of(self, received: Received) -> str:
        """Our key in a request of ours, by which the platform could know a repeat."""
        key: str = received.json["key"]
        return key

    def hold_back(self) -> Behaviour:
        """The platform does not answer a send for as long as the test runs."""
        raise NotImplementedError(f"{self.name} sends nothing")
