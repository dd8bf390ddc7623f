"""What a question says that its subject does not, and whether a rule speaks of it.

"网上能办吗" and "外地的呢" after a rule are about that rule.  Where it says nothing of the kind,
the honest answer is that it does not.
"""

from __future__ import annotations

import re
from functools import cache

from knowledge.fitting import offices
from knowledge.fitting.acts import acts_in
from knowledge.hit import Hit
from knowledge.lexicon import fact_labels, lexicon
from knowledge.matters import said_in
from knowledge.model import Entry
from knowledge.questions.question import aspect_of, bare_of
from knowledge.text import fold

_RUN = re.compile(r"[一-鿿]+")
NEAR = 0.9
"""Share of the best score from which an entry that mentions it goes before one that does not."""
_DENIAL = "没不未"  # what is not done is told in a rule as what is to be done
_ENOUGH = 0.5  # of the pairs of characters of what is added
_LITTLE = 3  # characters


def says_nothing(entry: Entry, text: str) -> bool:
    """Whether an entry says nothing of what a question without a subject adds: a way of getting it
    done it never mentions, or words of its own that stand nowhere in it."""
    folded = fold(text)
    said = fold(f"{entry.title}\n{entry.text}")  # not how people ask: that is no part of the rule
    if groups := manners(folded):
        return not any(word in said for group in groups for word in group)
    aspect = aspect_of(folded)
    if not _RUN.search(bare_of(folded)) or any(s.key == aspect != "" for s in entry.sections):
        return False
    return not (acts_in(folded) & acts_in(said) or _has(said, folded))


def spoken_first(hits: tuple[Hit, ...], text: str) -> tuple[Hit, ...]:
    """The hits, but for a way of getting it done the first never mentions: there one that is about
    as good and does goes before it."""
    groups = manners(fold(text))
    if not groups or not hits:
        return hits

    def mentions(hit: Hit) -> bool:
        return any(word in said_in(hit.entry) for group in groups for word in group)

    if mentions(hits[0]):
        return hits
    enough = NEAR * hits[0].score
    better = next((hit for hit in hits if hit.score >= enough and mentions(hit)), hits[0])
    return (better, *(hit for hit in hits if hit is not better))


def titled_first(hits: tuple[Hit, ...], text: str) -> tuple[Hit, ...]:
    """The hits, but where the title of one that is about as good as the first has at least half of
    a question that only points back ("能领多少"), and the first one's has not, that one first."""
    folded = fold(text)
    asked = {folded[at : at + 2] for at in range(len(folded) - 1)}
    enough = NEAR * hits[0].score if hits else 0.0

    def titled(hit: Hit) -> bool:
        title = fold(hit.entry.title)
        return bool(asked) and sum(pair in title for pair in asked) >= _ENOUGH * len(asked)

    better = next((hit for hit in hits if hit.score >= enough and titled(hit)), None)
    if better is None or titled(hits[0]):
        return hits
    return (better, *(hit for hit in hits if hit is not better))


def manners(folded: str) -> list[tuple[str, ...]]:
    """The ways of getting it done a folded question is about, each with all its words."""
    return [group for group in lexicon().manners if any(word in folded for word in group)]


def speaks_of(entry: Entry, folded: str) -> bool:
    """Whether an entry, or a question it is there for, has about half of what is left of a few
    words without their wrapping."""
    return _has(said_in(entry), folded)


def belongs(entry: Entry, folded: str) -> bool:
    """Whether a few words are about an entry: it has them; or they ask what one asks of any rule,
    and what else they say is in what it is called ("补卡收费吗" of a lost card)."""
    if speaks_of(entry, folded):
        return True
    left = "".join(_RUN.findall(bare_of(folded)))
    if not (aspect_of(folded) or manners(folded)) or not 0 < len(left) <= _LITTLE:
        return False
    names = fold("\n".join((entry.title, *entry.aliases, *entry.questions)))
    return all(char in names for char in left)


def _has(said: str, folded: str) -> bool:
    runs = [run.lstrip(_DENIAL) or run for run in _RUN.findall(bare_of(folded))]
    pairs = {run[at : at + 2] for run in runs for at in range(len(run) - 1)} or set(runs)
    return bool(pairs) and sum(pair in said for pair in pairs) >= _ENOUGH * len(pairs)


def lacks(entry: Entry, folded: str) -> bool:
    """Whether a question asks for an amount, a time or a number and the entry has none at all."""
    if offices.lacks_hours(entry, folded):
        return True
    aspect = aspect_of(folded)
    forms = _facts()
    if aspect not in forms or any(section.key == aspect for section in entry.sections):
        return False
    labels = fact_labels()
    if any(labels[row.key][1] == aspect for row in entry.fields):
        return False
    return not forms[aspect].search(fold(entry.text))


@cache
def _facts() -> dict[str, re.Pattern[str]]:
    return {aspect: re.compile(form) for aspect, form in lexicon().facts}
