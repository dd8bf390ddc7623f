"""What is asked of a knowledge base."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

AudienceName = Literal["person", "enterprise"]


@dataclass(frozen=True, slots=True)
class Query:
    """A question with everything that decides which rules may answer it.

    ``on``: the day the rule must hold (Shanghai calendar).  ``region``: six-digit code of where
    the asker is, ``None`` if unknown.  ``audience``: ``None`` if unknown.  ``history``: the
    person's earlier messages, oldest first; a question that only points back ("那要多少钱？")
    takes its subject from them.
    """

    text: str
    on: date
    region: str | None = None
    audience: AudienceName | None = None
    history: tuple[str, ...] = ()
