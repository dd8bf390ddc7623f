"""Make the tagger of names: fit a linear-chain CRF on composed sentences.

Stochastic gradient with AdaGrad over batches of sentences of like length, in plain numpy; the weights
are the mean over the last rounds, which is steadier than where they end. The same data gives the same
weights.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from actions.understanding.places.composed import Composer, Marked, bracketed, told
from actions.understanding.places.features import GRAMS, SPOTS, TEMPLATES, Clues
from actions.understanding.places.tagger import (
    FIRST,
    FOLLOW,
    INSIDE,
    LABELS,
    LAST,
    OUT,
    Floats,
    Tagger,
    by_run,
    rows_of_words,
    write_tagger,
)
from actions.understanding.places.units import Finder
from actions.understanding.text.folding import fold
from actions.understanding.text.runs import RunTable

SENTENCES = 100_000
_SEED = 7
_RAREST = 4
_ROUNDS = 4
_AVERAGED = 2
"""Of these the last so many are averaged."""
_BATCH = 48
_RATE = 0.25
_PENALTY = 2e-5
_NEVER = np.float32(-1e4)


def make_tagger(utterances: Sequence[str], path: Path, count: int = SENTENCES) -> str:
    """Compose, fit, store; and say what was made."""
    known = told(utterances)
    matters = [one.text for one in known if not one.places]
    texts = [*bracketed(), *(one for one in known if one.places)]
    sentences = Composer(matters, texts, _SEED).sentences(count)
    kept = write_tagger(train(sentences), path)
    return f"{kept} features of names of places from {len(sentences)} sentences"


def labels_of(sentence: Marked) -> list[int]:
    """The label of each character."""
    labels = [OUT] * len(sentence.text)
    for start, end in sentence.places:
        labels[start:end] = [INSIDE] * (end - start)
        labels[start], labels[end - 1] = FIRST, LAST
    return labels


def train(sentences: Sequence[Marked]) -> Tagger:
    """The fitted tagger."""
    seen = [Finder(fold(sentence.text)).clues() for sentence in sentences]
    words, many = _words(seen)
    tables = [_runs(seen, kind) for kind in range(len(GRAMS))]
    rows = [_rows(found, words, many, tables) for found in seen]
    gold = [np.array(labels_of(sentence), np.int8) for sentence in sentences]
    sizes = [len(table.keys) - 1 for table in tables]
    split = (many + 1) * SPOTS
    unknown = [*range(many * SPOTS, split), split + sum(sizes)]
    weights, pairs = _fitted(rows, gold, unknown)
    of_words = weights[:split].reshape(-1, SPOTS, len(LABELS))
    kinds = np.repeat(np.arange(len(GRAMS)), sizes).tolist()
    keys = np.concatenate([table.keys[:-1] for table in tables])
    powers = tuple(float(np.exp(pairs[a, b])) for a, b in FOLLOW)
    return Tagger(words, of_words, *by_run(kinds, keys, weights[split:]), powers)


def _words(seen: Sequence[Clues]) -> tuple[tuple[dict[str, int], ...], int]:
    """What is often enough there to be looked at of a word, by row, and how much that is."""
    words: list[dict[str, int]] = []
    row = 0
    for template in range(len(TEMPLATES)):
        counts = Counter(name for found in seen for name in found.words[template])
        known = sorted(name for name, count in counts.items() if count >= _RAREST)
        words.append({name: row + k for k, name in enumerate(known)})
        row += len(known)
    return tuple(words), row


def _runs(seen: Sequence[Clues], kind: int) -> RunTable:
    """The runs that one of GRAMS often enough looks at."""
    length = GRAMS[kind][1]
    looked_at = [found.runs[length - 1][found.looked_at(kind)] for found in seen]
    keys, counts = np.unique(np.concatenate(looked_at), return_counts=True)
    return RunTable.of(keys[counts >= _RAREST])


def _rows(
    found: Clues, words: tuple[dict[str, int], ...], many: int, tables: Sequence[RunTable]
) -> npt.NDArray[np.int32]:
    """The row of each feature of each character: words' rows by spot first, then the runs'."""
    by_word = rows_of_words(words, found, many).T
    columns = [by_word[found.owner] * SPOTS + found.spot[:, None]]
    unknown = (many + 1) * SPOTS + sum(len(table.keys) - 1 for table in tables)
    first = (many + 1) * SPOTS
    for kind, table in enumerate(tables):
        at = table.rows(found.runs[GRAMS[kind][1] - 1][found.looked_at(kind)])
        known = at < len(table.keys) - 1
        columns.append(np.where(known, first + at, unknown)[:, None])
        first += len(table.keys) - 1
    return np.hstack(columns).astype(np.int32)


def _fitted(
    rows: Sequence[npt.NDArray[np.int32]],
    gold: Sequence[npt.NDArray[np.int8]],
    unknown: Sequence[int],
) -> tuple[Floats, Floats]:
    """The weights of all features and of all pairs of labels; those of unknown ones stay nought."""
    weights: Floats = np.zeros((unknown[-1] + 1, len(LABELS)), np.float32)
    past: Floats = np.full_like(weights, 1e-2)
    pairs: Floats = np.zeros((len(LABELS), len(LABELS)), np.float32)
    pairs_past: Floats = np.full_like(pairs, 1e-2)
    mean, pairs_mean, seen = np.zeros_like(weights), np.zeros_like(pairs), 0
    order = np.random.default_rng(_SEED)
    for turn in range(_ROUNDS):
        rate = np.float32(_RATE / (1 + 0.5 * turn))
        for batch in _batches(gold, order):
            features = np.stack([rows[k] for k in batch])
            slope, pair_slope = _slopes(
                weights[features].sum(axis=2), pairs, np.stack([gold[k] for k in batch])
            )
            wide = features.shape[2]
            touched, place = np.unique(features.ravel(), return_inverse=True)
            gathered = np.stack(
                [
                    np.bincount(place, np.repeat(of_label, wide), minlength=len(touched))
                    for of_label in slope.reshape(-1, len(LABELS)).T
                ],
                axis=1,
            ).astype(np.float32)
            gathered += np.float32(_PENALTY) * weights[touched]
            past[touched] += gathered**2
            weights[touched] -= rate * gathered / np.sqrt(past[touched])
            weights[unknown] = 0
            pairs_past += pair_slope**2
            pairs -= rate * pair_slope / np.sqrt(pairs_past)
            if turn >= _ROUNDS - _AVERAGED:
                mean += weights
                pairs_mean += pairs
                seen += 1
    return mean / np.float32(seen), pairs_mean / np.float32(seen)


def _batches(gold: Sequence[npt.NDArray[np.int8]], order: np.random.Generator) -> list[list[int]]:
    """Batches of sentences of one length, shuffled."""
    groups: dict[int, list[int]] = {}
    for k, labels in enumerate(gold):
        if len(labels):
            groups.setdefault(len(labels), []).append(k)
    batches = []
    for group in groups.values():
        mixed = order.permutation(np.array(group))
        batches += [mixed[i : i + _BATCH].tolist() for i in range(0, len(mixed), _BATCH)]
    return [batches[i] for i in order.permutation(len(batches))]


def _slopes(scores: Floats, pairs: Floats, gold: npt.NDArray[np.int8]) -> tuple[Floats, Floats]:
    """How a batch's loss changes with each character's scores, and with the pairs' weights."""
    many, length, _ = scores.shape
    step = np.full((len(LABELS), len(LABELS)), _NEVER, np.float32)
    for a, b in FOLLOW:
        step[a, b] = pairs[a, b]
    ahead, back = np.empty_like(scores), np.zeros_like(scores)
    ahead[:, 0] = scores[:, 0]
    # What comes before the first character is outside.
    ahead[:, 0] += step[OUT]
    for t in range(1, length):
        ahead[:, t] = _log_sum(ahead[:, t - 1, :, None] + step, 1) + scores[:, t]
    back[:, -1, [FIRST, INSIDE]] = _NEVER
    for t in range(length - 2, -1, -1):
        back[:, t] = _log_sum(step + (scores[:, t + 1] + back[:, t + 1])[:, None], 2)
    total = _log_sum(ahead[:, -1] + back[:, -1], 1)
    slope = np.exp(ahead + back - total[:, None, None])
    at = np.arange(many)[:, None], np.arange(length)[None], gold
    slope[at] -= 1
    pair_slope = np.zeros_like(pairs)
    if length > 1:
        both = (
            ahead[:, :-1, :, None]
            + step
            + (scores[:, 1:] + back[:, 1:])[:, :, None]
            - total[:, None, None, None]
        )
        pair_slope = np.exp(both).sum(axis=(0, 1))
        np.subtract.at(pair_slope, (gold[:, :-1].ravel(), gold[:, 1:].ravel()), 1)
    return slope, pair_slope


def _log_sum(values: Floats, axis: int) -> Floats:
    most = values.max(axis=axis, keepdims=True)
    result: Floats = np.log(np.exp(values - most).sum(axis=axis)) + most.squeeze(axis)
    return result
