"""Sparse tables of whole numbers: which terms speak for which of some hundred classes, and how much.

A file has a header with the classes and a line for each term: ``term``, then ``column:value`` pairs;
column ``*`` holds what belongs to the term alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

OWN = "*"

Floats = npt.NDArray[np.float32]
Ids = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Sparse:
    """A sparse matrix by rows: row ``r`` has ``columns[starts[r]:starts[r + 1]]``."""

    starts: npt.NDArray[np.int64]
    columns: Ids
    values: Floats

    def cells(
        self, rows: npt.NDArray[np.int64]
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Positions of all cells of the rows, and for each which of ``rows`` it belongs to."""
        sizes = self.starts[rows + 1] - self.starts[rows]
        owner = np.repeat(np.arange(len(rows)), sizes)
        before = np.repeat(np.cumsum(sizes) - sizes, sizes)
        return np.arange(len(owner)) - before + self.starts[rows][owner], owner

    def summed(
        self, rows: npt.NDArray[np.int64], weights: npt.NDArray[np.floating], columns: int
    ) -> npt.NDArray[np.float64]:
        """The sum of the rows, each times its weight, over so many columns."""
        cells, owner = self.cells(rows)
        values = self.values[cells] * weights[owner]
        return np.asarray(np.bincount(self.columns[cells], values, columns), np.float64)

    @classmethod
    def of_cells(
        cls,
        rows: npt.NDArray[np.integer],
        columns: npt.NDArray[np.integer],
        values: npt.NDArray[np.floating],
        size: int,
    ) -> Sparse:
        """A matrix of so many rows by its cells, which are in the order of their rows."""
        starts = np.searchsorted(rows, np.arange(size + 1)).astype(np.int64)
        return cls(starts, columns.astype(np.int32), values.astype(np.float32))


@dataclass(frozen=True, slots=True)
class Table:
    """Terms, what belongs to each, and its values for the classes."""

    classes: tuple[str, ...]
    index: dict[str, int]
    own: Floats
    cells: Sparse


def write_table(
    path: Path,
    classes: Sequence[str],
    rows: Iterable[tuple[str, int, Mapping[int, int]]],
) -> None:
    """Store ``(term, own value, {column: value})`` of each term."""
    lines = ["\t".join(("#", *classes))]
    for term, own, values in rows:
        pairs = (f"{column}:{value}" for column, value in sorted(values.items()))
        lines.append("\t".join((term, f"{OWN}:{own}", *pairs)))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def read_table(path: Path) -> Table:
    """The table of a file.

    Raises:
        FileNotFoundError: it was never made; run ``python -m actions.understanding.training``.
    """
    header, *lines = path.read_text(encoding="utf-8").rstrip("\n").split("\n")
    index: dict[str, int] = {}
    own: list[int] = []
    pairs: list[str] = []
    starts = [0]
    for line in lines:
        term, alone, *others = line.split("\t")
        index[term] = len(own)
        own.append(int(alone[2:]))
        pairs += others
        starts.append(len(pairs))
    said = " ".join(pairs).replace(":", " ")
    numbers = np.fromstring(said, np.int32, sep=" ").reshape(-1, 2)
    return Table(
        tuple(header.split("\t")[1:]),
        index,
        np.array(own, np.float32),
        Sparse(
            np.array(starts, np.int64),
            np.ascontiguousarray(numbers[:, 0]),
            numbers[:, 1].astype(np.float32),
        ),
    )
