"""By what names one document speaks of another: its number, or its title."""

from __future__ import annotations

import re

from knowledge.model import Entry
from knowledge.text import fold

_OPENING, _CLOSING = "〔[［【(（", "〕]］】)）"
_BRACKETS = str.maketrans(_OPENING + _CLOSING, "[" * len(_OPENING) + "]" * len(_CLOSING))
_INNER = re.compile(r"(?:印发|发布|公布|转发|颁布|下达).{0,8}?《([^》]+)》")


def plain_name(name: str) -> str:
    """A number or title as it is compared: 〔2024〕 and [2024], 《…》 and … are the same."""
    said = fold(name).translate(_BRACKETS)
    return re.sub(r"[\s《》<>“”\"]+", "", said)


def called(entry: Entry) -> tuple[str, ...]:
    """The plain names by which another document may say that it replaces this one, and that of the
    document it is part of."""
    inner = [match[1] for match in _INNER.finditer(entry.title)]
    names = (entry.document_number, entry.title, *inner, entry.part_of)
    return tuple(dict.fromkeys(plain_name(name) for name in names if name))
