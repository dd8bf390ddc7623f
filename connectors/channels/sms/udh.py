"""The user data header: which part of which long message this is (3GPP TS 23.040, 9.2.3.24)."""

from __future__ import annotations

from dataclasses import dataclass

_SHORT = 0x00  # a reference of 8 bits
_LONG = 0x08  # a reference of 16 bits


@dataclass(frozen=True, slots=True)
class PartOf:
    """``number`` counts from 1 to ``total``. ``reference`` is the handset's; it comes again."""

    reference: int
    total: int
    number: int


def part_of(udh: bytes) -> PartOf | None:
    """Which part this is; None for a whole message, and for a header that makes no sense: its text
    is then taken for a message of its own, so that nothing is lost."""
    if not udh or udh[0] != len(udh) - 1:
        return None
    found: PartOf | None = None
    rest = udh[1:]
    while len(rest) >= 2:
        kind, length, value = rest[0], rest[1], rest[2 : 2 + rest[1]]
        if len(value) != length:
            return None
        if kind == _SHORT and length == 3:
            found = PartOf(value[0], value[1], value[2])
        elif kind == _LONG and length == 4:  # apart from the short references
            found = PartOf(0x10000 + int.from_bytes(value[:2], "big"), value[2], value[3])
        rest = rest[2 + length :]
    if rest or found is None or found.total < 2 or not 1 <= found.number <= found.total:
        return None
    return found
