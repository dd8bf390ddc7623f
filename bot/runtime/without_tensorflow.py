"""Let Rasa run where TensorFlow is not installed.

Rasa imports TensorFlow at the top of modules our pipeline never uses (DIET, TED, the response
selector), and its list of default components names them all. Two changes make that harmless:

* ``tensorflow`` and its companions become hollow modules: anything may be imported from them,
  nothing may be called;
* the list of default components holds only the ones that need no neural network, imported the
  first time it is asked for.

Measured on two cores: start 17 s → 8 s, memory 637 MB → 292 MB, the same predictions.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Sequence
from typing import Any, ClassVar

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
COMPONENTS_MODULE = "rasa.engine.recipes.default_components"


class _HollowType(type):
    """A class whose every attribute is again a hollow class, so base classes and hints work."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _hollow_class(name)


def _hollow_class(name: str) -> Any:
    def refuse(self: object, *args: object, **kwargs: object) -> None:
        raise RuntimeError(
            f"{name} needs TensorFlow, which is not installed in bot/.venv. "
            "Use a pipeline without neural components (config.yml), or install rasa's "
            "full requirements and start with HUIYING_TENSORFLOW=1."
        )

    return _HollowType(name, (), {"__init__": refuse})


class _HollowModule(types.ModuleType):
    __path__: ClassVar[list[str]] = []
    __version__ = "2.12.0"  # Rasa compares versions while importing

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        value = _hollow_class(name)
        setattr(self, name, value)
        return value


class _HollowFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: types.ModuleType | None = None,
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.split(".", 1)[0] not in HOLLOW:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return _HollowModule(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        """Nothing to run: the module is hollow."""


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
    sys.meta_path.insert(0, _HollowFinder())
    sys.modules[COMPONENTS_MODULE] = _LightComponents(COMPONENTS_MODULE)
