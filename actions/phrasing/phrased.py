"""An answer and, where a model is configured, the words it has for it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from actions.services import Services
from actions.turn import Turn
from knowledge.answer import Answer
from knowledge.citing import Cited
from knowledge.judging.judge import Verdict
from knowledge.phrasing.shown import Piece, Shown

NOT_FOR_A_MODEL = frozenset({"statute", "several_regions"})
"""Reasons for candidates that are for the person to settle, not for a model."""


@dataclass(frozen=True, slots=True)
class Phrased:
    """``text``: the model's words, all of them supported by ``answer``; "" without."""

    answer: Answer
    text: str = ""


async def phrased(services: Services, turn: Turn, question: str, answer: Answer) -> Phrased:
    """The answer to give, with a model's words if there are any.

    A model that finds the passages do not answer makes a sure answer an offer, and an offer
    nothing: it can take back, and say which of those offered answers; no more.
    """
    phraser = services.phrasing
    if phraser is None or turn.plain or not answer.passages or answer.reason in NOT_FOR_A_MODEL:
        return Phrased(answer)
    draft = await phraser.phrase(turn, question, _shown(answer))
    if draft is None:
        return Phrased(answer)
    if draft.refused:
        if answer.verdict is Verdict.ANSWER:
            offered = replace(answer, verdict=Verdict.CANDIDATES, passages=answer.passages[:1])
            return Phrased(replace(offered, reason="unsure"))
        return Phrased(replace(answer, verdict=Verdict.NONE, passages=(), reason="weak_match"))
    if not draft.sentences:
        return Phrased(answer)
    text = "".join(draft.sentences)
    if answer.verdict is Verdict.CANDIDATES:
        chosen = tuple(one for one in answer.passages if one.entry_id == draft.entry_id)
        answer = replace(answer, verdict=Verdict.ANSWER, passages=chosen, reason="confident")
    return Phrased(answer, text)


def without_orders(answer: Answer) -> Answer:
    """The answer without passages written to a machine: they are kept out when a base is built, and
    here should one have got in before that was so."""
    kept = tuple(one for shown in _shown(answer) if shown.clean for one in _of(answer, shown))
    if len(kept) == len(answer.passages):
        return answer
    if kept:
        return replace(answer, passages=kept)
    return replace(answer, verdict=Verdict.NONE, passages=(), reason="weak_match")


def _of(answer: Answer, shown: Shown) -> tuple[Cited, ...]:
    return tuple(one for one in answer.passages if one.entry_id == shown.entry_id)


def _shown(answer: Answer) -> tuple[Shown, ...]:
    """What is shown of each entry, in the order of the answer."""
    by_entry: dict[str, list[Cited]] = {}
    for cited in answer.passages:
        by_entry.setdefault(cited.entry_id, []).append(cited)
    return tuple(
        Shown(
            entry_id,
            cited[0].title,
            tuple(Piece(one.heading, one.quote) for one in cited),
            cited[0].fields,
        )
        for entry_id, cited in by_entry.items()
    )
