"""What is to be done with the thing asked about: a rule named after another act is another's.

营业执照注销 and 营业执照丢失补领 share their paper and most of their words; what is to happen to it
tells them apart.  Which words name which act stands in ``lexicon/words.yml``.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from knowledge.hit import Hit
from knowledge.lexicon import lexicon
from knowledge.matters import coverage, said_in
from knowledge.model import Entry, Kind
from knowledge.text import fold

NEAR = 0.6
"""Share of the best score from which an entry named after the act asked for is offered first."""


def asked_acts(said: str, folded: str) -> frozenset[str]:
    """The acts a question names; ``said`` is what was said last, ``folded`` that together with the
    subject it points back to: "注销呢" no longer asks to replace what was lost."""
    return acts_in(said) or acts_in(folded)


@lru_cache(maxsize=4096)
def acts_in(folded: str) -> frozenset[str]:
    """Every act a folded text names."""
    return frozenset(name for name, pattern in _patterns() if pattern.search(folded))


def without_acts(folded: str, acts: frozenset[str]) -> str:
    """A folded text without the words for these acts."""
    for name, pattern in _patterns():
        folded = pattern.sub(" ", folded) if name in acts else folded
    return folded


def other_act(folded: str, asked: frozenset[str], entry: Entry) -> bool:
    """Whether an entry is about another act: it speaks nowhere of those asked for; or the question
    asks for nothing but how to get a thing, and the entry is named after what must have happened
    first (a loss, an end, a term that ran out)."""
    if asked:
        if not asked & acts_in(said_in(entry)):
            return True
        named = _named(entry)
        # 抵押 is spoken of in 房产证丢失补办 too; service items are named after what they do.
        item = entry.kind is Kind.SERVICE and bool(asked & lexicon().events)
        return not asked & named and (item or bool(named & lexicon().events))
    meant = _named(entry)
    if not meant or not meant <= lexicon().events or _to_be_got().search(fold(entry.title)):
        return False
    return bool(_getting().search(folded))


def acted_first(folded: str, asked: frozenset[str], hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
    """The hits as they are offered: before one about another act those that are about the one asked
    for, as far as they are not too far behind and speak of the thing as well."""
    if not hits or (asked and not other_act(folded, asked, hits[0].entry)):
        return hits
    best = coverage(folded, hits[0].entry)

    def apart(hit: Hit) -> bool:
        fits = asked & _named(hit.entry) if asked else not other_act(folded, asked, hit.entry)
        if not fits or hit.score < NEAR * hits[0].score:
            return True
        other = coverage(folded, hit.entry)
        return other.missed > best.missed or other.named < best.named / 2

    return tuple(sorted(hits, key=apart))


def _named(entry: Entry) -> frozenset[str]:
    return acts_in(fold("\n".join((entry.title, *entry.aliases))))


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((name, re.compile(form)) for name, form in lexicon().acts)


@cache
def _to_be_got() -> re.Pattern[str]:
    return re.compile(f"^(?:{lexicon().plain['first']})")


@cache
def _getting() -> re.Pattern[str]:
    return re.compile(lexicon().getting)
