"""Which parts of an entry answer a question, and which of their sentences matter."""

from __future__ import annotations

import re

from knowledge.base import Found
from knowledge.model import Passage
from knowledge.rank import Hit
from knowledge.text import among, terms_of

MOST = 2
"""Passages shown of the entry that answers."""
_SENTENCE = re.compile(r"[^。！？；!?;\n]+[。！？；!?;]?")
_MARK_SHARE = 0.6  # of the best sentence's weight
_MOST_MARKS = 3


def excerpts(found: Found, hit: Hit) -> tuple[Passage, ...]:
    """The passages of an entry to show: the section asked for, with the entry's opening.

    Without a section for the aspect asked, the passage that matches best and the opening.
    """
    snapshot = found.snapshot
    rows = snapshot.passages_of_entry(hit.entry_row)
    aspect = found.prepared.aspect
    scored = sorted(rows, key=lambda row: (-float(found.scores.passages[row]), row))
    fitting = [row for row in scored if aspect and snapshot.passage(row).key == aspect]
    opening = [rows[0]] if not snapshot.passage(rows[0]).heading else []
    chosen = fitting[:1] + (opening or [hit.passage_row])
    return tuple(snapshot.passage(row) for row in dict.fromkeys(chosen[:MOST]))


def marks_of(text: str, found: Found) -> tuple[tuple[int, int], ...]:
    """(start, end) of the sentences that carry the most of the question's weight, in order."""
    sentences = [m.span() for m in _SENTENCE.finditer(text) if m[0].strip()]
    if len(sentences) < 2:
        return tuple(sentences)
    weights = [_weight(text[start:end], found) for start, end in sentences]
    best = max(weights)
    if best <= 0:
        return ()
    order = sorted(range(len(sentences)), key=lambda i: -weights[i])[:_MOST_MARKS]
    return tuple(sentences[i] for i in sorted(order) if weights[i] >= _MARK_SHARE * best)


def _weight(sentence: str, found: Found) -> float:
    present = among(found.scores.terms, terms_of(sentence))
    return float(found.scores.rarity[present].sum())
