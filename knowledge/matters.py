"""What a question is about, in the words of public business, and whether an entry speaks of it.

The words are those of ``lay.txt``, both sides: how people call a matter and how rules do.  An entry
that says none of the ways to call what was asked about is likely about another matter, however many
other words it shares with the question.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

from knowledge.lexicon import official_words
from knowledge.model import Entry
from knowledge.text import fold

_SHORTEST = 2  # characters; a single one says too little


@dataclass(frozen=True, slots=True)
class Coverage:
    """``missed``: share of the question's words of public business, by length, that an entry says
    in no way, 0.5 if the question has none.  ``missed_count``: how many.  ``named``: the share that
    title or other names say."""

    missed: float
    missed_count: int
    named: float


@lru_cache(maxsize=64)
def matters(folded: str) -> tuple[str, ...]:
    """The words of public business in a folded text, each once; the longest at every place."""
    words, longest = _words()
    found: dict[str, None] = {}
    at = 0
    while at < len(folded):
        for size in range(min(longest, len(folded) - at), _SHORTEST - 1, -1):
            word = folded[at : at + size]
            if word in words:
                found[word] = None
                at += size
                break
        else:
            at += 1
    return tuple(found)


def ways_to_say(word: str) -> frozenset[str]:
    """All ways to say a word of public business, itself among them; of any other, itself."""
    return _words()[0].get(word, frozenset((word,)))


def coverage(folded: str, entry: Entry) -> Coverage:
    """How far an entry speaks of what a folded question is about."""
    words, _ = _words()
    asked = matters(folded)
    total = sum(map(len, asked))
    if not total:
        return Coverage(0.5, 0, 0.0)
    body, names = said_in(entry), fold("\n".join((entry.title, *entry.aliases)))
    missed = [word for word in asked if not any(way in body for way in words[word])]
    named = [word for word in asked if any(way in names for way in words[word])]
    return Coverage(sum(map(len, missed)) / total, len(missed), sum(map(len, named)) / total)


@lru_cache(maxsize=512)
def said_in(entry: Entry) -> str:
    """All the words of an entry, folded, its other ways of being asked included."""
    parts = (entry.title, *entry.aliases, *entry.questions, *entry.topics, entry.text)
    return fold("\n".join(parts))


@cache
def _words() -> tuple[dict[str, frozenset[str]], int]:
    """Each word with all ways to say it, itself among them; and the length of the longest."""
    ways: dict[str, set[str]] = {}
    for lay, official in official_words().items():
        lay = fold(lay)
        ways.setdefault(lay, {lay}).update(map(fold, official))
        for word in map(fold, official):
            ways.setdefault(word, {word}).add(lay)
    found = {word: frozenset(said) for word, said in ways.items() if len(word) >= _SHORTEST}
    return found, max(map(len, found), default=0)
