"""Leave out of the NLU worker what only training and serving need.

A component registers itself with Rasa's recipe, and importing the recipe imports every component
there is; a message's class lies beside Rasa's own channels and their web server. None of it takes
part in reading a text. Measured: more than half of the processor time until the first answer.
"""

from __future__ import annotations

import enum
import os
import re
import sys
import types
from collections.abc import Callable
from typing import Any, TypeVar

from runtime import hollow, paths

Component = TypeVar("Component")

HOLLOW = frozenset(
    {
        "aiohttp",
        "apscheduler",
        "boto3",
        "dask",
        "jwt",
        "prompt_toolkit",
        "questionary",
        "redis",
        "requests",
        "sanic",
        "sanic_cors",
        "sanic_jwt",
        "sklearn",
    }
)
WHY = "is for training and serving; the NLU worker only reads texts (bot/nlu_worker.py)."
# What is known to read texts without any of it. Another pipeline gets all that Rasa has.
READERS = frozenset(
    {
        "components.simplified.SimplifiedJiebaTokenizer",
        "components.linear_intents.LinearIntentClassifier",
        "RegexEntityExtractor",
        "FallbackClassifier",
    }
)
RECIPE = "rasa.engine.recipes.default_recipe"


class _ComponentType(enum.Enum):
    """As in Rasa's recipe; only named, never asked."""

    MESSAGE_TOKENIZER = 0
    MESSAGE_FEATURIZER = 1
    INTENT_CLASSIFIER = 2
    ENTITY_EXTRACTOR = 3
    POLICY_WITHOUT_END_TO_END_SUPPORT = 4
    POLICY_WITH_END_TO_END_SUPPORT = 5
    MODEL_LOADER = 6


class _Recipe:
    """Registers nothing: the trained model names its components."""

    ComponentType = _ComponentType

    @staticmethod
    def register(*_: Any, **__: Any) -> Callable[[type[Component]], type[Component]]:
        return lambda component: component


def suffices(*, may_train: bool) -> bool:
    """Whether the model is there as the sources are now, and read by components that need none of
    what is left out."""
    from runtime import train

    if os.environ.get("HUIYING_TENSORFLOW") == "1" or (may_train and not train.is_up_to_date()):
        return False
    pipeline = paths.CONFIG.read_text(encoding="utf-8").partition("policies:")[0]
    return set(re.findall(r"^\s*- name: (\S+)", pipeline, re.M)) <= READERS


def install() -> None:
    """Before anything of Rasa is imported."""
    hollow.install(dict.fromkeys(HOLLOW, WHY))
    sys.modules["pkg_resources"] = None  # type: ignore[assignment]  (jieba opens its own files then)
    module = types.ModuleType(RECIPE)
    module.DefaultV1Recipe = _Recipe  # type: ignore[attr-defined]
    sys.modules[RECIPE] = module
