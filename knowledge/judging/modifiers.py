"""What stands before a thing and makes it another: 商业养老保险 is no 养老保险 of the state.

A rule called after the thing shares all but that one word with the question, and never says it.
It tells where a short question begins with it: further on people tell what happened (推给电梯).
"""

from __future__ import annotations

import re

from knowledge.matters import matters, said_in, ways_to_say
from knowledge.model import Entry
from knowledge.questions.question import subject_of
from knowledge.text import fold

LONGEST = 16
"""Characters of a question that is hardly more than the thing and what is asked about it."""
_FEWEST, _MOST = 2, 6  # characters of what stands before
_FIRST = re.compile("[^0-9a-z一-鿿]*([一-鿿]+)")
_DENIAL = "不没未无别"
# No word that says which thing: whose and when, how many, what is done or not done with it.
_NONE = re.compile(
    "^(?:小区|家里|家中|单位|公司|本[省市县地]|[省市县]里|国家|政府|以前|从前|原来|新开|加入|别人)"
    "|^[我你他她咱俺娃今去明前后刚已就快正被把给让从向对等买卖写办领补交找看查问换租考申]"
    "|[刚没不未无]|[一二两三四五六七八九十几第每0-9](?:[个张份本套次年月天岁]|$)"
)


def of_another(folded: str, entry: Entry) -> bool:
    """Whether a folded question begins with a word, right before a thing the entry is called after,
    that the entry says in no way."""
    first = _FIRST.match(subject_of(folded))
    if len(folded) > LONGEST or first is None:
        return False
    before = _before(first[1], fold("\n".join((entry.title, *entry.aliases))))
    if not before or _NONE.search(before):
        return False
    said = said_in(entry)
    words = (before[:_FEWEST], *matters(before))
    return not any(way in said for word in words for way in ways_to_say(word))


def _before(run: str, names: str) -> str:
    """What stands before the longest piece of a run of characters that names have; "" if it is too
    little or too much for one word, or the piece none that is named (不给)."""
    for size in range(len(run), 1, -1):
        for start in range(len(run) - size + 1):
            piece = run[start : start + size]
            if piece not in names:
                continue
            if start == 1 and size > _FEWEST and not _begins_known(piece):
                start = _FEWEST  # 学转学 of 大学转学 begins no word
            named = run[start] not in _DENIAL
            return run[:start] if _FEWEST <= start <= _MOST and named else ""
    return ""


def _begins_known(piece: str) -> bool:
    return any(len(ways_to_say(piece[:size])) > 1 for size in range(2, len(piece) + 1))
