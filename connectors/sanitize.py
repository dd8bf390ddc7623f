"""Text from outside, made safe to store, show and log."""

from __future__ import annotations

import re

INTEGER_MOST = 2**31 - 1  # of a column in PostgreSQL

# Controls, and the invisible characters that reorder or hide text. Joiners (U+200D) and variation
# selectors stay: emoji and several scripts are made of them.
_UNWANTED = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
    r"|[\ud800-\udfff]"
)


_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    """The text without what no store takes: zero bytes (PostgreSQL), halves of pairs (UTF-8)."""
    return _UNSTORABLE.sub("", text)


def printable(text: str) -> str:
    """The text without control characters, with plain line ends and no blank edges."""
    return _UNWANTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def whole_number(text: str) -> int | None:
    """A number from 0, written in digits, that an integer of either store holds; None for what is
    none."""
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(INTEGER_MOST))):
        return None
    number = int(text)
    return number if number <= INTEGER_MOST else None


def never_a_command(text: str) -> str:
    """The text with a leading "/" made full-width.

    Rasa obeys ``/restart`` or ``/affirm`` as commands, and people can type them.
    """
    return "／" + text[1:] if text.startswith("/") else text
