"""What the matter is about: a path of up to three levels in the category tree.

Two views are summed. Naive Bayes over character bigrams says which first level a text is written
like; TF-IDF similarity with the keywords and examples of each leaf, where a whole keyword counts
most, says which leaf. A level that is not clear enough is left off: a short true path beats a long
guess.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from actions.complaint.category_tree import Leaf, tree
from actions.complaint.sentences import sentences

_TOPICAL = 0.15
_OPENING, _REST = 1.6, 1.0

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Category:
    """A path in the tree with the confidence of each of its levels, 0..1."""

    path: tuple[str, ...]
    confidence: tuple[float, ...]
    similarity: float = 0.0
    """To the nearest leaf; well over 0.1 when the text speaks of a matter at all."""

    @property
    def topical(self) -> bool:
        """Whether the text speaks of some matter of the tree."""
        return self.similarity > _TOPICAL


@dataclass(frozen=True, slots=True)
class _Model:
    vocabulary: dict[str, int]
    columns: list[npt.NDArray[np.int32]]
    weights: list[Floats]
    log_first: Floats
    idf: Floats
    first_of: npt.NDArray[np.int32]
    second_of: npt.NDArray[np.int32]
    firsts: tuple[str, ...]
    seconds: tuple[tuple[str, str], ...]
    leaves: tuple[Leaf, ...]
    keywords: dict[str, list[tuple[str, tuple[int, ...], float]]]


def grams(text: str) -> list[str]:
    """Bigrams and trigrams of Chinese text; runs of other characters are skipped."""
    found = []
    for n in (2, 3):
        found += [
            text[i : i + n]
            for i in range(len(text) - n + 1)
            if all("\u4e00" <= c <= "\u9fff" for c in text[i : i + n])
        ]
    return found


def categorise(text: str) -> Category:
    """The category of a folded text; an empty path when nothing in it is known."""
    model = _model(tree())
    similar, like = _scores(model, text)
    if not similar.any():
        return Category((), ())
    firsts = len(model.firsts)
    best_of_first = np.zeros(firsts, np.float32)
    np.maximum.at(best_of_first, model.first_of, similar)
    mass = np.bincount(model.first_of, similar**2, firsts).astype(np.float32) ** 0.5
    view = 5.0 * best_of_first + 3.0 * mass + 1.0 * like
    shares = _softmax(view)
    top = int(shares.argmax())
    inside = np.where(model.first_of == top, similar, 0.0)
    seconds = np.zeros(len(model.seconds), np.float32)
    np.maximum.at(seconds, model.second_of, inside)
    path, sure = [model.firsts[top]], [float(shares[top])]
    leaf = int(inside.argmax())
    if inside[leaf] > 0:
        second = int(model.second_of[leaf])
        others = np.sort(seconds)[-2] if len(seconds) > 1 else 0.0
        share = float(seconds[second] / (seconds[second] + others))
        path.append(model.seconds[second][1])
        sure.append(sure[0] * share)
        siblings = np.where(model.second_of == second, inside, 0.0)
        rival = np.sort(siblings)[-2] if len(siblings) > 1 else 0.0
        path.append(model.leaves[leaf].path[2])
        sure.append(sure[1] * float(inside[leaf] / (inside[leaf] + rival)))
    return Category(
        tuple(path), tuple(round(s, 3) for s in sure), round(float(similar.max()), 3)
    )


def _softmax(scores: Floats) -> Floats:
    powers = np.exp(scores - scores.max())
    return np.asarray(powers / powers.sum(), np.float32)


def _scores(model: _Model, text: str) -> tuple[Floats, Floats]:
    """Per leaf how similar, per first level how alike (log-odds per gram, length-damped)."""
    counts: Counter[int] = Counter()
    weighted: defaultdict[int, float] = defaultdict(float)
    parts = sentences(text)
    for k, part in enumerate(parts):
        weight = _OPENING if k == 0 and not part.courtesy else _REST
        for gram in grams(text[part.start : part.end]):
            index = model.vocabulary.get(gram)
            if index is not None:
                counts[index] += 1
                weighted[index] = max(weighted[index], weight)
    leaves = len(model.leaves)
    similar = np.zeros(leaves, np.float32)
    like = np.zeros(len(model.firsts), np.float32)
    if counts:
        seen = np.fromiter(weighted, np.int32)
        value = np.fromiter(weighted.values(), np.float32)
        value = value * model.idf[seen]
        norm = float(np.sqrt((value**2).sum())) or 1.0
        columns = np.concatenate([model.columns[i] for i in seen])
        repeats = [len(model.columns[i]) for i in seen]
        weights = np.concatenate([model.weights[i] for i in seen])
        similar = np.bincount(
            columns, weights * np.repeat(value, repeats), leaves
        ).astype(np.float32) / norm
        tally = np.fromiter((min(3, counts[i]) for i in seen), np.float32)
        like = tally @ model.log_first[seen] / math.sqrt(float(tally.sum()) + 4.0)
    for start in range(len(text) - 1):
        for word, owners, weight in model.keywords.get(text[start : start + 2], ()):
            if text.startswith(word, start):
                early = 1.3 if start < 40 else 1.0
                for leaf in owners:
                    similar[leaf] += weight * early
    return similar, like


@cache
def _model(leaves: tuple[Leaf, ...]) -> _Model:
    firsts = tuple(dict.fromkeys(leaf.path[0] for leaf in leaves))
    seconds = tuple(dict.fromkeys((leaf.path[0], leaf.path[1]) for leaf in leaves))
    documents = [_document(leaf) for leaf in leaves]
    spread: Counter[str] = Counter()
    for document in documents:
        spread.update(document.keys())
    vocabulary = {gram: i for i, gram in enumerate(sorted(spread))}
    total = len(leaves)
    idf = np.array(
        [math.log(1 + total / spread[gram]) for gram in sorted(spread)], np.float32
    )
    columns: list[list[int]] = [[] for _ in vocabulary]
    weights: list[list[float]] = [[] for _ in vocabulary]
    first_of = np.array([firsts.index(leaf.path[0]) for leaf in leaves], np.int32)
    tallies = np.zeros((len(vocabulary), len(firsts)), np.float32)
    for k, document in enumerate(documents):
        values = {
            vocabulary[g]: (1 + math.log(c)) * float(idf[vocabulary[g]])
            for g, c in document.items()
        }
        norm = math.sqrt(sum(v * v for v in values.values())) or 1.0
        for index, value in values.items():
            columns[index].append(k)
            weights[index].append(value / norm)
            tallies[index, first_of[k]] += document_count(value)
    smoothed = tallies + 0.2
    log_first = np.log(smoothed / smoothed.sum(axis=0))
    log_first -= log_first.mean(axis=1, keepdims=True)
    return _Model(
        vocabulary,
        [np.array(c, np.int32) for c in columns],
        [np.array(w, np.float32) for w in weights],
        log_first.astype(np.float32),
        idf,
        first_of,
        np.array([seconds.index((leaf.path[0], leaf.path[1])) for leaf in leaves], np.int32),
        firsts,
        seconds,
        leaves,
        _keyword_table(leaves, firsts),
    )


def document_count(value: float) -> float:
    """How much one leaf's use of a gram counts for its first level: once."""
    return 1.0 if value > 0 else 0.0


def _document(leaf: Leaf) -> Counter[str]:
    counts: Counter[str] = Counter()
    for words in (leaf.path[2], *leaf.keywords):
        for gram in grams(words):
            counts[gram] += 2
    for words in (leaf.path[1], *leaf.examples):
        counts.update(grams(words))
    return counts


def _keyword_table(
    leaves: tuple[Leaf, ...], firsts: Iterable[str]
) -> dict[str, list[tuple[str, tuple[int, ...], float]]]:
    owners: defaultdict[str, list[int]] = defaultdict(list)
    for k, leaf in enumerate(leaves):
        for word in {leaf.path[2], *leaf.keywords}:
            if len(word) > 1:
                owners[word].append(k)
    table: defaultdict[str, list[tuple[str, tuple[int, ...], float]]] = defaultdict(list)
    for word, indices in owners.items():
        topics = len({leaves[i].path[0] for i in indices})
        weight = (0.10 + 0.05 * min(len(word), 6)) / (topics * math.sqrt(len(indices)))
        table[word[:2]].append((word, tuple(indices), weight))
    return dict(table)
