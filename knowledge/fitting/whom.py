"""Whom a question is for, which examination, which money: a rule named after another is another's.

优待证 for the old and for veterans, registering for 中考 and for 高考, what is paid out and what is
taken off a tax share all their words but the one that matters. Which of them excludes which stands
in ``lexicon/words.yml``.
"""

from __future__ import annotations

import re
from functools import cache

from knowledge.lexicon import lexicon
from knowledge.matters import said_in
from knowledge.model import Entry
from knowledge.text import any_of, fold


def for_others(folded: str, entry: Entry) -> bool:
    """Whether a folded question names somebody or something of whom the entry never speaks, while
    the entry is named after another of the same kind."""
    names = fold("\n".join((entry.title, *entry.aliases)))
    for members, pattern in _kinds():
        asked = {members[word] for word in pattern.findall(folded)}
        meant = {members[word] for word in pattern.findall(names)}
        if asked and meant and not asked & meant:
            return not asked & {members[word] for word in pattern.findall(said_in(entry))}
    return False


@cache
def _kinds() -> tuple[tuple[dict[str, int], re.Pattern[str]], ...]:
    """For each kind the member each word names, and what finds the words, the longest first."""
    kinds = []
    for kind in lexicon().whom:
        members = {fold(word): number for number, words in enumerate(kind) for word in words}
        kinds.append((members, any_of(members)))
    return tuple(kinds)
