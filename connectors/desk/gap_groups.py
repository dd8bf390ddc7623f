"""Unanswered questions that ask the same thing, put together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from connectors.store.gaps import Gap
from knowledge.question import subject_of
from knowledge.text import fold

ALIKE = 0.5  # share of pairs of characters two questions have in common


@dataclass
class Group:
    """``question``: as it was asked last."""

    question: str
    pairs: frozenset[str]
    gaps: list[Gap] = field(default_factory=list)

    @property
    def others(self) -> list[str]:
        """The other ways it was asked, each once."""
        return list(dict.fromkeys(g.question for g in self.gaps if g.question != self.question))


def grouped(gaps: Iterable[Gap]) -> list[Group]:
    """Groups of like questions, those asked most often first.

    Likeness is Jaccard's over pairs of characters of what is asked about, against the first
    question of a group: enough to bring spellings of one question together, and what it costs and
    where it is done, for one entry answers all of it; and it never joins two by way of a third.
    """
    groups: list[Group] = []
    for gap in gaps:
        pairs = _pairs(gap.question)
        home = next((one for one in groups if _alike(one.pairs, pairs)), None)
        if home is None:
            home = Group(gap.question, pairs)
            groups.append(home)
        home.gaps.append(gap)
    return sorted(groups, key=lambda group: -len(group.gaps))


def _pairs(text: str) -> frozenset[str]:
    folded = fold(text)
    said = "".join(filter(str.isalnum, subject_of(folded))) or folded
    return frozenset(said[i : i + 2] for i in range(len(said) - 1)) or frozenset({said})


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return len(one & other) >= ALIKE * len(one | other)
