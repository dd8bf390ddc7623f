"""What the settings ask of a language model; nothing of one is loaded where they ask for none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connectors.settings import Settings
from connectors.settings.llm import Llm
from connectors.store.database import Database

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from actions.model.allowance import Allow
    from actions.phrasing.phraser import Phraser, Tell
    from actions.pointing.pointer import Pointer

TURN_SHARE = 0.6
"""Of a turn's time that the model may take: the rest of the turn needs some too."""


@dataclass(frozen=True, slots=True)
class ModelUses:
    """What a model is there for: ``phrasing`` answers, ``pointing`` at what a matter tells."""

    phrasing: Phraser | None = None
    pointing: Pointer | None = None


NO_MODEL = ModelUses()


def chat(llm: Llm) -> BaseChatModel:
    """The model at ``llm.url``."""
    from knowledge.phrasing.chat import OpenAICompatibleChat

    return OpenAICompatibleChat(
        url=llm.url or "",
        model=llm.model,
        key=llm.key,
        max_tokens=llm.tokens_per_answer,
        silence=llm.silence,
        extra=llm.extra,
    )


def model_uses(settings: Settings, database: Database, allow: Allow, tell: Tell) -> ModelUses:
    """:data:`NO_MODEL` where no model is configured."""
    llm = settings.llm
    if llm.url is None:
        return NO_MODEL
    from actions.model.allowance import Allowance
    from actions.phrasing.phraser import Phraser
    from actions.pointing.pointer import Pointer

    share = TURN_SHARE * settings.dialogue.turn_timeout
    allowance = Allowance(chat(llm), llm, database, allow)
    phraser = Phraser(allowance, tell, min(llm.seconds, share))
    pointer = Pointer(allowance, min(llm.seconds_to_point, share)) if llm.points else None
    return ModelUses(phraser, pointer)
