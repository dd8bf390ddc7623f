"""What actions work with. Built once by the gateway, given to every action."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from actions.complaint.intake import Understood
from actions.work_orders.register import WorkOrders
from connectors.clock import Clock
from connectors.store.database import Database
from connectors.texts import Texts


@dataclass(frozen=True, slots=True)
class Guess:
    """What Rasa's NLU made of a message; ``ranking`` is (intent, confidence), likeliest first."""

    intent: str
    confidence: float
    ranking: tuple[tuple[str, float], ...] = ()


class Understander(Protocol):
    """``actions.complaint.understand`` with this deployment's home region bound."""

    def __call__(self, text: str, guess: Guess, now: datetime) -> Understood: ...


@dataclass(frozen=True)
class Services:
    database: Database
    work_orders: WorkOrders
    texts: Texts
    clock: Clock
    understand: Understander
    city: str
    region: str | None = None

