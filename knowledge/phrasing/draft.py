"""Asks a model to phrase passages as an answer, and lets through what they support."""

from __future__ import annotations

import re
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import HumanMessage, SystemMessage

from knowledge.phrasing.chat import CUT_OFF
from knowledge.phrasing.errors import ModelError
from knowledge.phrasing.shown import Shown
from knowledge.phrasing.support import Grounds
from knowledge.phrasing.thoughts import without_thoughts
from knowledge.phrasing.words import words

SENTENCES_MOST = 8
CHARACTERS_MOST = 1200
"""Of an answer; a model that goes on is cut off."""
WRITTEN_MOST = 20_000
"""Characters of an answer and of the thoughts before it."""
QUESTION_MOST = 500
_ENDS = re.compile(r"[^。！？!?\n]*[。！？!?\n]+")
_TAG = re.compile(r"\[\d{1,2}\]|【\d{1,2}】|^\s*(?:[-*•#>]+\s*|\d{1,2}[.、)）]\s*)|\*\*|`")


@dataclass(slots=True)
class Draft:
    """``sentences``: those supported, in order; ``entry_id``: the entry they rest on.  ``dropped``:
    how many were not.  ``refused``: the model says the passages do not answer.  ``tokens``: what
    the server says was used, else an estimate."""

    sentences: list[str] = field(default_factory=list)
    entry_id: str = ""
    dropped: int = 0
    refused: bool = False
    tokens: int = 0


Told = Callable[[str], Awaitable[None]]
"""Told all that is supported so far, each time there is more."""


def estimate(text: str) -> int:
    """Tokens a text takes at most; a Chinese character is one or less."""
    return len(text) + 16


def prompt(question: str, shown: Sequence[Shown]) -> tuple[SystemMessage, HumanMessage]:
    """The passages between markers nobody can know beforehand, and the question after them."""
    said, marker = words(), f"====={secrets.token_hex(6)}====="
    numbered = [(one.title, piece.heading, piece.text) for one in shown for piece in one.pieces]
    numbered += [(one.title, row.label, row.value) for one in shown for row in one.fields]
    passages = "\n".join(
        said.passage.format(number=n, title=title, heading=heading, text=text)
        for n, (title, heading, text) in enumerate(numbered, 1)
    )
    asked = said.question.format(
        marker=marker, passages=passages, question=question[:QUESTION_MOST].replace("\n", " ")
    )
    return SystemMessage(said.system), HumanMessage(asked)


async def draft(
    model: BaseChatModel, question: str, shown: Sequence[Shown], told: Told | None = None
) -> Draft:
    """The model's answer as far as the passages support it.  Raises :class:`ModelError`.

    All sentences must rest on one entry, that of the first: a mixture of two rules is neither.
    """
    usable = [one for one in shown if one.clean]
    if not usable or len(usable) < len(shown):
        raise ModelError("a passage is written to a machine")
    found = Draft()
    grounds = {one.entry_id: Grounds(one) for one in usable}
    messages = prompt(question, usable)
    said = 0
    async for sentence in _sentences(model, messages, found):
        said += 1
        if said == 1 and sentence.strip("。.！!\n ") in words().none:
            found.refused = True
            break
        rests = [found.entry_id] if found.entry_id else list(grounds)
        entry = next((one for one in rests if grounds[one].support(sentence)), None)
        if entry is None:
            found.dropped += 1
        elif sentence not in found.sentences:
            found.entry_id = entry
            found.sentences.append(sentence)
            if told is not None:
                await told("".join(found.sentences))
        if said >= SENTENCES_MOST:
            break
    if not found.tokens:
        asked = sum(estimate(str(message.content)) for message in messages)
        found.tokens = asked + estimate("".join(found.sentences))
    return found


async def _sentences(
    model: BaseChatModel, messages: Sequence[SystemMessage | HumanMessage], found: Draft
) -> AsyncIterator[str]:
    """What the model writes, sentence by sentence, without its marks.

    One it had no room to end is left out: what it would have said of an exception is not known.
    """
    text, visible, at, ends = "", "", 0, ""
    async for chunk in model.astream(list(messages)):
        usage = getattr(chunk, "usage_metadata", None)
        if usage:
            found.tokens = max(found.tokens, int(usage["total_tokens"]))
        ends = chunk.response_metadata.get("finish_reason") or ends
        text += chunk.content if isinstance(chunk.content, str) else ""
        taken, visible = visible[:at], without_thoughts(text)
        if not visible.startswith(taken):
            raise ModelError("it thinks aloud; llm.extra may tell it not to")
        if len(visible) > CHARACTERS_MOST or len(text) > WRITTEN_MOST:
            return
        for end in _ENDS.finditer(visible, at):
            at = end.end()
            if sentence := _plain(end[0]):
                yield sentence
    if ends != CUT_OFF and (rest := _plain(visible[at:])):
        yield rest
    elif ends == CUT_OFF and not at:
        raise ModelError("no room for one sentence; does it think first? See llm.extra")


def _plain(sentence: str) -> str:
    plain = _TAG.sub("", sentence.strip()).strip()
    return plain if re.search(r"\w", plain) else ""
