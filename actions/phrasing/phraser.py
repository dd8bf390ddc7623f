"""One question put to the model: within its allowance, in time, or not at all."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from langchain_core.language_models import BaseChatModel

from actions.phrasing.stand_ins import Aside, put_aside
from actions.turn import Turn
from connectors import logs, metrics
from connectors.clock import in_china
from connectors.settings.llm import Llm
from connectors.store import model_days
from connectors.store.database import Database, StoreUnavailable
from knowledge.phrasing.draft import Draft, draft, estimate, prompt
from knowledge.phrasing.errors import ModelError
from knowledge.phrasing.shown import Shown

log = logs.get(__name__)

Allow = Callable[[str, int, float], Awaitable[bool]]
"""Counts one use of a key; False when there were that many within so many seconds."""
Tell = Callable[[str, str], Awaitable[None]]
"""Told a conversation and all of the answer so far, while it is being written."""

FAILURES_MOST = 3
REST = 30.0
"""Seconds a model is left alone after so many failures in a row: nobody waits for it in vain."""
HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Limits:
    """``seconds``: for one answer in all."""

    settings: Llm
    seconds: float


class Phraser:
    """Safe to share between conversations."""

    def __init__(
        self,
        model: BaseChatModel,
        limits: Limits,
        database: Database,
        *,
        allow: Allow,
        tell: Tell,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """``now``: seconds of a clock that never jumps."""
        self._model = model
        self._limits = limits
        self._database = database
        self._allow = allow
        self._tell = tell
        self._now = now
        self._failures = 0
        self._rests_until = 0.0

    async def phrase(self, turn: Turn, question: str, shown: Sequence[Shown]) -> Draft | None:
        """The draft of an answer; ``None`` to do without a model."""
        if self._now() < self._rests_until or not all(one.clean for one in shown):
            return self._counted("resting" if shown and shown[0].clean else "unclean")
        aside = put_aside(question)
        settings = self._limits.settings
        asked = sum(estimate(str(one.content)) for one in prompt(aside.text, shown))
        reserved = asked + settings.tokens_per_answer
        day = in_china(turn.now).date()
        whose = f"model:{turn.conversation_id}"
        try:
            if not await self._allow(whose, settings.answers_per_hour, HOUR):
                return self._counted("too_often")
            most = settings.tokens_per_day
            if not await self._database.transact(
                lambda conn: model_days.set_aside(conn, day, reserved, most)
            ):
                return self._counted("used_up")
            found = await self._ask(turn, aside, shown)
            used = found.tokens if found else reserved
            await self._database.transact(lambda conn: model_days.add(conn, day, used - reserved))
        except StoreUnavailable:
            return self._counted("store")
        return found

    async def _ask(self, turn: Turn, aside: Aside, shown: Sequence[Shown]) -> Draft | None:
        talk = turn.conversation_id

        async def told(text: str) -> None:
            if talk is not None:
                await self._tell(talk, aside.back(text))

        try:
            async with asyncio.timeout(self._limits.seconds):
                found = await draft(self._model, aside.text, shown, told)
        except TimeoutError:
            return self._failed("too slow")
        except ModelError as error:
            return self._failed(str(error))
        except Exception as error:  # any other model of LangChain's has errors of its own
            return self._failed(type(error).__name__)
        self._failures = 0
        self._counted("refused" if found.refused else "said" if found.sentences else "unsupported")
        sentences = [aside.back(sentence) for sentence in found.sentences]
        return replace(found, sentences=sentences)

    def _failed(self, reason: str) -> Draft | None:
        self._failures += 1
        if self._failures >= FAILURES_MOST:
            self._rests_until = self._now() + REST
            self._failures = 0
        log.warning("model.failed", reason=reason)
        return self._counted("failed")

    @staticmethod
    def _counted(outcome: str) -> Draft | None:
        metrics.model_answers_total.labels(outcome).inc()
        return None
