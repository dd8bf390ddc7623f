"""A model asked about one text outside of any conversation: for the command line."""

from __future__ import annotations

import asyncio

from actions.model.build import chat
from actions.pointing.asking import Question
from actions.understanding.pointed import Pointed
from connectors.settings.llm import Llm
from knowledge.phrasing.errors import ModelError


def point(llm: Llm, text: str) -> tuple[Pointed | None, str]:
    """What the model points at, or why nothing came of it."""

    async def asked() -> Pointed:
        async with asyncio.timeout(llm.seconds_to_point):
            return (await Question.about(text).put(chat(llm))).pointed

    try:
        return asyncio.run(asked()), ""
    except TimeoutError:
        return None, "too slow"
    except ModelError as error:
        return None, str(error)
