"""Runs of one to three characters as numbers: sorted ones are looked up by the thousand at once.

A dictionary of strings has to make each run, hash it and fetch it from somewhere in memory.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]

LONGEST = 3
_BITS = 21  # every character of Unicode has its own number
_NONE = np.iinfo(np.int64).max


def characters(text: str) -> Integers:
    """The number of each character."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.int64)


def runs(codes: Integers) -> tuple[Integers, Integers, Integers]:
    """The runs of one, of two and of three characters that begin at each character."""
    pairs = codes[:-1] << _BITS | codes[1:]
    return codes, pairs, pairs[:-1] << _BITS | codes[2:]


def distinct(numbers: Integers) -> Integers:
    """Sorted, each once; for so few, numpy's own ``unique`` takes three times as long."""
    found = np.sort(numbers)
    return found[np.append(True, found[1:] != found[:-1])] if len(found) else found


def run_keys(names: Sequence[str]) -> Integers:
    """The numbers of runs of one to three characters."""
    codes = np.array(names, f"<U{LONGEST}").view(np.uint32).reshape(-1, LONGEST).astype(np.int64)
    first, second, third = codes.T  # nought where there is none
    keys = np.where(second, first << _BITS | second, first)
    return np.where(third, keys << _BITS | third, keys)


def run_of(key: int) -> str:
    """The run of a number."""
    last = chr(key & ((1 << _BITS) - 1))
    return last if key < 1 << _BITS else run_of(key >> _BITS) + last


@dataclass(frozen=True, slots=True)
class RunTable:
    """Runs in the order of their numbers; the last number is none of a run."""

    keys: Integers

    @classmethod
    def of(cls, keys: Integers) -> RunTable:
        """``keys`` are sorted and distinct."""
        return cls(np.append(keys, _NONE))

    @classmethod
    def numbered(cls, rows: Mapping[str, int], longest: int = LONGEST) -> tuple[RunTable, Integers]:
        """The table of the names that are no longer, and the number each has in ``rows``; the last
        one, of whatever is not in the table, is -1."""
        names = [name for name in rows if len(name) <= longest]
        keys = run_keys(names)
        order = np.argsort(keys)
        numbers = np.array([rows[name] for name in names], np.int64)
        return cls.of(keys[order]), np.append(numbers[order], -1)

    def rows(self, keys: Integers) -> Integers:
        """Where each key stands in the table; its length for those that are not in it."""
        at = np.searchsorted(self.keys, keys)
        at[self.keys[at] != keys] = len(self.keys) - 1
        return at
