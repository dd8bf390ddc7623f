"""Unanswered questions that ask the same thing, put together."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache

from connectors.store.gaps import Gap
from knowledge.lexicon import lexicon
from knowledge.matters import matters, ways_to_say
from knowledge.questions.question import subject_of
from knowledge.text import any_of, fold

ALIKE = 0.41  # cosine of two questions from which they ask the same
_COMMON = 20  # questions thought beside those there are, so that few do not make every word common


@dataclass
class Group:
    """``question``: as it was asked last."""

    question: str
    gaps: list[Gap] = field(default_factory=list)

    @property
    def others(self) -> list[str]:
        """The other ways it was asked, each once."""
        return list(dict.fromkeys(g.question for g in self.gaps if g.question != self.question))


def grouped(gaps: Iterable[Gap]) -> list[Group]:
    """Groups of like questions, those asked most often first.

    Likeness is the cosine over characters and pairs of them of what is asked about, the rarer
    among all these questions the heavier, against the first question of a group: enough to bring
    together how people word one question, and what it costs and where it is done, for one entry
    answers all of it; and it never joins two by way of a third.
    """
    asked = [(gap, _pieces(gap.question)) for gap in gaps]
    found = Counter(piece for _, pieces in asked for piece in pieces)
    weights = {
        piece: math.log(1 + (len(asked) + _COMMON) / count) ** 2 for piece, count in found.items()
    }
    groups: list[Group] = []
    holders: dict[str, list[int]] = {}  # the groups whose first question has a piece
    sizes: list[float] = []
    for gap, pieces in asked:
        size = sum(weights[piece] for piece in pieces)
        shared: dict[int, float] = {}
        for piece in pieces:
            for number in holders.get(piece, ()):
                shared[number] = shared.get(number, 0.0) + weights[piece]
        like = (n for n, both in shared.items() if both >= ALIKE * math.sqrt(size * sizes[n]))
        home = min(like, default=None)
        if home is None:
            home = len(groups)
            groups.append(Group(gap.question))
            sizes.append(size)
            for piece in pieces:
                holders.setdefault(piece, []).append(home)
        groups[home].gaps.append(gap)
    return sorted(groups, key=lambda group: -len(group.gaps))


def _pieces(text: str) -> frozenset[str]:
    """What a question is about: characters and pairs of them without the words of getting it done
    (报名, 申请), and the matters of public business it names, however it calls them."""
    folded = fold(text)
    runs = _doing().sub(" ", subject_of(folded))
    said = ["".join(filter(str.isalnum, run)) for run in runs.split()]
    said = [run for run in said if run] or [folded]
    pairs = {run[at : at + 2] for run in said for at in range(len(run) - 1)}
    return frozenset("".join(said)) | pairs | {min(ways_to_say(word)) for word in matters(folded)}


@cache
def _doing() -> re.Pattern[str]:
    return any_of(word for word in lexicon().doing if len(word) > 1)
