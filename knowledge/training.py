"""Makes the weights of :mod:`knowledge.inquiry`: ``python -m knowledge.training FOLDER``.

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
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray

from knowledge.inquiry import PLACES, WEIGHTS, features
from knowledge.lexicon import official_words
from knowledge.probes import probes
from knowledge.text import fold

_ASKS = "ask_policy"
# Pieces of an answer to us; a bare place or name may as well belong to a question.
_LEFT_OUT = frozenset({"inform", "correct_field", "supplement_order"})
_ENTITY = re.compile(r"\[([^\]]*)\](?:\([^)]*\)|\{[^}]*\})")
_CORPUS = Path(__file__).parent / "corpus"
_DRILLS = Path(__file__).parent / "lexicon" / "drills.yml"
_CORPUS_WEIGHT = 0.5
_DRILL_WEIGHT = 0.4
_ASKS_PER_WORD = 3
_ROUNDS = 12
_RATE = 0.5
_DECAY = 2e-6


def utterances(folder: Path) -> Iterator[tuple[str, bool]]:
    """(text, whether it asks for a rule) of every utterance of the folder's YAML files."""
    for path in sorted(folder.rglob("*.yml")):
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        for block in data.get("nlu", []):
            intent = block.get("intent", "")
            if not intent or intent in _LEFT_OUT:
                continue
            for line in block.get("examples", "").splitlines():
                text = _ENTITY.sub(r"\1", line.removeprefix("- ")).strip()
                if text:
                    yield text, intent == _ASKS


def corpus_questions() -> Iterator[str]:
    """How people ask for the shipped entries, as those entries say."""
    for path in sorted(_CORPUS.rglob("*.md")):
        parts = path.read_text(encoding="utf-8").split("---\n", 2)
        if len(parts) == 3 and not parts[0]:
            yield from yaml.safe_load(parts[1]).get("questions", ())


def drills() -> Iterator[tuple[str, bool]]:
    """(text, whether it asks for a rule) of the made-up questions; the same ones every time."""
    data = yaml.safe_load(_DRILLS.read_text(encoding="utf-8"))
    some = random.Random(12345)
    official = {word for words in official_words().values() for word in words if len(word) > 1}
    for word in sorted(official):
        for ask in some.sample(data["rules"], _ASKS_PER_WORD):
            yield ask.format(word), True
    for group in data["world"]:
        for thing, ask in itertools.product(group["things"], group["asks"]):
            yield ask.format(thing), False


def train(samples: Sequence[tuple[str, bool, float]]) -> NDArray[np.float16]:
    """Weights, the bias last, from (text, whether it asks for a rule, weight)."""
    rows = [features(fold(text)) for text, _, _ in samples]
    asks = np.asarray([asks for _, asks, _ in samples], dtype=np.float64)
    worth = np.asarray([worth for _, _, worth in samples])
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
    samples = [(t, asks, 1.0) for t, asks in utterances(folder) if t not in held_out]
    samples += [(text, True, _CORPUS_WEIGHT) for text in corpus_questions()]
    samples += [(text, asks, _DRILL_WEIGHT if asks else 1.0) for text, asks in drills()]
    np.save(WEIGHTS, train(samples), allow_pickle=False)
    asking = sum(asks for _, asks, _ in samples)
    sys.stdout.write(f"{len(samples)} texts, {asking} of them questions: {WEIGHTS}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
