"""Hard masks: which entries may answer at all, decided before anything is scored.

The index is never asked without a mask, so a rule that is out of force, of another place or
for other people cannot be ranked, and what cannot be ranked cannot be cited.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from knowledge.model import Audience
from knowledge.questions.moments import Days
from knowledge.regions import chain

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose rules count.  ``regions``: codes asked about; empty means the place is unknown.

    Several regions (a question that names two places) allow the chains of both.
    """

    on: date
    regions: tuple[str, ...] = ()
    audience: Audience = Audience.BOTH

    def codes(self) -> tuple[int, ...]:
        """All region codes whose rules apply, national included; empty if the place is unknown."""
        return tuple(sorted({int(code) for region in self.regions for code in chain(region)}))


@dataclass(frozen=True, slots=True)
class Columns:
    """What masks look at, one value per entry row; see :class:`~knowledge.index.segment.Segment`.

    ``alive``: false for rows that a later publication replaced or removed.
    """

    first: NDArray[np.int32]
    last: NDArray[np.int32]
    region: NDArray[np.int64]
    audience: NDArray[np.uint8]
    alive: Bools

    def allowed(self, scope: Scope) -> Bools:
        """Entries that may be cited as the rule."""
        day = scope.on.toordinal()
        return self._applicable(scope) & (self.first <= day) & (day <= self.last)

    def past(self, scope: Scope, days: Days) -> Bools:
        """Entries that held on some of the days and no longer do: to be shown only as history."""
        held = (self.first <= days.last.toordinal()) & (self.last >= days.first.toordinal())
        return self._applicable(scope) & held & (self.last < scope.on.toordinal())

    def _applicable(self, scope: Scope) -> Bools:
        fits = self.alive & ((self.audience & int(scope.audience)) != 0)
        codes = scope.codes()
        return np.asarray(fits & np.isin(self.region, codes)) if codes else fits
