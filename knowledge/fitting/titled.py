"""Entries whose title is a question: of those on one subject the one that asks the same.

A base of questions and answers says each thing about a subject in an entry of its own, and most of
their words are the subject's. How long, when, how much, where and who are told apart by the titles.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from knowledge.hit import Hit
from knowledge.lexicon import lexicon
from knowledge.model import Entry, Kind
from knowledge.text import fold

SHARE = 0.15
"""Of its score, that an entry gains whose title asks what is asked, and loses whose title asks
something else."""
_QUESTION = re.compile(r"[?？吗呢么谁]|什么|怎|如何|多少|多[久长]|哪|几|是否|能否")


def asked_alike_first(hits: tuple[Hit, ...], folded: str) -> tuple[Hit, ...]:
    """The hits, of those about as good the ones titled by the same sort of question first; what was
    put before a better score keeps its place as though it had that score."""
    titled = [_title(hit.entry) for hit in hits]
    if not any(titled):
        return hits
    wanted = wants(folded)
    worth: list[float] = []
    for hit in reversed(hits):
        worth.append(max(hit.score, worth[-1] if worth else hit.score))
    worth.reverse()
    left = [w * _fit(asked, wanted) for asked, w in zip(titled, worth, strict=True)]
    order = sorted(range(len(hits)), key=lambda at: -left[at])
    return tuple(hits[at] for at in order)


def wants(folded: str) -> frozenset[str]:
    """What a folded question wants to be told, as keys of ``wants`` in ``words.yml``."""
    return frozenset(key for key, form in _forms().items() if form.search(folded))


def _fit(asked: frozenset[str], wanted: frozenset[str]) -> float:
    if not asked:
        return 1.0
    return 1 + SHARE if asked & wanted else 1 - SHARE


def _title(entry: Entry) -> frozenset[str]:
    """What the title of an entry that is an answer and nothing else wants to be told."""
    if entry.kind is Kind.SERVICE or len(entry.sections) != 1:
        return frozenset()
    return _asked_in(entry.title)


@lru_cache(maxsize=8192)
def _asked_in(title: str) -> frozenset[str]:
    folded = fold(title)
    return wants(folded) if _QUESTION.search(folded) else frozenset()


@cache
def _forms() -> dict[str, re.Pattern[str]]:
    return {key: re.compile(form) for key, form in lexicon().wants.items()}
