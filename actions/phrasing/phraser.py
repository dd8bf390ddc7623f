"""One question put to the model: an answer in its words, or none."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from langchain_core.language_models import BaseChatModel

from actions.model.allowance import Allowance, Use
from actions.model.stand_ins import put_aside
from actions.turn import Turn
from connectors import metrics
from knowledge.phrasing.draft import Draft, draft, estimate, prompt
from knowledge.phrasing.shown import Shown

Tell = Callable[[str, str], Awaitable[None]]
"""Told a conversation and all of the answer so far, while it is being written."""


class Phraser:
    """Safe to share between conversations. ``seconds``: for one answer in all."""

    def __init__(self, allowance: Allowance, tell: Tell, seconds: float) -> None:
        self._allowance = allowance
        self._tell = tell
        self._seconds = seconds

    async def phrase(self, turn: Turn, question: str, shown: Sequence[Shown]) -> Draft | None:
        """The draft of an answer; ``None`` to do without a model."""
        if not all(one.clean for one in shown):
            _counted("unclean")
            return None
        aside = put_aside(question)
        talk = turn.conversation_id

        async def told(text: str) -> None:
            if talk is not None:
                await self._tell(talk, aside.back(text))

        async def drafted(model: BaseChatModel) -> Draft:
            return await draft(model, aside.text, shown, told)

        asked = sum(estimate(str(one.content)) for one in prompt(aside.text, shown))
        most = asked + self._allowance.settings.tokens_per_answer
        use = Use(most, self._seconds, metrics.model_answers_total)
        found = await self._allowance.ask(turn, use, drafted)
        if found is None:
            return None
        _counted("refused" if found.refused else "said" if found.sentences else "unsupported")
        return replace(found, sentences=[aside.back(sentence) for sentence in found.sentences])


def _counted(outcome: str) -> None:
    metrics.model_answers_total.labels(outcome).inc()
