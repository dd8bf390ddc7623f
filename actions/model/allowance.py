"""A model asked for many conversations: within its allowance, in time, or not at all."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from langchain_core.language_models import BaseChatModel
from prometheus_client import Counter

from actions.turn import Turn
from connectors import logs
from connectors.clock import in_china
from connectors.settings.llm import Llm
from connectors.store import model_days
from connectors.store.database import Database, StoreUnavailable
from knowledge.phrasing.errors import ModelError

log = logs.get(__name__)

Allow = Callable[[str, int, float], Awaitable[bool]]
"""Counts one use of a key; False when there were that many within so many seconds."""

FAILURES_MOST = 3
REST = 30.0
"""Seconds a model is left alone after so many failures in a row: nobody waits for it in vain."""
HOUR = 3600.0


class Used(Protocol):
    """What a model gave."""

    @property
    def tokens(self) -> int:
        """What that took."""
        ...


Gave = TypeVar("Gave", bound=Used)


@dataclass(frozen=True, slots=True)
class Use:
    """One use of a model. ``tokens``: the most it may take; ``seconds``: the longest wait;
    ``outcomes``: counts what became of it."""

    tokens: int
    seconds: float
    outcomes: Counter


class Allowance:
    """Safe to share between conversations, and between what a model is asked for."""

    def __init__(
        self,
        model: BaseChatModel,
        settings: Llm,
        database: Database,
        allow: Allow,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """``now``: seconds of a clock that never jumps."""
        self.model = model
        self.settings = settings
        self._database = database
        self._allow = allow
        self._now = now
        self._failures = 0
        self._rests_until = 0.0

    async def ask(
        self, turn: Turn, use: Use, call: Callable[[BaseChatModel], Awaitable[Gave]]
    ) -> Gave | None:
        """What ``call`` makes of the model; ``None`` to do without."""
        try:
            return await self._allowed(turn, use, call)
        except StoreUnavailable:
            outcome = "store"
        except _Without as without:
            outcome = without.outcome
        use.outcomes.labels(outcome).inc()
        return None

    async def _allowed(
        self, turn: Turn, use: Use, call: Callable[[BaseChatModel], Awaitable[Gave]]
    ) -> Gave:
        if self._now() < self._rests_until:
            raise _Without("resting")
        day = in_china(turn.now).date()
        whose, most = f"model:{turn.conversation_id}", self.settings.tokens_per_day
        if not await self._allow(whose, self.settings.answers_per_hour, HOUR):
            raise _Without("too_often")
        if not await self._database.transact(
            lambda conn: model_days.set_aside(conn, day, use.tokens, most)
        ):
            raise _Without("used_up")
        try:
            async with asyncio.timeout(use.seconds):
                gave = await call(self.model)
        except TimeoutError:
            raise self._failed("too slow") from None
        except ModelError as error:
            raise self._failed(str(error)) from None
        except Exception as error:  # any other model of LangChain's has errors of its own
            raise self._failed(type(error).__name__) from None
        self._failures = 0
        over = gave.tokens - use.tokens
        await self._database.transact(lambda conn: model_days.add(conn, day, over))
        return gave

    def _failed(self, reason: str) -> _Without:
        self._failures += 1
        if self._failures >= FAILURES_MOST:
            self._rests_until = self._now() + REST
            self._failures = 0
        log.warning("model.failed", reason=reason)
        return _Without("failed")


class _Without(Exception):
    """The model is done without."""

    def __init__(self, outcome: str) -> None:
        super().__init__(outcome)
        self.outcome = outcome
