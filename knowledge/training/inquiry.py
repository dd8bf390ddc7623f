"""Makes the weights of :mod:`knowledge.judging.inquiry`.

``python -m knowledge.training.inquiry FOLDER``.

``FOLDER`` holds utterances in Rasa's form.  Those of the intent ``ask_policy`` and the questions of
the shipped corpus are questions about rules, all others are not; ``drills.yml`` adds made-up ones
of both sorts.  Logistic regression by AdaGrad in plain numpy: some seconds, and the same texts give
the same weights.
"""

from __future__ import annotations

import itertools
import random
import re
import sys
from collections.abc import Iterator, Sequence
from enum import Enum
from pathlib import Path
from typing import NamedTuple

import numpy as np
import yaml
from numpy.typing import NDArray

from knowledge.calibration.probes import probes
from knowledge.judging.inquiry import PLACES, WEIGHTS, features, tail_features
from knowledge.lexicon import official_words
from knowledge.text import fold
from knowledge.yaml_file import read_yaml

_ASKS = "ask_policy"
# Pieces of an answer to us; a bare place or name may as well belong to a question.
_LEFT_OUT = frozenset({"inform", "correct_field", "supplement_order"})
_REPORTS = frozenset(
    {"complain", "report_violation", "seek_help", "make_suggestion", "give_praise", "emergency"}
)
_TELLING = frozenset({"complain", "report_violation", "seek_help"})
_CLAUSE = re.compile("[，。；！？,;!?]")
_TOLD = 120  # characters of a report told before its end
_ENTITY = re.compile(r"\[([^\]]*)\](?:\([^)]*\)|\{[^}]*\})")
_CORPUS = Path(__file__).parents[1] / "corpus"
_DRILLS = Path(__file__).parents[1] / "lexicon" / "drills.yml"
_CORPUS_WORTH = 0.5
_DRILL_WORTH = 0.4
_STORY_WORTH = 0.3
_ASKS_PER_WORD = 3
_ROUNDS = 12
_RATE = 0.5
_DECAY = 2e-6


class Sort(Enum):
    """What a text is: a question about a rule; a matter reported or something demanded; neither."""

    QUESTION = "question"
    REPORT = "report"
    OTHER = "other"


class Sample(NamedTuple):
    """A text with its sort and how much it counts."""

    text: str
    sort: Sort
    worth: float = 1.0


def utterances(folder: Path) -> Iterator[Sample]:
    """Every utterance of the folder's YAML files."""
    for text, intent in _examples(folder):
        if intent == _ASKS:
            yield Sample(text, Sort.QUESTION)
        elif intent not in _LEFT_OUT:
            yield Sample(text, Sort.REPORT if intent in _REPORTS else Sort.OTHER)


def stories(folder: Path) -> Iterator[Sample]:
    """Reports of the folder told up to a point and then ended in a question about the rule, or in a
    demand: what a message is for stands at its end, whatever the story."""
    data = read_yaml(_DRILLS)["ends"]
    some = random.Random(12345)
    for text, intent in _examples(folder):
        if intent not in _TELLING:
            continue
        clauses = [clause for clause in _CLAUSE.split(text) if clause.strip()]
        told = "，".join(clauses[: some.randint(1, 4)])[:_TOLD]
        for key, sort in (("asks", Sort.QUESTION), ("demands", Sort.REPORT)):
            end = some.choice(data[key])
            yield Sample(f"{told}{some.choice('，，。 ')}{end}", sort, _STORY_WORTH)


_NO_MATTER = ("follow_ups.yml", "looked_up.yml", "reports/wishes.yml")
"""Questions that go on from something said, or ask after an office, and what people are about to
do: without a matter of their own they would teach that small talk is public business."""


def _examples(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(set(folder.rglob("*.yml")) - {folder / name for name in _NO_MATTER}):
        data = read_yaml(path)
        for block in data.get("nlu", []):
            for line in block.get("examples", "").splitlines() if block.get("intent") else ():
                text = _ENTITY.sub(r"\1", line.removeprefix("- ")).strip()
                if text:
                    yield text, block["intent"]


def corpus_questions() -> Iterator[Sample]:
    """How people ask for the shipped entries, as those entries say."""
    for path in sorted(_CORPUS.rglob("*.md")):
        parts = path.read_text(encoding="utf-8").split("---\n", 2)
        if len(parts) == 3 and not parts[0]:
            for text in yaml.safe_load(parts[1]).get("questions", ()):
                yield Sample(text, Sort.QUESTION, _CORPUS_WORTH)


def drills() -> Iterator[Sample]:
    """The made-up questions, about rules and about the world; the same ones every time."""
    data = read_yaml(_DRILLS)
    some = random.Random(12345)
    official = {word for words in official_words().values() for word in words if len(word) > 1}
    for word in sorted(official):
        for ask in some.sample(data["rules"], _ASKS_PER_WORD):
            yield Sample(ask.format(word), Sort.QUESTION, _DRILL_WORTH)
    for group in data["world"]:
        for thing, ask in itertools.product(group["things"], group["asks"]):
            yield Sample(ask.format(thing), Sort.OTHER)


def train(samples: Sequence[Sample]) -> NDArray[np.float16]:
    """The weights of :mod:`knowledge.judging.inquiry`, a row for each of its three questions."""
    texts = [fold(sample.text) for sample in samples]
    rows = [features(text) for text in texts]
    worth = np.asarray([sample.worth for sample in samples])
    question = np.asarray([sample.sort is Sort.QUESTION for sample in samples])
    business = np.asarray([sample.sort is not Sort.OTHER for sample in samples])
    # How a matter ends is learnt from matters alone: small talk would teach what it is about.
    tails = [tail_features(text) for text, ours in zip(texts, business, strict=True) if ours]
    ends = _fitted(tails, question[business], worth[business])
    return np.stack([_fitted(rows, question, worth), _fitted(rows, business, worth), ends])


def _fitted(
    rows: Sequence[NDArray[np.int64]], told: NDArray[np.bool_], worth: NDArray[np.float64]
) -> NDArray[np.float16]:
    """Weights, the bias last, that tell the texts that are from those that are not."""
    asks, worth = told.astype(np.float64), worth.copy()
    # Questions are few: half way to weighing as much as all the rest.
    worth[asks > 0] *= np.sqrt(worth[asks == 0].sum() / worth[asks > 0].sum())
    weights = np.zeros(PLACES)
    steps = np.full(PLACES, 1e-6)
    bias = 0.0
    order = np.random.default_rng(12345)
    for _ in range(_ROUNDS):
        for n in order.permutation(len(rows)).tolist():
            row = rows[n]
            scale = 1 / np.sqrt(max(len(row), 1))
            logit = bias + weights[row].sum() * scale
            slope = (1 / (1 + np.exp(-np.clip(logit, -30, 30))) - asks[n]) * worth[n]
            change = slope * scale + _DECAY * weights[row]
            steps[row] += change * change
            weights[row] -= _RATE * change / np.sqrt(steps[row])
            bias -= 0.02 * slope
    return np.append(weights, bias).astype(np.float16)


def main(folder: Path) -> None:
    """Read, train, write."""
    held_out = set(probes())
    samples = [sample for sample in utterances(folder) if sample.text not in held_out]
    samples += [*corpus_questions(), *drills(), *stories(folder)]
    np.save(WEIGHTS, train(samples), allow_pickle=False)
    asking = sum(sample.sort is Sort.QUESTION for sample in samples)
    sys.stdout.write(f"{len(samples)} texts, {asking} of them questions: {WEIGHTS}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
