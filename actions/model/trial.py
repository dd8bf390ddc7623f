"""Whether the configured model answers, before anybody depends on it."""

from __future__ import annotations

import asyncio
import time

from actions.model.build import chat
from connectors.settings.llm import Llm
from knowledge.phrasing.chat import CUT_OFF
from knowledge.phrasing.errors import ModelError
from knowledge.phrasing.thoughts import without_thoughts


async def one_word(llm: Llm) -> float:
    """Seconds it took to say one word.

    Raises :class:`ModelError`, and ``TimeoutError`` after the time that an answer has.
    """
    said, ends, began = "", "", time.perf_counter()
    async with asyncio.timeout(llm.seconds):
        async for chunk in chat(llm).astream("Answer with one word: ready"):
            said += str(chunk.content)
            ends = chunk.response_metadata.get("finish_reason") or ends
    if without_thoughts(said).strip():
        return time.perf_counter() - began
    if ends == CUT_OFF:
        raise ModelError("it thinks longer than llm.tokens_per_answer lets it")
    raise ModelError("its answer is empty")
