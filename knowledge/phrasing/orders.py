"""Sentences written to a machine and not to a person: the injections of prompt injection.

No rule of a government speaks so.  The paragraph that does is not taken in, and should one have got
in, its passage is not handed to a model and what the model says is not held to it.
"""

from __future__ import annotations

import re
from functools import lru_cache

from knowledge.phrasing.words import words
from knowledge.text import fold

_SPACES = re.compile(r"[\s\u3000·*_`~|]+")
_UNSEEN = re.compile("[\u061c\u180e\u2061-\u2064\U000e0000-\U000e007f]")  # beside those folded away


def order_in(text: str) -> str:
    """The first piece of a text that orders a machine about; "" if there is none.

    Blanks and invisible characters put between its words do not hide it.
    """
    return _order_in(text)


@lru_cache(maxsize=4096)
def _order_in(text: str) -> str:
    folded = fold(_UNSEEN.sub("", text))
    squeezed = _SPACES.sub("", folded)
    if not any(hint in squeezed for hint in words().hints):
        return ""
    for form in (folded, squeezed):
        found = words().orders.search(form)
        if found:
            return found[0]
    return ""
