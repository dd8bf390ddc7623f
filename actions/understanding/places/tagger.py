"""Names of places told by a trained tagger: which characters of a text are a name's.

A chain of labels (outside, first, inside, last) with one weight for each feature and label, and
one for each pair of labels: a linear-chain CRF. It finds names that end in no word for a place.
The weights are made by ``python -m actions.understanding.training``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from actions.understanding.learning.linear import FOLDER, SCALE
from actions.understanding.places.features import GRAMS, SPOTS, TEMPLATES, Clues
from actions.understanding.text.runs import Integers, RunTable, run_keys, run_of

OUT, FIRST, INSIDE, LAST = LABELS = range(4)
FOLLOW = (
    (OUT, OUT), (LAST, OUT), (OUT, FIRST), (LAST, FIRST),
    (FIRST, INSIDE), (INSIDE, INSIDE), (FIRST, LAST), (INSIDE, LAST),
)  # fmt: skip
"""The pairs of labels that may stand one after the other."""
Floats = npt.NDArray[np.float32]
Likelihoods = npt.NDArray[np.float64]
_BREAKS = frozenset("\t\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029")


@dataclass(frozen=True, slots=True)
class Tagger:
    """The weights of a trained tagger.

    ``words`` are for each of TEMPLATES what is known of words, by row of ``of_words``, which has a
    weight for each spot and label. ``runs`` are runs of characters by row of ``of_runs``, which has a
    weight for each of GRAMS and label. The last row of each is for what is unknown. ``pairs`` are
    those of FOLLOW.
    """

    words: tuple[dict[str, int], ...]
    of_words: Floats
    runs: RunTable
    of_runs: Floats
    pairs: tuple[float, ...]

    def likelihoods(self, seen: Clues) -> Likelihoods:
        """For each character the probability of each label."""
        if not len(seen.owner):
            return np.empty((0, len(LABELS)))
        scores = self.scores(seen)
        powers = np.exp(scores - scores.max(axis=1, keepdims=True)).tolist()
        both = np.array(_forward(powers, self.pairs)) * np.array(_backward(powers, self.pairs))
        whole = both.sum(axis=1, keepdims=True)
        whole[whole == 0] = 1.0
        result: Likelihoods = both / whole
        return result

    def scores(self, seen: Clues) -> Floats:
        """For each character and label what speaks for it."""
        by_word = self.of_words[rows_of_words(self.words, seen, len(self.of_words) - 1)].sum(axis=0)
        result: Floats = by_word[seen.owner, seen.spot]
        of_runs = [self.of_runs[self.runs.rows(keys)] for keys in seen.runs]
        by_run = np.zeros_like(result)
        for kind, (_, length) in enumerate(GRAMS):
            by_run += of_runs[length - 1][seen.looked_at(kind), kind]
        return result + by_run


def rows_of_words(words: Sequence[dict[str, int]], seen: Clues, unknown: int) -> Integers:
    """The row of what there is of each word, a line for each of TEMPLATES."""
    return np.array(
        [
            [known.get(name, unknown) for name in names]
            for known, names in zip(words, seen.words, strict=True)
        ],
        np.int64,
    )


@dataclass(frozen=True, slots=True)
class Tagged:
    """A name's bounds, and how sure the tagger is that it is one and begins and ends there (0..1)."""

    start: int
    end: int
    sure: float


def names_in(chances: Likelihoods) -> list[Tagged]:
    """The names in a text, given the probability of each label for each character."""
    found: list[Tagged] = []
    start: int | None = None
    for i, label in enumerate(chances.argmax(axis=1).tolist()):
        if label == FIRST:
            start = i
        elif label == OUT:
            start = None
        elif label == LAST and start is not None:
            sure = min(float(chances[start, FIRST]), float(chances[i, LAST]))
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
        FileNotFoundError: it was never made; run ``python -m actions.understanding.training``.
    """
    head, *lines = (FOLDER / "places.tsv").read_text(encoding="utf-8").splitlines()
    _, of_words, _, *pairs = head.split("\t")
    many = int(of_words)
    split = [line.partition("\t") for line in lines]
    words: tuple[dict[str, int], ...] = tuple({} for _ in TEMPLATES)
    for row, (name, _, _) in enumerate(split[:many]):
        words[TEMPLATES.index(name[0])][name[1:]] = row
    kinds = [int(name[0]) for name, _, _ in split[many:]]
    keys = run_keys([name[1:] for name, _, _ in split[many:]])
    return Tagger(
        words,
        _weights([rest for _, _, rest in split[:many]]).reshape(-1, SPOTS, len(LABELS)),
        *by_run(kinds, keys, _weights([rest for _, _, rest in split[many:]])),
        tuple(np.exp(np.array(pairs, np.float32) / np.float32(SCALE)).tolist()),
    )


def by_run(kinds: Sequence[int], keys: Integers, weights: Floats) -> tuple[RunTable, Floats]:
    """The runs, and the weights that each has for each of GRAMS, and for none.

    ``kinds`` and ``keys`` say of each row of ``weights`` but the last which of GRAMS looks at which run.
    """
    distinct, row = np.unique(keys, return_inverse=True)
    found: Floats = np.zeros((len(distinct) + 1, len(GRAMS), len(LABELS)), np.float32)
    found[row, kinds] = weights[:-1]
    return RunTable.of(distinct), found


def _weights(rows: Sequence[str]) -> Floats:
    """Weights as they are stored, and a row of zeros."""
    table = np.fromstring("\t".join(rows), np.float32, sep="\t").reshape(len(rows), -1)
    result: Floats = np.vstack([table, np.zeros((1, table.shape[1]), np.float32)])
    return result / np.float32(SCALE)


def write_tagger(tagger: Tagger, path: Path, *, least: int = 12) -> int:
    """Store a tagger; what has every weight rounded below ``least`` (of the whole numbers stored) is
    dropped. Returns how many features were kept."""
    of_words = {
        template + name: tagger.of_words[row].ravel()
        for template, known in zip(TEMPLATES, tagger.words, strict=True)
        for name, row in sorted(known.items())
    }
    of_runs = {
        f"{kind}{run_of(key)}": tagger.of_runs[row, kind]
        for kind in range(len(GRAMS))
        for row, key in enumerate(tagger.runs.keys[:-1].tolist())
    }
    kept = [
        [
            "\t".join((name, *map(str, scaled)))
            for name, weights in part.items()
            for scaled in [np.rint(weights * SCALE).astype(int).tolist()]
            if max(map(abs, scaled)) >= least and not _BREAKS & set(name)
        ]
        for part in (of_words, of_runs)
    ]
    pairs = (str(round(math.log(value) * SCALE)) for value in tagger.pairs)
    head = "\t".join(("#", *(str(len(part)) for part in kept), *pairs))
    path.write_text("\n".join([head, *kept[0], *kept[1]]) + "\n", encoding="utf-8")
    return len(kept[0]) + len(kept[1])
