"""Whether what a person tells again is known: ``python -m tests.complaint.repeats [file]``.

Each line of ``repeats.tsv`` is ``same`` or ``other``, what somebody told first, and what they told
four days later: the same matter in other words, or another one nearby (another thing at that place,
that thing at another place). Counted are recall and precision, and how often two tellings that have
nothing to do with each other are taken for one.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from actions.complaint.record.draft import Draft, Field, Privacy
from actions.complaint.record.needs import needed
from actions.complaint.told import intake
from actions.understanding import Nlu, understand
from actions.understanding.fields import AppealType
from actions.work_orders.alike import told_again
from connectors.clock import CHINA
from connectors.store.order_matters import Sketch

PAIRS = Path(__file__).with_name("repeats.tsv")
FIRST = datetime(2026, 11, 20, 10, tzinfo=CHINA)
LATER = FIRST + timedelta(days=4)
HOME = "340100"


@dataclass(slots=True)
class Measured:
    """What was counted over pairs."""

    known: int = 0
    missed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    unrelated: int = 0
    """Tellings taken for a matter of a line before."""

    @property
    def recall(self) -> float:
        return self.known / (self.known + len(self.missed))

    @property
    def precision(self) -> float:
        return self.known / (self.known + len(self.wrong))


def told(number: str, text: str, at: datetime) -> Sketch:
    """What is compared of a complaint that opens with ``text``."""
    kind = AppealType.COMPLAINT
    draft = Draft(key=number, kind=kind, needed=needed(kind, Privacy.OPEN))
    draft = intake.told(draft, understand(text, Nlu("complain", 0.9), at, home_region=HOME), text)
    place = draft.get(Field.PLACE)
    region = place.detail.get("region") if place else None
    where = draft.text(Field.PLACE)
    return Sketch(number, at, draft.category, where, region, draft.text(Field.MATTER))


def read_pairs(path: Path = PAIRS) -> list[tuple[bool, str, str]]:
    """Whether each pair is one matter, and its two texts."""
    lines = path.read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines]
    return [(kind == "same", first, later) for kind, first, later in rows]


def measure(pairs: Iterable[tuple[bool, str, str]]) -> Measured:
    """How many are known, missed, and wrongly taken for one."""
    found = Measured()
    earlier: list[Sketch] = []
    for same, first, later in pairs:
        one, other = told("HY1", first, FIRST), told("HY2", later, LATER)
        again = told_again(other, [one]) is not None
        found.known += same and again
        if same != again:
            (found.missed if same else found.wrong).append(f"{first} | {later}")
        if same:
            found.unrelated += told_again(other, earlier) is not None
            earlier.append(one)
    return found


def main() -> None:
    """Run from the shell, with another file of pairs if one is named."""
    found = measure(read_pairs(Path(sys.argv[1]) if len(sys.argv) > 1 else PAIRS))
    print(
        f"recall {found.recall:.3f}  precision {found.precision:.3f}  unrelated {found.unrelated}"
    )
    print(*("missed: " + pair for pair in found.missed), sep="\n")
    print(*("wrong: " + pair for pair in found.wrong), sep="\n")


if __name__ == "__main__":
    main()
