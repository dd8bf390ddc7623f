"""An intent classifier for short Chinese texts: words and character n-grams, one line an intent.

Rasa's LogisticRegressionClassifier over CountVectorsFeaturizers is what this replaces. With the
same data it took twenty times as long to train (its solver joins all intents in one problem), built
features for every token that nobody reads, and cannot be told how far to trust the examples. Here:

* features are TF-IDF over jieba's words and over character 1- to 3-grams within blanks;
* digits count by their place, not their value; an order number or a phone number (the patterns of
  the training data's ``regex:`` entries) counts as one sign of its kind;
* one logistic regression for each intent against all others (liblinear), classes weighted so that
  an intent with many examples does not swallow its neighbours; confidences are scaled to sum to 1.

Nothing is pickled: vocabularies and patterns are JSON, weights a NumPy archive. scikit-learn only
trains; a text is scored without its matrices, which took a sixth of a turn, to the same last bit.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.exceptions import RasaException
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.io import dump_obj_as_json_to_file, read_json_file
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from components.simplified import simplified

RANKED = 10  # intents kept in a message's ranking
_DIGIT = re.compile(r"[0-9]")
_RUN = 3  # characters of a run at most
_SIGNS = 0xE000  # private characters that stand for a pattern's matches


class Reader:
    """A text as its features see it. ``patterns``: (name, regular expression)."""

    def __init__(self, patterns: list[tuple[str, str]]) -> None:
        self.patterns = patterns
        names = sorted({name for name, _ in patterns})
        self._word = lru_cache(maxsize=8192)(self._folded_word)
        self._rules = [
            (re.compile(pattern), f" {chr(_SIGNS + names.index(name))} ")
            for name, pattern in patterns
        ]

    def folded(self, text: str) -> str:
        """Simplified, half-width, small letters, numbers of a kind as one sign, digits as 0."""
        for rule, sign in self._rules:
            text = rule.sub(sign, text)
        return _DIGIT.sub("0", unicodedata.normalize("NFKC", simplified(text)).lower())

    def features(self, message: Message) -> tuple[str, list[str]]:
        """The folded text and its words."""
        tokens = message.get(TOKENS_NAMES[TEXT]) or []
        words = [self._word(token.text) for token in tokens]
        return self.folded(message.get(TEXT) or ""), [word for word in words if word]

    def _folded_word(self, word: str) -> str:
        return self.folded(word).strip()


def _vectorizers() -> tuple[TfidfVectorizer, TfidfVectorizer]:
    words = TfidfVectorizer(analyzer=_same, sublinear_tf=True, dtype=np.float32)
    characters = TfidfVectorizer(analyzer=grams, sublinear_tf=True, dtype=np.float32)
    return words, characters


def grams(text: str) -> list[str]:
    """Runs of one to three characters within blanks, which count (scikit-learn's ``char_wb``)."""
    found = []
    for word in text.split():
        padded = f" {word} "
        for size in range(1, _RUN + 1):
            found += [padded[k : k + size] for k in range(len(padded) - size + 1)]
    return found


def _same(words: list[str]) -> list[str]:
    return words


class Table:
    """A vocabulary with the weight of each of its terms (IDF)."""

    def __init__(self, vocabulary: dict[str, int], idf: Any) -> None:
        self.vocabulary = vocabulary
        self.idf = idf

    def __len__(self) -> int:
        return len(self.vocabulary)

    def weigh(self, terms: list[str]) -> tuple[Any, Any]:
        """Places of a text's known terms, in order, and their weights: TF-IDF of length 1."""
        places = (place for place in map(self.vocabulary.get, terms) if place is not None)
        return self.weigh_places(np.fromiter(places, np.intp))

    def weigh_places(self, said: Any) -> tuple[Any, Any]:
        """The same, of the places of known terms as often as they are said."""
        places, counts = np.unique(said, return_counts=True)
        weights = np.log(counts.astype(np.float32)) + np.float32(1)
        weights = weights * self.idf[places].astype(np.float64)
        if len(weights):
            weights /= np.sqrt(np.cumsum(weights * weights)[-1])
        return places, weights.astype(np.float32)


class RunTable(Table):
    """A vocabulary of runs of characters (see :func:`grams`), which are looked up as numbers: a
    letter has a thousand, and to make and to look up a string for each takes longer."""

    def __init__(self, vocabulary: dict[str, int], idf: Any) -> None:
        super().__init__(vocabulary, idf)
        codes = np.array(list(vocabulary), f"<U{_RUN}").view(np.uint32).reshape(-1, _RUN)
        numbers = _numbers(*np.where(codes, codes.astype(np.int64) + 1, 0).T)
        order = np.argsort(numbers)
        self._numbers = np.append(numbers[order], np.iinfo(np.int64).max)  # which is no run's
        self._places = np.array(list(vocabulary.values()), np.intp)[order]

    def weigh_text(self, text: str) -> tuple[Any, Any]:
        """What :meth:`weigh` says of the runs of a text."""
        words = [f" {word} " for word in text.split()]
        owner = np.repeat(np.arange(len(words)), np.array([len(word) for word in words], np.intp))
        raw = "".join(words).encode("utf-32-le", "surrogatepass")
        codes = np.frombuffer(raw, np.uint32).astype(np.int64) + 1  # 0 is none
        none = np.int64(0)
        said = np.concatenate(
            [
                _numbers(codes, none, none),
                _numbers(codes[:-1], codes[1:], none)[owner[:-1] == owner[1:]],
                _numbers(codes[:-2], codes[1:-1], codes[2:])[owner[:-2] == owner[2:]],
            ]
        )
        at = np.searchsorted(self._numbers, said)
        return self.weigh_places(self._places[at[self._numbers[at] == said]])


def _numbers(first: Any, second: Any, third: Any) -> Any:
    return first << 42 | second << 21 | third  # every character of Unicode has its own number


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinearIntentClassifier(GraphComponent, IntentClassifier):
    """See the module. Configuration: ``C`` (larger trusts the examples more)."""

    @classmethod
    def required_components(cls) -> list[type]:
        return [Tokenizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"C": 20.0, "max_iter": 200}

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource
    ) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._reader = Reader([])
        self._words, self._characters = Table({}, None), RunTable({}, None)
        self._labels: list[str] = []
        self._weights = np.zeros((0, 0), np.float32)  # features x intents
        self._bias = np.zeros(0, np.float32)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LinearIntentClassifier:
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from all examples that have an intent. Raises RasaException without two intents."""
        examples = [m for m in training_data.intent_examples if m.get(TEXT)]
        labels = [message.get(INTENT) for message in examples]
        if len(set(labels)) < 2:
            raise RasaException("an intent classifier needs examples of at least two intents")
        self._reader = Reader([(r["name"], r["pattern"]) for r in training_data.regex_features])
        texts, words = zip(*map(self._reader.features, examples))  # noqa: B905  (Python 3.10)
        by_word, by_character = _vectorizers()
        features = _joined(by_word.fit_transform(words), by_character.fit_transform(texts))
        self._words = Table(_plain(by_word.vocabulary_), by_word.idf_)
        self._characters = RunTable(_plain(by_character.vocabulary_), by_character.idf_)
        model = LogisticRegression(
            C=self._config["C"],
            solver="liblinear",
            class_weight="balanced",
            max_iter=self._config["max_iter"],
            random_state=0,
        )
        model.fit(features, labels)
        self._labels = [str(label) for label in model.classes_]
        coefficients, bias = model.coef_, model.intercept_
        if len(self._labels) == 2:  # scikit-learn keeps one row for two classes
            coefficients = np.vstack([-coefficients, coefficients])
            bias = np.concatenate([-bias, bias])
        self._weights = np.ascontiguousarray(coefficients.T, dtype=np.float32)
        self._bias = bias.astype(np.float32)
        self._persist()
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Give each message its intent and ranking; one without words has neither."""
        for message in messages:
            message.set(INTENT, {"name": None, "confidence": 0.0}, add_to_output=True)
            message.set("intent_ranking", [], add_to_output=True)
            if message.get(TEXT) and self._labels:
                row = self._shares(*self._reader.features(message))
                order = np.argsort(-row, kind="stable")[:RANKED]
                ranking = [{"name": self._labels[i], "confidence": float(row[i])} for i in order]
                message.set(INTENT, ranking[0], add_to_output=True)
                message.set("intent_ranking", ranking, add_to_output=True)
        return messages

    def _shares(self, text: str, words: list[str]) -> Any:
        """What each intent gets of 1."""
        of_words, by_word = self._words.weigh(words)
        of_grams, by_gram = self._characters.weigh_text(text)
        places = np.concatenate([of_words, of_grams + len(self._words)])
        weights = np.concatenate([by_word, by_gram])
        # Row after row, as a sparse product adds them up.
        scores = np.add.reduce(weights[:, None] * self._weights[places], axis=0)
        shares = 1.0 / (1.0 + np.exp(-(scores + self._bias)))
        return shares / shares.sum()

    def _persist(self) -> None:
        with self._model_storage.write_to(self._resource) as folder:
            dump_obj_as_json_to_file(
                folder / "words.json",
                {
                    "labels": self._labels,
                    "patterns": self._reader.patterns,
                    "words": self._words.vocabulary,
                    "characters": self._characters.vocabulary,
                },
            )
            np.savez_compressed(
                folder / "weights.npz",
                weights=self._weights,
                bias=self._bias,
                words=self._words.idf,
                characters=self._characters.idf,
            )

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> LinearIntentClassifier:
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            known = read_json_file(folder / "words.json")
            with np.load(folder / "weights.npz", allow_pickle=False) as arrays:
                component._weights, component._bias = arrays["weights"], arrays["bias"]
                component._words = Table(known["words"], arrays["words"])
                component._characters = RunTable(known["characters"], arrays["characters"])
        component._labels = known["labels"]
        component._reader = Reader([(name, pattern) for name, pattern in known["patterns"]])
        return component


def _joined(words: Any, characters: Any) -> Any:
    from scipy.sparse import hstack

    # Same type as the weights: otherwise every product first recasts all of them, 16 ms a message.
    return hstack([words, characters], format="csr", dtype=np.float32)


def _plain(vocabulary: dict[str, Any]) -> dict[str, int]:
    return {word: int(index) for word, index in vocabulary.items()}
