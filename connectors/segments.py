"""What a text costs as SMS: its alphabet, its length and the segments a carrier will bill.

3GPP TS 23.038 section 6.2.1 is the alphabet, TS 23.040 section 9.2.3.24.1 the concatenation: a
lone message carries 160 septets or 70 UTF-16 code units; a joined one gives 6 octets to its header,
which leaves 153 septets or 67 code units to each segment. Characters of the extension table take
two septets. A single character outside both tables makes the whole message UCS-2. Neither an
escaped pair nor a surrogate pair is ever divided between two segments, so a text can need one
segment more than its length alone would say.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = "\f^{}\\[~]|€"

_SEPTETS = dict.fromkeys(_BASIC, 1) | dict.fromkeys(_EXTENSION, 2)


class Alphabet(StrEnum):
    GSM7 = "gsm7"
    UCS2 = "ucs2"


_ALONE = {Alphabet.GSM7: 160, Alphabet.UCS2: 70}
_JOINED = {Alphabet.GSM7: 153, Alphabet.UCS2: 67}


@dataclass(frozen=True, slots=True)
class Cost:
    """``units`` are septets or UTF-16 code units; ``segments`` what is billed."""

    alphabet: Alphabet
    units: int
    segments: int


def alphabet(text: str) -> Alphabet:
    """The alphabet the whole text must be sent in."""
    return Alphabet.GSM7 if all(c in _SEPTETS for c in text) else Alphabet.UCS2


def cost(text: str) -> Cost:
    """What the text costs; the empty text is nothing to send and costs nothing."""
    chosen = alphabet(text)
    units = sum(_widths(text, chosen))
    if units <= _ALONE[chosen]:
        return Cost(chosen, units, 1 if text else 0)
    return Cost(chosen, units, len(_packed(text, chosen)))


def segments(text: str) -> int:
    """How many segments a carrier bills for the text."""
    return cost(text).segments


def cut(text: str) -> list[str]:
    """The text as a carrier divides it: the pieces that travel in one segment each.

    For a view of what goes over the air and for carriers that join nothing. Where *we* choose the
    places to divide a text, see ``splitting``.
    """
    chosen = alphabet(text)
    if sum(_widths(text, chosen)) <= _ALONE[chosen]:
        return [text] if text else []
    return _packed(text, chosen)


def _widths(text: str, chosen: Alphabet) -> Iterator[int]:
    if chosen is Alphabet.GSM7:
        return (_SEPTETS[c] for c in text)
    return (2 if ord(c) > 0xFFFF else 1 for c in text)


def _packed(text: str, chosen: Alphabet) -> list[str]:
    room, packed, start, used = _JOINED[chosen], [], 0, 0
    for position, width in enumerate(_widths(text, chosen)):
        if used + width > room:
            packed.append(text[start:position])
            start, used = position, 0
        used += width
    return [*packed, text[start:]]
