"""A thing asked for and its sibling: 电动汽车 is no 电动自行车, though they share all but one word.

Both begin alike and end in the same word for what kind of thing it is; what stands between says
which (for papers see :mod:`knowledge.fitting.papers`). Where an entry is called after one and never
speaks of the other, it is not about that.
"""

from __future__ import annotations

import re
from functools import lru_cache

from knowledge.matters import said_in, ways_to_say
from knowledge.model import Entry
from knowledge.text import fold

_KINDS = "车房金险税假费校院店厂场站照师员工户地款贷药械船机"
_BEGINS = 2  # characters, at least
_APART = 2  # characters that say which, at most
_THING = re.compile(
    f"(?=([一-鿿]{{{_BEGINS}}})((?:(?![的了是在个])[一-鿿]){{1,{_APART}}}?)([{_KINDS}]))"
)


def of_a_sibling(folded: str, entry: Entry) -> bool:
    """Whether a folded question names a thing of which the entry, called after its sibling, never
    speaks."""
    asked = _things(folded)
    if not asked:
        return False
    called = _things(fold("\n".join((entry.title, *entry.aliases))))
    for begins, which, kind in asked:
        rivals = {w for b, w, k in called if b == begins and k == kind}
        if not rivals or which in rivals or any(f"{begins}{w}{kind}" in folded for w in rivals):
            continue
        thing = f"{begins}{which}{kind}"
        ways = {thing, f"{which}{kind}", *ways_to_say(thing), *ways_to_say(f"{which}{kind}")}
        if not any(way in said_in(entry) for way in ways):
            return True
    return False


@lru_cache(maxsize=8192)
def _things(folded: str) -> frozenset[tuple[str, str, str]]:
    return frozenset(match.groups() for match in _THING.finditer(folded))  # type: ignore[misc]
