"""What a search finds: an entry with the passage of it that fits best."""

from __future__ import annotations

from dataclasses import dataclass, field

from knowledge.index.snapshot import Snapshot
from knowledge.model import Entry, Passage


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry in the order of answers, with its best passage.

    ``score``: what it is ranked by.  ``words``: how well its words match, before any embedding and
    with every title weighed alike, by which the judge goes.
    ``likeness``: the passage's cosine similarity, 0 without an embedding model.  ``local``: it
    stands before a better-scored rule on the same matter because it is more local.
    """

    entry: Entry
    score: float
    words: float
    entry_row: int
    passage_row: int
    likeness: float = 0.0
    local: bool = False
    snapshot: Snapshot = field(repr=False, compare=False, kw_only=True)

    @property
    def passage(self) -> Passage:
        """The passage that fits best; most hits are only held against one another."""
        return self.snapshot.passage(self.passage_row)
