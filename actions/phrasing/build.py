"""The phraser the settings ask for; nothing of a model is loaded where they ask for none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectors.settings import Settings
from connectors.store.database import Database

if TYPE_CHECKING:
    from actions.phrasing.phraser import Allow, Phraser, Tell

TURN_SHARE = 0.6
"""Of a turn's time that the model may take: the rest of the turn needs some too."""


def phraser_of(settings: Settings, database: Database, allow: Allow, tell: Tell) -> Phraser | None:
    """``None`` where no model is configured."""
    llm = settings.llm
    if llm.url is None:
        return None
    from actions.phrasing.phraser import Limits, Phraser
    from knowledge.phrasing.chat import OpenAICompatibleChat

    seconds = min(llm.seconds, TURN_SHARE * settings.dialogue.turn_timeout)
    model = OpenAICompatibleChat(
        url=llm.url,
        model=llm.model,
        key=llm.key,
        max_tokens=llm.tokens_per_answer,
        silence=llm.silence,
    )
    return Phraser(model, Limits(llm, seconds), database, allow=allow, tell=tell)
