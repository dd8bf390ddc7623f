"""Which third level of a known second level a text speaks of.

The few leaves of one second level share most of their words, so what tells them apart is counted
here apart from :mod:`actions.understanding.matter.category`: a term speaks for a leaf the more of the leaf's
phrases hold it (with saturation), the fewer of its sisters do, and the rarer it is in the tree. A
term of one single phrase says little: it may be scenery (一个礼拜, 什么时候).
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from actions.understanding.matter.category_tree import Leaf

_HALF = 2.0
"""In how many phrases of a leaf a term stands to count half of what it can."""
_ALIKE = 2.0
"""What a leaf has from the start: with little said, none of the sisters is sure."""


@dataclass(frozen=True, slots=True)
class Sisters:
    """The leaves of one second level, by their number in the tree, and what speaks for each."""

    leaves: tuple[int, ...]
    weights: Mapping[int, tuple[tuple[int, float], ...]]

    def choose(self, said: Iterable[int]) -> tuple[int, float]:
        """The leaf (its number in the tree) and its share of what was said, 0..1."""
        scores = [_ALIKE] * len(self.leaves)
        for term in said:
            for position, weight in self.weights.get(term, ()):
                scores[position] += weight
        best = max(range(len(scores)), key=scores.__getitem__)
        return self.leaves[best], scores[best] / sum(scores)


def all_sisters(
    leaves: Sequence[Leaf], terms: Callable[[str], Sequence[str]], index: Mapping[str, int]
) -> dict[tuple[str, ...], Sisters]:
    """The sisters of every second level. ``terms`` splits a phrase as it will split texts, and each
    term has its number in ``index``."""
    seconds: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for number, leaf in enumerate(leaves):
        seconds[leaf.path[:2]].append(number)
    held = [
        Counter(
            term
            for phrase in (*leaf.keywords, *leaf.examples, leaf.path[2])
            for term in set(terms(phrase))
        )
        for leaf in leaves
    ]
    everywhere = Counter(term for counts in held for term in counts)
    found = {}
    for path, numbers in seconds.items():
        among = Counter(term for number in numbers for term in held[number])
        weights: dict[int, list[tuple[int, float]]] = defaultdict(list)
        for position, number in enumerate(numbers):
            for term, count in held[number].items():
                telling = math.log(1 + len(numbers) / among[term])
                rare = math.log(1 + len(leaves) / everywhere[term])
                length = len(term.removeprefix("w"))
                weight = count / (count + _HALF) * telling * rare * length
                weights[index[term]].append((position, weight))
        found[path] = Sisters(tuple(numbers), {t: tuple(ws) for t, ws in weights.items()})
    return found
