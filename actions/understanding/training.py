"""Make the appeal, category, risk and place models from our own texts: ``python -m actions.understanding.training``.

Multinomial logistic regression with an L2 penalty, full batches and Adam in plain numpy: a few
thousand short texts take seconds, and the same data gives the same weights.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from actions.understanding.danger.risk import NO_DANGER
from actions.understanding.fields import Alarm, AppealType
from actions.understanding.learning.linear import FOLDER, LinearModel, features, write_model
from actions.understanding.matter import category_training
from actions.understanding.matter.appeal import INTENTS, NO_MATTER
from actions.understanding.matter.asides import ASIDE, MATTER, without_asides
from actions.understanding.matter.asides import features as of_sentence
from actions.understanding.matter.category import categorise
from actions.understanding.places import composed
from actions.understanding.places.training import make_tagger
from actions.understanding.text.folding import fold
from actions.understanding.text.sentences import sentences
from actions.understanding.text.words import word_lists
from connectors.yaml_file import read_yaml

UTTERANCES = Path(__file__).parents[2] / "bot" / "data" / "nlu"
# Danger is the safety layer's: its utterances say little of what kind of appeal they are.
ASIDES = ("asides", "letter_phrases")
"""The lists of what letters say beside their matter."""
OF_DANGER = "dangers.yml"
"""The utterances that teach what danger is and what only speaks of it; nothing of kind or place."""
OF_INTENTS = frozenset({OF_DANGER, "wishes.yml"})
"""The utterances that teach nothing of kind or place: those, and what people are about to do."""
_LEFT_OUT = frozenset({"threat", "despair", "on_behalf"})
_ANSWERS = frozenset({"inform", "correct_field"})
_MOST_OF_AN_INTENT = 60
_ENTITY = re.compile(r"\[([^\]]*)\](?:\([^)]*\)|\{[^}]*\})")

Floats = npt.NDArray[np.float32]


def read_utterances(folder: Path) -> list[tuple[str, str]]:
    """``(text, class)`` of every utterance: its kind of appeal, or none for mere dialogue.

    Of each dialogue intent only some are taken, evenly: there are many and they are much alike.
    """
    found = []
    for intent, _, texts in _intents(folder):
        if intent in INTENTS:
            found += [(text, INTENTS[intent].value) for text in texts if intent not in _LEFT_OUT]
        elif intent not in _LEFT_OUT:
            step = max(1, len(texts) // _MOST_OF_AN_INTENT)
            found += [(text, NO_MATTER) for text in texts[::step]]
    return found


def read_dangers(folder: Path) -> list[tuple[str, str]]:
    """``(text, class)`` of every utterance: the danger it speaks of, or none."""
    dangers = {alarm.value for alarm in Alarm}
    return [
        (text, intent if intent in dangers else NO_DANGER)
        for intent, _, texts in _intents(folder, of_danger=True)
        for text in texts
    ]


def read_categories(folder: Path) -> list[tuple[str, str]]:
    """``(text, second level)`` of every utterance that names its category."""
    return [
        (text, category) for _, category, texts in _intents(folder) if category for text in texts
    ]


def read_matters(folder: Path) -> list[str]:
    """Every utterance but bare answers, many of which are places: those teach how names stand."""
    return [
        text for intent, _, texts in _intents(folder) if intent not in _ANSWERS for text in texts
    ]


def _intents(folder: Path, *, of_danger: bool = False) -> Iterator[tuple[str, str, list[str]]]:
    """Every block of the NLU data: its intent, its category if it names one, and its texts,
    entities unmarked."""
    for file in sorted(folder.glob("*/*.yml")):
        if file.name in OF_INTENTS and not (of_danger and file.name == OF_DANGER):
            continue
        for entry in read_yaml(file)["nlu"]:
            if intent := entry.get("intent"):
                category = entry.get("metadata", {}).get("category", "")
                lines = (line.strip().removeprefix("- ") for line in entry["examples"].splitlines())
                yield intent, category, [_ENTITY.sub(r"\1", line) for line in lines if line]


def dressed(rows: Sequence[tuple[str, str]], salt: int = 0) -> list[tuple[str, str]]:
    """Every matter once more as a letter: greeted, introduced, and closed with a courtesy.

    Which phrases go with which text is fixed, so that training gives the same weights again.
    """
    lists = word_lists("letter_phrases")
    found = []
    for k, (text, kind) in enumerate(rows):
        if kind == NO_MATTER:
            continue
        opening, background, closing = (
            lists[name][(k * step + salt) % len(lists[name])] if (k + step) % 3 else ""
            for name, step in (("openings", 7), ("backgrounds", 11), ("closings", 13))
        )
        stop = "" if text[-1] in "。！？…" else "。"
        found.append((f"{opening}{background}{text}{stop}{closing}", kind))
    return found


def read_asides(rows: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """``(sentence, class)``: what letters say beside their matter, and the sentences of matters."""
    phrases = [text for name in ASIDES for texts in word_lists(name).values() for text in texts]
    beside = _sentences(phrases)
    known = set(beside)
    matters = _sentences([text for text, kind in rows if kind != NO_MATTER])
    return [(said, ASIDE) for said in beside] + [
        (said, MATTER) for said in matters if said not in known
    ]


def _sentences(texts: Sequence[str]) -> list[str]:
    folded = [fold(text) for text in texts]
    return [text[part.start : part.end] for text in folded for part in sentences(text)]


def _features(text: str) -> frozenset[str]:
    folded = fold(text)
    return features(without_asides(folded), categorise(folded).path).names()


def train(
    rows: Sequence[tuple[str, str]],
    classes: Sequence[str],
    *,
    read: Callable[[str], frozenset[str]] = _features,
    rarest: int = 3,
    penalty: float = 0.1,
    rounds: int = 80,
    rate: float = 0.3,
) -> LinearModel:
    """Fit the weights; rare classes count a little more, features seen less than ``rarest`` times not at all."""
    sets = [read(text) for text, _ in rows]
    seen = Counter(name for found in sets for name in found)
    index = {name: i for i, name in enumerate(sorted(n for n, c in seen.items() if c >= rarest))}
    known = [np.array([index[n] for n in sorted(found) if n in index]) for found in sets]
    kept = [k for k, ids in enumerate(known) if len(ids)]
    labels = np.array([classes.index(rows[k][1]) for k in kept])
    columns = np.concatenate([known[k] for k in kept])
    sizes = np.array([len(known[k]) for k in kept])
    owner = np.repeat(np.arange(len(kept)), sizes)
    value = (1 / np.sqrt(sizes))[owner].astype(np.float32)[:, None]
    counts = np.bincount(labels, minlength=len(classes))
    weight = np.sqrt(counts.mean() / counts)[labels].astype(np.float32)[:, None]
    target = np.eye(len(classes), dtype=np.float32)[labels]
    by_feature = np.argsort(columns, kind="stable")
    feature_starts = np.searchsorted(columns[by_feature], np.arange(len(index)))
    text_starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    weights: Floats = np.zeros((len(index), len(classes)), np.float32)
    mean: Floats = np.zeros_like(weights)
    square: Floats = np.zeros_like(weights)
    for step in range(1, rounds + 1):
        logits = np.add.reduceat(weights[columns] * value, text_starts, axis=0)
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        error = (powers / powers.sum(axis=1, keepdims=True) - target) * weight
        slope: Floats = np.add.reduceat((error[owner] * value)[by_feature], feature_starts, axis=0)
        slope += penalty * weights
        mean = 0.9 * mean + 0.1 * slope
        square = 0.99 * square + 0.01 * slope**2
        weights -= rate * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-3)
    return LinearModel(tuple(classes), index, weights)


def fingerprint() -> str:
    """What the models are made from, as a hash: a change of it means they must be made anew."""
    lists = (*ASIDES, "place_names", "place_contexts")
    made_from = (
        read_utterances(UTTERANCES),
        read_dangers(UTTERANCES),
        read_categories(UTTERANCES),
        read_matters(UTTERANCES),
        category_training.phrases(),
        category_training.scenes(),
        [sorted(word_lists(name).items()) for name in lists],
        composed.bracketed(),
    )
    return hashlib.sha256(repr(made_from).encode()).hexdigest()


def main() -> int:
    """Train on the utterances, write the models' tables and note what they were made from."""
    rows = read_utterances(UTTERANCES)
    if not rows:
        sys.stderr.write(f"no utterances in {UTTERANCES}\n")
        return 1
    FOLDER.mkdir(exist_ok=True)
    # First: all others read a text without its asides.
    beside = train(read_asides(rows), [MATTER, ASIDE], read=of_sentence, rarest=2, penalty=0.05)
    write_model(beside, FOLDER / "asides.tsv", least=6)
    # Then this: the category is a feature of what follows.
    told = [*read_categories(UTTERANCES), *category_training.scenes()]
    weighed = category_training.write_tables(FOLDER, told)
    # Each matter is there twice, bare and dressed: three sightings are of two texts at least.
    kinds = [*(kind.value for kind in AppealType), NO_MATTER]
    appeal = train(rows + dressed(rows), kinds)
    write_model(appeal, FOLDER / "appeal.tsv", least=6)
    dangers = [*(alarm.value for alarm in Alarm), NO_DANGER]
    risk = train(read_dangers(UTTERANCES), dangers, rarest=2, penalty=0.05)
    write_model(risk, FOLDER / "risk.tsv", least=10)
    names = make_tagger(read_matters(UTTERANCES), FOLDER / "places.tsv")
    (FOLDER / "made_from.sha256").write_text(fingerprint() + "\n", encoding="utf-8")
    sys.stdout.write(
        f"{len(rows)} utterances: {weighed}, {len(appeal.index)} and {len(risk.index)} features; {names}\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
