"""The number of a work order: ``HY20261122-000017-5``.

Letters of the house, the day it was filed (in China), the day's serial number, and a check digit
after Damm over the fourteen digits before it: any single wrong digit and any two neighbours
swapped are noticed before anybody looks for an order that is not theirs.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime

PREFIX = "HY"
SERIAL_DIGITS = 6

# The quasigroup of order 10 from H. M. Damm's dissertation (2004).
_DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)

_WRITTEN = re.compile(
    r"(?<![0-9A-Z])(?:HY)?[\s\-]*(20\d{6})[\s\-]*(\d{4,6})(?:[\s\-]*(\d))?(?![0-9A-Z])"
)
_DASHES = dict.fromkeys(map(ord, "－–—―‐‑‒─−﹣_"), "-")


@dataclass(frozen=True, slots=True)
class Reading:
    """A number found in a text. ``number`` is None when its check digit or date is wrong."""

    written: str
    number: str | None


def compose(day: date, serial: int) -> str:
    """The number of the ``serial``-th order of ``day``."""
    digits = f"{day:%Y%m%d}{serial:0{SERIAL_DIGITS}d}"
    return f"{PREFIX}{digits[:8]}-{digits[8:]}-{check_digit(digits)}"


def check_digit(digits: str) -> int:
    """Damm's check digit of a string of decimal digits."""
    interim = 0
    for digit in digits:
        interim = _DAMM[interim][int(digit)]
    return interim


def read(text: str) -> Reading | None:
    """The first order number in a text, however it is written; None if there is none.

    Full-width characters, small letters, missing letters and dashes are understood. A number
    without its check digit, or with a wrong one, is a reading without ``number``.
    """
    folded = unicodedata.normalize("NFKC", text).translate(_DASHES).upper()
    found = _WRITTEN.search(folded)
    if found is None:
        return None
    day, serial, check = found.groups()
    whole = check is not None and len(serial) == SERIAL_DIGITS and _is_day(day)
    if not whole or check_digit(day + serial) != int(check):
        return Reading(found.group(), None)
    return Reading(found.group(), f"{PREFIX}{day}-{serial}-{check}")


def _is_day(digits: str) -> bool:
    try:
        datetime.strptime(digits, "%Y%m%d")  # noqa: DTZ007  (a calendar day, not a moment)
    except ValueError:
        return False
    return True
