"""Names of places told by a trained tagger: which characters of a text are a name's.

A chain of labels (outside, first, inside, last) with one weight for each feature and label, and
one for each pair of labels: a linear-chain CRF. It finds names that end in no word for a place.
The weights are made by ``python -m actions.complaint.training``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from actions.complaint.linear import FOLDER, SCALE
from actions.complaint.place_features import SPOTS, Clues, Integers, gram_key

OUT, FIRST, INSIDE, LAST = LABELS = range(4)
FOLLOW = (
    (OUT, OUT), (LAST, OUT), (OUT, FIRST), (LAST, FIRST),
    (FIRST, INSIDE), (INSIDE, INSIDE), (FIRST, LAST), (INSIDE, LAST),
)  # fmt: skip
"""The pairs of labels that may stand one after the other."""
Floats = npt.NDArray[np.float32]
_BREAKS = frozenset("\t\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029")


@dataclass(frozen=True, slots=True)
class Tagger:
    """The weights of a trained tagger.

    ``words`` are features of words by row of ``of_words``, which has a weight for each spot and
    label; ``keys`` are those of runs of characters, sorted, by row of ``of_grams``, which has one
    for each label. The last row of each is for what is unknown. ``pairs`` are those of FOLLOW.
    """

    words: dict[str, int]
    of_words: Floats
    keys: Integers
    of_grams: Floats
    pairs: tuple[float, ...]

    def likelihoods(self, seen: Clues) -> list[tuple[float, ...]]:
        """For each character the probability of each label."""
        if not seen.words:
            return []
        scores = self.scores(seen)
        powers = np.exp(scores - scores.max(axis=1, keepdims=True)).tolist()
        ahead = _forward(powers, self.pairs)
        back = _backward(powers, self.pairs)
        result = []
        for there, on in zip(ahead, back, strict=True):
            both = [a * b for a, b in zip(there, on, strict=True)]
            whole = sum(both) or 1.0
            result.append(tuple(value / whole for value in both))
        return result

    def scores(self, seen: Clues) -> Floats:
        """For each character and label what speaks for it."""
        get, unknown = self.words.get, len(self.words)
        rows = np.array([get(name, unknown) for names in seen.words for name in names])
        by_word = self.of_words[rows].reshape(len(seen.words), -1, SPOTS, len(LABELS)).sum(axis=1)
        at = np.searchsorted(self.keys, seen.grams)
        at[self.keys[np.minimum(at, len(self.keys) - 1)] != seen.grams] = len(self.keys)
        result: Floats = by_word[seen.owner, seen.spot] + self.of_grams[at].sum(axis=1)
        return result


@dataclass(frozen=True, slots=True)
class Tagged:
    """A name's bounds, and how sure the tagger is that it is one and begins and ends there (0..1)."""

    start: int
    end: int
    sure: float


def names_in(chances: Sequence[tuple[float, ...]]) -> list[Tagged]:
    """The names in a text, given the probability of each label for each character."""
    found: list[Tagged] = []
    start: int | None = None
    for i, row in enumerate(chances):
        label = max(LABELS, key=row.__getitem__)
        if label == FIRST:
            start = i
        elif label == OUT:
            start = None
        elif label == LAST and start is not None:
            sure = min(chances[start][FIRST], chances[i][LAST])
            found.append(Tagged(start, i + 1, sure))
            start = None
    return found


def _forward(
    powers: list[list[float]], pairs: tuple[float, ...]
) -> list[tuple[float, float, float, float]]:
    """What leads up to each label of each character, each row scaled to one."""
    oo, lo, of, lf, fi, ii, fl, il = pairs
    out, first, inside, last = 1.0, 0.0, 0.0, 0.0
    rows = []
    for p_out, p_first, p_inside, p_last in powers:
        out, first, inside, last = (
            (out * oo + last * lo) * p_out,
            (out * of + last * lf) * p_first,
            (first * fi + inside * ii) * p_inside,
            (first * fl + inside * il) * p_last,
        )
        whole = out + first + inside + last or 1.0
        out, first, inside, last = out / whole, first / whole, inside / whole, last / whole
        rows.append((out, first, inside, last))
    return rows


def _backward(
    powers: list[list[float]], pairs: tuple[float, ...]
) -> list[tuple[float, float, float, float]]:
    """What follows on each label of each character, each row scaled to one."""
    oo, lo, of, lf, fi, ii, fl, il = pairs
    out, first, inside, last = 0.5, 0.0, 0.0, 0.5
    rows = [(out, first, inside, last)]
    for p_out, p_first, p_inside, p_last in reversed(powers[1:]):
        to_out, to_first = out * p_out, first * p_first
        to_inside, to_last = inside * p_inside, last * p_last
        out, last = oo * to_out + of * to_first, lo * to_out + lf * to_first
        first, inside = fi * to_inside + fl * to_last, ii * to_inside + il * to_last
        whole = out + first + inside + last or 1.0
        out, first, inside, last = out / whole, first / whole, inside / whole, last / whole
        rows.append((out, first, inside, last))
    rows.reverse()
    return rows


@cache
def load_tagger() -> Tagger:
    """The stored tagger.

    Raises:
        FileNotFoundError: it was never made; run ``python -m actions.complaint.training``.
    """
    head, *lines = (FOLDER / "places.tsv").read_text(encoding="utf-8").splitlines()
    _, of_words, _, *pairs = head.split("\t")
    many = int(of_words)
    split = [line.partition("\t") for line in lines]
    runs = [name for name, _, _ in split[many:]]
    keys = np.array([gram_key(int(run[0]), run[1:]) for run in runs], np.int64)
    order = np.argsort(keys)
    return Tagger(
        {name: row for row, (name, _, _) in enumerate(split[:many])},
        _weights([rest for _, _, rest in split[:many]]).reshape(-1, SPOTS, len(LABELS)),
        keys[order],
        _weights([split[many + k][2] for k in order]),
        tuple(np.exp(np.array(pairs, np.float32) / np.float32(SCALE)).tolist()),
    )


def _weights(rows: Sequence[str]) -> Floats:
    """Weights as they are stored, and a row of zeros."""
    table = np.fromstring("\t".join(rows), np.float32, sep="\t").reshape(len(rows), -1)
    result: Floats = np.vstack([table, np.zeros((1, table.shape[1]), np.float32)])
    return result / np.float32(SCALE)


def write_tagger(tagger: Tagger, runs: Sequence[str], path: Path, *, least: int = 12) -> int:
    """Store a tagger; what has every weight rounded below ``least`` is dropped.

    Args:
        tagger: the tagger.
        runs: the runs of characters, each behind the number of its kind, in the order of its keys.
        path: the file.
        least: of the whole numbers stored.

    Returns:
        How many features were kept.
    """
    parts = (
        {name: tagger.of_words[row].ravel() for name, row in sorted(tagger.words.items())},
        {run: tagger.of_grams[row] for row, run in enumerate(runs)},
    )
    kept = [
        [
            "\t".join((name, *map(str, scaled)))
            for name, weights in part.items()
            for scaled in [np.rint(weights * SCALE).astype(int).tolist()]
            if max(map(abs, scaled)) >= least and not _BREAKS & set(name)
        ]
        for part in parts
    ]
    pairs = (str(round(math.log(value) * SCALE)) for value in tagger.pairs)
    head = "\t".join(("#", *(str(len(part)) for part in kept), *pairs))
    path.write_text("\n".join([head, *kept[0], *kept[1]]) + "\n", encoding="utf-8")
    return len(kept[0]) + len(kept[1])
