"""One message put to the model: the words in it that tell something, or none."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace

from actions.model.allowance import Allowance, Use
from actions.pointing.asking import Question
from actions.turn import Turn
from actions.understanding.pointed import Pointed
from connectors import metrics

LEAST = 10  # characters of words worth asking about; rules read shorter messages as well
_KEPT = 64  # messages: several actions of one turn read the same


class Pointer:
    """Safe to share between conversations. ``seconds``: for one message in all."""

    def __init__(self, allowance: Allowance, seconds: float) -> None:
        self._allowance = allowance
        self._seconds = seconds
        self._read: OrderedDict[str, Pointed | None] = OrderedDict()

    async def with_pointed(self, turn: Turn) -> Turn:
        """The turn with what a model points at in its message; as it was, to do without."""
        if turn.is_payload:
            return turn
        if turn.message_id not in self._read:
            self._read[turn.message_id] = await self._pointed(turn)
            while len(self._read) > _KEPT:
                self._read.popitem(last=False)
        return replace(turn, pointed=self._read[turn.message_id])

    async def _pointed(self, turn: Turn) -> Pointed | None:
        question = Question.about(turn.text)
        if len(question.aside.words) < LEAST:
            return None
        most = question.tokens + self._allowance.settings.tokens_per_answer
        use = Use(most, self._seconds, metrics.model_pointings_total)
        gave = await self._allowance.ask(turn, use, question.put)
        if gave is None:
            return None
        use.outcomes.labels("pointed" if gave.pointed.tells_something else "nothing").inc()
        return gave.pointed
